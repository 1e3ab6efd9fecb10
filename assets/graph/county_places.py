"""The asset county_places: the county's code, townships and villages, from its own list or learned from all deliveries of the period.

It stands between raw and standard, so that every department's addresses are read against the same names. How places are learned is
`matching.reading.places`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import dagster as dg
import pandas as pd

from assets.counties.own import comparably_frequent, second_county
from assets.county import DEFAULT_PROFILE, official_areas, profile_of
from assets.graph.step import COUNT, opened_of
from assets.intake.contract import Contract
from assets.intake.gather import SheetRows, sheets
from assets.receiving.kept_readings import kept_readings
from expectations.jurisdictions.profile import Place, load_profile
from matching.reading.places import Gazetteer, learn_places, places_from_list
from pipelines.partitions import Period, period_partitions
from pipelines.resources.step_guard import station
from pipelines.resources.workspace import Workspace

COLUMNS = ["county", "town", "village", "aliases"]
_ADDRESSES = ("town", "village", "hukou_addr", "live_addr")
# Where a county's code stands, the surest first: the register's own area code, then the beginning of citizen numbers, which helps to read addresses and says of no child
# where it is registered.
_CODED = ("hukou_area_code", "id_no")
_CODE = re.compile(r"[1-8]\d{5}")


def places_asset(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The station that knows the county's places before any row is read."""

    @dg.asset(
        name="county_places",
        ins={f"raw_{name}": dg.AssetIn(input_manager_key="frames") for name in contracts},
        io_manager_key="frames",
        group_name="raw",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="本县代码、乡镇和村：来自本县名单，没有名单时从各部门数据归纳",
    )
    def county_places(context: dg.AssetExecutionContext, **frames: pd.DataFrame) -> dg.Output[pd.DataFrame]:
        """Find the county's places."""
        with station("county_places"):
            county, period = opened_of(context), Period.parse(context.partition_key)
            sheets_read: list[SheetRows] = []
            for name, contract in contracts.items():
                if len(raw := frames[f"raw_{name}"]):
                    sheets_read += sheets(raw, kept_readings(county.frames, contract, period, raw))
            places = find_places(county.workspace, sheets_read)
        return dg.Output(places, metadata={COUNT: len(places), "towns": int(places["town"].nunique())})

    return county_places


def find_places(workspace: Workspace | None, sheets_read: list[SheetRows]) -> pd.DataFrame:
    """The county's places by the sheets of a period, as a frame `county, town, village, aliases`; one row with empty names when none are known.
    Townships that are another county's follow with its code.
    """
    place = profile_of(workspace).place if workspace else load_profile(DEFAULT_PROFILE).place
    county = (place.area_code.value or "") or _leading_code(sheets_read, place)
    listed = official_areas(workspace) if workspace else []
    # A list of the county's own is believed alone: what addresses name beside it are other counties' towns, and slips.
    if listed:
        rows = [(county, town, village, "") for town, village in listed]
    else:
        learned = learn_places(*(_columns(sheet, _ADDRESSES) for sheet in sheets_read), county=county)
        county = county or learned.county
        rows = [*_rows(learned, county), *((other, town, "", "") for town, other in learned.elsewhere.items())]
        # The first row says which county it is, also where every township is another's.
        rows = rows if rows and rows[0][0] == county else [(county, "", "", ""), *rows]
    return pd.DataFrame(rows or [(county, "", "", "")], columns=COLUMNS, dtype=object)


def places_of(frame: pd.DataFrame) -> Gazetteer:
    """The places of a `county_places` frame; rows of another county than the first name that county's townships."""
    county = str(frame["county"].iloc[0])
    own = frame["county"] == county
    places, others = places_from_list(frame[own], county), frame[~own]
    places.elsewhere = dict(zip(others["town"].astype(str), others["county"].astype(str), strict=True))
    return places


def _columns(sheet: SheetRows, fields: tuple[str, ...]) -> pd.DataFrame:
    """The raw cells of the first column of each field."""
    positions = {name: sheet.mapping.positions(name) for name in fields}
    return pd.DataFrame({name: sheet.cells[:, at[0]] for name, at in positions.items() if at}, dtype=object)


def _leading_code(sheets_read: list[SheetRows], place: Place) -> str:
    """The code that is far the most frequent; "" where none is, or two are of a size (rules/places-and-people.md#own-county)."""
    for field in _CODED:
        votes: Counter[str] = Counter()
        for sheet in sheets_read:
            for cells in _columns(sheet, (field,)).to_numpy(dtype=object).T:
                votes.update(code[0] for cell in cells if (code := _CODE.match(cell)))
        if votes:
            leading = comparably_frequent(dict(votes), second_county(place, "comparable"))
            return leading[0] if len(leading) == 1 else ""
    return ""


def _rows(places: Gazetteer, county: str) -> Iterator[tuple[str, str, str, str]]:
    """Townships, their other written forms, and villages with theirs; enough to know everything again."""

    for written, town in places.towns.items():
        if town == written or town not in places.villages:
            yield county, town, "", ""
    for written, town in places.towns.items():
        if written != town and written in places.towns and not town.startswith(written):
            yield county, written, "", ""
    for town, villages in places.villages.items():
        aliases: dict[str, list[str]] = {}
        for written, village in villages.items():
            aliases.setdefault(village, [])
            if written != village:
                aliases[village].append(written)
        for village, others in aliases.items():
            yield county, town, village, ";".join(others)
