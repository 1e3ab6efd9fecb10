"""Text columns of a frame as codes and distinct texts, each column once (Arrow's dictionaries: several times quicker than hashing
Python's texts again for every use, and Python's texts are made only where somebody asks for them).

Belongs here: coding of texts. Does not belong here: what a text means (`encode`, `encoding.numbers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from matching.distinct import as_text, distinct_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    import pyarrow as pa

    from matching.arrays import Codes, Ints, Mask, Texts, Whole

Result = TypeVar("Result")


@dataclass(frozen=True)
class Coded:
    """A column: `code` per row, and the text of each code in the order of first meeting (`kept`: an Arrow array, or a list where the
    texts hold what no encoding has).
    """

    code: Codes
    kept: pa.Array | list[str]

    @cached_property
    def distinct(self) -> list[str]:
        """The distinct texts."""
        return self.kept if isinstance(self.kept, list) else self.kept.to_pylist()

    @cached_property
    def texts(self) -> Texts:
        """The distinct texts as an array, for taking rows of them."""
        out = np.empty(len(self.distinct), dtype=object)
        out[:] = self.distinct
        return out

    def __len__(self) -> int:
        """How many distinct texts there are."""
        return len(self.kept)

    def lengths(self) -> Ints:
        """Characters of each distinct text."""
        if isinstance(self.kept, list):
            return np.fromiter(map(len, self.kept), dtype=np.int64, count=len(self.kept))
        import pyarrow.compute as pc

        return np.asarray(pc.utf8_length(self.kept).to_numpy(zero_copy_only=False), dtype=np.int64)

    def take(self, codes: Whole) -> list[str]:
        """The texts of these codes."""
        if isinstance(self.kept, list):
            return [self.kept[code] for code in codes.tolist()]
        import pyarrow as pa

        texts: list[str] = self.kept.take(pa.array(codes)).to_pylist()
        return texts

    def rows(self) -> Texts:
        """The column as texts."""
        return self.texts[self.code] if len(self) else np.full(len(self.code), "", dtype=object)

    def where(self, text: str) -> Mask:
        """Rows that hold this text."""
        if isinstance(self.kept, list):
            code = self.kept.index(text) if text in self.kept else -1
        else:
            import pyarrow.compute as pc

            code = pc.index(self.kept, text).as_py()
        mask: Mask = self.code == code
        return mask


def coded(values: pd.Series) -> Coded:
    """Code a column of texts (Python's, pandas' or Arrow's, or categories); `None` and `NaN` are `""` (docs/data-shapes.md: missing is
    `""`).
    """
    import pyarrow as pa

    try:
        return _from_arrow(_arrow(values))
    except (pa.ArrowException, UnicodeError, TypeError):  # numbers among the texts, or characters that no encoding has
        positions, distinct = distinct_texts(as_text(values))
        return Coded(np.array(positions, dtype=np.int32), distinct)


def _arrow(values: pd.Series) -> pa.ChunkedArray:
    """The column as Arrow's texts, or a dictionary of them.

    Raises:
        TypeError: the values are no texts.
    """
    import pyarrow as pa

    if values.dtype == object:
        # With the type named, numbers are an error; without it a column of nothing else would become a column of numbers.
        return pa.chunked_array([pa.array(values.to_numpy(), type=pa.large_string(), from_pandas=True)])
    column = pa.array(values.array, from_pandas=True)
    column = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    texts = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(texts) or pa.types.is_large_string(texts)):
        raise TypeError("no texts")
    return column


def _from_arrow(column: pa.ChunkedArray) -> Coded:
    import pyarrow as pa

    if not len(column):
        return Coded(np.zeros(0, dtype=np.int32), [])
    categories = pa.types.is_dictionary(column.type)
    column = column if categories else column.dictionary_encode(null_encoding="encode")
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    # One type for every column, whatever wrote it: Arrow joins only arrays of one type.
    place, texts = whole.indices, whole.dictionary.cast(pa.large_string())
    if categories:
        place, texts = _first_met(place, texts)
    # Coded once more: null has become "", which may stand there already, and a file's own dictionary may hold a text twice.
    distinct = texts.fill_null("").dictionary_encode()
    code = distinct.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Coded(code[place], distinct.dictionary)


def _first_met(indices: pa.Array, texts: pa.Array) -> tuple[Codes, pa.Array]:
    """The codes and texts of a dictionary in the order in which its rows need them, so that no result depends on how a file was written."""
    import pyarrow as pa

    place = indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    first = np.full(len(texts) + 1, len(place), dtype=np.int64)
    first[place[::-1]] = np.arange(len(place) - 1, -1, -1)
    seen = np.argsort(first, kind="stable")[: int((first < len(place)).sum())]
    order = np.zeros(len(first), dtype=np.int32)
    order[seen] = np.arange(len(seen), dtype=np.int32)
    return order[place], texts.take(pa.array(seen, mask=seen == len(texts)))


class TextColumns:
    """The text columns of a frame; a column that is not there is missing on every row."""

    def __init__(self, records: pd.DataFrame) -> None:
        self._records = records
        self._coded: dict[str, Coded] = {}

    def __len__(self) -> int:
        return len(self._records)

    def of(self, column: str) -> Coded:
        """One column, coded once and kept."""
        if column not in self._coded:
            self._coded[column] = self.once(column)
        return self._coded[column]

    def once(self, column: str) -> Coded:
        """One column, not kept: for columns that are asked for a single time."""
        if column in self._coded:
            return self._coded[column]
        absent = column not in self._records.columns
        return Coded(np.zeros(len(self), dtype=np.int32), [""]) if absent else coded(self._records[column])

    def plain(self, column: str) -> pa.Array | None:
        """One column as Arrow's texts, nothing coded; None where it is not there or is not held or holdable as such."""
        import pyarrow as pa

        if column not in self._records.columns:
            return None
        try:
            texts = _arrow(self._records[column])
        except (pa.ArrowException, UnicodeError, TypeError):
            return None
        return None if pa.types.is_dictionary(texts.type) else texts.combine_chunks()

    def take(self, column: str, rows: Whole) -> list[str]:
        """The texts of these rows of a column."""
        if column not in self._records.columns:
            return [""] * len(rows)
        texts: list[str] = as_text(self._records[column].iloc[rows]).tolist()
        return texts

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Some columns as Arrow's texts; those that are not there are left out.

        Raises:
            UnicodeEncodeError: a text holds what no encoding has.
        """
        import pyarrow as pa

        def texts(values: pd.Series) -> pa.ChunkedArray:
            try:
                return _arrow(values)
            except (pa.ArrowException, TypeError):  # numbers among the texts
                return _arrow(as_text(values))

        return pa.table({name: texts(self._records[name]) for name in columns if name in self._records.columns})

    def together(self, columns: Sequence[str], first: Sequence[str] = ()) -> tuple[Codes, list[str]]:
        """Codes shared by several columns, shape (rows, columns), and the distinct texts, `first` before all."""
        codes, texts = self._shared(columns, first)
        return codes, texts if isinstance(texts, list) else texts.to_pylist()

    def codes(self, columns: Sequence[str]) -> Codes:
        """Codes shared by several columns, shape (rows, columns), 0 for `""`; what the texts are is not asked."""
        return self._shared(columns, ("",))[0]

    def _shared(self, columns: Sequence[str], first: Sequence[str]) -> tuple[Codes, pa.Array | list[str]]:
        """The columns under one numbering, in the order in which `first` and then the columns' distinct texts are met."""
        import pyarrow as pa

        coded_columns = [self.once(column) for column in columns]
        lists: list[pa.Array | list[str]] = [list(first), *(each.kept for each in coded_columns)]
        cuts = np.cumsum([len(each) for each in lists])[:-1]
        # Only the distinct texts are joined: the rows follow through each column's own codes.
        try:
            arrays = [pa.array(each, type=pa.large_string()) if isinstance(each, list) else each for each in lists]
            joined = pa.concat_arrays(arrays).dictionary_encode()
            tables, texts = np.split(joined.indices.to_numpy().astype(np.int32), cuts), joined.dictionary
        except (UnicodeError, pa.ArrowException, TypeError):
            plain = [text for each in lists for text in (each if isinstance(each, list) else each.to_pylist())]
            positions, texts = distinct_texts(plain)
            tables = np.split(np.array(positions, dtype=np.int32), cuts)

        out = np.empty((len(self), len(columns)), dtype=np.int32)
        for place, (column, table) in enumerate(zip(coded_columns, tables[1:], strict=True)):
            out[:, place] = table[column.code] if len(table) else 0
        return out, texts


def without_halves(records: pd.DataFrame) -> pd.DataFrame:
    """The records with the mark of an unreadable character for halves of surrogate pairs that stand alone: no encoding has them."""
    out = records.copy()
    for column in records.columns:
        if records[column].dtype == object:
            out[column] = [
                text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in as_text(records[column])
            ]
    return out


def whole_texts(link: Callable[[pd.DataFrame], Result], records: pd.DataFrame) -> Result:
    """What linking gives; where half a surrogate pair broke the encoding of a text, of the records `without_halves`.

    They are looked for only once one is met: looking reads every cell of a delivery.
    """
    try:
        return link(records)
    except UnicodeEncodeError:
        return link(without_halves(records))
