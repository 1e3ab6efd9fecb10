"""Text columns of a frame as codes and distinct texts, each column once (Arrow's dictionaries: several times quicker than hashing
Python's texts again for every use).

Belongs here: coding of texts. Does not belong here: what a text means (`encode`, `encode_numbers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.distinct import as_text, distinct_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Texts = NDArray[np.object_]
    Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Coded:
    """A column: `code` per row, and the text of each code in the order of first meeting."""

    code: Codes
    distinct: list[str]

    @cached_property
    def texts(self) -> Texts:
        """The distinct texts as an array, for taking rows of them."""
        out = np.empty(len(self.distinct), dtype=object)
        out[:] = self.distinct
        return out

    def rows(self) -> Texts:
        """The column as texts."""
        return self.texts[self.code] if len(self.distinct) else np.full(len(self.code), "", dtype=object)

    def where(self, text: str) -> NDArray[np.bool_]:
        """Rows that hold this text."""
        found: NDArray[np.bool_] = self.code == (self.distinct.index(text) if text in self.distinct else -1)
        return found


def coded(values: pd.Series) -> Coded:
    """Code a column; `None` and `NaN` are `""` (docs/data-shapes.md: missing is `""`)."""
    import pyarrow as pa

    try:
        column = pa.array(values.to_numpy(dtype=object), type=pa.string(), from_pandas=True)
    except (pa.ArrowException, UnicodeError, TypeError):  # numbers among the texts, or characters that no encoding has
        positions, distinct = distinct_texts(as_text(values))
        return Coded(np.array(positions, dtype=np.int32), distinct)
    found = column.fill_null("").dictionary_encode()
    return Coded(found.indices.to_numpy(zero_copy_only=False).astype(np.int32), found.dictionary.to_pylist())


class Columns:
    """The text columns of a frame; a column that is not there is missing on every row."""

    def __init__(self, records: pd.DataFrame) -> None:
        self._records = records
        self._coded: dict[str, Coded] = {}

    def __len__(self) -> int:
        return len(self._records)

    def of(self, column: str) -> Coded:
        """One column, coded once."""
        if column not in self._coded:
            absent = column not in self._records.columns
            empty = Coded(np.zeros(len(self._records), dtype=np.int32), [""])
            self._coded[column] = empty if absent else coded(self._records[column])
        return self._coded[column]

    def together(self, columns: Sequence[str], first: Sequence[str] = ()) -> tuple[Codes, list[str]]:
        """Codes shared by several columns, shape (rows, columns), and the distinct texts, `first` before all."""
        seen = {text: place for place, text in enumerate(first)}
        out = np.empty((len(self), len(columns)), dtype=np.int32)
        for place, column in enumerate(columns):
            here = self.of(column)
            table = np.fromiter(
                (seen.setdefault(text, len(seen)) for text in here.distinct), dtype=np.int32, count=len(here.distinct)
            )
            out[:, place] = table[here.code] if len(table) else 0
        return out, list(seen)


def without_halves(records: pd.DataFrame) -> pd.DataFrame:
    """The records with the mark of an unreadable character for halves of surrogate pairs that stand alone: no encoding has them."""
    out = records.copy()
    for column in records.columns:
        if records[column].dtype == object:
            out[column] = [
                text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in as_text(records[column])
            ]
    return out
