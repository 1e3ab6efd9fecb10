"""Speed, memory and quality of `link_records` on generated counties: `bench_linkage_speed.py [children ...]`.

Prints one line per county: rows, wall and CPU seconds, peak memory, precision, recall, the three slowest stations.
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import time
from pathlib import Path
from types import ModuleType

from matching.linking import link_records

DEFAULT = (20_000, 113_000)


def county_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("county", Path(__file__).with_name("county.py"))
    if spec is None or spec.loader is None:
        raise ImportError("county.py is not beside this file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["county"] = module
    spec.loader.exec_module(module)
    return module


def measure(children: int, seed: int) -> str:
    county = county_module()
    records = county.make_county(county.Habits(children=children, seed=seed))
    wall, cpu = time.perf_counter(), time.process_time()
    result = link_records(records)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    found = records.merge(result.clusters[["record_id", "child_id"]], on="record_id")
    quality = county.score(found["truth"], found["child_id"])
    slowest = sorted(result.report["seconds"].items(), key=lambda item: -item[1])[:3]
    stations = ", ".join(f"{name} {seconds:.1f}" for name, seconds in slowest)
    return (
        f"{len(records):>8,} rows  wall {wall:6.1f} s  CPU {cpu:6.1f} s  peak {peak:4.1f} GiB  "
        f"P {quality['precision']:.5f}  R {quality['recall']:.5f}  merged {quality['merged']}  slowest: {stations}"
    )


def main() -> None:
    import recordlinkage  # noqa: F401  its import (about a second) is start-up, not linking

    for children in [int(text) for text in sys.argv[1:]] or DEFAULT:
        print(measure(children, seed=11), flush=True)


if __name__ == "__main__":
    main()
