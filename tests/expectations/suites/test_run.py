"""Suites: one test per kind of rule, the consequences, and that no value of a cell leaves the run."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from expectations.rulebook import RuleFileError
from expectations.suites.run import DeliveryFacts, SuiteResult, validate
from expectations.suites.suite import load_suite

OCCASION = DeliveryFacts(date(2026, 9, 30))
COLUMNS_TEXT = """
record_id name id_no id_no_status id_no_birth id_no_sex sex birth_date student_no disability_no school
grade enrolment_status town live_town hukou_town category exit_date cancel_kind cancel_date household_no
disability_type disability_level
"""
COLUMNS = COLUMNS_TEXT.split()


def row(at: int, **fields: str) -> dict[str, str]:
    """A good row of every department."""
    good = {
        "record_id": f"X-{at}",
        "name": "张某某",
        "id_no": "620722201603100012",
        "id_no_status": "valid",
        "sex": "2",
    }
    good |= {
        "id_no_birth": "2016-03-10",
        "id_no_sex": "2",
        "birth_date": "2016-03-10",
        "student_no": "G",
        "town": "甲镇",
    }
    good |= {"disability_no": "6207222016031000124", "school": "一小", "grade": "4", "enrolment_status": "in"}
    good |= {"category": "dilemma", "household_no": "1", "disability_type": "4", "disability_level": "1"}
    return dict.fromkeys(COLUMNS, "") | good | fields


def checked(*rows: dict[str, str], suite: str = "std_civil_affairs", occasion: DeliveryFacts = OCCASION) -> SuiteResult:
    frame = pd.DataFrame(list(rows), columns=COLUMNS, index=[100 + at for at in range(len(rows))])
    return validate(frame, load_suite(suite), occasion)


def failed(result: SuiteResult) -> dict[str, int]:
    return {check.name: check.failed_count for check in result.checks if not check.passed}


@pytest.mark.parametrize("suite", ["std_civil_affairs", "std_education", "std_public_security", "std_disability"])
def test_good_rows_pass(suite: str) -> None:
    result = checked(row(1), row(2), suite=suite)
    assert failed(result) == {}
    assert result.failures.empty
    assert len(result.checks) >= 15


ROW_CASES = [
    ({"name": "", "id_no": "", "student_no": "", "disability_no": ""}, "someone", True),
    ({"name": ""}, "name_present", False),
    ({"birth_date": "2031-01-01", "id_no": "", "id_no_birth": ""}, "birth_not_future_unknown", True),
    ({"birth_date": "2027", "id_no": "", "id_no_birth": ""}, "birth_not_future_unknown", True),
    ({"birth_date": "2031-01-01", "id_no_birth": ""}, "birth_not_future", False),
    ({"birth_date": "1980-01-01", "id_no_birth": ""}, "not_an_adult", True),
    ({"birth_date": "2000", "id_no_birth": ""}, "not_an_adult", True),
    ({"sex": "", "id_no": "", "id_no_birth": "", "id_no_sex": ""}, "sex_known", False),
    ({"birth_date": "", "id_no": "", "id_no_birth": "", "id_no_sex": ""}, "birth_known", False),
    ({"birth_date": "2016-03-11"}, "number_birth_agrees", False),
    ({"sex": "1"}, "number_sex_agrees", False),
    ({"town": ""}, "town_known", False),
    ({"exit_date": "2027-01-01"}, "exit_not_future", False),
]


def test_row_rules_give_the_index_of_the_row() -> None:
    result = checked(*(row(at, **fields) for at, (fields, _, _) in enumerate(ROW_CASES)))
    found = {(index, rule, away) for index, rule, away in result.failures[["index", "rule", "quarantine"]].to_numpy()}
    assert found == {(100 + at, rule, away) for at, (_, rule, away) in enumerate(ROW_CASES)}
    assert result.quarantined["index"].tolist() == [100 + at for at, (_, _, away) in enumerate(ROW_CASES) if away]
    assert (result.failures["advice"] != "").all()
    assert sum(failed(result).values()) == len(ROW_CASES)
    assert not result.stopped


def test_partial_dates_and_bounds_of_age() -> None:
    fine = [{"birth_date": "2026-09"}, {"birth_date": "2026"}, {"birth_date": "2001-10-01"}, {"birth_date": "2001"}]
    result = checked(*(row(at, **dates, id_no_birth="") for at, dates in enumerate(fine)))
    assert failed(result) == {}
    assert failed(checked(row(1, birth_date="2001-09-30", id_no_birth=""))) == {"not_an_adult": 1}


def test_table_rules_stop() -> None:
    assert [check.name for check in checked().stopped] == ["rows_present"]
    assert checked().stopped[0].sentence == "没有一行可用的数据"
    assert "record_unique" in [check.name for check in checked(row(1), row(1)).stopped]
    nameless = checked(row(1, name=""), row(2, name=""), row(3))
    assert [check.name for check in nameless.stopped] == ["names_mostly_present"]


def test_a_jump_in_rows_stops_until_a_second_person_consents() -> None:
    rows = [row(at) for at in range(100)]
    assert [c.name for c in checked(*rows, occasion=DeliveryFacts(date(2026, 9, 30), 200)).asked] == ["rows_not_halved"]
    assert [c.name for c in checked(*rows[:61], occasion=DeliveryFacts(date(2026, 9, 30), 100)).asked] == []
    assert [
        c.name
        for c in checked(
            *rows, *(row(at) for at in range(200, 260)), occasion=DeliveryFacts(date(2026, 9, 30), 110)
        ).asked
    ] == ["rows_not_doubled"]
    assert checked(*rows, occasion=DeliveryFacts(date(2026, 9, 30), 200, consented=True)).asked == []
    assert checked(*rows[:3], occasion=DeliveryFacts(date(2026, 9, 30), 50)).asked == []


@pytest.mark.parametrize("suite", ["std_public_security", "std_education", "std_attendance", "std_visits"])
def test_an_edition_that_loses_two_lines_of_five_within_its_period_stops(suite: str) -> None:
    rows = [row(at) for at in range(100)]
    day = date(2026, 9, 30)
    cut = checked(*rows, suite=suite, occasion=DeliveryFacts(day, edition_rows=200)).asked
    assert [(check.name, check.sentence.rpartition("（")[2]) for check in cut] == [
        ("rows_not_cut", "原来200行，这次100行）")
    ]
    assert "--accept-size" in cut[0].advice
    for fine in (
        DeliveryFacts(day, edition_rows=160),
        DeliveryFacts(day, edition_rows=99),
        DeliveryFacts(day, edition_rows=20),
        DeliveryFacts(day, edition_rows=200, consented=True),
        # Files come in one by one: more of them than yesterday is no doubt.
        DeliveryFacts(day, edition_rows=1),
    ):
        assert checked(*rows, suite=suite, occasion=fine).asked == []


def test_a_jump_says_both_numbers() -> None:
    (check,) = checked(*[row(at) for at in range(100)], occasion=DeliveryFacts(date(2026, 9, 30), 200)).asked
    assert check.sentence.endswith("（原来200行，这次100行）")


def test_damaged_numbers_warn_and_stop_only_the_register() -> None:
    rows = [row(at, id_no="", id_no_status="damaged", id_no_birth="", id_no_sex="") for at in range(9)] + [row(9)]
    result = checked(*rows)
    assert set(failed(result)) == {"numbers_not_damaged", "numbers_mostly_valid"}
    assert not result.stopped
    assert result.failures.empty
    assert [check.name for check in checked(*rows, suite="std_public_security").stopped] == ["register_has_numbers"]


def test_rules_of_the_departments() -> None:
    assert failed(checked(row(1, cancel_kind="death"), suite="std_public_security")) == {"cancelled_has_date": 1}
    assert failed(checked(row(1, disability_level="9"), suite="std_disability")) == {"level_known": 1}
    assert failed(checked(row(1, enrolment_status=""), suite="std_education")) == {"enrolment_known": 1}


def test_a_missing_column_is_said_in_chinese() -> None:
    frame = pd.DataFrame([row(1)]).drop(columns=["sex", "school"])
    result = validate(frame, load_suite("std_education"), OCCASION)
    sentences = {check.name: check.sentence for check in result.checks if not check.passed}
    assert set(sentences) == {"number_sex_agrees", "school_present"}
    assert sentences["school_present"].startswith("缺少检查所需的列（school）")


def test_no_value_of_a_cell_leaves_the_run(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    bad = row(3, name="欧阳测试名", id_no="620722201603109999", birth_date="2031-07-07", sex="1", town="")
    frame = pd.DataFrame([row(1), bad], columns=COLUMNS).drop(columns=["category"])
    result = validate(frame, load_suite("std_civil_affairs"), OCCASION)
    shown = repr([asdict(check) for check in result.checks]) + result.failures.to_csv() + repr(result)
    out = capfd.readouterr()
    for value in ("欧阳测试名", "620722201603109999", "2031-07-07"):
        assert value not in shown + out.out + out.err + caplog.text
    assert not result.failures.empty


def test_wrong_suites_name_file_and_key(tmp_path: Path) -> None:
    wrong = tmp_path / "std_wrong.yaml"
    wrong.write_text("asset: x\nrules:\n  - {id: a, expect: e, message: m, severety: stop}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"std_wrong\.yaml.*rules\.第1项\.severety"):
        load_suite(wrong)
    wrong.write_text("asset: x\nrules:\n  - {id: a, expect: expect_nothing, message: m}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match="expect_nothing"):
        validate(pd.DataFrame([row(1)]), load_suite(wrong), OCCASION)
    wrong.write_text("asset: x\nrules:\n  - {id: a, expect: e, message: m, quarantine: true}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match="field"):
        load_suite(wrong)


def test_a_number_tells_birth_and_sex_of_a_roll_without_these_columns() -> None:
    frame = pd.DataFrame([row(at) for at in range(4)]).assign(birth_date="", sex="")
    told = failed(validate(frame, load_suite("std_civil_affairs"), OCCASION))
    assert not {"birth_known", "sex_known", "numbers_mostly_valid"} & set(told)
