"""The lists on one county written by hand (`two_places.yaml`), in 凤县 and in 贵阳: who must stand on each, who must not, and on no other list besides.

Belongs here: building that county and comparing whole sets of lists, and what the two places decide differently. Does not belong here: single rules (the other tests
of this folder).
"""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from town import Town, number

from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import compute_findings, not_computed
from expectations.lists.ledgers import extra_ledgers
from expectations.lists.periods import spoken
from expectations.lists.view import View

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("two_places.yaml").read_text(encoding="utf-8"))
CHILDREN: list[dict[str, Any]] = TABLE["children"]
DISAGREEMENTS: list[dict[str, Any]] = TABLE["disagreements"]
ALL = CHILDREN + DISAGREEMENTS
LAST_DAY = date(2026, 6, 30)
PERIOD = {"fengxian": "2026Q2", "guiyang": "2026-06"}
# 贵阳's profile serves all its counties, so that the workspace says which one it is.
COUNTY = {"fengxian": "610330", "guiyang": "520115"}
# Amounts stand in no paper: the bureau of either place would have to state them.
MONTHLY = {"orphan_allowance": 1200.0, "minimum_living": 420.0}
PLACES = list(PERIOD)
NUMBER_OF = {case["who"]: order for order, case in enumerate(ALL, start=1)}
DELIVERED = (
    *("civil_affairs", "education", "public_security", "disability", "attendance", "visits", "workers"),
    *("subsistence", "custody", "cremation", "health", "lifted_poverty"),
)


class County:
    """The table as a town of one place, and its lines."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.town = Town(PERIOD[place], LAST_DAY, place)
        self.town.change("place.area_code", COUNTY[place])
        self.town.change("allowances.monthly", MONTHLY)
        for case in ALL:
            self._add(case)
        self.next = len(ALL) + 1
        for village in TABLE["villages"]:
            self._add_village(village)
        self.findings = compute_findings(self.town.files(), self.town.profile, DELIVERED)

    def _id_no(self, kind: str, who: int, birth: str) -> str:
        """`own`, `other`, `area:` and the code that issued it, "" or the name of the child whose number it is."""
        if not kind:
            return ""
        if kind.startswith("area:"):
            return str(number(birth, 2 * who, kind.removeprefix("area:")))
        if kind in ("own", "other"):
            # Behind those of all children, so that a second number is nobody else's.
            return str(number(birth, 2 * who + (500 if kind == "other" else 0), COUNTY[self.place]))
        owner = ALL[NUMBER_OF[kind] - 1]
        return str(number(_birth(owner), 2 * NUMBER_OF[kind], COUNTY[self.place]))

    def _add(self, case: dict[str, Any]) -> None:
        who, birth = NUMBER_OF[case["who"]], _birth(case)
        for row in case["rows"]:
            ((book, unusual),) = row.items()
            fields = {"birth_date": birth, "id_no": "own"} | TABLE["usual"][book] | unusual
            fields["id_no"] = self._id_no(fields["id_no"], who, birth)
            self.town.add(fields.pop("department"), who, **fields)
        for adult in case.get("adults", ()):
            fields = dict(adult)
            self.town.adult(fields.pop("department"), fields.pop("layout"), **fields)

    def _add_village(self, village: dict[str, Any]) -> None:
        where = {"live_town": "丁镇" if village.get("children") else "甲镇", "live_village": village["village"]}
        for post in village["roster"]:
            self.town.adult("workers", "workers", post=post, **where)
        for _ in range(village.get("children", 0)):
            birth = "2022-03-10"
            fields = TABLE["usual"]["L"] | where | {"birth_date": birth, "id_no": self._id_no("own", self.next, birth)}
            self.town.add("public_security", self.next, birth_date=birth, id_no=fields["id_no"], layout="register")
            self.town.add(fields.pop("department"), self.next, **fields)
            self.next += 1

    @property
    def on(self) -> dict[str, dict[str, str]]:
        """Child -> its lists with the surest grade; a village's line stands under no child."""
        sets: dict[str, dict[str, str]] = {case["who"]: {} for case in ALL}
        grades = load_catalogue().grades
        of_children = self.findings[self.findings["code"] != "L25"]
        columns = [of_children[column].astype(str) for column in ("child_id", "code", "grade")]
        for child, code, grade in zip(*columns, strict=True):
            order = int(child[-6:])
            name = ALL[order - 1]["who"] if order <= len(ALL) else "村里的儿童"
            lists = sets.setdefault(name, {})
            lists[code] = max(lists.get(code, grade), grade, key=grades.index)
        return sets

    def reasons(self, who: str, code: str) -> str:
        """The sentences of one child on one list."""
        own = self.findings["child_id"].str.endswith(f"{NUMBER_OF[who]:06d}") & (self.findings["code"] == code)
        return "".join(self.findings.loc[own, "reason"])


@cache
def county(place: str) -> County:
    return County(place)


def _birth(case: dict[str, Any]) -> str:
    return str(case.get("birth", "2016-03-10"))


def must(case: dict[str, Any], place: str) -> dict[str, str]:
    return {**case.get("must", {}), **case.get(place, {})}


def must_not(case: dict[str, Any], place: str) -> dict[str, str]:
    return {**case.get("must_not", {}), **case.get(f"must_not_{place}", {})}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", [case["who"] for case in CHILDREN])
def test_a_child_stands_on_its_lists_and_on_no_other(place: str, who: str) -> None:
    assert county(place).on[who] == must(CHILDREN[NUMBER_OF[who] - 1], place)


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.xfail(strict=True, reason=case["because"])) for case in DISAGREEMENTS]
)
def test_what_the_rules_say_and_the_product_does_not_yet(case: dict[str, Any]) -> None:
    for place in PLACES:
        assert county(place).on[case["who"]] == must(case, place)


@pytest.mark.parametrize("place", PLACES)
def test_the_many_ordinary_children_stand_on_none(place: str) -> None:
    assert "村里的儿童" not in county(place).on


@pytest.mark.parametrize("place", PLACES)
def test_villages_short_of_workers(place: str) -> None:
    found = county(place).findings
    lines = found[found["code"] == "L25"]
    assert dict(zip(lines["village"], lines["grade"], strict=True)) == {
        village["village"]: village.get("must") or village[place]
        for village in TABLE["villages"]
        if village.get("must") or village.get(place)
    }


@pytest.mark.parametrize("place", PLACES)
def test_the_table_has_two_musts_and_three_must_nots_of_every_list(place: str) -> None:
    """Of the lists of both places; the table contradicts itself nowhere, and every exception is given a reason."""
    on = Counter(code for case in CHILDREN for code in must(case, place))
    off = Counter(code for case in CHILDREN for code in must_not(case, place))
    villages = [village.get("must") or village.get(place) for village in TABLE["villages"]]
    on["L25"], off["L25"] = sum(map(bool, villages)), len(villages) - sum(map(bool, villages))
    codes = set(load_catalogue().lists)
    assert {code for code in codes if on[code] < 2} == set()
    assert {code for code in codes if off[code] < 3} == set()
    assert set(on) | set(off) == codes
    assert all(not must(case, place).keys() & must_not(case, place).keys() for case in CHILDREN)
    assert all(reason for case in CHILDREN for reason in must_not(case, place).values())


def test_what_differs_between_the_places_is_in_their_papers_only() -> None:
    """Care allowance for 3-4 intellectual and mental, files of street children, rhythms of visits: nothing else moves a child."""
    first, second = (county(place).on for place in PLACES)
    differing = {code for case in CHILDREN for code, grade in first[case["who"]].items() ^ second[case["who"]].items()}
    assert differing == {"L10", "L16C", "L22"}


def test_a_street_child_is_seen_again_by_the_rescue_station_and_the_others_by_the_township() -> None:
    """贵阳 asks its rescue station each quarter, of street children alone; 凤县 the village's worker each month and week (rules/jurisdictions.md#row-4, #row-5)."""
    who = "流浪又无人抚养半年没有回访"
    assert [county(place).town.profile.lists["L22"].recipients for place in PLACES] == [
        ["township"],
        ["rescue_station"],
    ]
    assert "最近一次入户走访已超过1个月" in county("fengxian").reasons(who, "L22")
    assert "最近一次回访已超过3个月" in county("guiyang").reasons(who, "L22")
    assert "没有联系" not in county("guiyang").reasons(who, "L22")


def test_contact_and_visit_are_two_rhythms_of_one_list() -> None:
    """A visit is a contact, never the reverse (rules/lists.md#visits)."""
    found = county("fengxian").findings
    lines = found[found["code"] == "L22"]
    fields = {
        who: set(lines.loc[lines["child_id"].str.endswith(f"{at:06d}"), "field"]) for who, at in NUMBER_OF.items()
    }
    assert fields["四月后没有走访"] == {"visit_date"}
    assert fields["走访过而一周没有联系"] == {"contact"}
    guiyang = county("guiyang").findings
    assert set(guiyang.loc[guiyang["code"] == "L22", "field"]) == {"visit_date"}


def test_ages_and_codes_that_a_place_sets_are_in_its_sentences() -> None:
    """特困 below 18 in 贵阳, 16 by national law; a number of 小河区 is 贵阳's own (rules/definitions.md#difficulty)."""
    told = {place: county(place).reasons("父亡母失联", "L08") for place in PLACES}
    assert ["特困人员救助供养" in told[place] for place in PLACES] == [False, True]
    issued = {place: county(place).reasons("号码是小河区的", "L01") for place in PLACES}
    assert ["外县签发" in issued[place] for place in PLACES] == [True, False]


def test_agreements_have_a_target_in_one_place() -> None:
    """书面照护协议签订率达到100% is 贵阳's (rules/jurisdictions.md#row-14); the children are the same."""
    told = {place: county(place).reasons("双方外出未签", "L20") for place in PLACES}
    assert ["签订率达到100%" in told[place] for place in PLACES] == [False, True]


@pytest.mark.parametrize(("place", "kind", "every"), [("fengxian", "quarter", "3个月"), ("guiyang", "month", "1个月")])
def test_how_often_the_departments_are_compared(place: str, kind: str, every: str) -> None:
    profile = county(place).town.profile
    assert profile.rhythm.period_kind.known() == kind
    assert spoken(profile.rhythm.compare_every.known()) == every
    assert set(county(place).findings["period"]) == {PERIOD[place]}


def test_who_owes_data_is_the_place_s_to_say() -> None:
    """凤县's paper names three departments, 贵阳's the federation, too: there a file that did not come is one that is owed (rules/jurisdictions.md#row-2)."""
    came = [name for name in DELIVERED if name != "disability"]
    outside = []
    for place in PLACES:
        sentence = str(not_computed(county(place).town.profile, came).set_index("code").loc["L23", "sentence"])
        assert sentence.startswith("本期没有收到残联的数据")
        outside.append("没有把残联列为比对单位" in sentence)
    assert outside == [True, False]


def test_no_paper_states_an_amount() -> None:
    """L28 asks the bureau for its standards instead of appearing empty."""
    for place in PLACES:
        town = Town(PERIOD[place], LAST_DAY, place)
        sentences = not_computed(town.profile, (*DELIVERED, "#amount")).set_index("code")["sentence"]
        assert "参数尚未确定" in sentences["L28"]


def test_books_besides_are_one_place_s() -> None:
    """贵阳 keeps a book of street children (rules/jurisdictions.md#row-23); 凤县 keeps none besides."""
    books = {}
    for place in PLACES:
        view = View(county(place).town.files(), county(place).town.profile, load_catalogue())
        books[place] = extra_ledgers(view)
    street = books["guiyang"][books["guiyang"]["ledger"] == "street_trafficked"]
    rows = {case["who"]: case["rows"] for case in CHILDREN}
    expected = {who for who, own in rows.items() if any("street" in str(row) for row in own)}
    assert {ALL[int(child[-6:]) - 1]["who"] for child in street["child_id"]} == expected
    assert books["fengxian"].empty
