"""Text columns read as codes: every question about a column is answered once per distinct value, not once per row.

Belongs here: factorising a frame's columns, with memory, and masks and texts made from the codes. Not here: any
meaning of the values.
"""

from collections.abc import Callable, Collection, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.lists.files import BoolArray, IntArray

Texts = NDArray[np.object_]


class CodedColumns:
    """A frame of text columns ("" = missing) with its factorised columns remembered."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._known: dict[str, tuple[IntArray, list[str]]] = {}

    def coded(self, column: str) -> tuple[IntArray, list[str]]:
        """Codes per row and the distinct values they stand for."""
        if column not in self._known:
            codes, values = pd.factorize(self.frame[column].to_numpy(object))
            self._known[column] = (np.asarray(codes, dtype=np.int64), [str(value) for value in values])
        return self._known[column]

    def test(self, column: str, holds: Callable[[str], bool]) -> BoolArray:
        """Rows whose value passes a test, asked once per distinct value."""
        codes, values = self.coded(column)
        return np.fromiter((holds(value) for value in values), np.bool_, len(values))[codes]

    def isin(self, column: str, wanted: Collection[str]) -> BoolArray:
        """Rows that hold one of the values."""
        return self.test(column, set(wanted).__contains__)

    def filled(self, column: str) -> BoolArray:
        """Rows that have a value."""
        # A column that nobody factorised yet is compared as it is: factorising costs more than one question.
        if column in self._known:
            return self.test(column, bool)
        return np.asarray(self.frame[column].to_numpy(object) != "", dtype=np.bool_)

    def tokens(self, column: str, wanted: Collection[str]) -> BoolArray:
        """Rows whose `;`-joined set holds one of the values."""
        codes = set(wanted)
        return self.test(column, lambda value: not codes.isdisjoint(value.split(";")))

    def mapped(self, column: str, read: Callable[[str], str]) -> Texts:
        """A text per row, made once per distinct value."""
        codes, values = self.coded(column)
        return np.array([read(value) for value in values], dtype=object)[codes] if values else np.zeros(0, dtype=object)


def no_rows(names: Iterable[str]) -> pd.DataFrame:
    """A frame of text columns without a row; columns made from an empty list would be numbers."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in names})


def joined(groups: IntArray, codes: IntArray, values: list[str], n: int) -> Texts:
    """Per group the distinct tokens met there, sorted and `;`-joined; "" for none.

    Args:
        groups: group number of each row.
        codes: token code of each row.
        values: the tokens by code, as `CodedColumns.coded` gives them; one may itself be a `;`-joined set.
        n: number of groups.
    """
    text = np.full(n, "", dtype=object)
    for single in sorted({part for value in values for part in value.split(";") if part}):
        holds = np.fromiter((single in value.split(";") for value in values), np.bool_, len(values))[codes]
        has = np.bincount(groups[holds], minlength=n) > 0
        text[has] = [f"{before};{single}" if before else single for before in text[has]]
    return text
