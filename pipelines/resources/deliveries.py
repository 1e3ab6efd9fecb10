"""The register of deliveries: which file came when, from whom, how its rows were accounted for, and which one counts now.

A delivery is one content for one department and period; its id is made of those three, so taking the same file again changes nothing.
Finding and reading files is `inbox`, `store` and `reading`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipelines.resources import audit, sealing
from pipelines.resources.database import insert_rows
from pipelines.resources.naming import naming
from pipelines.resources.tables import delivery, delivery_notice

LIVE = ("received", "current")
USED = ("received", "current", "superseded")
STATES = ("received", "current", "superseded", "withdrawn", "refused")
# What a department's suite says; everything else was said when its files were received.
SUITE_CODE = "suite"


@dataclass(frozen=True)
class Branch:
    """One department in one period."""

    period: str
    department: str


@dataclass(frozen=True)
class ArrivedFile:
    """One file as it was found: its name below the department's folder, the hash and size of its content."""

    file: str
    sha256: str
    size: int


@dataclass(frozen=True)
class RegisteredDelivery:
    """One registered delivery: `new` when it came with this run, `supersedes` the id of the one it corrects.

    `since`: when it was taken, as the tables keep a moment; `first_file`: the name under which it was first taken.
    """

    id: str
    file: str
    sha256: str
    new: bool
    supersedes: str
    since: str = ""
    first_file: str = ""


@dataclass(frozen=True)
class RowCounts:
    """How the rows of one delivery were accounted for: rows_in = accepted + quarantined + set_aside."""

    rows_in: int
    accepted: int
    quarantined: int
    set_aside: int


@dataclass(frozen=True)
class DeliveryNotice:
    """One sentence about a delivery; `row` 0 when it is about the whole file."""

    file: str
    code: str
    severity: str
    sheet: str
    row: int
    message: str
    advice: str


def delivery_id(branch: Branch, sha256: str) -> str:
    """The id of a content for a department and period."""
    return f"{branch.period}/{branch.department}/{sha256[:16]}"


def register(
    connection: sa.Connection, branch: Branch, arrived: Sequence[ArrivedFile], who: str
) -> list[RegisteredDelivery]:
    """Write down what arrived; contents that are known and count already stay as they are.

    Returns:
        One line per content, in the order of file names; the same content under two names counts once, under the name
        it was first taken by, so that a copy beside it changes nothing.
    """
    known = {row["sha256"]: row for row in rows(connection, branch)}
    by_content: dict[str, ArrivedFile] = {}
    for file in sorted(
        arrived, key=lambda file: (file.sha256 not in known or file.file != known[file.sha256]["file"], file.file)
    ):
        by_content.setdefault(file.sha256, file)

    taken = []
    for file in sorted(by_content.values(), key=lambda file: file.file):
        if file.sha256 in known:
            row = known[file.sha256]
            # What was withdrawn, replaced or refused and lies in the inbox again is taken again, for every station of the run, not only once it is published.
            if row["status"] not in LIVE:
                set_status(connection, [row["id"]], "received")
            since, first = row["received_at"], row["file"]
            taken.append(RegisteredDelivery(row["id"], file.file, file.sha256, False, row["supersedes"], since, first))
            continue
        # Another content under the name of one that counts corrects it.
        same_name = [row["id"] for row in known.values() if row["file"] == file.file and row["status"] in LIVE]
        taken.append(_register_new(connection, branch, file, who, same_name[-1] if same_name else ""))
    return taken


def _register_new(
    connection: sa.Connection, branch: Branch, arrived: ArrivedFile, who: str, supersedes: str
) -> RegisteredDelivery:
    identity = delivery_id(branch, arrived.sha256)
    row = {
        "id": identity,
        "period": branch.period,
        "department": branch.department,
        "file": arrived.file,
        "sha256": arrived.sha256,
        "size": arrived.size,
        "received_at": audit.now(),
        "received_by": who,
        **dict.fromkeys(("rows_in", "accepted", "quarantined", "set_aside"), 0),
        "status": "received",
        "supersedes": supersedes,
        "difference": "",
    }
    connection.execute(delivery.insert().values(**row))
    sealing.written_keys(connection, delivery.c.id, [identity])
    words = naming().words(
        arrived.file
    )  # the chain is kept for ever and cannot be cleaned: no name of a file stands in it
    audit.append(connection, audit.Act(who, "deliver", identity, {"file": words, "supersedes": supersedes}))
    return RegisteredDelivery(
        identity, arrived.file, arrived.sha256, True, supersedes, str(row["received_at"]), arrived.file
    )


def rows(connection: sa.Connection, branch: Branch) -> list[sa.RowMapping]:
    """The register's lines of one department and period, oldest first."""
    ours = (delivery.c.period == branch.period) & (delivery.c.department == branch.department)
    return list(
        connection.execute(sa.select(delivery).where(ours).order_by(delivery.c.received_at, delivery.c.id)).mappings()
    )


def of_period(connection: sa.Connection, period: str, statuses: Collection[str] = ("current",)) -> list[sa.RowMapping]:
    """The lines of a period in these states, by department and file."""
    lines = sa.select(delivery).where(delivery.c.period == period, delivery.c.status.in_(statuses))
    return list(connection.execute(lines.order_by(delivery.c.department, delivery.c.file)).mappings())


def elsewhere(
    connection: sa.Connection, branch: Branch, taken: Sequence[RegisteredDelivery]
) -> dict[str, sa.RowMapping]:
    """Delivery id -> the line of another period, of any department, that took the same content before and was not given up again.

    Whoever came first is not in doubt: a period that is run again is not asked because a later one took its file.
    """
    by_content = {file.sha256: file for file in taken}
    others = sa.select(delivery).where(
        delivery.c.period != branch.period, delivery.c.sha256.in_(list(by_content)), delivery.c.status.in_(USED)
    )
    earlier: dict[str, sa.RowMapping] = {}
    for line in connection.execute(others.order_by(delivery.c.received_at, delivery.c.id)).mappings():
        ours = by_content[line["sha256"]]
        if (line["received_at"], line["id"]) < (ours.since, ours.id):
            earlier[ours.id] = line
    return earlier


def refuse_new(connection: sa.Connection, identities: Collection[str]) -> None:
    """Set deliveries aside that were taken and not published yet; what yesterday's edition rests on keeps its state."""
    sealing.written_keys(connection, delivery.c.id, identities)
    unpublished = delivery.update().where(delivery.c.id.in_(list(identities)), delivery.c.status == "received")
    connection.execute(unpublished.values(status="refused"))


def count(connection: sa.Connection, counted: Mapping[str, RowCounts]) -> None:
    """Write the accounting of each delivery id."""
    sealing.written_keys(connection, delivery.c.id, counted)
    for identity, numbers in counted.items():
        connection.execute(delivery.update().where(delivery.c.id == identity).values(**vars(numbers)))


def note_difference(connection: sa.Connection, identity: str, difference: Mapping[str, int]) -> None:
    """Write how a corrected file differs from the one it supersedes: counts only."""
    text = json.dumps(dict(difference), sort_keys=True)
    sealing.written_keys(connection, delivery.c.id, [identity])
    connection.execute(delivery.update().where(delivery.c.id == identity).values(difference=text))


def set_status(connection: sa.Connection, identities: Collection[str], status: str) -> None:
    """Set the state of some deliveries."""
    sealing.written_keys(connection, delivery.c.id, identities)
    connection.execute(delivery.update().where(delivery.c.id.in_(list(identities))).values(status=status))


def settle(connection: sa.Connection, branch: Branch, used: Collection[str]) -> None:
    """After publishing: what was used is current; what was live and is not used any more is superseded or withdrawn."""
    # Only with the publication: a clerk who put a wrong file into the inbox takes it away again, and that must be enough.
    lines = rows(connection, branch)
    replaced = {row["supersedes"] for row in lines if row["id"] in set(used)}
    left = [row["id"] for row in lines if row["id"] not in set(used) and row["status"] in LIVE]
    set_status(connection, used, "current")
    set_status(connection, [identity for identity in left if identity in replaced], "superseded")
    set_status(connection, [identity for identity in left if identity not in replaced], "withdrawn")


def replace_notices(connection: sa.Connection, branch: Branch, notices: Sequence[DeliveryNotice]) -> None:
    """Replace the sentences about a department's deliveries of the period."""
    connection.execute(delivery_notice.delete().where(_notices_of(branch)))
    insert_rows(connection, delivery_notice, [{**vars(branch), **vars(line)} for line in notices])


def add_notices(connection: sa.Connection, branch: Branch, notices: Sequence[DeliveryNotice]) -> None:
    """Add sentences of a later station, in place of those it said before."""
    # A station that is run again and has nothing to say any more takes back what its suite said.
    codes = {line.code for line in notices} | {SUITE_CODE}
    connection.execute(delivery_notice.delete().where(_notices_of(branch), delivery_notice.c.code.in_(codes)))
    insert_rows(connection, delivery_notice, [{**vars(branch), **vars(line)} for line in notices])


def replace_notices_of(connection: sa.Connection, branch: Branch, code: str, notices: Sequence[DeliveryNotice]) -> None:
    """Put sentences of one code in place of those that a station said before; none takes them back."""
    connection.execute(delivery_notice.delete().where(_notices_of(branch), delivery_notice.c.code == code))
    insert_rows(connection, delivery_notice, [{**vars(branch), **vars(line)} for line in notices])


def _notices_of(branch: Branch) -> sa.ColumnElement[bool]:
    return (delivery_notice.c.period == branch.period) & (delivery_notice.c.department == branch.department)


def notices_of_period(connection: sa.Connection, period: str) -> list[sa.RowMapping]:
    """The sentences of a period, by department and in the order they were said."""
    lines = sa.select(delivery_notice).where(delivery_notice.c.period == period)
    return list(connection.execute(lines.order_by(delivery_notice.c.department, delivery_notice.c.id)).mappings())
