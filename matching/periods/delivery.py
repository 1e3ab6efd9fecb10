"""A delivery beside the remembered one: which rows are as they were, and which children a change may concern.

Belongs here: following rows, choosing whole children. Does not belong here: marks and tokens (`meeting`), the memory (`memory`), when
only changes are compared (`changes`), or linking what is chosen (`splice`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.columns import TextColumns
from matching.decisions.judged import find_judged
from matching.encoding.encode import in_order, order_of
from matching.periods.meeting import marks, met, tokens
from matching.periods.memory import followed, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matching.linked import KnownChildren, Memory
    from matching.periods.meeting import Digests, Tokens

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Delivery:
    """A delivery beside the remembered one. Positions and masks count its records sorted by `record_id`; the rows themselves are left
    as they came, since nearly all of them are only counted.

    Attributes:
        given: the records as they came.
        order: the row of each sorted record in `given`.
        mark: of each record.
        old: for each record the remembered row that it equals, -1 for none.
        columns: the coded columns of `given`.
    """

    given: pd.DataFrame
    order: Ints
    mark: Digests
    old: Ints
    columns: TextColumns

    @staticmethod
    def of(records: pd.DataFrame, memory: Memory) -> Delivery:
        """Follow the remembered rows into these records.

        Raises:
            ValueError: as `encode.order_of`.
        """
        order = order_of(records)
        columns = TextColumns(records)
        mark = marks(columns)[order]
        return Delivery(records, order, mark, followed(memory.rows["mark"].to_numpy(), mark), columns)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def changed(self) -> float:
        """Share of rows that are new or changed."""
        return float((self.old < 0).mean()) if len(self.old) else 0.0

    def fresh(self) -> Mask:
        """The new and changed rows."""
        found: Mask = self.old < 0
        return found

    def rows(self, chosen: Mask) -> pd.DataFrame:
        """Some records, sorted and numbered from 0."""
        return in_order(self.given, self.order[chosen])

    def some(self, columns: Sequence[str]) -> pd.DataFrame:
        """Some columns of all records, those that there are."""
        return in_order(self.given[[name for name in columns if name in self.given]], self.order)

    @cached_property
    def records(self) -> pd.DataFrame:
        """All records sorted, for who needs every column of them."""
        return in_order(self.given, self.order)

    def concerned(
        self, token: dict[str, Tokens], judgements: pd.DataFrame | None, known: KnownChildren, memory: Memory
    ) -> Mask:
        """The records to link anew: whole children.

        Args:
            token: `tokens()`.
            judgements: people's decisions.
            known: the register.
            memory: the last period.
        """
        child, _ = pd.factorize(memory.rows["child_id"])
        stays = np.zeros(len(memory.rows), dtype=bool)
        stays[self.old[self.old >= 0]] = True
        hit = np.zeros(len(memory.rows), dtype=bool)  # by child
        hit[child[~stays]] = True
        here = np.flatnonzero(stays)
        before = {name: found[here] for name, found in tokens_of(memory).items()}
        hit[child[here[met(before, token, len(here))]]] = True
        named = self._decided(judgements, known)
        hit[child[named[named >= 0]]] = True
        hit[child[_beside(memory, hit[child])]] = True
        return np.where(self.old >= 0, hit[child[self.old]], True)

    def _decided(self, judgements: pd.DataFrame | None, known: KnownChildren) -> Ints:
        """The remembered rows of the records that people's decisions name, -1 for a new one."""
        if judgements is None or not len(judgements):
            return np.zeros(0, dtype=np.int64)
        found = find_judged(judgements, self.records, known.identifiers)
        named: Ints = self.old[np.concatenate([found.left, found.right])]
        return named

    def tokens(self) -> dict[str, Tokens]:
        """The tokens of the new and changed rows."""
        return tokens(TextColumns(self.rows(self.fresh())))


def _beside(memory: Memory, chosen: Mask) -> Ints:
    """The rows that a kept pair of the last period (joined, undecided or close) ties to the chosen ones: their twins and rivals."""
    a, b = memory.ends
    near = (chosen[a] | chosen[b]) & (a >= 0) & (b >= 0)
    return np.concatenate([a[near], b[near]])
