"""What people confirm for one run: a second person that a delivery's number of rows did jump (rules/bad-inputs.md#input-21), a named person that files
which seem to be another period's are this one's (rules/bad-inputs.md#input-17), and that a department took everything back. Who may, and where it stands.

All stand in the audit, under the run they were given for, with a person's name, and nowhere else: a run without that line takes no jump, no
such file and no withdrawal, whoever started it and whatever tags it carries. What a jump is belongs to `expectations.suites`, what another
period is to `assets.intake.misdated`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.audit import Act
from pipelines.resources.runs import Begun
from pipelines.resources.tables import audit as audit_table
from pipelines.resources.workspace import Workspace

ACTION = "size_consent"
PERIOD_ACTION = "period_consent"
WITHDRAWAL = "withdrawal"
WHOLE_ACTION = "whole_consent"


@dataclass(frozen=True)
class SizeConsent:
    """Departments whose size did change that much, and the second person who consents to take them."""

    departments: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class PeriodConsent:
    """Departments whose files do belong to the period, whatever they say, and who confirms it: the operator may."""

    departments: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class WholeConsent:
    """Departments that brought all there is, whatever is missing beside the period before, and who confirms it: the operator may."""

    departments: tuple[str, ...] = ()
    by: str = ""


def nameless(consent: PeriodConsent | WholeConsent) -> bool:
    """Whether nobody stands for the confirmation."""
    return bool(consent.departments) and not plain_name(consent.by)


def objection(workspace: Workspace, consent: SizeConsent) -> str:
    """Why the consent does not count, as the key of a text; "" when it does."""
    if not consent.departments:
        return "consent.nothing" if consent.by else ""
    if not plain_name(consent.by):
        return "consent.missing"
    if not plain_name(workspace.settings.operator):
        return "consent.no_operator"
    return "consent.same" if plain_name(consent.by) == plain_name(workspace.settings.operator) else ""


def note(connection: sa.Connection, run: Begun, consent: SizeConsent | PeriodConsent | WholeConsent) -> None:
    """Write the consent, one without objection, into the audit: one line per department, in the transaction that begins the run."""
    action = _ACTIONS[type(consent)]
    for department in consent.departments:
        detail: dict[str, object] = {"consented_by": consent.by.strip(), "run": run.id}
        audit.append(connection, Act(run.actor, action, f"{run.period}/{department}", detail))


_ACTIONS: Mapping[type, str] = {SizeConsent: ACTION, PeriodConsent: PERIOD_ACTION, WholeConsent: WHOLE_ACTION}


def note_withdrawn(connection: sa.Connection, run: Begun, departments: Iterable[str]) -> None:
    """Write into the audit that the run's operator confirms: these departments took everything back."""
    for department in departments:
        detail: dict[str, object] = {"confirmed_by": run.actor, "run": run.id}
        audit.append(connection, Act(run.actor, WITHDRAWAL, f"{run.period}/{department}", detail))


def given(connection: sa.Connection, run_id: str, period: str, department: str, action: str = ACTION) -> bool:
    """Whether a named person confirmed it, for this run and department, in a line that the chain vouches for."""
    acts = sa.select(audit_table).where(
        audit_table.c.action == action, audit_table.c.subject == f"{period}/{department}"
    )
    secret = audit.secret_of(connection)
    for line in connection.execute(acts).mappings():
        detail = json.loads(line["detail"])
        name = detail.get("consented_by") or detail.get("confirmed_by") or ""
        # The key, because whoever can write the database could write a consent, too: without it the line is only a row.
        if detail.get("run") == run_id and plain_name(name) and audit.genuine(dict(line), secret):
            return True
    return False


def period_given(connection: sa.Connection, run_id: str, period: str, department: str) -> bool:
    """Whether a person confirmed, for this run, that the department's files are of the period."""
    return given(connection, run_id, period, department, action=PERIOD_ACTION)


def whole_given(connection: sa.Connection, period: str, department: str) -> bool:
    """Whether a person confirmed that what the department brought for the period is all that there is; it holds for the period."""
    acts = sa.select(audit_table).where(
        audit_table.c.action == WHOLE_ACTION, audit_table.c.subject == f"{period}/{department}"
    )
    secret = audit.secret_of(connection)
    lines = [dict(line) for line in connection.execute(acts).mappings()]
    return any(
        plain_name(json.loads(line["detail"]).get("consented_by", "")) and audit.genuine(line, secret) for line in lines
    )


def plain_name(name: str) -> str:
    """A name as it is compared: width, case and spaces make nobody another person."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
