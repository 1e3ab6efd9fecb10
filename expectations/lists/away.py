"""Which parent is away, at home or unable by a child's own rows, and who else is its guardian: what L20 and L21 rest on.

Belongs here: reading reasons for care, parents' states and words. Not here: whether an agreement is there (`agreements`), whether anybody cares
(`care`). Source: rules/definitions.md#left-behind, rules/lists.md#agreements; 民法典 Art. 27, 31, 32.
"""

from functools import cached_property

import numpy as np

from expectations.lists.files import BoolArray
from expectations.lists.view import View

_SPEAKING = ("care_reason", "guardianship", "guardian_name")
_NOTED = ("care_reason", "guardianship", "remark")
# Who takes over by law where both parents are gone; a parent's own absence makes nobody else a guardian.
_GONE = ["dead", "missing", "custody_revoked"]
_NO_PARENT = ["grandparent", "relative", "other"]
_AWAY = "away"


def both_away(view: View) -> BoolArray:
    """Records that say that both parents are away."""
    words = view.words("care_reason", view.profile.left_behind.both_away_words.known())
    # 父母双方无监护能力 names both parents, too, and says nothing of their being away.
    words &= ~view.words("care_reason", view.profile.left_behind.both_unable_words.known())
    return words | (view.codes("father_status", [_AWAY]) & view.codes("mother_status", [_AWAY]))


def said_nobody(view: View) -> BoolArray:
    """Records in which some cell says that nobody cares for the child; none where the place has not decided on the words."""
    words = view.profile.left_behind.no_carer_words.value or []
    return np.asarray(np.logical_or.reduce([view.words(field, words) for field in _SPEAKING]), dtype=np.bool_)


class ParentsAway:
    """What some rows of civil affairs say about the parents of their children; masks are in child order.

    Args:
        view: the period.
        rows: the rows that are asked, such as those of left-behind children.
    """

    def __init__(self, view: View, rows: BoolArray) -> None:
        self.view, self.rows = view, rows

    @cached_property
    def both(self) -> BoolArray:
        """Both parents are away."""
        return self.view.any(self.rows & both_away(self.view))

    @cached_property
    def one(self) -> BoolArray:
        """One parent is away and the other cannot care: by the reason, or by the two states."""
        words = self.view.words("care_reason", self.view.profile.left_behind.one_away_words.known())
        unable = [*(self.view.profile.difficulty.unable_states.value or []), *_GONE]
        return self.view.any(self.rows & (words | self._each([_AWAY], unable)))

    @cached_property
    def reason_known(self) -> BoolArray:
        """The row says why the child is entrusted: both parents away, or one away and the other unable."""
        return self.both | self.one

    @cached_property
    def both_unable(self) -> BoolArray:
        """The row says that neither parent is able: rather another guardian than an agreement is wanted."""
        words = self.view.profile.left_behind.both_unable_words.known()
        return self.view.any(self.rows & self.view.words("care_reason", words))

    @cached_property
    def _home(self) -> BoolArray:
        states = self.view.codes("father_status", ["at_home"]) | self.view.codes("mother_status", ["at_home"])
        return self.view.any(self.rows & (states | self._noted(self.view.profile.left_behind.parent_home_words.value)))

    @cached_property
    def at_home(self) -> BoolArray:
        """A parent is back, or lives with the child, and no reason in the row says otherwise: 一方外出另一方无监护能力 leaves one at home who cannot care."""
        return self._home & ~self.reason_known & ~self.both_unable

    @cached_property
    def home_after_all(self) -> BoolArray:
        """The row says that both are away, and that one is at home."""
        return self._home & self.both

    @cached_property
    def other_guardian(self) -> BoolArray:
        """Somebody else is the legal guardian, or 民政 for the time being: named so, or both parents are gone and one of the family cares."""
        named = self._words(("care_reason", "guardianship", "guardian_name"), self._guardian_words)
        orphans = self.view.any(self.view.roll & self.view.tokens("category", ["orphan"]))[self.view.child]
        gone = self._each(_GONE, _GONE) | orphans
        return self.view.any(self.rows & (named | (gone & self.view.codes("guardian_rel", _NO_PARENT))))

    @cached_property
    def perhaps_other_guardian(self) -> BoolArray:
        """A remark speaks of another guardian: of one that is, was or is to be."""
        return self.view.any(self.rows & self._words(("remark",), self._guardian_words)) & ~self.other_guardian

    @cached_property
    def held_apart(self) -> BoolArray:
        """One parent is held somewhere, and the other held, away, gone or unable: nobody is at home who could care."""
        detained = self.view.profile.left_behind.agreement_also.value or []
        others = [*detained, _AWAY, *_GONE, *(self.view.profile.difficulty.unable_states.value or [])]
        return self.view.any(self.rows & self._each(detained, others))

    @property
    def _guardian_words(self) -> list[str]:
        return self.view.profile.left_behind.other_guardian_words.value or []

    def _each(self, first: list[str], second: list[str]) -> BoolArray:
        """Records with one parent in one of the first states and the other in one of the second."""
        codes = self.view.codes
        return np.asarray(
            (codes("father_status", first) & codes("mother_status", second))
            | (codes("mother_status", first) & codes("father_status", second)),
            dtype=np.bool_,
        )

    def _noted(self, words: list[str] | None) -> BoolArray:
        """Records whose reason, guardianship or remark holds one of the words."""
        return self._words(_NOTED, words or [])

    def _words(self, fields: tuple[str, ...], words: list[str]) -> BoolArray:
        return np.asarray(np.logical_or.reduce([self.view.words(field, words) for field in fields]), dtype=np.bool_)
