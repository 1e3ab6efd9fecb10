"""Reading a column once per distinct value: the vector form of every scalar reader in this package.

No rule about names, numbers or dates belongs here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    from matching.arrays import Ints

Key = TypeVar("Key", bound=Hashable)
Reader = Callable[[str], tuple[str, ...]]


def as_text(values: pd.Series) -> pd.Series:
    """The series as text, with `None` and `NaN` as `""` (docs/data-shapes.md: missing is `""`)."""
    import pandas as pd

    if values.dtype != object:  # Arrow's and pandas' own missing value does not even compare
        values = values.astype(object).where(values.notna(), "")
    # Looking at the types once is far quicker than asking every cell, and nearly every column is texts already.
    if pd.api.types.infer_dtype(values, skipna=False) in ("string", "empty"):
        return values.astype(object)
    return values.map(lambda cell: "" if cell is None or cell != cell else str(cell)).astype(object)


def by_distinct(values: pd.Series, read: Reader, columns: Sequence[str]) -> pd.DataFrame:
    """Apply `read` to each distinct value and lay the answers out along the rows.

    Args:
        values: text, any index.
        read: one text to one text per column.
        columns: names of the answers.

    Returns:
        A frame of text columns on the index of `values`.
    """
    positions, distinct = distinct_texts(as_text(values))
    return spread([read(text) for text in distinct], positions, values.index, columns)


def distinct_texts(texts: Iterable[Key]) -> tuple[list[int], list[Key]]:
    """Position of each row's text (or tuple of texts) among the distinct ones, and these in the order of first meeting.

    Not `pandas.factorize`: it ends a text at its first NUL character and so takes two texts for one.
    """
    seen: dict[Key, int] = {}
    positions = [seen.setdefault(text, len(seen)) for text in texts]
    return positions, list(seen)


def spread(
    answers: Sequence[tuple[str, ...]], positions: Sequence[int], index: pd.Index, columns: Sequence[str]
) -> pd.DataFrame:
    """Lay answers per distinct value out along the rows (`positions` as `distinct_texts` gives them)."""
    import numpy as np
    import pandas as pd

    at = np.asarray(positions, dtype=np.intp)
    table: dict[str, object] = {}
    for column, texts in zip(columns, zip(*answers, strict=True) if answers else ((),) * len(columns), strict=True):
        distinct = np.empty(len(texts), dtype=object)
        distinct[:] = texts
        table[column] = distinct.take(at) if len(texts) else distinct
    return pd.DataFrame(table, index=index, columns=list(columns))


def distinct_numbers(values: Ints) -> Ints:
    """The distinct values in rising order, by sorting: many numbers are sorted sooner than put into a hash table as `numpy.unique` does."""
    import numpy as np

    ordered = np.sort(values, axis=None)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered
