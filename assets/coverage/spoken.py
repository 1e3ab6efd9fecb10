"""What every output says of a period's lists besides their numbers, read out of a workspace: three outcomes, what is owed, who released it.

Belongs here: reading it, of the published edition or of the last run. Does not belong here: words and sentences (`expectations.lists.knowledge`,
`owed`), who cannot be compared (`expectations.lists.outcomes`), tables and sheets. Source: rules/coverage.md#three-outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from assets.county import list_names, profile_of, sources_delivered
from assets.coverage.gather import kept_coverage
from assets.coverage.listing import uncompared_of
from assets.coverage.owed import OwedPart, owed_parts, short_reasons
from expectations.coverage.shapes import Coverage
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
    return _knowledge(opened, period, latest, _kept_words(frames, period))


@dataclass(frozen=True)
class _KeptWords:
    """What a run kept of a period's gaps: holes and silent columns, the few words for each, and who could not be compared, in those words."""

    coverage: Coverage
    short: Mapping[str, str]
    uncompared: pd.DataFrame


def _kept_words(frames: FrameStore, period: str) -> _KeptWords:
    coverage = kept_coverage(frames, period, ("units", "fields"))
    short, uncompared = short_reasons(coverage), uncompared_of(frames, period)
    because = [short.get(str(because), because) for because in uncompared["because"]]
    return _KeptWords(coverage, short, uncompared.assign(because=pd.Series(because, uncompared.index, dtype=object)))


def _knowledge(opened: Session, period: str, latest: bool, kept: _KeptWords) -> dict[str, ListKnowledge]:
    frames = opened.latest if latest else opened.frames
    profile, delivered = profile_of(opened.workspace), sources_delivered(opened, period, latest)
    missing = not_computed(profile, delivered)
    sentences = dict(zip(missing["code"].astype(str), missing["sentence"].astype(str), strict=True))
    hidden = {code: (count, why) for code, count, why in spoken_counts(kept.uncompared)}
    gaps, short = gaps_of(profile.catalogue, kept.coverage), kept.short
    in_part = part_sentences(profile, delivered)
    behind = set() if latest else held_lists(frames, period)
    known = {}
    for code in list_names(opened.workspace):
        count, because = hidden.get(code, (0, ""))
        gap = gaps.get(code, "") or in_part.get(code, "")
        known[code] = ListKnowledge(sentences.get(code, ""), code in behind, count, because, short.get(gap, gap))
    return known


def uncompared_in_words(frames: FrameStore, period: str) -> pd.DataFrame:
    """The frame `uncompared` with its reasons in few words, one for one thing."""
    return _kept_words(frames, period).uncompared


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
    kept = _kept_words(opened.latest if latest else opened.frames, period)
    names, short = list_names(opened.workspace), kept.short
    gaps = gaps_of(profile_of(opened.workspace).catalogue, kept.coverage)
    pairs = {*zip(kept.uncompared["because"], kept.uncompared["code"], strict=True)}
    pairs |= {(short.get(because, because), code) for code, because in gaps.items()}
    known = _knowledge(opened, period, latest, kept)
    concerned: dict[str, list[str]] = {}
    for because, code in sorted(pairs):
        # A list that is not computed for another reason is not waiting for this.
        why = known[code].not_computed if code in known else "-"
        if not why or any(why.startswith(whole) for whole, few in short.items() if few == because):
            concerned.setdefault(str(because), []).append(names[code])
    return owed_parts(kept.coverage, concerned)
