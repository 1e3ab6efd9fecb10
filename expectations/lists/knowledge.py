"""How the three outcomes of a list are said, the same in every output: 未计算, 无法比对, a number with what is not in it, or a nought that is one.

Belongs here: words and sentences of one list. Does not belong here: who cannot be compared (`outcomes`), which lists have a gap (`gaps`), tables
and sheets. Source: rules/coverage.md#three-outcomes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from expectations.lists.outcomes import spoken_counts

NOT_COMPUTED, CANNOT, HELD, NOTHING = "未计算", "无法比对", "未放行", "本期无"


@dataclass(frozen=True)
class ListKnowledge:
    """What can be known of a list in a period.

    Attributes:
        not_computed: why the list was not computed; "" when it was.
        is_held: whether it was left behind when the edition was released.
        hidden: children who cannot be compared.
        because: why, the commonest reasons; "" when nobody is hidden.
        gap: why a nought would say too much although no child can be named for it; "" when it would not.
    """

    not_computed: str = ""
    is_held: bool = False
    hidden: int = 0
    because: str = ""
    gap: str = ""

    @property
    def is_partial(self) -> bool:
        """Whether a part of what it rests on was missing."""
        return bool(self.hidden or self.gap)

    @property
    def why(self) -> str:
        """Why it is not whole, in one phrase; "" when it is."""
        return self.not_computed or self.because or self.gap

    def word(self, count: int) -> str:
        """What stands in the place of a number that would say more than is known; "" where the number stands."""
        if self.not_computed:
            return NOT_COMPUTED
        if self.is_held:
            return HELD
        return CANNOT if not count and self.is_partial else ""

    def cell(self, count: int) -> str:
        """How many lines, as a reader of a workbook meets it."""
        return self.word(count) or (str(count) if count else NOTHING)

    def beside(self, count: int) -> str:
        """按已交来的数据 12 条；另有 840 名儿童无法比对（…）; "" of a list that is whole, not computed or held back."""
        if self.is_held or self.not_computed or not self.is_partial:
            return ""
        start = f"按已交来的数据 {count} 条" if count else "按已交来的数据没有"
        if self.hidden:
            return f"{start}；另有 {self.hidden} 名儿童无法比对（{self.because}）"
        return f"{start}；未交齐的部分无法比对（{self.gap}）"


def in_town(known: Mapping[str, ListKnowledge], uncompared: pd.DataFrame, town: str) -> dict[str, ListKnowledge]:
    """The same for one township: only its own children cannot be compared.

    Args:
        known: of the county.
        uncompared: the frame, protected children without their place.
        town: the township.
    """
    own = uncompared[uncompared["town"] == town] if len(uncompared) else uncompared
    hidden = {code: (count, why) for code, count, why in spoken_counts(own)} if len(own) else {}
    return {
        code: replace(each, hidden=hidden.get(code, (0, ""))[0], because=hidden.get(code, (0, ""))[1])
        for code, each in known.items()
    }
