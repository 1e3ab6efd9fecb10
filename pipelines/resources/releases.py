"""Who released an edition that waited, and why: lines of the audit, and nowhere else (rules/coverage.md#gate).

A release names the reasons for waiting that it settles; the same reasons do not hold the period back again, others do. Belongs here: writing and
reading those lines, and who may. Does not belong here: what makes an edition wait (`assets.coverage.gate`).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.audit import Act
from pipelines.resources.consents import plain_name
from pipelines.resources.tables import audit as audit_table

ACTION = "release_edition"


@dataclass(frozen=True)
class EditionRelease:
    """One release.

    Attributes:
        period: the period.
        by: who releases it.
        reason: why, in that person's words.
        lists: codes of the lists that are released; none: the whole edition.
        keys: the reasons for waiting that are settled by it.
        at: when, ISO UTC; "" until stored.
    """

    period: str
    by: str
    reason: str
    lists: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True)
class ReleaseRule:
    """Who may release: the operator's name, and whether it must be somebody else."""

    operator: str
    second_person: bool = True


def objection(by: str, reason: str, rule: ReleaseRule) -> str:
    """Why a release does not count, in Chinese; "" when it does."""
    if not plain_name(by):
        return "放行要写明是谁放行的：请加上姓名。"
    if not reason.strip():
        return "放行要写明理由：请说明为什么可以发布。"
    if not rule.second_person:
        return ""
    if not plain_name(rule.operator):
        return (
            '还不知道操作人是谁，无法确认是两个人：请先在工作区的 tongbi.toml 里写上 operator = "操作人姓名"，再放行。'
        )
    if plain_name(by) == plain_name(rule.operator):
        return "放行的人就是操作人本人：请由另一个人查看后放行，并写他的姓名。"
    return ""


def note(connection: sa.Connection, release: EditionRelease, actor: str) -> None:
    """Write a release without objection into the audit."""
    detail: dict[str, object] = {
        "released_by": release.by.strip(),
        "reason": release.reason.strip(),
        "lists": sorted(release.lists),
        "reasons": sorted(release.keys),
    }
    audit.append(connection, Act(actor, ACTION, release.period, detail))


def of_period(connection: sa.Connection, period: str) -> list[EditionRelease]:
    """The releases of a period that the chain vouches for, the oldest first."""
    acts = sa.select(audit_table).where(audit_table.c.action == ACTION, audit_table.c.subject == period)
    secret = audit.secret_of(connection)
    releases = []
    for line in connection.execute(acts.order_by(audit_table.c.id)).mappings():
        # Whoever can write the database could write a release, too: without the chain's key it is only a row.
        if audit.genuine(dict(line), secret):
            detail = json.loads(line["detail"])
            lists, keys = tuple(detail["lists"]), tuple(detail["reasons"])
            releases.append(EditionRelease(period, detail["released_by"], detail["reason"], lists, keys, line["at"]))
    return releases


@dataclass(frozen=True)
class ReleasedScope:
    """What releases settle of the reasons that hold an edition back now.

    Attributes:
        is_whole: nothing holds it back any more.
        lists: the lists that may go out although the rest waits.
        by: the last release that counts, None without one.
    """

    is_whole: bool
    lists: frozenset[str] = frozenset()
    by: EditionRelease | None = field(default=None)


def scope_of(releases: Collection[EditionRelease], keys: Collection[str]) -> ReleasedScope:
    """What of an edition may go out.

    Args:
        releases: those of the period.
        keys: the reasons that hold it back now.
    """
    whole = {key for release in releases if not release.lists for key in release.keys}
    last = [release for release in releases if set(release.keys) & set(keys)]
    if set(keys) <= whole:
        return ReleasedScope(True, by=last[-1] if last else None)
    # A list goes out when some release of it, or one of everything, settled each reason.
    lists: set[str] = set()
    for code in {code for release in releases for code in release.lists}:
        settled = whole | {key for release in releases if code in release.lists for key in release.keys}
        if set(keys) <= settled:
            lists.add(code)
    return ReleasedScope(False, frozenset(lists), last[-1] if last else None)
