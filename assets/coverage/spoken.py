"""How the three outcomes of a list are said, the same in every output: 未计算, 无法比对, a number with what is not in it, or a nought that is one.

Belongs here: words and sentences, and reading what they rest on out of a workspace. Does not belong here: who cannot be compared
(`expectations.lists.outcomes`), tables and sheets. Source: rules/coverage.md#outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from assets.county import list_names, profile_of, sources_delivered
from assets.coverage.gather import kept_coverage
from assets.coverage.listing import uncompared_of
from assets.coverage.owed import OwedPart, owed_parts, short_reasons
from expectations.lists.findings import not_computed
from expectations.lists.gaps import gaps_of
from expectations.lists.outcomes import spoken_counts
from pipelines.resources.frames import FrameStore
from pipelines.resources.session import Session

NOT_COMPUTED, CANNOT, HELD, NOTHING = "未计算", "无法比对", "未放行", "本期无"
HELD_LISTS, RELEASE = "gate.lists", "gate.release"


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
        if self.is_held:
            return HELD
        if self.not_computed:
            return NOT_COMPUTED
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


def list_knowledge(opened: Session, period: str, latest: bool = False) -> dict[str, ListKnowledge]:
    """Code -> what can be known, of every active list of a period as it was published; with `latest` as the last run made it."""
    frames = opened.latest if latest else opened.frames
    profile = profile_of(opened.workspace)
    missing = not_computed(profile, sources_delivered(opened, period, latest))
    sentences = dict(zip(missing["code"].astype(str), missing["sentence"].astype(str), strict=True))
    coverage = kept_coverage(frames, period)
    hidden = {code: (count, why) for code, count, why in spoken_counts(uncompared_in_words(frames, period))}
    gaps = gaps_of(profile.catalogue, coverage)
    short = short_reasons(coverage)
    held = set() if latest else held_lists(frames, period)
    known = {}
    for code in list_names(opened.workspace):
        count, because = hidden.get(code, (0, ""))
        gap = gaps.get(code, "")
        known[code] = ListKnowledge(sentences.get(code, ""), code in held, count, because, short.get(gap, gap))
    return known


def uncompared_in_words(frames: FrameStore, period: str) -> pd.DataFrame:
    """The frame `uncompared` with its reasons in few words, one for one thing."""
    uncompared = uncompared_of(frames, period)
    if not len(uncompared):
        return uncompared
    short = short_reasons(kept_coverage(frames, period))
    return uncompared.assign(because=[short.get(str(because), because) for because in uncompared["because"]])


def held_lists(frames: FrameStore, period: str) -> set[str]:
    """Codes of the lists that the release of a period left behind."""
    return set(frames.read(HELD_LISTS, period)["code"]) if frames.exists(HELD_LISTS, period) else set()


def release_of(frames: FrameStore, period: str) -> dict[str, str]:
    """Who released a period, why and when (`by, reason, at`); empty where nothing waited."""
    if not frames.exists(RELEASE, period):
        return {}
    rows = frames.read(RELEASE, period).to_dict("records")
    return {str(name): str(value) for name, value in rows[-1].items()} if rows else {}


def in_town(known: Mapping[str, ListKnowledge], uncompared: pd.DataFrame, town: str) -> dict[str, ListKnowledge]:
    """The same for one township: only its own children cannot be compared.

    Args:
        known: of the county.
        uncompared: the frame, protected children without their place.
        town: the township.
    """
    own = uncompared[uncompared["town"] == town] if len(uncompared) else uncompared
    hidden = {code: (count, why) for code, count, why in spoken_counts(own)}
    return {
        code: replace(each, hidden=hidden.get(code, (0, ""))[0], because=hidden.get(code, (0, ""))[1])
        for code, each in known.items()
    }


def owed_of(opened: Session, period: str, latest: bool = False) -> tuple[OwedPart, ...]:
    """What departments still owe of a period, with the lists that cannot judge for it."""
    frames = opened.latest if latest else opened.frames
    coverage = kept_coverage(frames, period)
    names, short = list_names(opened.workspace), short_reasons(coverage)
    uncompared = uncompared_in_words(frames, period)
    gaps = gaps_of(profile_of(opened.workspace).catalogue, coverage)
    pairs = {*zip(uncompared["because"], uncompared["code"], strict=True)}
    pairs |= {(short.get(because, because), code) for code, because in gaps.items()}
    known = list_knowledge(opened, period, latest)
    concerned: dict[str, list[str]] = {}
    for because, code in sorted(pairs):
        # A list that is not computed for another reason is not waiting for this.
        why = known[code].not_computed if code in known else "-"
        if not why or any(why.startswith(whole) for whole, few in short.items() if few == because):
            concerned.setdefault(str(because), []).append(names[code])
    return owed_parts(coverage, concerned)
