"""What a disturbed run is worth: false sentences, false closings, true lines withheld; alarms on undisturbed counties with their interval.

Belongs here: the figures. Does not belong here: how an edition is read (`running`), how they are printed (`table`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from scipy.stats import binomtest

from benchmarks.disturbed.running import PUBLISHED, QUESTIONS, SAME, Seen

Lines = Mapping[str, Collection[str]]
"""List -> children (villages) on it."""


@dataclass(frozen=True)
class CaseFigures:
    """What one disturbed run published, by list.

    Attributes:
        false_lines: false by the truth, and not there in the undisturbed run of the same county.
        false_closings: open before and after the undisturbed run, closed by data in the disturbed one.
        withheld: true lines of the undisturbed run that the published edition does not have.
        none: true lines of lists of which the edition says that there is nobody.
    """

    false_lines: dict[str, int] = field(default_factory=dict)
    false_closings: dict[str, int] = field(default_factory=dict)
    withheld: dict[str, int] = field(default_factory=dict)
    none: dict[str, int] = field(default_factory=dict)

    def total(self, name: str) -> int:
        """A figure over all lists."""
        return sum(getattr(self, name).values())

    def row(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


@dataclass(frozen=True)
class RunComparison:
    """A disturbed run beside the undisturbed one.

    Attributes:
        true: of the period, by the truth of the undisturbed county.
        before: ids of the findings that were open before the run.
        undisturbed: what the same county shows without the disturbance.
        disturbed: what it shows with it.
    """

    true: Lines
    before: Collection[str]
    undisturbed: Seen
    disturbed: Seen

    def figures(self) -> CaseFigures:
        """The figures; a run that published nothing said nothing, and withheld its whole edition, which is no figure of it."""
        if self.disturbed.outcome not in (PUBLISHED, SAME):
            return CaseFigures()
        return CaseFigures(self._false_lines(), self._false_closings(), self._withheld(), self._none())

    def _false_lines(self) -> dict[str, int]:
        known = self.undisturbed.lines
        return _counts(
            {
                code: set(units) - set(self.true.get(code, ())) - set(known.get(code, ()))
                for code, units in self.disturbed.lines.items()
            }
        )

    def _false_closings(self) -> dict[str, int]:
        wrong = set(self.before) & self.undisturbed.open & self.disturbed.closed
        return dict(sorted(Counter(self.disturbed.codes[name] for name in wrong).items()))

    def _rightly(self) -> dict[str, set[str]]:
        return {code: set(units) & set(self.true.get(code, ())) for code, units in self.undisturbed.lines.items()}

    def _withheld(self) -> dict[str, int]:
        now = self.disturbed.lines
        return _counts({code: units - set(now.get(code, ())) for code, units in self._rightly().items()})

    def _none(self) -> dict[str, int]:
        return _counts({code: units for code, units in self._rightly().items() if code in self.disturbed.none})


def is_alarm(seen: Seen) -> bool:
    """Whether an undisturbed quarter was held up or asked about."""
    return seen.outcome not in (PUBLISHED, SAME) or any(seen.notices.get(severity) for severity in QUESTIONS)


@dataclass(frozen=True)
class Share:
    """So many of so many, with the exact binomial interval (Clopper and Pearson)."""

    count: int
    of: int
    low: float
    high: float


def share_of(count: int, of: int, level: float = 0.95) -> Share:
    """A share with its interval; of nothing, everything is possible."""
    if not of:
        return Share(0, 0, 0.0, 1.0)
    interval = binomtest(count, of).proportion_ci(level, method="exact")
    return Share(count, of, float(interval.low), float(interval.high))


def _counts(units: Mapping[str, Collection[str]]) -> dict[str, int]:
    return {code: len(some) for code, some in sorted(units.items()) if some}
