"""What a child is due when benefits meet: 补差 or 全额, what may be drawn besides, and for how many months (M28).

Belongs here: arithmetic on amounts and months. Not here: who is entitled (`protection`, `allowances`); nothing here ends a
payment. Source: domain.md 5.1.5 (overlap, compatible), 5.1.8, 7 M28.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from expectations.jurisdictions.profile import Profile

FULL, TOP_UP = "全额", "补差"


@dataclass(frozen=True)
class Due:
    """A benefit as it is due: `kind` 全额 or 补差, yuan a month, effective months and their sum; `beside` what is drawn with it."""

    kind: str
    monthly: float
    months: int
    total: float
    beside: float


def kind_of(profile: Profile, aids: set[str]) -> str:
    """补差 where the child already draws a benefit that the allowance tops up, else 全额."""
    return TOP_UP if aids & set(profile.allowances.topped_up.known()) else FULL


def due(profile: Profile, benefit: str, drawn: Mapping[str, float], months: tuple[str, str]) -> Due:
    """What a child is due of one benefit.

    Args:
        profile: the place's profile; `allowances.monthly` holds the standard of the benefit.
        benefit: its code, such as `de_facto_allowance`.
        drawn: yuan a month of what is drawn already, by code; what may be stacked is not taken off.
        months: first and last month, `2026-03`, both counted.

    Raises:
        KeyError: the place states no standard for this benefit.
    """
    rules = profile.allowances
    standard = rules.monthly.known()[benefit]
    taken_off = sum(amount for code, amount in drawn.items() if code in rules.topped_up.known())
    beside = sum(amount for code, amount in drawn.items() if code in rules.stacked.known())
    monthly = max(0.0, round(standard - taken_off, 2))
    count = effective_months(*months)
    return Due(TOP_UP if taken_off else FULL, monthly, count, round(monthly * count, 2), beside)


def effective_months(first: str, last: str) -> int:
    """Months from the first to the last, both counted; 0 when the last lies before the first.

    Raises:
        ValueError: not a month like 2026-03.
    """
    (year, month), (to_year, to_month) = (_parts(text) for text in (first, last))
    return max(0, (to_year - year) * 12 + to_month - month + 1)


def _parts(text: str) -> tuple[int, int]:
    found = date.fromisoformat(f"{text[:7]}-01")
    return found.year, found.month


def last_month(birth: str, profile: Profile) -> str:
    """The month in which a child comes of age, `2034-03`: what the national system fills in as the end (domain.md 3.1.2)."""
    return f"{int(birth[:4]) + profile.leaving.adult_age.known():04d}-{birth[5:7]}"
