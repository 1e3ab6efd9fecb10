"""`python -m benchmarks.disturbed`: what is published of counties whose deliveries were disturbed in one known way.

`--seeds 1 2 3 --children 1000 --kinds ordinary careless minority --only school_missing column_empty --stages second`;
`--undisturbed 150` counts false alarms on small counties that nobody disturbed; benchmarks/README.md explains.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.disturbed import table
from benchmarks.disturbed.cases import Bench, CaseResult, DisturbedCase, Quarter, plan_row
from benchmarks.disturbed.counties import CountyPlan, kinds
from benchmarks.disturbed.disturbances import DISTURBANCES, STAGES
from benchmarks.disturbed.running import load
from benchmarks.series import note, standing_commit

SMALL_SEEDS = 1001
"""From here on seeds of the small counties that only count alarms; none of them is ever disturbed."""


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.disturbed", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--children", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=[*kinds()], default=[*kinds()])
    parser.add_argument("--only", nargs="*", choices=[*DISTURBANCES], default=[*DISTURBANCES], metavar="DISTURBANCE")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=[*STAGES])
    parser.add_argument("--draws", type=int, default=1, help="so many draws of each disturbance of a county")
    parser.add_argument(
        "--periods", nargs="+", default=["2026Q2", "2026Q3"], help="the first and the last are disturbed"
    )
    parser.add_argument("--undisturbed", type=int, default=0, metavar="QUARTERS", help="so many small ones, for alarms")
    parser.add_argument("--undisturbed-children", type=int, default=400)
    parser.add_argument("--json", type=Path, default=None, help="keep every case there, with all that repeats it")
    parser.add_argument(
        "--keep", type=Path, default=None, help="folder in which counties and undisturbed runs are kept"
    )
    return parser.parse_args()


def say(text: str) -> None:
    print(text, flush=True)


def cases(options: argparse.Namespace) -> Iterator[DisturbedCase]:
    """Everything that was asked for, county by county."""
    periods = tuple(options.periods)
    for kind, seed in itertools.product(options.kinds, options.seeds):
        plan = CountyPlan(kind, options.children, seed, periods)
        for name, stage, draw in itertools.product(options.only, options.stages, range(options.draws)):
            if stage in DISTURBANCES[name].stages:
                yield DisturbedCase(plan, name, stage, draw)


def disturbed(bench: Bench, options: argparse.Namespace) -> tuple[list[CaseResult], list[Quarter]]:
    """Run all cases; their counties' undisturbed quarters come with them."""
    results: list[CaseResult] = []
    quarters: list[Quarter] = []
    say(f"\n### Cases\n\n{table.CASE_HEAD}")
    for plan, ours in itertools.groupby(cases(options), lambda case: case.plan):
        quarters += bench.quarters(plan)
        for case in ours:
            judged = bench.judged(case)
            if judged is None:
                say(f"| {plan.name} | {case.disturbance} | {case.stage} | nothing to disturb | | | | | | |")
                continue
            results.append(judged)
            say(table.case_row(judged))
            keep(options, results, quarters)  # after every case: a run of hours may be ended
        if options.keep is None:
            bench.forget(plan)
    return results, quarters


def undisturbed(bench: Bench, options: argparse.Namespace) -> list[Quarter]:
    """The small counties that nobody disturbs, kind by kind, first periods among them."""
    quarters: list[Quarter] = []
    for seed in itertools.count(SMALL_SEEDS):
        for kind in options.kinds:
            if len(quarters) >= options.undisturbed:
                return quarters[: options.undisturbed]
            plan = CountyPlan(kind, options.undisturbed_children, seed, tuple(options.periods))
            quarters += bench.quarters(plan)
            if options.keep is None:
                bench.forget(plan)
    raise AssertionError


def kept(results: list[CaseResult], quarters: list[Quarter]) -> str:
    """Everything as JSON: which code, every case, every undisturbed quarter."""
    content = {
        "commit": standing_commit(),
        "cases": [judged.row() for judged in results],
        "undisturbed": [
            {
                **plan_row(quarter.plan),
                "period": quarter.period,
                "outcome": quarter.seen.outcome,
                "notices": quarter.seen.notices,
            }
            for quarter in quarters
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def keep(options: argparse.Namespace, results: list[CaseResult], quarters: list[Quarter]) -> None:
    """Write everything down, where that was asked for."""
    if options.json:
        options.json.write_text(kept(results, quarters), encoding="utf-8")


def main() -> None:
    """Everything that was asked for."""
    options = asked()
    if len(options.periods) < 2:
        sys.exit("two periods at least")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tongbi-disturbed-") as made:
        folder = (options.keep or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        # Keys of the workspaces' audits, beside them and not in the home of whoever measures.
        os.environ["TONGBI_KEYS"] = str(folder / "keys")
        load()
        bench = Bench(folder)
        results, quarters = disturbed(bench, options) if options.only else ([], [])
        quarters += undisturbed(bench, options)
    if results:
        say(f"\n### Disturbances\n\n{table.summary(results)}")
        note(
            f"disturbed case, {options.children:,} children: wall",
            statistics.mean(each.seconds for each in results),
            "s",
        )
    say(f"\n### Undisturbed\n\n{table.alarms(quarters)}\n\n{time.perf_counter() - began:.0f} s altogether")
    keep(options, results, quarters)


if __name__ == "__main__":
    main()
