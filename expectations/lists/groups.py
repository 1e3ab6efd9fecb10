"""Marks of key groups beside every line (特殊群体): orphans, disabled, left behind, poor ... as any department's record says.

Belongs here: reading `groups` of the catalogue for every child once. Not here: conditions of lists.
"""

from dataclasses import dataclass

import numpy as np

from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray
from expectations.lists.view import View

# Words of the profile's groups and the marks that stand for them.
_MARKS = {
    "orphan": "孤儿", "de_facto": "事实无人抚养", "left_behind": "留守", "dilemma": "困境", "street": "流浪或打拐解救", "migrant": "随迁",
}  # fmt: skip


@dataclass(frozen=True)
class Groups:
    """Per child: its marks in words joined by 、, and whether the place's paper puts a group of it first."""

    spoken: Texts
    first: BoolArray


def groups_of(view: View) -> Groups:
    """The marks of every child, worked out once per view."""
    if "groups" not in view.notes:
        spoken, masks = np.full(view.n, "", dtype=object), {}
        for name, fields in view.catalogue.groups.items():
            masks[name] = view.marked(fields)
            spoken[masks[name]] = [f"{text}、{name}" if text else name for text in spoken[masks[name]]]
        # Whom a place puts first orders the lines and decides on none: where it is open nobody comes first.
        priority = view.profile.comparison.priority.value or []
        first = [masks[_MARKS[code]] for code in priority if _MARKS.get(code) in masks]
        nobody = np.zeros(view.n, dtype=np.bool_)
        view.notes["groups"] = Groups(spoken, np.asarray(np.logical_or.reduce([nobody, *first]), dtype=np.bool_))
    groups: Groups = view.notes["groups"]
    return groups
