"""`tongbi links` and `tongbi findings`: copies of what was published. The columns are a stable contract with other
systems.

The files are made by the publishing asset, so an export can never show half of a run.
"""

from __future__ import annotations

from pathlib import Path

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
    content = source.read_bytes()
    opened.look(name.removesuffix(".csv"), label, count=_records(content))
    with replacing(target.resolve()) as aside:
        aside.write_bytes(content)
    out.print(say("export.done", count=_records(content), path=target), markup=False)


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
