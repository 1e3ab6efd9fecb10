"""The measurements of the README in one table: `make bench`, or `python -m benchmarks.run --children 20000 100000`.

At the end stands how each figure changed since it was last recorded (`series.csv`); `--record` adds this run's figures to the series.

Every figure is of whole processes, started here one after the other, on a county that the demo generator makes; nothing is timed inside
the product. Peak memory is that of the largest single process and, beside it, of the sampled process tree.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import series

ROOT = Path(__file__).resolve().parents[1]
TONGBI = Path(sys.executable).parent / "tongbi"
PAGE = os.sysconf("SC_PAGE_SIZE")
PARTS = (
    ("bench_reading",),
    ("linkage", "--no-peers", "--no-febrl", "--counties", "ordinary", "large", "--curve"),
    ("workbooks",),
)
"""Modules of this folder that measure one station, with their options."""


@dataclass
class Measured:
    """One process tree: seconds of wall clock, GiB at the peak, exit code."""

    seconds: float
    gib: float
    code: int


def tree_bytes(root: int) -> int:
    """Resident bytes of a process and everything below it, from /proc; 0 when it is gone."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        number = int(stat.parent.name)
        parents[number], resident[number] = int(fields[1]), int(fields[21]) * PAGE
    wanted, grown = {root}, True
    while grown:
        more = {number for number, parent in parents.items() if parent in wanted} - wanted
        wanted, grown = wanted | more, bool(more)
    return sum(resident.get(number, 0) for number in wanted)


def measure(*command: str | Path) -> Measured:
    """Run a command to its end, watching the memory of its whole tree ten times a second."""
    start, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output)
        done = threading.Event()
        threading.Thread(target=lambda: (process.wait(), done.set()), daemon=True).start()
        while not done.wait(0.1):
            peak = max(peak, tree_bytes(process.pid))
        if process.returncode:
            output.seek(0)
            print(output.read().decode(errors="replace")[-2000:], file=sys.stderr)
    return Measured(time.perf_counter() - start, peak / 2**30, process.returncode)


def stages(workspace: Path) -> list[tuple[str, float]]:
    """The three slowest stations of the workspace's last run, with their seconds."""
    from pipelines.resources.session import Session
    from pipelines.running import last_stages

    taken = last_stages(Session.at(workspace))
    return sorted(taken.items(), key=lambda item: -item[1])[:3]


def note_process(work: str, measured: Measured) -> None:
    """Note seconds and memory of a process that did its work; the figures of one that failed would be the series' best."""
    if measured.code == 0:
        series.note(f"{work}: wall", measured.seconds, "s")
        series.note(f"{work}: memory of the tree", measured.gib, "GiB")


def county(children: int, seed: int, keep: Path | None) -> None:
    """Generate a county, run its two periods, print a row for each."""
    with tempfile.TemporaryDirectory(prefix="tongbi-bench-") as folder:
        workspace = (keep or Path(folder)) / f"county-{children}"
        made = measure(
            TONGBI,
            "demo",
            "--workspace",
            workspace,
            "--children",
            str(children),
            "--seed",
            str(seed),
            "--only-generate",
        )
        note_process(f"generate {children:,} children, 2 quarters", made)
        print(
            f"| generate {children:,} children, 2 quarters | {made.seconds:.1f} s | {made.gib:.2f} GiB | |", flush=True
        )
        for period in sorted(path.name for path in (workspace / "inbox").iterdir()):
            ran = measure(TONGBI, "run", "--period", period, "--workspace", workspace)
            note_process(f"run {period}, {children:,} children", ran)
            slowest = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages(workspace))
            note = slowest if ran.code == 0 else f"exit code {ran.code}"
            print(
                f"| run {period}, {children:,} children | {ran.seconds:.1f} s | {ran.gib:.2f} GiB | {note} |",
                flush=True,
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, default=None, help="a folder in which the counties are left")
    parser.add_argument("--skip-parts", action="store_true", help="only the whole runs")
    names = [module for module, *_ in PARTS]
    parser.add_argument("--parts", nargs="+", choices=names, default=names, help="only these stations")
    parser.add_argument("--record", action="store_true", help="add the figures to benchmarks/series.csv")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongbi-bench-") as folder:
        notes = Path(folder) / "notes"
        os.environ[series.NOTES] = str(notes)
        take(asked)
        entries = series.collect(notes)
    known = series.read()
    print(f"\n### Change\n\n{series.table(entries, series.changes(entries, known, series.load_limits()))}", flush=True)
    if asked.record:
        series.append(entries)


def take(asked: argparse.Namespace) -> None:
    """Every measurement that was asked for, each printed when it is there."""
    if not asked.skip_parts:
        for module, *options in (part for part in PARTS if part[0] in asked.parts):
            print(f"\n### {module}\n", flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *options], cwd=ROOT, check=False)
    print("\n| what | wall clock | peak memory of the tree | slowest stations |\n|---|---|---|---|", flush=True)
    for children in asked.children:
        county(children, asked.seed, asked.keep)


if __name__ == "__main__":
    main()
