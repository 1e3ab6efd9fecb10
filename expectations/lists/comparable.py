"""Values made comparable: what counts as the same way of writing, so that a dot or a space is never a discrepancy.

Belongs here: keys of names, dates and codes for lists that compare departments. Not here: similarity (`matching`).
"""

from expectations.jurisdictions.profile import Profile
from expectations.lists.columns import Columns, Texts


def name_keys(columns: Columns, field: str, profile: Profile) -> Texts:
    """Names without the characters a place ignores, lower-case; "" where a character is unreadable."""
    ignored = str.maketrans("", "", profile.consistency.ignored_characters.known())
    return columns.mapped(field, lambda name: _name_key(name, ignored))


def _name_key(name: str, ignored: dict[int, int | None]) -> str:
    return "" if "?" in name else name.translate(ignored).casefold()


def code_keys(columns: Columns, field: str, profile: Profile) -> Texts:
    """Codes with the groups that a place holds to be the same replaced by their first member."""
    groups = profile.consistency.compatible.known().get(field, [])
    first = {code: group[0] for group in groups for code in group}
    return columns.mapped(field, lambda code: first.get(code, code))
