"""What a list's entry in the catalogue says for the sheet 说明: short name, what the grades mean, which cases were left out.

Here: filling in what a list does not say itself. Not here: the words, and conditions, owners and answers (expectations/lists).
"""

from __future__ import annotations

from dataclasses import replace

from assets.workbooks.context import ListInfo
from expectations.lists.catalogue import load_catalogue


def explained(info: ListInfo) -> ListInfo:
    """The list with the texts that it does not bring itself; its short name is the catalogue's where that has one."""
    catalogue = load_catalogue()
    known = catalogue.lists.get(info.code)
    if known is None:
        return replace(info, certainty=info.certainty or catalogue.certainty)
    return replace(
        info,
        short=known.short,
        certainty=info.certainty or known.certainty or catalogue.certainty,
        guards=info.guards or tuple(known.excluded),
    )
