"""The second person's consent to a delivery whose number of rows jumped (trust.md C5 21): who may give it, and where it stands.

It stands in the audit, under the run it was given for, and nowhere else: a run without that line takes no jump, whoever
started it. What a jump is belongs to `expectations.suites`.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.audit import Act
from pipelines.resources.tables import audit as audit_table
from pipelines.resources.workspace import Workspace

ACTION = "size_consent"


@dataclass(frozen=True)
class SizeConsent:
    """Departments whose size did change that much, and the second person who consents to take them."""

    departments: tuple[str, ...] = ()
    by: str = ""


def objection(workspace: Workspace, consent: SizeConsent) -> str:
    """Why the consent does not count, as the key of a text; "" when it does."""
    if not consent.departments:
        return "consent.nothing" if consent.by else ""
    if not _plain(consent.by):
        return "consent.missing"
    if not _plain(workspace.settings.operator):
        return "consent.no_operator"
    return "consent.same" if _plain(consent.by) == _plain(workspace.settings.operator) else ""


def note(connection: sa.Connection, workspace: Workspace, consent: SizeConsent, run: tuple[str, str]) -> None:
    """Write the consent into the audit, one line per department.

    Args:
        connection: of the transaction that begins the run.
        workspace: whose operator runs it.
        consent: one without objection.
        run: its id and period.
    """
    run_id, period = run
    for department in consent.departments:
        detail: dict[str, object] = {"consented_by": consent.by.strip(), "run": run_id}
        audit.append(connection, Act(workspace.operator, ACTION, f"{period}/{department}", detail))


def given(connection: sa.Connection, run_id: str, period: str, department: str) -> bool:
    """Whether a second person consented, for this run, to the department's size."""
    wanted = sa.select(audit_table.c.detail).where(
        audit_table.c.action == ACTION, audit_table.c.subject == f"{period}/{department}"
    )
    return any(json.loads(detail)["run"] == run_id for detail in connection.execute(wanted).scalars())


def _plain(name: str) -> str:
    """A name as it is compared: width, case and spaces make nobody another person."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
