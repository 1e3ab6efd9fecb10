"""The next period: only children whom a change may concern are linked anew, everybody else keeps what was found (rules/linkage.md#idea-10).

A row is unchanged where everything that linking reads of it is. Linked anew are new and changed rows, the children whose rows changed
or went, the children who share something with a changed row, those whom the last period named beside them, and those whom a person's
decision names; always whole children, with the weights learned when all rows were last compared. docs/decisions/incremental.md has
the measurements and what this cannot see.

Belongs here: when only changes are compared, and when all rows are. Does not belong here: which rows a change concerns (`delivery`), the
memory (`memory`), or putting old and new together (`merging`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matching.columns import whole_texts
from matching.linking import link_records
from matching.model import default_model
from matching.periods.delivery import DeliveryDiff
from matching.periods.memory import remembered
from matching.periods.merging import Relinking, link_and_merge

if TYPE_CHECKING:
    import pandas as pd

    from matching.comparing.resources import Engine, EngineName
    from matching.linked import KnownChildren, Linkage, Memory
    from matching.model import Model


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
    return whole_texts(lambda readable: _period(readable, model, known, judgements, engine), records)


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
        delivery = DeliveryDiff.of(records, memory)
        if delivery.changed <= model.changes.most:
            keys = delivery.fresh_keys()
            relinking = Relinking(delivery, delivery.concerned(keys, judgements, known, memory), keys)
            return link_and_merge(relinking, known, judgements, model, engine)
        # A changed row brings about one unchanged with it (18,278 records compared for 5 % of 199,489, benchmarks/README.md): above the
        # limit little is left to save, and comparing all learns the weights anew.
        why = f"有变化的行占 {delivery.changed:.0%}，超过 {model.changes.most:.0%}，全部重新比对"
    linkage = link_records(records, model, known, judgements, engine)
    linkage.report["changes"] = {"compared": "all", "why": why}
    return replace(linkage, known=replace(linkage.known, memory=remembered(linkage, records)))


def _must_be_whole(memory: Memory | None, model: Model) -> str:
    """Why all rows must be compared whatever the delivery; `""` where they need not."""
    if memory is None or not len(memory.rows):
        return "没有上一期的比对记忆，全部比对"
    if memory.facts["model"] != model.fingerprint:
        return "比对模型已更换，全部重新比对"
    if memory.facts["since"] + 1 >= model.changes.periods:
        return f"已连续 {memory.facts['since']} 期只比对变化，本期全部重新比对"
    return ""
