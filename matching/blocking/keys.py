"""The blocking keys of the model as one integer per record and line: which values of two records make them worth comparing.

Belongs here: key values from the parts that `model.yaml` names. Does not belong here: the parts (`parts`), making pairs from keys
(`block`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from matching.blocking.parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matching.arrays import Ints, Whole
    from matching.model import KeySpec
    from matching.shapes import Encoded

WIDTH = 58
"""Bits of a key's value: SQL puts the key's number behind it, in one integer."""
NEEDS_DAMAGE = "number_part"
"""The key whose pairs must hold a damaged number: good ones meet by the whole."""


@dataclass(frozen=True)
class KeyValues:
    """Key values as rows `record -> value`; a record may carry several values, each once; value 0 never occurs."""

    record: Ints
    value: Ints


class Parts:
    """The columns of the model's parts for one delivery, made when first asked for and kept while they are needed."""

    def __init__(self, e: Encoded, used: Iterable[KeySpec] = ()) -> None:
        """Args:
        e: the records.
        used: the keys that will be made, each once; a part is let go with its last key. Without them it is kept.
        """
        self._e = e
        self._columns: dict[str, list[Whole]] = {}
        self._bits: dict[str, int] = {}
        # Keys are made by several threads: without the lock two of them would make the same part and hold it twice.
        self._lock = Lock()
        # Parts are as long as the delivery: held to the end they would stand beside the pairs (docs/decisions/engine.md).
        self._left = Counter(name for spec in used for name in _names(spec))

    def of(self, name: str) -> list[Whole]:
        """The columns of a part."""
        with self._lock:
            if name not in self._columns:
                self._columns[name] = PARTS[name](self._e)
            return self._columns[name]

    def done(self, spec: KeySpec) -> None:
        """One of the keys is made."""
        with self._lock:
            for name in _names(spec):
                self._left[name] -= 1
                if not self._left[name]:
                    self._columns.pop(name, None)

    def bits(self, name: str) -> int:
        """Bits that hold every value of a part."""
        if name not in self._bits:
            self._bits[name] = max((int(column.max(initial=0)) for column in self.of(name)), default=0).bit_length()
        return self._bits[name]


def _names(spec: KeySpec) -> set[str]:
    return {name for line in spec.of for name in line}


def lines(spec: KeySpec, parts: Parts) -> Iterator[tuple[tuple[str, int], ...]]:
    """Every combination of part columns that makes a value of the key: `((part, column), …)`; NumPy and SQL make the same."""
    for line in spec.of:
        yield from product(*([(name, place) for place in range(len(parts.of(name)))] for name in line))


def widths(spec: KeySpec, parts: Parts) -> tuple[int, ...]:
    """Bits of each place of a key's lines: the same for all lines, so that a former name meets a name, a lunar date a day.

    Raises:
        ValueError: the parts do not fit (more distinct values than any country has).
    """
    bits = tuple(max(parts.bits(line[place]) for line in spec.of) for place in range(len(spec.of[0])))
    if sum(bits) > WIDTH:
        raise ValueError(f"键“{spec.zh}”的取值过多，无法编码")
    return bits


def key_values(spec: KeySpec, parts: Parts) -> KeyValues:
    """The values of a key: one integer per record and line, none where a part is missing."""
    width = widths(spec, parts)
    columns: list[Ints] = []
    for combination in lines(spec, parts):
        first, *others = (parts.of(name)[place] for name, place in combination)
        value = first.astype(np.int64)
        known = value != 0
        for column, bits in zip(others, width[1:], strict=True):
            value = value << bits | column
            known &= column != 0
        value[~known] = 0  # missing meets nobody, else all records without telephone would be compared

        for earlier in columns:  # a record carries each value once: both parents' sounds may be the same
            value[value == earlier] = 0
        columns.append(value)
    record = [np.flatnonzero(value) for value in columns]
    return KeyValues(np.concatenate(record), np.concatenate([v[r] for v, r in zip(columns, record, strict=True)]))
