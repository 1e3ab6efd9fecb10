"""Which children an institution cares for (集中供养, 福利机构, 机构养育), and how surely that is written down.

Belongs here: reading it from classes, benefits, guardians and remarks. Does not belong here: what a list makes of it (`allowances`, `agreements`).
Source: rules/definitions.md#subsidies, rules/lists.md#agreements.
"""

from dataclasses import dataclass

import numpy as np

from expectations.lists.files import BoolArray
from expectations.lists.view import View

INSTITUTION = "institution"
# A guardian who is an institution has the child; a remark or an address that names one may tell of the past, or of the house next door.
_SAID_OF_NOW = ("guardian_name", "guardianship")
_PERHAPS = ("dilemma_type", "remark", "live_addr", "hukou_addr")


@dataclass(frozen=True)
class InstitutionCare:
    """Masks per child: `sure`, a roll or the guardian's cell says so; `perhaps`, something hints at it and nothing says so."""

    sure: BoolArray
    perhaps: BoolArray


def institution_care(view: View) -> InstitutionCare:
    """Who is in an institution's care by the rolls that count now."""
    rolls = view.of("civil_affairs", "subsistence", "disability") & view.active
    classed = view.tokens("category", [INSTITUTION]) | view.tokens("aid", [INSTITUTION])
    # Where the place has not decided on the words only the codes speak.
    words = view.profile.difficulty.institution_words.value or []
    sure = view.any(rolls & (classed | _named(view, _SAID_OF_NOW, words)))
    # 集体户 alone may be a school's or a factory's.
    hinted = view.codes("hukou_class", [INSTITUTION]) | (rolls & _named(view, _PERHAPS, words))
    return InstitutionCare(sure, view.any(hinted) & ~sure)


def _named(view: View, fields: tuple[str, ...], words: list[str]) -> BoolArray:
    return np.asarray(np.logical_or.reduce([view.words(field, words) for field in fields]), dtype=np.bool_)
