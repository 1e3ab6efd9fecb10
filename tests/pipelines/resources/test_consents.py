"""The second person's consent to a jump in rows: who may give it, and that a run without it takes none (rules/bad-inputs.md#input-21)."""

import json

import pytest
import sqlalchemy as sa

from pipelines.resources import consents
from pipelines.resources.consents import PeriodConsent, SizeConsent, nameless, objection
from pipelines.resources.database import writing
from pipelines.resources.runs import COMMAND, Begun
from pipelines.resources.tables import audit
from pipelines.resources.workspace import Settings, Workspace

POLICE = ("public_security",)


@pytest.mark.parametrize(
    ("operator", "departments", "by", "problem"),
    [
        ("王经办", (), "", ""),
        ("王经办", (), "李主任", "consent.nothing"),
        ("王经办", POLICE, "", "consent.missing"),
        ("王经办", POLICE, "　 ", "consent.missing"),
        ("", POLICE, "李主任", "consent.no_operator"),
        ("王经办", POLICE, "王经办", "consent.same"),
        ("王经办", POLICE, " 王 经办　", "consent.same"),
        ("Wang", POLICE, "ＷＡＮＧ", "consent.same"),
        ("王经办", POLICE, "李主任", ""),
    ],
)
def test_who_may_consent(tmp_path, operator, departments, by, problem):
    workspace = Workspace(tmp_path, Settings(operator=operator))
    assert objection(workspace, SizeConsent(departments, by)) == problem


def test_the_consent_stands_in_the_audit_and_holds_for_its_run_only(opened):
    run = Begun("run-1", "2026Q3", opened.workspace.operator, COMMAND)
    with writing(opened.engine) as connection:
        consents.note(connection, run, SizeConsent(POLICE, " 李主任 "))
    with opened.engine.connect() as connection:
        (line,) = connection.execute(sa.select(audit).where(audit.c.action == "size_consent")).mappings()
        held = [
            consents.given(connection, *asked)
            for asked in (
                ("run-1", "2026Q3", "public_security"),
                ("run-2", "2026Q3", "public_security"),
                ("run-1", "2026Q2", "public_security"),
                ("run-1", "2026Q3", "education"),
            )
        ]
    assert json.loads(line["detail"]) == {"consented_by": "李主任", "run": "run-1"}
    assert line["actor"] == opened.workspace.operator
    assert held == [True, False, False, False]


def test_a_period_is_confirmed_by_name_and_by_itself(opened):
    assert nameless(PeriodConsent(POLICE, " 　"))
    assert not nameless(PeriodConsent(POLICE, "王经办"))
    assert not nameless(PeriodConsent())
    run = Begun("run-1", "2026Q3", opened.workspace.operator, COMMAND)
    with writing(opened.engine) as connection:
        consents.note(connection, run, PeriodConsent(POLICE, "王经办"))
    asked = ("run-1", "2026Q3", "public_security")
    with opened.engine.connect() as connection:
        (line,) = connection.execute(sa.select(audit).where(audit.c.action == "period_consent")).mappings()
        given = consents.period_given(connection, *asked), consents.given(connection, *asked)
        later = consents.period_given(connection, "run-2", "2026Q3", "public_security")
    assert (line["action"], json.loads(line["detail"])["consented_by"]) == ("period_consent", "王经办")
    assert (given, later) == ((True, False), False)
