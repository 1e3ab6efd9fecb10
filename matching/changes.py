"""The next period: only children whom a change may concern are linked anew, everybody else keeps what was found (matching.md 2, idea 10).

A row is unchanged where everything that linking reads of it is. Linked anew are new and changed rows, the children whose rows changed
or went, the children who share something with a changed row, those whom the last period named beside them, and those whom a person's
decision names; always whole children, with the weights learned when all rows were last compared. docs/decisions/incremental.md has
the measurements and what this cannot see.

Belongs here: which rows are linked anew, when all are. Does not belong here: marks and tokens (`meeting`), the memory (`memory`), or
putting old and new together (`splice`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.columns import Columns, without_halves
from matching.encode import checked
from matching.judged import find_judged
from matching.linking import link_records
from matching.meeting import marks, met, tokens
from matching.memory import followed, remembered
from matching.model import default_model
from matching.splice import Part, spliced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.engine import Engine, EngineName
    from matching.linking import Linkage
    from matching.meeting import Digests, Tokens
    from matching.memory import Memory
    from matching.model import Model
    from matching.register import KnownChildren

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


def link_period(
    records: pd.DataFrame,
    model: Model | None = None,
    known: KnownChildren | None = None,
    judgements: pd.DataFrame | None = None,
    engine: EngineName | Engine = "auto",
) -> Linkage:
    """`link_records`, comparing only what changed since the period that `known` remembers, and remembering this one.

    All rows are compared where nothing is remembered, the model is another one, more changed than `changes.most` of the model
    allows, or that was last done `changes.periods` ago; `report["changes"]` says which, with the counts.

    Args:
        records, model, known, judgements, engine: as in `link_records`.

    Returns:
        As `link_records`; `known.memory` holds what the next period needs.
    """
    model = model or default_model()
    try:
        return _period(records, model, known, judgements, engine)
    except UnicodeEncodeError:
        return _period(without_halves(records), model, known, judgements, engine)


def _period(
    records: pd.DataFrame,
    model: Model,
    known: KnownChildren | None,
    judgements: pd.DataFrame | None,
    engine: EngineName | Engine,
) -> Linkage:
    memory = known.memory if known else None
    why = _must_be_whole(memory, model)
    if known is not None and memory is not None and not why:
        delivery = Delivery.of(records, memory)
        if delivery.changed <= model.changes.most:
            token = delivery.tokens()
            chosen = delivery.concerned(token, judgements, known, memory)
            part = Part(delivery.records, chosen, delivery.old, delivery.mark, token, delivery.columns)
            return spliced(part, known, judgements, (model, engine))
        why = f"有变化的行占 {delivery.changed:.0%}，超过 {model.changes.most:.0%}，全部重新比对"
    found = link_records(records, model, known, judgements, engine)
    found.report["changes"] = {"compared": "all", "why": why}
    return replace(found, known=replace(found.known, memory=remembered(found, records)))


def _must_be_whole(memory: Memory | None, model: Model) -> str:
    """Why all rows must be compared whatever the delivery; `""` where they need not."""
    if memory is None or not len(memory.rows):
        return "没有上一期的比对记忆，全部比对"
    if memory.facts["model"] != model.fingerprint:
        return "比对模型已更换，全部重新比对"
    if memory.facts["since"] + 1 >= model.changes.periods:
        return f"已连续 {memory.facts['since']} 期只比对变化，本期全部重新比对"
    return ""


@dataclass(frozen=True)
class Delivery:
    """A delivery beside the remembered one.

    Attributes:
        records: sorted by `record_id`.
        mark: of each record.
        old: for each record the remembered row that it equals, -1 for none.
        columns: the coded columns of `records`.
    """

    records: pd.DataFrame
    mark: Digests
    old: Ints
    columns: Columns

    @staticmethod
    def of(records: pd.DataFrame, memory: Memory) -> Delivery:
        """Follow the remembered rows into these records."""
        records = checked(records)
        columns = Columns(records)
        mark = marks(columns)
        return Delivery(records, mark, followed(memory.rows["mark"].to_numpy(), mark), columns)

    @property
    def changed(self) -> float:
        """Share of rows that are new or changed."""
        return float((self.old < 0).mean()) if len(self.old) else 0.0

    def fresh(self) -> Mask:
        """The new and changed rows."""
        found: Mask = self.old < 0
        return found

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
        before = {name: found[here] for name, found in memory.tokens().items()}
        hit[child[here[met(before, token, len(here))]]] = True
        decided = find_judged(judgements, self.records, known.identifiers)
        named = self.old[np.concatenate([decided.left, decided.right])]
        hit[child[named[named >= 0]]] = True
        hit[child[_beside(memory, hit[child])]] = True
        return np.where(self.old >= 0, hit[child[self.old]], True)

    def tokens(self) -> dict[str, Tokens]:
        """The tokens of the new and changed rows."""
        return tokens(Columns(self.records[self.fresh()].reset_index(drop=True)))


def _beside(memory: Memory, chosen: Mask) -> Ints:
    """The rows that a kept pair of the last period (joined, undecided or close) ties to the chosen ones: their twins and rivals."""
    a, b = (memory.place.get_indexer(pd.Index(memory.pairs[side])) for side in ("record_a", "record_b"))
    near = (chosen[a] | chosen[b]) & (a >= 0) & (b >= 0)
    return np.concatenate([a[near], b[near]])
