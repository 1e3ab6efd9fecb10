"""Values made comparable: what counts as the same way of writing, so that a dot or a space is never a discrepancy.

Belongs here: keys of names, codes and townships for lists that compare departments. Not here: how two values differ
(`wording`).
"""

import re

from expectations.jurisdictions.profile import Profile
from expectations.lists.columns import CodedColumns, Texts
from matching.names.tables import fold

# The county before its township: 某县云杉镇 and 云杉镇 are one place.
_COUNTY_BEFORE = re.compile(r"^.{1,8}?(?:自治县|县|旗|市|区)(?=.{2,}(?:街道|镇|乡|苏木)$)")


def name_keys(columns: CodedColumns, field: str, profile: Profile) -> Texts:
    """Names in one spelling (simplified, variants, no dots or blanks); "" where a character is unreadable."""
    ignored = str.maketrans("", "", profile.consistency.ignored_characters.known())
    # "?" stands where a program could not write a rare character: any character may have stood there, so the name is compared with none.
    return columns.mapped(field, lambda name: "" if "?" in name else fold(name.translate(ignored)).casefold())


def code_keys(columns: CodedColumns, field: str, profile: Profile) -> Texts:
    """Codes with the groups that a place holds to be the same replaced by their first member."""
    groups = profile.consistency.compatible.known().get(field, [])
    first = {code: group[0] for group in groups for code in group}
    return columns.mapped(field, lambda code: first.get(code, code))


def town_keys(columns: CodedColumns, field: str) -> Texts:
    """Townships without the county before them."""
    return columns.mapped(field, lambda town: _COUNTY_BEFORE.sub("", town))
