"""recordlinkage on FEBRL4: its best unsupervised recipe known to us (several blocks, eight features, ECM), one to one.

`recordlinkage_febrl.py FEBRL4.parquet CLUSTERS.parquet`
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import recordlinkage as rl

from benchmarks.peers.measured import Run

BLOCKS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "postcode")
STRINGS = ("given_name", "surname", "address_1", "suburb")


def main() -> None:
    """Link and write."""
    frame = pd.read_parquet(sys.argv[1])
    left, right = (frame[frame["source"] == name] for name in ("a", "b"))
    run = Run()
    with run.common():
        index = rl.Index()
        for block in BLOCKS:
            index.block(block)
        pairs = index.index(left, right)
        compare = rl.Compare()
        for column in STRINGS:
            compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
        for column in ("date_of_birth", "soc_sec_id", "postcode", "state"):
            compare.exact(column, column, label=column)
        table = compare.compute(pairs, left, right)
    with run.variant("recordlinkage 0.16, ECM") as line:
        found = rl.ECMClassifier().fit_predict(table)
        score = table.loc[found].sum(axis=1).sort_values(ascending=False, kind="stable")
        label = pd.Series(np.arange(len(frame)), index=frame.index)
        taken: set[str] = set()
        for a, b in score.index:
            if a not in taken and b not in taken:
                taken |= {a, b}
                label[b] = label[a]
        line["review"] = 0.0
    run.write({"ecm": label.to_numpy()}, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
