"""Where a child is registered: here, elsewhere, nowhere or unknown, and which department says so.

Belongs here: combining the police state with what civil affairs and education say about the register (rules/definitions.md#register,
rules/codes.md#register-class, rules/places-and-people.md#not-errors), and inferring the county's own code. Not here: the list 无户籍 itself.
"""

import numpy as np
import pandas as pd

from assets.childfile.choose import Chooser
from expectations.jurisdictions.profile import Place
from expectations.lists.columns import Columns


def own_county(records: pd.DataFrame, place: Place) -> str:
    """The county's six digits: configured, or the police data's most frequent area, or "" when nothing tells."""
    return place.area_code.value or commonest_county(records)


def commonest_county(records: pd.DataFrame) -> str:
    """The police data's most frequent county, by area code or else by the beginning of numbers; "" without police data."""
    police = records[records["department"] == "public_security"]
    for codes in (
        police["hukou_county"],
        police["hukou_area_code"].str.extract(r"^(\d{6})")[0],
        police["id_no"].str[:6],
    ):
        counted = codes.fillna("")[codes.fillna("") != ""].value_counts()
        if len(counted):
            return str(sorted(counted[counted == counted.iloc[0]].index)[0])
    return ""


def register_side(records: pd.DataFrame, place: Place, county: str) -> pd.Series:
    """What each record says about the register: `here`, `elsewhere`, `none` or "".

    An area code or address of another county says elsewhere even when the form's class column says nothing; the classes
    本辖区 and 集体户 are what forms offer first and count for nothing.
    """
    columns = Columns(records)
    side = columns.mapped("hukou_class", lambda word: word if word in ("none", "elsewhere") else "")
    by_code = columns.mapped("hukou_area_code", lambda code: _area_side(code, county, place))
    by_address = columns.mapped("hukou_county", lambda code: _code_side(code, county, place))
    for told in (by_code, by_address):
        side = np.where((side == "") | ((told == "elsewhere") & (side != "none")), told, side)
    return pd.Series(side, index=records.index, dtype=object)


def _area_side(area: str, county: str, place: Place) -> str:
    return _code_side(area[:6], county, place) if area[:6].isdigit() and len(area) >= 6 else _word_side(area, place)


def _code_side(code: str, county: str, place: Place) -> str:
    if not code or not county:
        return ""
    if code == county or code in place.former_area_codes.known():
        return "here"
    # A code of the province or the prefecture alone does not say which county.
    if code.endswith("0000"):
        return "" if code[:2] == county[:2] else "elsewhere"
    if code.endswith("00"):
        return "" if code[:4] == county[:4] else "elsewhere"
    return "elsewhere"


def _word_side(word: str, place: Place) -> str:
    name = place.county_name.value
    if not name or not word:
        return ""
    if name in word:
        return "here"
    return "elsewhere" if any(unit in word[1:] for unit in ("县", "区", "市", "旗")) else ""


def households(chooser: Chooser, side: pd.Series, police_state: pd.Series) -> pd.DataFrame:
    """`hukou` per child (here, elsewhere, none, unknown) and `hukou_from`: who says elsewhere or none."""
    others = ~chooser.of("public_security")
    told = Columns(side.to_frame("side"))
    says = {word: chooser.any(told.isin("side", [word]) & others) for word in ("elsewhere", "none")}
    police_elsewhere = chooser.any(told.isin("side", ["elsewhere"]) & ~others & chooser.solid)
    active = (police_state == "active").to_numpy()
    moved = (police_state == "moved_out").to_numpy()
    hukou = np.select(
        [active & ~police_elsewhere, active | moved, says["none"], says["elsewhere"]],
        ["here", "elsewhere", "none", "elsewhere"],
        "unknown",
    )
    mask = told.isin("side", ["elsewhere", "none"])
    return pd.DataFrame(
        {
            "hukou": hukou.astype(object),
            "hukou_from": chooser.union("department", mask),
            "said_elsewhere": says["elsewhere"],
            "said_none": says["none"],
        }
    )
