"""Which headings may be shown to the person who tries a file (`tongbi check`): not those that look like data.

Belongs here: that decision. Does not belong here: sentences that are stored or printed by a run; they name columns by their places.
A person's name cannot be told from a word, so what is short and ends like no heading that anybody knows is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from assets.intake.contract import Contract, FileLayout, all_contracts, load_dictionary
from assets.intake.headings import normalise_heading
from assets.intake.notices import column_at
from matching.names.tables import compound_surnames

_NUMBER = re.compile(r"\d{6}|(?:19|20)\d{2}\s*[年\-./]\s*\d{1,2}|\d{3}[ \-]\d{4}")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[\u3400-\u9fff]{1,10}[·•・.][\u3400-\u9fff·•・.]{1,20}")
_ENDING, _LONGEST = 2, 4


def shown_headings(headings: Mapping[int, str], words: Mapping[int, str]) -> dict[int, str]:
    """What to show for each column.

    Args:
        headings: by position (0-based) the heading as it was written.
        words: the dictionary's word for those that are known.

    Returns:
        The heading, or the column's place where the heading, or the whole row, looks like data; of a known heading with something written
        beside it (姓名（张三）) the known word.
    """
    # A data row that was taken for the heading: not even the cells that look harmless are shown.
    if _looks_like_data(headings, words):
        return {place: column_at(place) for place in headings}
    shown = {}
    for place, heading in headings.items():
        if place not in words:
            shown[place] = column_at(place) if _may_be_name(heading) else heading
        else:
            as_known = normalise_heading(heading) == normalise_heading(words[place])
            shown[place] = heading if as_known else words[place]
    return shown


def _looks_like_data(headings: Mapping[int, str], words: Mapping[int, str]) -> bool:
    """Numbers or days in the row, or words that may be names, each to the right of a heading, as in a form."""
    if any(_NUMBER.search(heading) for heading in headings.values()):
        return True
    # One of them is a heading that nobody knows yet, as every county has some.
    beside = [place for place in headings if place not in words and place - 1 in words]
    return sum(_may_be_name(headings[place]) for place in beside) > 1


def _may_be_name(heading: str) -> bool:
    plain = "".join(heading.split())
    if _NAME.fullmatch(plain) is None or plain[-_ENDING:] in _known_endings():
        return False
    return len(plain) > _LONGEST or plain[0] in load_dictionary().surnames or plain[:2] in compound_surnames()


@cache
def _known_endings() -> frozenset[str]:
    """The last two characters of every heading that the dictionary or a shipped contract knows.

    A heading in new words mostly ends like a known one (监护情况, 帮扶情况), and hardly a name does.
    """
    shared = load_dictionary()
    words = {*shared.ignore, *shared.sequence, *shared.ambiguous}
    words |= {alias for aliases in shared.headings.values() for alias in aliases}
    for person in shared.people.values():
        words |= {
            prefix + alias for prefix in person.prefixes for aliases in shared.roles.values() for alias in aliases
        }
    words |= {alias for aliases in shared.roles.values() for alias in aliases}
    for contract in all_contracts().values():
        parts: list[Contract | FileLayout] = [contract, *contract.layouts]
        for part in parts:
            words |= {*part.ignore, *part.flags, *(alias for aliases in part.headings.values() for alias in aliases)}
    plain = (normalise_heading(word) for word in words if word)
    return frozenset(word[-_ENDING:] for word in plain if len(word) >= _ENDING)
