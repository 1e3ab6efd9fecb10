"""Where a child belongs: registered here, elsewhere, nowhere or unknown, and which township and village must act for it.

Belongs here: combining the police state with what civil affairs and education say about the register (rules/definitions.md#register,
rules/codes.md#register-class, rules/places-and-people.md#not-errors), the order of addresses (`preference.yaml`). Not here: the list 无户籍 itself, reading addresses
(`matching`).
"""

import numpy as np
import pandas as pd

from assets.childfile.choose import Chooser
from assets.counties.own import OwnCounty
from expectations.jurisdictions.profile import Place
from expectations.lists.columns import CodedColumns
from expectations.lists.files import REGISTER_COUNTY


def register_side(records: pd.DataFrame, place: Place, own: OwnCounty) -> pd.Series:
    """What each record says about the register: `here`, `elsewhere`, `none` or "".

    An area code or address of another county says elsewhere even when the form's class column says nothing; the classes
    本辖区 and 集体户 are what forms offer first and count for nothing.
    """
    columns = CodedColumns(records)
    side = columns.mapped("hukou_class", lambda word: word if word in ("none", "elsewhere") else "")

    def area_side(area: str) -> str:
        # Some systems export a name in the column of codes.
        return _code_side(area[:6], own) if area[:6].isdigit() and len(area) >= 6 else _word_side(area, place)

    by_code = columns.mapped("hukou_area_code", area_side)
    by_address = columns.mapped("hukou_county", lambda code: _code_side(code, own))
    for by_place in (by_code, by_address):
        side = np.where((side == "") | ((by_place == "elsewhere") & (side != "none")), by_place, side)
    return pd.Series(side, index=records.index, dtype=object)


def _code_side(code: str, own: OwnCounty) -> str:
    # Where it is open which county is the own one, nobody is said to be elsewhere.
    if not code or not own.code:
        return ""
    if code in own.codes:
        return "here"
    # A code of the province or the prefecture alone does not say which county.
    if code.endswith("0000"):
        return "" if code[:2] == own.code[:2] else "elsewhere"
    if code.endswith("00"):
        return "" if code[:4] == own.code[:4] else "elsewhere"
    return "elsewhere"


def _word_side(word: str, place: Place) -> str:
    name = place.county_name.value
    if not name or not word:
        return ""
    if name in word:
        return "here"
    # From the second character: 县 or 市 that begins a name is no unit.
    return "elsewhere" if any(unit in word[1:] for unit in ("县", "区", "市", "旗")) else ""


def households(chooser: Chooser, side: pd.Series, police_state: pd.Series) -> pd.DataFrame:
    """`hukou` per child (here, elsewhere, none, unknown) and `hukou_from`: who says elsewhere or none."""
    others = ~chooser.of("public_security")
    sides = CodedColumns(side.to_frame("side"))
    says = {word: chooser.any(sides.isin("side", [word]) & others) for word in ("elsewhere", "none")}
    ours = (chooser.records[REGISTER_COUNTY] == "").to_numpy()
    police_elsewhere = chooser.any(sides.isin("side", ["elsewhere"]) & ~others & chooser.solid & ours)
    # Another county's register says so only of a child whom ours does not have.
    police_elsewhere |= chooser.any(~others & chooser.solid & ~ours) & ~chooser.any(~others & chooser.solid & ours)
    active = (police_state == "active").to_numpy()
    moved = (police_state == "moved_out").to_numpy()
    # The police keep the register: what others say counts only where the police have no current row of the child.
    hukou = np.select(
        [active & ~police_elsewhere, active | moved, says["none"], says["elsewhere"]],
        ["here", "elsewhere", "none", "elsewhere"],
        "unknown",
    )
    mask = sides.isin("side", ["elsewhere", "none"])
    return pd.DataFrame(
        {
            "hukou": hukou.astype(object),
            "hukou_from": chooser.union("department", mask),
            "said_elsewhere": says["elsewhere"],
            "said_none": says["none"],
        }
    )


def responsible_places(chooser: Chooser, order: list[tuple[str, str, str]]) -> pd.DataFrame:
    """`town, village, town_from` per child: the first address in order that names a township, with its own village."""
    place = pd.DataFrame({"town": "", "village": "", "town_from": ""}, index=range(chooser.n), dtype=object)
    undecided = np.ones(chooser.n, dtype=np.bool_)
    for department, town, village in order:
        mask = chooser.of(department) & chooser.columns.filled(town)
        at = np.where(undecided, chooser.first(mask, [department]), -1)
        decided, undecided = at >= 0, undecided & (at < 0)
        # Village and township from one record: two right halves of different addresses would make a place that is none.
        for column, source in (("town", town), ("village", village), ("town_from", "department")):
            place.loc[decided, column] = chooser.take(source, at)[decided]
    return place
