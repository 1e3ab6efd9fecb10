"""Lines that reach nobody: no recipient of their list has anything to do with them. They are counted and said, never dropped in silence.

Belongs here: the count and the sentence. Not here: who is sent what (`assets.workbooks.routing`, the place's profile).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd

from assets.workbooks.context import Published
from pipelines.resources.deliveries import DeliveryNotice

CODE = "unreached"
SHEET = "核查清单"


def unreached(asked: pd.DataFrame, published: Collection[Published]) -> dict[str, int]:
    """List -> how many of the lines that somebody should be asked about stand in no workbook.

    Args:
        asked: `finding_id, code` of the lines of this edition (`assets.publishing.editions.asked_now`).
        published: every workbook of the edition.
    """
    reached = {name for book in published for name, _ in book.lines}
    # By the workbooks that were written, not by the rules again: whatever went wrong on the way is counted, too.
    lost = asked[~asked["finding_id"].isin(reached)]
    return dict(sorted(Counter(lost["code"].astype(str)).items()))


def sentences(lost: Mapping[str, int], names: Mapping[str, str]) -> list[DeliveryNotice]:
    """One sentence for the run's result; none where every line reaches somebody."""
    if not lost:
        return []
    lists = "、".join(f"“{names.get(code, code)}”{count}条（lists.{code}.recipients）" for code, count in lost.items())
    message = f"有{sum(lost.values())}条线索没有发给任何单位：{lists}。这些线索所依据的部门都不是该清单的收件单位。"
    advice = "请在本地规则的上述条目中加上有登记的部门，再重新运行本期；在此之前由牵头部门在 findings.csv 中查看。"
    return [DeliveryNotice("", CODE, "warn", SHEET, 0, message, advice)]
