"""What every output says of a period's lists besides their numbers, read out of a workspace: three outcomes, what is owed, who released it.

Belongs here: reading it, of the published edition or of the last run. Does not belong here: words and sentences (`expectations.lists.knowledge`,
`owed`), who cannot be compared (`expectations.lists.outcomes`), tables and sheets. Source: rules/coverage.md#three-outcomes.
"""

from __future__ import annotations

import pandas as pd

from assets.county import list_names, profile_of, sources_delivered
from assets.coverage.gather import kept_coverage
from assets.coverage.listing import uncompared_of
from assets.coverage.owed import OwedPart, owed_parts, short_reasons
from expectations.lists.findings import not_computed, part_sentences
from expectations.lists.gaps import gaps_of
from expectations.lists.knowledge import ListKnowledge
from expectations.lists.outcomes import spoken_counts
from pipelines.resources.frames import FrameStore
from pipelines.resources.session import Session

HELD_LISTS, RELEASE = "gate.lists", "gate.release"


def list_knowledge(opened: Session, period: str, latest: bool = False) -> dict[str, ListKnowledge]:
    """Code -> what can be known, of every active list of a period as it was published; with `latest` as the last run made it."""
    frames = opened.latest if latest else opened.frames
    profile = profile_of(opened.workspace)
    missing = not_computed(profile, sources_delivered(opened, period, latest))
    sentences = dict(zip(missing["code"].astype(str), missing["sentence"].astype(str), strict=True))
    coverage = kept_coverage(frames, period)
    hidden = {code: (count, why) for code, count, why in spoken_counts(uncompared_in_words(frames, period))}
    gaps = gaps_of(profile.catalogue, coverage)
    in_part = part_sentences(profile, sources_delivered(opened, period, latest))
    short = short_reasons(coverage)
    behind = set() if latest else held_lists(frames, period)
    known = {}
    for code in list_names(opened.workspace):
        count, because = hidden.get(code, (0, ""))
        gap = gaps.get(code, "") or in_part.get(code, "")
        known[code] = ListKnowledge(sentences.get(code, ""), code in behind, count, because, short.get(gap, gap))
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
