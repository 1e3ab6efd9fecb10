"""A setting that a place leaves open (`value: null`) ends no run: the lists that need it say so by its name, and all the rest goes on.

Every setting is opened in turn in one town that holds the records of all cases of `setting_cases`, so that each list reaches what it reads.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from setting_cases import ALL, CASES, Lines
from town import CA, Town

from assets.workbooks.masking import rule_of
from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile, Setting, UnknownSettingError, load_profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.files import ChildFiles
from expectations.lists.findings import LISTS, compute_findings, files_delivered, not_computed
from expectations.lists.ledgers import books_of, books_waiting, extra_ledgers
from expectations.lists.view import View

PATHS = [path for path, _ in load_profile("default").settings()]
# What may never stay open: a file that leaves it so is refused when it is read.
REFUSED = [path for path in PATHS if path.startswith("masking.") and path != "masking.name_masked_in_summary"]
BOOKS = [
    "rural_single_parent",
    "virtual_special_school",
    "street_trafficked",
    "migrant",
    "sick_disabled",
    "orphan_student",
]
# What the cases set besides, once for all of them, and both ways of listing children outside the cohort.
SET = {
    "rhythm.visit_every": "P3M",
    "rhythm.contact_every": "P1W",
    "rhythm.street_child_revisit": "P1M",
    "rhythm.extra_visits": ["summer_break"],
    "rhythm.more_visits_for": ["disability"],
    "comparison.ledgers": BOOKS,
    "comparison.priority": ["orphan"],
    "school.band_outside": True,
    "allowances.care_types_all": ["5"],
    "allowances.care_types_all_levels": ["3"],
    "allowances.monthly": {"orphan_allowance": 1200.0, "minimum_living": 420.0, "care_allowance": 110.0},
    "workers.children_per_worker": 2,
    "workers.per_village": 1,
}
# Every case has children of its own.
STEP = 4


def town_of_all(**changes: Any) -> Town:
    """The records of every case of a list in one town, where a place has set everything (but `changes`)."""
    town = Town(place="default")
    for path, value in (SET | changes).items():
        town.change(path, value)
    cases = [case.result for case in CASES.values() if isinstance(case.result, Lines)]
    for at, case in enumerate(cases):
        for row in case.rows:
            if row.child:
                town.add(row.department, STEP * at + row.child, **row.fields)
            else:
                town.adult(row.department, **row.fields)
    return town


@pytest.fixture(scope="module")
def whole() -> Town:
    return town_of_all()


@pytest.fixture(scope="module")
def files(whole: Town) -> ChildFiles:
    return whole.files()


def opened(profile: Profile, path: str) -> Profile:
    """A profile with one setting left open."""
    section, key = path.split(".")
    part = getattr(profile, section)
    setting = getattr(part, key).model_copy(update={"value": None})
    return profile.model_copy(update={section: part.model_copy(update={key: setting})})


def asked(monkeypatch: pytest.MonkeyPatch, view: View) -> Iterator[tuple[str, set[str]]]:
    """Each list with the settings whose value it insists on."""
    paths: set[str] = set()
    known = Setting.known

    def noting(setting: Setting[Any]) -> Any:
        paths.add(setting.path)
        return known(setting)

    monkeypatch.setattr(Setting, "known", noting)
    for code, lines in LISTS.items():
        paths.clear()
        # A view of its own: what an earlier list worked out is not asked for again.
        lines(View(view.files, view.profile, view.catalogue))
        yield code, set(paths)


@pytest.mark.parametrize("outside", [True, False])
def test_a_list_names_every_setting_that_it_insists_on(
    monkeypatch: pytest.MonkeyPatch, files: ChildFiles, outside: bool
) -> None:
    profile = town_of_all(**{"school.band_outside": outside}).profile
    unnamed = {}
    for code, paths in asked(monkeypatch, View(files, profile, profile.catalogue)):
        info = load_catalogue().lists[code]
        unnamed[code] = sorted(paths - {*info.parameters, *info.parameters_any})
    assert {code: paths for code, paths in unnamed.items() if paths} == {}


def waiting_for(path: str) -> frozenset[str]:
    """The lists that cannot be computed without a setting."""
    return frozenset(code for code, info in load_catalogue().lists.items() if path in info.parameters)


def delivered(files: ChildFiles) -> set[str]:
    """As if every file had come: what is then not computed waits for the place alone."""
    origins = {origin for source in load_catalogue().sources.values() for origin in source.origins}
    return {*ALL, *files_delivered(files), *origins}


@pytest.mark.parametrize("path", [path for path in PATHS if path not in REFUSED])
def test_the_lists_that_need_an_open_setting_say_so(whole: Town, files: ChildFiles, path: str) -> None:
    sentences = not_computed(opened(whole.profile, path), delivered(files)).set_index("code")["sentence"]
    assert set(sentences.index) == waiting_for(path)
    assert all(labels().setting(path) in sentence and "未计算" in sentence for sentence in sentences)


# Settings for which the same lists wait are opened together: all other lists are computed without any of them.
TOGETHER = sorted(
    {
        lists: [path for path in PATHS if waiting_for(path) == lists and path not in REFUSED]
        for lists in map(waiting_for, PATHS)
    }.values()
)


@pytest.mark.parametrize("paths", TOGETHER, ids=lambda paths: paths[0])
def test_open_settings_end_no_run(whole: Town, files: ChildFiles, paths: list[str]) -> None:
    profile = whole.profile
    for path in paths:
        profile = opened(profile, path)
    codes = set(compute_findings(files, profile, delivered(files))["code"])
    assert codes
    assert codes.isdisjoint(waiting_for(paths[0]))
    extra_ledgers(View(files, profile, profile.catalogue))


@pytest.mark.parametrize("path", ["school.entry_age", "school.years", "school.cutoff", "school.year_start", "school.band",
                                  "place.former_area_codes", "allowances.card_not_valid"])  # fmt: skip
def test_child_files_are_built_with_an_open_setting(path: str) -> None:
    town = Town()
    town.change("place.area_code", "620722")
    town.change(path, None)
    town.add(CA, 1, hukou_area_code="620702", category="dilemma")
    town.add("disability", 1, card_status="cancelled")
    files = town.files()
    # Whose cohort nobody can say is in none; a certificate that its register calls cancelled has ended by any reading.
    assert bool(files.children["in_cohort"].item()) == (
        path in {"school.band", "place.former_area_codes", "allowances.card_not_valid"}
    )
    assert bool(files.children["in_band"].item()) == (path != "school.band")
    assert files.records.set_index("department")["active"].to_dict() == {CA: True, "disability": False}


def test_a_book_that_waits_for_a_setting_is_not_kept_and_says_so(whole: Town) -> None:
    profile = opened(whole.profile, "leaving.adult_age")
    assert set(BOOKS) - set(books_of(profile)) == {"orphan_student"}
    assert (
        [sentence for sentence in books_waiting(profile) if "保障年龄上限" in sentence] == books_waiting(profile) != []
    )
    assert books_waiting(whole.profile) == []


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_seen_of_a_number_cannot_stay_open(path: str) -> None:
    content = load_profile("default").model_dump(exclude={"duties", "departments"})
    section, key = path.split(".")
    content[section][key]["value"] = None
    with pytest.raises(ValidationError, match=f"{path}(.|\n)*不能留空"):
        Profile.model_validate(content)
    # Beside the model's check, whoever asks for it is told its name.
    with pytest.raises(UnknownSettingError, match=path):
        rule_of(opened(Town().profile, path))


def test_an_open_decision_on_names_covers_them(whole: Town) -> None:
    assert opened(whole.profile, "masking.name_masked_in_summary").masking.covers_names_in_summary
    shown = whole.profile.masking.model_copy(
        update={
            "name_masked_in_summary": whole.profile.masking.name_masked_in_summary.model_copy(update={"value": False})
        }
    )
    assert not shown.covers_names_in_summary


def test_a_refusal_names_file_key_and_setting() -> None:
    with pytest.raises(UnknownSettingError, match=r"minle\.yaml .*“入户走访频次”（rhythm\.visit_every）"):
        load_profile("minle").rhythm.visit_every.known()
