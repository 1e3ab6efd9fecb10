"""`tongbi links` and `tongbi findings`: copies of what was published. The columns are a stable contract with other
systems.

The files are made by the publishing asset, so an export can never show half of a run.
"""

from __future__ import annotations

from pathlib import Path

from assets.protected import Protected, protected_in
from pipelines.cli.shell import out, refuse
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.files import replacing
from pipelines.resources.locks import BusyError, only_run
from pipelines.resources.opened import Opened


def export(opened: Opened, period: str, name: str, target: Path) -> None:
    """Copy a published file to where the person wants it, whole or not at all."""
    label = Period.parse(period).label
    _finish_interrupted(opened)
    source = opened.outbox.shown(label) / name
    if not source.is_file():
        refuse(say("export.none", period=label))
    content = _open_rows(source.read_bytes(), protected_in(opened, label))
    with replacing(target.resolve()) as aside:
        aside.write_bytes(content)
    out.print(say("export.done", count=_records(content), path=target), markup=False)


def _open_rows(content: bytes, veil: Protected) -> bytes:
    """The published bytes; without the rows of a child that became protected after they were published."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    at = rows[0].index("child_id")
    if not any(row[at] in veil.persons for row in rows[1:]):
        return content
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\r\n").writerows(
        [rows[0], *(row for row in rows[1:] if row[at] not in veil.persons)]
    )
    return kept.getvalue().encode("utf-8-sig")


def _finish_interrupted(opened: Opened) -> None:
    """Put right what a killed run left; while another run works, its own recovery does."""
    try:
        with only_run(opened.workspace.root):
            opened.recover()
    except BusyError:
        return


def _records(content: bytes) -> int:
    import csv
    import io

    return max(0, sum(1 for _ in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) - 1)
