"""Values made comparable: what counts as the same way of writing, so that a dot or a space is never a discrepancy.

Belongs here: keys of names, dates and codes for lists that compare departments. Not here: similarity (`matching`).
"""

import pandas as pd

from expectations.jurisdictions.profile import Profile
from expectations.lists.columns import Columns


def name_keys(names: pd.Series, profile: Profile) -> pd.Series:
    """Names without the characters a place ignores, lower-case; "" where a character is unreadable."""
    ignored = str.maketrans("", "", profile.consistency.ignored_characters.known())
    keys = Columns(names.to_frame("name")).mapped("name", lambda name: _name_key(name, ignored))
    return pd.Series(keys, index=names.index, dtype=object)


def _name_key(name: str, ignored: dict[int, int | None]) -> str:
    return "" if "?" in name else name.translate(ignored).casefold()


def code_keys(codes: pd.Series, field: str, profile: Profile) -> pd.Series:
    """Codes with the groups that a place holds to be the same replaced by their first member."""
    groups = profile.consistency.compatible.known().get(field, [])
    return codes.replace({code: group[0] for group in groups for code in group}) if groups else codes
