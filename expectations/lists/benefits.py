"""What a child is due when benefits meet: 补差 or 全额, and what may be drawn besides (rules/workflow.md#m28).

Belongs here: arithmetic on amounts and months. Not here: which rows pay what, and the lines (`payments`), who is entitled (`protection`,
`allowances`); nothing here ends a payment. Source: rules/definitions.md#benefits, rules/workflow.md#m28.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from expectations.jurisdictions.sections import Allowances

FULL, TOP_UP = "全额", "补差"
ORPHAN, DE_FACTO, IN_INSTITUTION = "orphan_allowance", "de_facto_allowance", "orphan_in_institution"


@dataclass(frozen=True)
class Due:
    """A benefit as it is due in one month.

    Attributes:
        kind: 全额 or 补差.
        standard: the place's standard, yuan.
        monthly: what remains after the deductions, yuan, never below 0; an upper bound where `unknown` names something.
        deducted: yuan by code of what was taken off.
        unknown: codes of what must be taken off and whose amount nobody states.
    """

    kind: str
    standard: float
    monthly: float
    deducted: Mapping[str, float]
    unknown: tuple[str, ...] = ()


def standard_of(rules: Allowances, benefit: str) -> float | None:
    """The place's standard in yuan a month; None where it states none.

    One who is de facto unattended is paid by the standard of orphans in families ("补贴标准按照本市社会散居孤儿保障标准执行"), unless the place
    states another one. Orphans in institutions have a standard of their own, for which that of families is no substitute.
    """
    own = rules.stated(benefit)
    return rules.stated(ORPHAN) if own is None and benefit != IN_INSTITUTION else own


def deductible(rules: Allowances, benefit: str) -> frozenset[str]:
    """The codes that are taken off this benefit; what may be drawn at the same time never is."""
    if benefit not in rules.paid_as_difference.known():
        return frozenset()
    return frozenset(rules.topped_up.known()) - frozenset(rules.stacked.known())


def due(rules: Allowances, benefit: str, drawn: Mapping[str, float | None]) -> Due | None:
    """What a child is due of one benefit a month: max(0, standard - what is taken off).

    Args:
        rules: the place's section `allowances`.
        benefit: its code, such as `de_facto_allowance`.
        drawn: yuan a month and head of what is drawn already, by code; None = drawn, and nobody states how much.

    Returns:
        None where the place states no standard for this benefit.
    """
    standard = standard_of(rules, benefit)
    if standard is None:
        return None
    taken = {code: amount for code, amount in drawn.items() if code in deductible(rules, benefit)}
    deducted = {code: amount for code, amount in taken.items() if amount is not None}
    monthly = max(0.0, round(standard - sum(deducted.values()), 2))
    return Due(TOP_UP if taken else FULL, standard, monthly, deducted, tuple(sorted(set(taken) - set(deducted))))


def effective_months(first: str, last: str) -> int:
    """Months from the first to the last, both counted; 0 when the last lies before the first.

    Raises:
        ValueError: not a month like 2026-03.
    """
    start, end = (date.fromisoformat(f"{text[:7]}-01") for text in (first, last))
    return max(0, (end.year - start.year) * 12 + end.month - start.month + 1)
