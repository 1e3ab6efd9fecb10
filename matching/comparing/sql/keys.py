"""Statements that make candidate pairs from the model's keys, exactly as `matching.blocking.block` does.

A value ends in its key's number, so that one table can hold the tokens of one key or of all. Belongs here: tokens, blocks, splitting,
windows. Does not belong here: levels (`fields`), running statements (`duck`, `spark`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.blocking.block import BlockLimits, limits
from matching.blocking.keys import NEEDS_DAMAGE, lines, widths
from matching.comparing.sql.dialect import every

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matching.arrays import Ints
    from matching.blocking.keys import Parts
    from matching.comparing.sql.dialect import Dialect
    from matching.model import KeySpec, Model


KEYS = 32
"""Numbers of keys behind a value; a model has fewer, since their flags share one integer."""


class KeySql:
    """The statements for a table of tokens that holds some keys (`model.keys` by number)."""

    def __init__(self, model: Model, dialect: Dialect, keys: tuple[int, ...]) -> None:
        self._model = model
        self._dialect = dialect
        self._keys = {bit: key for bit, key in enumerate(model.keys) if bit in keys}
        self._limits: dict[int, BlockLimits] = {}

    def tokens(self, parts: Parts) -> str:
        """The values of the keys as `value, rid, broken`, each once per record."""
        values = [value for bit, key in self._keys.items() for value in self._values(bit, self._model.keys[key], parts)]
        return self._dialect.exploded.format(values=", ".join(values))

    def _values(self, bit: int, spec: KeySpec, parts: Parts) -> Iterator[str]:
        """One value per combination of parts; NULL where a part is missing."""
        # Parts packed side by side into one integer: one table then holds the values of every key, whatever parts it has.
        bits = widths(spec, parts)
        for combination in lines(spec, parts):
            columns = [f"CAST({name}_{place + 1} AS BIGINT)" for name, place in combination]
            value = columns[0]
            for column, width in zip(columns[1:], bits[1:], strict=True):
                value = f"({value} * {1 << width} + {column})"
            # A part that is missing makes no value: two records that both know nothing would meet in one huge block.
            known = every(f"{name}_{place + 1} <> 0" for name, place in combination)
            yield f"CASE WHEN {known} THEN {value} * {KEYS} + {bit} END"

    def sizes(self) -> str:
        """Blocks with two records or more as `value, size`."""
        return "SELECT value, count(*) AS size FROM tokens GROUP BY value HAVING count(*) > 1"

    def histogram(self) -> str:
        """How many blocks of each size: `key_no, size, blocks`."""
        number = f"CAST(value % {KEYS} AS INT)"
        return f"SELECT {number} AS key_no, size, count(*) AS blocks FROM sizes GROUP BY {number}, size"

    def set_limits(self, key_no: Ints, size: Ints, blocks: Ints, records: int) -> None:
        """Set each key's limits from the answer of `histogram`."""
        # By the size of the blocks, not by the blocks: few rows come back, however large the county is.
        for bit, key in self._keys.items():
            here = key_no == bit
            by_size = np.zeros(int(size[here].max(initial=0)) + 1, dtype=np.int64)
            by_size[size[here]] = blocks[here]
            self._limits[bit] = limits(by_size, records, self._model.keys[key], self._model)

    def _limit(self, value: str) -> str:
        """The key's largest block compared all with all."""
        return (
            f"CASE {value} % {KEYS} "
            + " ".join(f"WHEN {bit} THEN {key_limits.block}" for bit, key_limits in self._limits.items())
            + " END"
        )

    def pairs(self) -> str:
        """Pairs `left_rid, right_rid, bit` of the blocks that are not too large."""
        return (
            f"SELECT a.rid AS left_rid, b.rid AS right_rid, {self._flag()} AS bit FROM tokens a "
            f"JOIN sizes s ON s.value = a.value AND s.size <= {self._limit('s.value')} "
            f"JOIN tokens b ON b.value = a.value AND b.rid > a.rid WHERE {self._damage()}"
        )

    def large(self) -> str:
        """The records of blocks that are too large, with what splits them and their places in windows."""
        splits = " ".join(f"WHEN {bit} THEN k.split_{self._model.keys[key].split}" for bit, key in self._keys.items())
        rows = (
            f"SELECT t.value, t.rid, t.broken, k.place, s.size, CASE t.value % {KEYS} {splits} END AS split FROM tokens t "
            f"JOIN sizes s ON s.value = t.value AND s.size > {self._limit('s.value')} JOIN keys k ON k.rid = t.rid"
        )
        return (
            "SELECT value, rid, broken, split, size, count(*) OVER (PARTITION BY value, split) AS fine, "
            "row_number() OVER (PARTITION BY value, split ORDER BY place) AS fine_place, "
            f"row_number() OVER (PARTITION BY value ORDER BY place) AS coarse_place FROM ({rows}) r"
        )

    def large_pairs(self) -> str:
        """Pairs of blocks that are too large: all inside a part that is small enough, neighbours inside the others and the whole."""
        limit, only, spec = self._limit("a.value"), self._damage(), self._model.blocking
        near = f"CASE WHEN a.size > {spec.block_limit} THEN {spec.window} ELSE {spec.narrow} END"
        pair = f"SELECT least(a.rid, b.rid) AS left_rid, greatest(a.rid, b.rid) AS right_rid, {self._flag()} AS bit FROM large a"
        steps = f"JOIN ({self._dialect.steps.format(max(spec.window, spec.narrow))}) s ON s.step <= {near}"
        same = "b.value = a.value AND b.split = a.split"
        # The last way looks over the whole block: the split parts two rows of one child where they differ in what splits.
        return " UNION ALL ".join(
            (
                f"{pair} JOIN large b ON {same} AND b.rid > a.rid WHERE a.fine <= {limit} AND {only}",
                f"{pair} {steps} JOIN large b ON {same} AND b.fine_place = a.fine_place + s.step WHERE a.fine > {limit} AND {only}",
                f"{pair} {steps} JOIN large b ON b.value = a.value AND b.coarse_place = a.coarse_place + s.step WHERE {only}",
            )
        )

    def figures(self) -> str:
        """What the blocks were like: `key_no, split` (blocks), and the `largest` with more than one record."""
        return (
            f"SELECT CAST(value % {KEYS} AS INT) AS key_no, count(CASE WHEN size > {self._limit('value')} THEN 1 END) AS split, "
            f"max(size) AS largest FROM sizes GROUP BY value % {KEYS}"
        )

    def keys(self) -> str:
        """Which keys have any value: `key_no`."""
        return f"SELECT DISTINCT CAST(value % {KEYS} AS INT) AS key_no FROM tokens"

    def windowed(self) -> str:
        """How many parts of large blocks stayed too large: `key_no, windowed`."""
        parts = f"SELECT value, split FROM large WHERE fine > {self._limit('value')} GROUP BY value, split"
        return f"SELECT CAST(value % {KEYS} AS INT) AS key_no, count(*) AS windowed FROM ({parts}) w GROUP BY value % {KEYS}"

    def _flag(self) -> str:
        return self._dialect.flag.format(f"CAST(a.value % {KEYS} AS INT)")

    def _damage(self) -> str:
        """Pairs of the key of number parts hold a damaged number: two whole numbers that share digits are rather siblings."""
        for bit, key in self._keys.items():
            if key == NEEDS_DAMAGE:
                return f"(a.value % {KEYS} <> {bit} OR a.broken + b.broken > 0)"
        return "TRUE"


def merged_query(raw: str) -> str:
    """Every pair once with the set of its keys."""
    return f"SELECT left_rid, right_rid, CAST(bit_or(bit) AS INT) AS key_bits FROM {raw} GROUP BY left_rid, right_rid"
