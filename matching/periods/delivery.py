"""A delivery beside the remembered one: which rows are as they were, and which children a change may concern.

Belongs here: following rows, choosing whole children. Does not belong here: fingerprints and change keys (`change_keys`), the memory (`memory`), when
only changes are compared (`changes`), or linking what is chosen (`merging`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.columns import TextColumns
from matching.decisions.clerical import find_decisions
from matching.encoding.encode import in_order, order_of
from matching.periods.change_keys import change_keys, row_fingerprints, rows_concerned
from matching.periods.memory import change_keys_of, follow_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.arrays import Ints, Mask
    from matching.linked import KnownChildren, Memory
    from matching.periods.change_keys import Digests, Keys


@dataclass(frozen=True)
class DeliveryDiff:
    """A delivery beside the remembered one. Positions and masks count its records sorted by `record_id`; the rows themselves are left
    as they came, since nearly all of them are only counted.

    Attributes:
        delivered: the records as they came.
        order: the row of each sorted record in `delivered`.
        fingerprint: of each record.
        old: for each record the remembered row that it equals, -1 for none.
        columns: the coded columns of `delivered`.
    """

    delivered: pd.DataFrame
    order: Ints
    fingerprint: Digests
    old: Ints
    columns: TextColumns

    @staticmethod
    def of(records: pd.DataFrame, memory: Memory) -> DeliveryDiff:
        """Follow the remembered rows into these records.

        Raises:
            ValueError: as `encode.order_of`.
        """
        order = order_of(records)
        columns = TextColumns(records)
        fingerprint = row_fingerprints(columns)[order]
        old = follow_rows(memory.rows["mark"].to_numpy(), fingerprint)
        return DeliveryDiff(records, order, fingerprint, old, columns)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def changed(self) -> float:
        """Share of rows that are new or changed."""
        return float((self.old < 0).mean()) if len(self.old) else 0.0

    def fresh(self) -> Mask:
        """The new and changed rows."""
        mask: Mask = self.old < 0
        return mask

    def rows(self, chosen: Mask) -> pd.DataFrame:
        """Some records, sorted and numbered from 0."""
        return in_order(self.delivered, self.order[chosen])

    def columns_of(self, columns: Sequence[str]) -> pd.DataFrame:
        """Some columns of all records, those that there are."""
        return in_order(self.delivered[[name for name in columns if name in self.delivered]], self.order)

    @cached_property
    def records(self) -> pd.DataFrame:
        """All records sorted, for who needs every column of them."""
        return in_order(self.delivered, self.order)

    def fresh_keys(self) -> dict[str, Keys]:
        """The change keys of the new and changed rows."""
        return change_keys(TextColumns(self.rows(self.fresh())))

    def concerned(
        self, keys: dict[str, Keys], judgements: pd.DataFrame | None, known: KnownChildren, memory: Memory
    ) -> Mask:
        """The records to link anew: whole children.

        Args:
            keys: `fresh_keys()`.
            judgements: people's decisions.
            known: the register.
            memory: the last period.
        """
        child, _ = pd.factorize(memory.rows["child_id"])
        stays = np.zeros(len(memory.rows), dtype=bool)
        stays[self.old[self.old >= 0]] = True
        touched = np.zeros(len(memory.rows), dtype=bool)  # by child: a child half linked anew could fall apart
        touched[child[~stays]] = True

        rows = np.flatnonzero(stays)
        before = {name: table[rows] for name, table in change_keys_of(memory).items()}
        touched[child[rows[rows_concerned(before, keys, len(rows))]]] = True
        if judgements is not None and len(judgements):
            decisions = find_decisions(judgements, self.records, known.identifiers)
            decided = self.old[np.concatenate([decisions.left, decisions.right])]
            touched[child[decided[decided >= 0]]] = True

        # Last, so that the competing candidates of every touched child are among them; those of the candidates are not followed.
        touched[child[_beside(memory, touched[child])]] = True
        return np.where(self.old >= 0, touched[child[self.old]], True)


def _beside(memory: Memory, chosen: Mask) -> Ints:
    """The rows that a kept pair of the last period (joined, undecided or close) ties to the chosen ones: their twins and competing
    candidates.
    """
    a, b = memory.ends
    near = (chosen[a] | chosen[b]) & (a >= 0) & (b >= 0)
    return np.concatenate([a[near], b[near]])
