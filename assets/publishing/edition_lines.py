"""The figures of an edition: one frame of its lines, by which every output counts (frame `edition_lines`).

A list has two sizes: what the data still show, and what goes out in the period; between them stands what was answered and whose evidence is
the same. Worked out here once, and what became of the lines of earlier periods with it. Belongs here: the frame, its counts, the fates. Does
not belong here: what a period says of a finding (`expectations.life.step`), words (`life.yaml`), tables and sentences (each output's own).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assets.county import profile_of
from expectations.jurisdictions.profile import Profile
from expectations.life.rules import life_rules
from expectations.life.states import STILL_UNSEEN, UNCHECKED, UNSEEN
from expectations.lists.owners import OWNER
from pipelines.resources.session import Session

NAME = "edition_lines"
ASKED: Final = "asked"
QUIET: Final = "quiet"
COLUMNS = ["finding_id", "code", "grade", "town", "child_id", "urgent", "status"]
# Where a line stood: in the data now; on the last period's lists and not now; only on lists before that.
NOW, GONE, EARLIER = "now", "gone", "earlier"
FATES = ["finding_id", "code", "place", "fate"]
_LIFE = ["finding_id", "code", "kind", "listed", "shown", OWNER]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines: in the data, of them sent out, of them answered and not sent again."""

    listed: int = 0
    asked: int = 0

    @property
    def quiet(self) -> int:
        """Answered, the evidence is the same: not sent again."""
        return self.listed - self.asked


@dataclass(frozen=True, slots=True)
class EditionLines:
    """The lines of one edition.

    Attributes:
        frame: one row per line in the data: `COLUMNS`; `status` is `asked` or `quiet`, `urgent` is `1` or empty.
    """

    frame: pd.DataFrame

    @property
    def asked(self) -> pd.DataFrame:
        """The lines that go out."""
        return self.frame[self.frame["status"] == ASKED]

    @property
    def total(self) -> Tally:
        """All lists together."""
        return Tally(len(self.frame), len(self.asked))

    def by_list(self) -> Mapping[str, Tally]:
        """Code -> how many lines; a list without lines is not in it."""
        return {str(code): EditionLines(lines).total for code, lines in self.frame.groupby("code")}

    def of(self, code: str) -> Tally:
        """How many lines a list has."""
        return EditionLines(self.frame[self.frame["code"] == code]).total

    def of_children(self, children: Collection[str]) -> EditionLines:
        """The lines of some children."""
        return EditionLines(self.frame[self.frame["child_id"].isin(list(children))])


def urgent_lists(profile: Profile) -> frozenset[str]:
    """The codes of the active lists that cannot wait."""
    return frozenset(code for code, rule in profile.lists.items() if rule.active and rule.is_urgent)


def lines_of(findings: pd.DataFrame, life: pd.DataFrame, urgent: Collection[str]) -> pd.DataFrame:
    """The frame of an edition.

    Args:
        findings: the lists of the period (data-shapes section 6).
        life: the frame finding_life; empty where findings are not followed: then everything goes out.
        urgent: lists that cannot wait.

    Returns:
        `COLUMNS`, one row per line, in the order of the lists.
    """
    status = status_of(findings, life)
    hot = ["1" if code in urgent else "" for code in findings["code"]]
    return findings.assign(urgent=hot, status=status).reindex(columns=COLUMNS, fill_value="").reset_index(drop=True)


def status_of(findings: pd.DataFrame, life: pd.DataFrame) -> list[str]:
    """Of every line, whether it goes out: `asked`, or `quiet` when it was answered and its evidence is the same."""
    quiet = set(life.loc[life["shown"] == "no", "finding_id"]) if len(life) else set()
    return [QUIET if name in quiet else ASKED for name in findings["finding_id"]]


def edition_lines(opened: Session, period: str) -> EditionLines:
    """The lines of a period as they were published; of a period that an earlier state published, from its lists.

    Raises:
        FrameError: the period was not run yet.
    """
    frames = opened.frames
    if frames.exists(NAME, period):
        return EditionLines(frames.read(NAME, period))
    findings = frames.read("findings", period, ["finding_id", "code", "grade", "town", "child_id"])
    return EditionLines(lines_of(findings, life_of(opened, period), urgent_lists(profile_of(opened.workspace))))


def life_of(opened: Session, period: str) -> pd.DataFrame:
    """What became of the findings in a period, as far as figures need it; empty where they were not followed."""
    if not opened.frames.exists("finding_life", period):
        return pd.DataFrame(columns=_LIFE)
    return opened.frames.read("finding_life", period, _LIFE)


def period_before(opened: Session, period: str) -> str:
    """The last period of the same kind before one that has lists; "" for the first."""
    # A month is no step between two quarters: each kind of comparison follows its own findings.
    return max(opened.frames.periods_before("findings", period), default="")


def fates_of(now: pd.DataFrame, before: pd.DataFrame, life: pd.DataFrame) -> pd.DataFrame:
    """What became of every line that is in the data, was on the last period's lists, or is still followed from before.

    Nobody has a child any more, the data that a line rests on did not come, a line goes on under another number: each is a fate, so
    that no lead is lost between two periods.

    Args:
        now: the lines of the period (`lines_of`).
        before: the lines of the last period; empty for the first one.
        life: the frame finding_life of the period.

    Returns:
        `FATES`, one row per line: `place` is `now`, `gone` or `earlier`, `fate` a word of `life.yaml`.
    """
    rules = life_rules()
    kinds = dict(zip(life["finding_id"], life["kind"], strict=True))
    present, last = set(now["finding_id"]), set(before["finding_id"])
    rows = [
        (name, code, NOW, rules.counts[QUIET] if status == QUIET else rules.fate(kinds.get(name, "appeared")))
        for name, code, status in now[["finding_id", "code", "status"]].itertuples(index=False)
    ]
    rows += [
        (name, code, GONE, rules.fate(kinds.get(name, "")))
        for name, code in before[["finding_id", "code"]].itertuples(index=False)
        if name not in present
    ]
    # What nobody could look at again is still open, however long ago it was listed.
    unsettled = (UNSEEN, STILL_UNSEEN, UNCHECKED)
    rows += [
        (name, code, EARLIER, rules.earlier["open" if kind in unsettled else "done"])
        for name, code, kind in life[["finding_id", "code", "kind"]].itertuples(index=False)
        if name not in present and name not in last
    ]
    return pd.DataFrame(rows, columns=FATES, dtype=object)
