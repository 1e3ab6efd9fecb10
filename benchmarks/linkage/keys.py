"""What each blocking key catches and costs, and which further keys the data themselves propose:
`python -m benchmarks.linkage.keys --counties ordinary careless_2 --seeds 1`, or `--records STANDARD.parquet` for anybody's.

Belongs here: reading records and printing. Does not belong here: the measuring (`matching.blocking.key_learning`).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.linkage.counties import county_file
from benchmarks.linkage.habits import kinds
from matching.blocking.key_learning import measure_keys


def shown(name: str, records: pd.DataFrame) -> str:
    """Both tables of one delivery."""
    found = measure_keys(records)
    lines = [
        f"\n### {name}: {found.labels:,} labelled pairs, keys without the number catch {found.recall:.5f} of them\n"
    ]
    lines += ["| key | pairs | caught | by this key alone | pairs per catch |\n|---|---|---|---|---|"]
    lines += [
        f"| {x.key} | {x.pairs:,} | {x.caught:,} | {x.alone} | {x.pairs_per_catch:.1f} |"
        for x in found.keys.itertuples()
    ]
    lines += ["\n| proposed key | pairs | caught besides |\n|---|---|---|"]
    lines += [f"| {x.parts} | {x.pairs:,} | {x.caught_more} |" for x in found.proposals.itertuples()]
    return "\n".join(lines)


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.linkage.keys", description=__doc__)
    parser.add_argument("--counties", nargs="*", default=["ordinary", "careless_2"], choices=[*kinds()])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--records", type=Path, default=None)
    asked = parser.parse_args()
    if asked.records:
        print(shown(asked.records.name, pd.read_parquet(asked.records).fillna("")))
        return
    with tempfile.TemporaryDirectory(prefix="tongbi-keys-") as folder:
        for name in asked.counties:
            for seed in asked.seeds:
                records = pd.read_parquet(county_file(kinds()[name], seed, Path(folder))).fillna("")
                print(shown(f"{kinds()[name].zh} {seed}", records), flush=True)


if __name__ == "__main__":
    main()
