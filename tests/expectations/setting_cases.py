"""For every setting of a profile a small case, and two of its values whose results differ.

Only building belongs here: records, what is looked at, the values. The facts are asserted in `jurisdictions/test_settings_act` and
`jurisdictions/test_open_settings`.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import typer
import yaml
from period_pair import PeriodPair
from town import CA, DI, ED, PS, Town

from assets.counties.asking import CountyWording, county_notices
from assets.counties.registers import registers_of
from assets.coverage.gate import GateMaterial, ordinary_or_not, release_rule
from assets.publishing.editions import bare_context
from assets.reports import progress
from assets.reports.due import duties
from assets.workbooks.masking import mask_id, mask_phone, rule_of
from expectations.coverage.shapes import Coverage
from expectations.jurisdictions.profile import load_profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.ledgers import extra_ledgers
from expectations.lists.view import View
from pipelines.cli.querying import asks_about_everyone
from pipelines.cli.running import fitting_period
from pipelines.resources import releases
from pipelines.resources.workspace import Workspace

ALL = (
    CA,
    ED,
    PS,
    DI,
    "attendance",
    "visits",
    "workers",
    "custody",
    "cremation",
    "subsistence",
    "health",
    "lifted_poverty",
)
FATHER, MOTHER = "620722198501011234", "620722198601011248"
YEAR = date(2026, 1, 1), date(2026, 12, 31)
Result = Callable[[Town], object]

# Settings that say something and change nothing, each with the reason why it stays.
STATEMENTS = {"comparison.key_field": "the linkage knows no other key: the model refuses any other value"}


@dataclass(frozen=True)
class Row:
    """One record of the town; `adult` = about nobody's child."""

    department: str
    child: int
    fields: dict[str, str]


@dataclass(frozen=True)
class Case:
    """Two values of a setting, what is looked at, and what else the place must have set for it to matter."""

    one: Any
    other: Any
    result: Result
    besides: dict[str, Any] = field(default_factory=dict)


def row(department: str, child: int = 1, **fields: str) -> Row:
    return Row(department, child, fields)


def adult(department: str, layout: str, **fields: str) -> Row:
    return Row(department, 0, {"layout": layout} | fields)


@dataclass(frozen=True)
class Lines:
    """The lines of a list over some records: child, field, grade, sentence, whether it comes first."""

    code: str
    rows: tuple[Row, ...]
    as_of: date

    def __call__(self, town: Town) -> object:
        town.as_of = self.as_of
        for each in self.rows:
            if each.child:
                town.add(each.department, each.child, **each.fields)
            else:
                town.adult(each.department, **each.fields)
        columns = ["child_id", "field", "grade", "reason", "priority"]
        return town.findings(self.code, ALL)[columns].to_dict("records")


def lines(code: str, *rows: Row, as_of: date = date(2026, 9, 30)) -> Result:
    return Lines(code, rows, as_of)


def book(*rows: Row) -> Result:
    """The children of the place's further books."""

    def result(town: Town) -> object:
        for each in rows:
            town.add(each.department, each.child, **each.fields)
        return extra_ledgers(View(town.files(), town.profile, load_catalogue())).to_dict("records")

    return result


def owed(town: Town) -> object:
    return [(duty.what, duty.by, duty.due) for duty in duties(town.profile, *YEAR)]


def in_workspace(look: Callable[[Workspace], object]) -> Result:
    """What a command sees that opens a workspace with this profile."""

    def result(town: Town) -> object:
        with tempfile.TemporaryDirectory() as folder:
            made = Workspace.create(Path(folder) / "w")
            stated = town.profile.model_dump(mode="json")
            (made.root / "own.yaml").write_text(yaml.safe_dump(stated, allow_unicode=True), encoding="utf-8")
            settings = made.root / "tongbi.toml"
            said = [
                line for line in settings.read_text(encoding="utf-8").splitlines() if not line.startswith("profile")
            ]
            settings.write_text("\n".join(['profile = "own.yaml"', *said]), encoding="utf-8")
            return look(Workspace.open(made.root))

    return result


def fits_a_month(workspace: Workspace) -> object:
    try:
        return fitting_period(SimpleNamespace(workspace=workspace), "2026-09").label
    except typer.Exit:
        return "refused"


def short_register(town: Town) -> object:
    """The holes of a first register that holds 60 of the 120 children whom the schools know."""
    for child in range(1, 121):
        town.add(ED, child, layout="register", enrolment_status="in")
        if child <= 60:
            town.add(PS, child, layout="register", hukou_class="local")
    return holes_of(PeriodPair(town).coverage(ED, PS))


def short_school(now: int) -> Result:
    """The holes where a school has so many of its ten pupils of the period before; two other schools have all of theirs."""

    def result(town: Town) -> object:
        pair = PeriodPair(town)
        for child in range(1, 31):
            school = f"第{(child - 1) // 10 + 1}小学"
            pair.pupil(child, school, is_back=child > 10 or child <= now)
        return holes_of(pair.coverage(ED, ED))

    return result


def short_county(town: Town) -> object:
    """Whether the whole register is a hole that has 15 of the 30 pupils of the period before, whose schools nobody names."""
    pair = PeriodPair(town)
    for child in range(1, 31):
        pair.pupil(child, "", is_back=child <= 15)
    return [line for line in holes_of(pair.coverage(ED, ED)) if line[1] == "county"]


def blank_cell(town: Town) -> object:
    """The cells that count as untold where six of ten had an agreement, and one of the six has none now."""
    pair = PeriodPair(town, fields=("civil_affairs.agreement",))
    for child in range(1, 11):
        agreed = "yes" if child <= 6 else ""
        pair.on_roll(child, agreement=agreed, agreement_now="" if child == 1 else agreed)
    return len(pair.coverage(CA, CA).refilled)


def holes_of(coverage: Coverage) -> list[list[object]]:
    return coverage.holes()[["source", "dimension", "unit"]].to_numpy(object).tolist()


def waits_for(before: dict[str, int] | None = None, **counts: int) -> Result:
    """What the gate says of an edition with so many lines per list, beside so many before, over 100 children."""

    def result(town: Town) -> object:
        findings = pd.DataFrame({"code": [code for code, number in counts.items() for _ in range(number)]})
        records = pd.DataFrame({"child_id": [f"T-{child}" for child in range(100)]})
        records = records.assign(department=CA, layout="ledger", file="台账.xlsx", category="dilemma", delivery_id="d")
        return told(town, GateMaterial(Coverage.complete(), findings, before, records))

    return result


def twice_delivered(town: Town) -> object:
    """What the gate says of two files of which the smaller shares six of its ten children with the other."""
    files = [("旧.xlsx", child) for child in range(1, 11)] + [("新.xlsx", child) for child in range(5, 20)]
    records = pd.DataFrame(files, columns=["file", "child_id"])
    records = records.assign(department=CA, layout="ledger", category="dilemma", delivery_id="d")
    return told(town, GateMaterial(Coverage.complete(), pd.DataFrame({"code": []}), None, records))


def missing_department(town: Town) -> object:
    """What the gate says where the federation for the disabled brought a file before and none now."""
    pair = PeriodPair(town)
    pair.certified(1)
    pair.pupil(2, "", is_back=True)
    coverage = pair.coverage_of_sources({ED, DI}, {ED})
    records = pair.files.records.assign(delivery_id="d")
    return told(town, GateMaterial(coverage, pd.DataFrame({"code": []}), None, records))


def told(town: Town, material: GateMaterial) -> list[str]:
    return [reason.sentence for reason in ordinary_or_not(material, town.profile, {})]


def asked_counties(town: Town) -> object:
    """What is asked about a register in which 30 of 130 rows are another county's."""
    codes = ["620722"] * 100 + ["620725"] * 30
    records = pd.DataFrame({"hukou_area_code": codes}).assign(
        department=PS, file="f", sheet="s", town="", cancel_kind=""
    )
    registers = registers_of(records, np.arange(len(records)), town.profile.place)
    return county_notices(records, registers, town.profile, CountyWording({PS: "公安"}, {}))


def zero_lists(town: Town) -> object:
    computed = [SimpleNamespace(code=code) for code in ("L01", "L03")]
    material = SimpleNamespace(profile=town.profile, computed=computed)
    return [info.code for info in progress.zero_lists(material)]  # type: ignore[arg-type]


def masked(town: Town) -> object:
    rule = rule_of(town.profile)
    return mask_id("620722201603100025", rule), mask_phone("13900000001", rule), rule.of_field("student_no", "id")


def villages(children: int, *posts: str) -> Result:
    """L25 of a village with so many left-behind children and workers of these posts."""
    place = {"live_town": "南古镇", "live_village": "甲村"}
    kids = [row(CA, child, category="left_behind", **place) for child in range(1, children + 1)]
    return lines("L25", *kids, *(adult("workers", "workers", post=post, **place) for post in posts))


AWAY = {"category": "left_behind", "report_date": "2024-01-01"}
# At the end of September the records of a new school year may still be missing.
YEAR_ROUND = {"school.record_window_days": 1}
FIRST_GRADER = {"birth_date": "2020-03-10"}
UNSEEN = row(CA, **AWAY, visit_date="2026-05-20")
STREET = row(CA, category="street;de_facto", report_date="2024-01-01", visit_date="2026-06-20")
PARENTS = {"father_status": "dead", "mother_status": "prison"}
ORPHAN = row(CA, category="orphan", birth_date="2007-03-10")
ROLL = {"layout": "payment_roll", "category": "de_facto", "amount": "1160"}
POOR = row("subsistence", layout="household_members", aid="minimum_living")
STANDARDS = {"orphan_allowance": 1200.0, "minimum_living": 420.0, "care_allowance": 110.0, "living_allowance": 100.0}
PAID = {"allowances.monthly": STANDARDS}
CARE_ROLL = row(CA, layout="subsidies", aid="care_allowance", amount="110")
ABSENT = row("attendance", present="no")
PUPIL = row(ED, enrolment_status="in")
JUNE = date(2026, 6, 30)
ENTRANT = row(CA, **FIRST_GRADER, category="left_behind")
DOUBLE = (row(CA, category="left_behind"), row(CA, category="dilemma", file="另册.xlsx"))
POLICE_OF_A_PARENT = row(PS, father_id=FATHER, mother_id=MOTHER)
TERMS = (
    adult("custody", "answers", id_no=FATHER, person_status="prison", term_from="2026-06-01", term_to="2026-12-15"),
    adult("cremation", "deaths", id_no=MOTHER, death_date="2026-05-01"),
)
NAMELESS = {"id_no": "", "hukou_class": "none"}

CASES: dict[str, Case] = {
    "place.area_code": Case("620722", "620102", lines("L02", row(CA, category="dilemma", hukou_area_code="620102"))),
    "place.former_area_codes": Case(
        [], ["620702"], lines("L02", row(CA, category="dilemma", hukou_area_code="620702")), {"place.area_code": "620722"}
    ),
    "place.own_codes": Case(
        [], ["620725"], lines("L02", row(CA, category="dilemma", hukou_area_code="620725")), {"place.area_code": "620722"}
    ),
    "place.other_counties": Case(
        {}, {"620725": "drop"}, lines("L02", row(CA, category="dilemma", hukou_area_code="620725")), {"place.area_code": "620722"}
    ),
    "place.second_county": Case(
        {"rows": 20, "share": 0.02, "comparable": 0.5, "unit": 0.5},
        {"rows": 50, "share": 0.02, "comparable": 0.5, "unit": 0.5},
        asked_counties,
        {"place.area_code": "620722"},
    ),
    "place.county_name": Case(
        "民乐县", "高台县", lines("L02", row(CA, category="dilemma", hukou_area_code="民乐县南古镇"))
    ),
    "rhythm.period_kind": Case("quarter", "month", in_workspace(fits_a_month)),
    "rhythm.compare_every": Case("P3M", "P1M", owed),
    "rhythm.contact_every": Case(
        None, "P1W", lines("L22", row(CA, **AWAY), row("visits", visit_date="2026-09-15", contact_kind="contact"))
    ),
    "rhythm.visit_every": Case(None, "P1M", lines("L22", UNSEEN)),
    "rhythm.street_child_revisit": Case(None, "P1M", lines("L22", STREET)),
    "rhythm.extra_visits": Case([], ["summer_break"], lines("L22", UNSEEN), {"rhythm.visit_every": "P3M"}),
    "rhythm.holidays": Case(
        {"summer_break": ["07-10", "08-31"]},
        {"summer_break": ["01-10", "02-28"]},
        lines("L22", UNSEEN),
        {"rhythm.visit_every": "P3M", "rhythm.extra_visits": ["summer_break"]},
    ),
    "rhythm.more_visits_for": Case(
        [],
        ["disability"],
        lines("L22", row(CA, **AWAY, visit_date="2026-05-20", disability_type="4")),
        {"rhythm.visit_every": "P3M"},
    ),
    "comparison.parties": Case([CA, ED, PS], [CA, ED], owed),
    "comparison.groups": Case(["orphan"], ["dilemma"], in_workspace(lambda made: bare_context(made, "2026Q3").groups)),
    "comparison.priority": Case([], ["orphan"], lines("L13", row(CA, category="orphan", death_date="2026-01-01"))),
    "comparison.police_mode": Case(
        "export", "answer_file", in_workspace(lambda made: asks_about_everyone(SimpleNamespace(workspace=made)))
    ),
    "comparison.ledgers": Case([], ["migrant"], book(row(CA, category="migrant"))),
    "comparison.special_school_words": Case(
        ["专门学校"],
        ["工读学校"],
        book(row(CA, remark="列入专门学校")),
        {"comparison.ledgers": ["virtual_special_school"]},
    ),
    "comparison.zero_lists": Case([], ["L03"], zero_lists),
    "comparison.systems": Case([], ["全国儿童福利信息系统"], owed),
    "comparison.least_found": Case({PS: 0.75}, {PS: 0.1}, short_register),
    "coverage.smallest_unit": Case(6, 20, short_school(0)),
    "coverage.tail": Case(0.00001, 1e-60, short_school(2)),
    "coverage.below": Case(0.2, 0.7, short_school(4)),
    "coverage.spread": Case(0.01, 0.5, short_school(4)),
    "coverage.least_kept": Case(0.75, 0.3, short_county),
    "coverage.usually_filled": Case(0.5, 0.9, blank_cell),
    "gate.second_person": Case(
        True, False, in_workspace(lambda made: releases.objection(made.operator, "已核对", release_rule(made)))
    ),
    "gate.growth": Case(4, 9, waits_for({"L03": 10}, L03=60)),
    "gate.least_growth": Case(40, 60, waits_for({"L03": 10}, L03=60)),
    "gate.first_share": Case({"L03": 0.15}, {"L03": 0.7}, waits_for(None, L03=60)),
    "gate.same_children": Case(0.5, 0.7, twice_delivered),
    "gate.expected": Case(None, [ED], missing_department),
    "school.entry_age": Case(6, 7, lines("L03", row(CA, **FIRST_GRADER))),
    "school.years": Case(9, 10, lines("L03", row(CA, birth_date="2011-03-10"))),
    "school.primary_years": Case(
        6, 5, lines("L05", row(ED, birth_date="2014-03-10", enrolment_status="graduated", grade="5")), YEAR_ROUND
    ),
    "school.cutoff": Case("08-31", "12-31", lines("L03", row(CA, birth_date="2020-10-10"))),
    "school.year_start": Case("09-01", "10-15", lines("L03", row(CA, **FIRST_GRADER))),
    "school.band": Case([6, 16], [7, 15], lines("L03", row(CA))),
    "school.band_outside": Case(False, True, lines("L03", row(CA, birth_date="2010-10-10"))),
    "school.suspended": Case(
        ["suspended"], [], lines("L06", row(ED, enrolment_status="suspended", suspended_until="2026-06-01"))
    ),
    "school.suspension_months": Case(
        12, 24, lines("L06", row(ED, enrolment_status="suspended", status_date="2025-06-01"))
    ),
    "school.absence_excused": Case(["on_leave"], [], lines("L04", PUPIL, ABSENT, row(CA, study_status="on_leave"))),
    "school.physical_reasons": Case(["因病"], [], lines("L03", row(DI, not_enrolled_reason="因病"))),
    "school.delayed": Case(["delayed"], [], lines("L03", row(CA, **FIRST_GRADER, study_status="delayed"))),
    "school.delay_years": Case(1, 2, lines("L03", row(CA, birth_date="2019-03-10", study_status="delayed"))),
    "school.placement_levels": Case(["1", "2"], ["3"], lines("L07", row(DI, disability_level="3"))),
    "school.waiting_placement": Case(
        ["waiting"], [], lines("L07", row(DI, disability_level="1", attendance_mode="waiting"), PUPIL)
    ),
    "school.push_entrants": Case(True, False, lines("L26", ENTRANT, as_of=JUNE)),
    "school.push_months_before": Case(6, 1, lines("L26", ENTRANT, as_of=JUNE)),
    "school.transfer_window_days": Case(
        14, 5, lines("L05", row(ED, enrolment_status="other_leave", status_date="2026-09-20"))
    ),
    "school.record_window_days": Case(61, 10, lines("L03", row(CA, **FIRST_GRADER))),
    "school.transferred": Case(
        ["transferred_out"],
        [],
        lines("L05", row(ED, enrolment_status="other_leave"), row(ED, enrolment_status="transferred_out")),
    ),
    "school.enrolled": Case(
        ["in", "suspended"], ["in"], lines("L05", row(ED, enrolment_status="other_leave"), row(ED, enrolment_status="suspended"))
    ),
    "school.dropped_out": Case(["other_leave"], [], lines("L05", row(ED, enrolment_status="other_leave"))),
    "school.studies_elsewhere": Case(["vocational"], [], lines("L03", row(CA, study_status="vocational"))),
    "school.taught_at_home": Case(["home_teaching"], [], lines("L03", row(CA, study_status="home_teaching"))),
    "school.not_yet_at_school": Case(["preschool"], [], lines("L03", row(CA, study_status="preschool"))),
    "school.said_left": Case(["dropout"], [], lines("L04", PUPIL, row(CA, study_status="dropout"))),
    "school.said_at_school": Case(["in_school"], [], lines("L03", row(CA, study_status="in_school"))),
    "left_behind.below_age": Case(16, 10, lines("L20", row(CA, **AWAY, agreement="no"))),
    "left_behind.months_away": Case(None, 6, lines("L19", row(ED, enrolment_status="in", left_behind="both"))),
    "left_behind.rural_only": Case(
        False, True, lines("L19", row(ED, enrolment_status="in", left_behind="both", hukou_nature="urban"))
    ),
    "left_behind.school_marks": Case(["both"], ["one"], lines("L19", row(ED, enrolment_status="in", left_behind="one"))),
    "left_behind.urban_marks": Case(
        ["urban"], [], lines("L19", row(ED, enrolment_status="in", left_behind="both", hukou_nature="urban"))
    ),
    "left_behind.both_away_words": Case(
        ["双方"], ["父母均"], lines("L20", row(CA, **AWAY, agreement="no", care_reason="双方外出"))
    ),
    "left_behind.one_away_words": Case(
        ["一方外出"], [], lines("L20", row(CA, **AWAY, agreement="no", care_reason="一方外出"))
    ),
    "left_behind.both_unable_words": Case(
        ["均无监护能力"], [], lines("L20", row(CA, **AWAY, agreement="no", care_reason="父母均无监护能力"))
    ),
    "left_behind.parent_home_words": Case(
        ["母亲在家"], [], lines("L20", row(CA, category="left_behind", agreement="no", guardianship="母亲在家"))
    ),
    "left_behind.other_guardian_words": Case(
        ["临时监护"], [], lines("L20", row(CA, **AWAY, agreement="no", guardianship="民政临时监护"))
    ),
    "left_behind.agreement_also": Case(
        ["prison"],
        [],
        lines("L20", row(CA, category="dilemma", agreement="no", father_status="prison", mother_status="away")),
    ),
    "left_behind.new_delegate_words": Case(
        ["更换被委托人"], [], lines("L20", row(CA, **AWAY, agreement="yes", remark="7月更换被委托人"))
    ),
    "left_behind.no_carer_words": Case(["独居"], [], lines("L21", row(CA, **AWAY, guardianship="独居"))),
    "left_behind.neglect_months": Case(None, 6, lines("L21", row(CA, **AWAY, has_carer="no"))),
    "left_behind.watched_below": Case(8, 12, lines("L21", row(CA, **AWAY, has_carer="no"))),
    "left_behind.agreement_target": Case(None, 1.0, lines("L20", row(CA, **AWAY, agreement="no"))),
    "left_behind.visited_categories": Case(
        ["left_behind"], ["orphan"], lines("L22", UNSEEN), {"rhythm.visit_every": "P1M"}
    ),
    "difficulty.below_age": Case(18, 10, lines("L23", row(DI, disability_level="3"))),
    "difficulty.categories": Case(["dilemma"], ["orphan"], lines("L23", row(DI), row(CA, category="dilemma"))),
    "difficulty.dead_states": Case(["dead"], [], lines("L08", row(CA, **PARENTS))),
    "difficulty.unable_states": Case(["prison"], [], lines("L08", row(CA, **PARENTS))),
    "difficulty.proven_states": Case(["dead", "prison"], [], lines("L08", POLICE_OF_A_PARENT, *TERMS)),
    "difficulty.least_months": Case(6, 12, lines("L08", POLICE_OF_A_PARENT, *TERMS)),
    "difficulty.orphan_roll": Case(["orphan"], [], lines("L08", row(CA, category="orphan", **PARENTS))),
    "difficulty.destitute_below": Case(16, 8, lines("L08", row(CA, **PARENTS))),
    "difficulty.poverty_marks": Case(["minimum_living"], [], lines("L09", row(DI, aid="minimum_living"))),
    "difficulty.at_school_below": Case(
        25, 20, lines("L08", row(CA, birth_date="2004-03-10", **PARENTS), row(ED, birth_date="2004-03-10", enrolment_status="in"))
    ),
    "allowances.rehab_below": Case(7, 6, lines("L11", row(DI, birth_date="2019-12-10", rehab="no"))),
    "allowances.paid_as_difference": Case(["de_facto_allowance"], [], lines("L28", row(CA, **ROLL), POOR), PAID),
    "allowances.topped_up": Case(["minimum_living"], [], lines("L28", row(CA, **ROLL), POOR), PAID),
    "allowances.stacked": Case(["care_allowance"], [], lines("L28", row(CA, **ROLL), CARE_ROLL), PAID),
    "allowances.monthly": Case({"orphan_allowance": 1160.0}, {"orphan_allowance": 1300.0}, lines("L28", row(CA, **ROLL))),
    "allowances.care_levels": Case(["1"], ["3"], lines("L10", row(DI, disability_level="3", care_allowance="no"))),
    "allowances.care_types_all": Case(
        [],
        ["5"],
        lines("L10", row(DI, disability_level="3", disability_type="5", care_allowance="no")),
        {"allowances.care_types_all_levels": ["3"]},
    ),
    "allowances.care_types_all_levels": Case(
        [],
        ["3"],
        lines("L10", row(DI, disability_level="3", disability_type="5", care_allowance="no")),
        {"allowances.care_types_all": ["5"]},
    ),
    "allowances.living_needs": Case(
        ["minimum_living"], [], lines("L10", row(DI, living_allowance="no"), row(CA, aid="minimum_living"))
    ),
    "allowances.living_excluded_by": Case(
        ["orphan_allowance"],
        [],
        lines("L10", row(DI, living_allowance="no"), row(CA, aid="minimum_living;orphan_allowance")),
    ),
    "allowances.not_in_institution": Case(
        ["care_allowance"],
        [],
        lines("L10", row(DI, disability_level="1", care_allowance="no"), row(CA, category="institution;orphan")),
    ),
    "difficulty.institution_words": Case(
        ["福利院"],
        [],
        lines("L10", row(DI, disability_level="1", care_allowance="no"), row(CA, guardian_name="某县福利院")),
    ),
    "allowances.card_not_valid": Case(
        ["frozen"], [], lines("L10", row(DI, disability_level="1", care_allowance="no", card_status="frozen"))
    ),
    "household.registration_grace_months": Case(1, 3, lines("L01", row(CA, birth_date="2026-08-10", **NAMELESS))),
    "household.outside_documents": Case(["passport"], [], lines("L01", row(ED, id_no="", id_type="passport"))),
    "household.outside_marks": Case(["taiwan"], [], lines("L01", row(ED, id_no="", overseas="taiwan"))),
    "household.explained_states": Case(
        ["active", "dead", "moved_out"],
        ["active", "dead"],
        lines("L01", row(CA), row(PS, cancel_kind="moved_out", cancel_date="2026-05-01")),
    ),
    "leaving.death_lag_days": Case(42, 1, lines("L13", row(CA, category="dilemma", death_date="2026-09-15"))),
    "leaving.move_lag_days": Case(
        0, 90, lines("L14", row(CA, category="dilemma"), row(PS, cancel_kind="moved_out", cancel_date="2026-09-01"))
    ),
    "leaving.adult_age": Case(18, 20, lines("L12", ORPHAN)),
    "leaving.age_limited": Case(["orphan"], ["de_facto"], lines("L12", ORPHAN)),
    "leaving.at_school": Case(
        ["vocational"], [], lines("L12", row(CA, category="orphan", birth_date="2007-03-10", study_status="vocational"))
    ),
    "consistency.fields": Case(["nation"], [], lines("L15", row(PS, nation="01"), row(ED, nation="03"))),
    "consistency.compatible": Case(
        {}, {"nation": [["01", "57"]]}, lines("L15", row(PS, nation="01"), row(ED, nation="57"))
    ),
    "consistency.trust": Case(
        {"default": [PS, ED]}, {"default": [ED, PS]}, lines("L15", row(PS, nation="01"), row(ED, nation="03"))
    ),
    "consistency.unknown_days": Case(
        ["01-01"], [], lines("L15", row(PS, id_no=""), row(CA, id_no="", birth_date="2016-01-01"))
    ),
    "consistency.number_states": Case(
        ["bad_check"], [], lines("L18", row(CA, id_no="", id_no_status="bad_check", id_no_raw="620722201603100024"))
    ),
    "consistency.other_person_names": Case(
        ["different"], [], lines("L18", row(PS, name="张晓明"), row(CA, name="李建国"))
    ),
    "consistency.ledgers_by_category": Case(True, False, lines("L16C", *DOUBLE)),
    "consistency.two_townships": Case(
        True,
        False,
        lines("L16C", row(CA, category="left_behind", town="甲镇"), row(CA, category="dilemma", town="乙镇", file="另册.xlsx")),
    ),
    "consistency.separate_books": Case(
        [], ["street"], lines("L16C", row(CA, category="street"), row(CA, category="street"))
    ),
    "consistency.not_compared": Case(
        ["health"], [], lines("L15", row(PS, name="张晓明"), row("health", name="李建国"))
    ),
    "consistency.milk_name": Case(r"(.)\1", "x", lines("L18", row(PS, name="李建国"), row(CA, name="甜甜"))),
    "consistency.ignored_characters": Case("_", "", lines("L15", row(PS, name="张_伟明"), row(CA, name="张伟明"))),
    "masking.number_head": Case(4, 2, masked),
    "masking.number_tail": Case(2, 0, masked),
    "masking.phone_head": Case(3, 1, masked),
    "masking.phone_tail": Case(4, 2, masked),
    "masking.masked_fields": Case(["student_no"], [], masked),
    "masking.name_masked_in_summary": Case(
        True, False, in_workspace(lambda made: bare_context(made, "2026Q3").names_masked)
    ),
    "workers.children_per_worker": Case(None, 2, villages(3, "儿童主任")),
    "workers.per_village": Case(None, 1, villages(1)),
    "workers.counted": Case(["left_behind"], ["dilemma"], villages(1), {"workers.per_village": 1}),
    "workers.posts": Case(["儿童主任"], ["督导员"], villages(1, "儿童督导员"), {"workers.per_village": 1}),
}  # fmt: skip
SETTINGS = [path for path, _ in load_profile("default").settings() if path != "indicators.targets"]
