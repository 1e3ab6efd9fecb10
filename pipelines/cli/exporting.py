"""`tongbi links` and `tongbi findings`: copies of what was published. The columns are a stable contract with other
systems.

The files are made by the publishing asset, so an export can never show half of a run. The copy is for the person who asked for it
alone: others on the machine cannot read it, wherever it was put.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from assets.protected import Protected, protected_in
from assets.publishing.exports import place, published_file
from pipelines.cli.shell import out, refuse
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.access import owner_only
from pipelines.resources.files import replacing
from pipelines.resources.locks import BusyError, only_run
from pipelines.resources.publication import latest_digest
from pipelines.resources.session import Session


def export(opened: Session, period: str, name: str, target: Path) -> None:
    """Copy a published file to where the person wants it, whole or not at all."""
    label = Period.parse(period).label
    # Put right what a killed run left; while another run works, its own recovery does.
    with suppress(BusyError), only_run(opened.workspace.root):
        opened.recover()
    with opened.engine.connect() as connection:
        digest = latest_digest(connection, label)
    source = published_file(opened.outbox.shown(label), place(opened.workspace.root, label, digest), name)
    if source is None:
        refuse(say("export.none", period=label))
    content = _open_rows(source.read_bytes(), protected_in(opened, label))
    opened.look(name.removesuffix(".csv"), label, count=_records(content))
    with replacing(target.resolve()) as aside:
        aside.write_bytes(content)
        owner_only(aside)  # before it has its name, under which others would look for it
    out.print(say("export.done", count=_records(content), path=target), markup=False)


def _open_rows(content: bytes, veil: Protected) -> bytes:
    """The published bytes; without the rows of a child that became protected after they were published."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    at = rows[0].index("child_id")
    if not any(row[at] in veil.persons for row in rows[1:]):
        return content
    # Written as publishing writes it, so that what remains is the same line by line.
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\r\n").writerows(
        [rows[0], *(row for row in rows[1:] if row[at] not in veil.persons)]
    )
    return kept.getvalue().encode("utf-8-sig")


def _records(content: bytes) -> int:
    import csv
    import io

    # Counted as CSV: a cell may hold a line break.
    return max(0, sum(1 for _ in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) - 1)
