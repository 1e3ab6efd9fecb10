"""Which departments' data the lists of a period may rest on, by the register's accounts of what was delivered.

Belongs here: that decision, and the sentence when the profile's county is not the data's. Not here: which lists need
whom (`expectations.lists.catalogue`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from assets.counties.own import register_counts
from expectations.jurisdictions.profile import Place
from expectations.lists.catalogue import LOOKED, NOT_KNOWN, load_catalogue
from matching.reading.regions import area_name
from pipelines.resources.deliveries import DeliveryNotice
from pipelines.resources.frames import FrameStore

NAME = "delivered"
"""The frame that says it: one row per source, written once a run, by the lists (docs/data-shapes.md)."""
COUNTY_CODE = "county_differs"


def usable_departments(accounts: Iterable[Mapping[Any, Any]]) -> list[str]:
    """Departments whose deliveries of the period can be compared with.

    A delivery of which every row was quarantined tells nothing: "no record there" would be true of every child. One that
    truly holds no rows does tell that there are none.

    Args:
        accounts: one line per file that is used, with `department, accepted, quarantined`.
    """
    frame = pd.DataFrame(
        [{name: line[name] for name in ("department", "accepted", "quarantined")} for line in accounts]
    )
    if frame.empty:
        return []
    sums = frame.groupby("department")[["accepted", "quarantined"]].sum()
    return sorted(str(name) for name in sums.index[(sums["accepted"] > 0) | (sums["quarantined"] == 0)])


def delivered_sources(accounts: Iterable[Mapping[Any, Any]], frames: FrameStore, period: str) -> list[str]:
    """Usable departments, `department.layout` of every kind of file that they brought, and the columns that they fill (a list may need
    one kind or one column only: `Catalogue.columns_filled`).

    Args:
        accounts: as in `usable_departments`.
        frames: the workspace's frames.
        period: the period.
    """
    departments = usable_departments(accounts)
    assets = [f"std_{name}" for name in departments if frames.exists(f"std_{name}", period)]

    def column(asset: str, name: str) -> pd.Series:
        # An edition of an earlier state may lack a column that was thought of later.
        values: pd.Series = frames.read(asset, period, [name]).get(name, pd.Series(dtype=object))
        return values

    kinds = {
        f"{asset.removeprefix('std_')}.{layout}"
        for asset in assets
        for layout in column(asset, "layout").unique()
        if layout
    }
    catalogue = load_catalogue()

    def of_department(name: str, department: str) -> pd.Series:
        wanted = [asset for asset in assets if not department or asset == f"std_{department}"]
        values: pd.Series = pd.concat([pd.Series(dtype=object), *(column(asset, name) for asset in wanted)])
        return values

    columns = catalogue.columns_filled(of_department) if assets else set()
    return sorted({*departments, *kinds, *columns})


def keep_delivered(accounts: Iterable[Mapping[Any, Any]], frames: FrameStore, period: str) -> list[str]:
    """Work it out for a run and keep it, for everybody who prints or follows what this run lists (`kept_delivered`)."""
    sources = delivered_sources(accounts, frames, period)
    frames.write(NAME, period, pd.DataFrame({"source": sources}, dtype=object))
    return sources


def keep_not_known(frames: FrameStore, period: str, sentences: Mapping[str, str]) -> None:
    """Keep beside it of which lists nothing can be said although their sources came: code -> sentence."""
    sources = [
        *frames.read(NAME, period)["source"],
        *(f"{NOT_KNOWN}{code}={text}" for code, text in sorted(sentences.items())),
    ]
    frames.write(NAME, period, pd.DataFrame({"source": sources}, dtype=object))


def kept_delivered(frames: FrameStore, period: str) -> list[str] | None:
    """What the period's lists rested on; None in a workspace of an earlier state, or before its first run."""
    return list(frames.read(NAME, period)["source"]) if frames.exists(NAME, period) else None


def departments_among(sources: Iterable[str]) -> frozenset[str]:
    """The departments among delivered sources, without the kinds of files and the columns."""
    return frozenset(
        name for name in sources if "." not in name and LOOKED not in name and not name.startswith(NOT_KNOWN)
    )


def county_doubt(records: pd.DataFrame, place: Place) -> list[DeliveryNotice]:
    """The sentence for a person when the county of the settings is not the one of the household register.

    Every child would seem to be registered elsewhere. The settings may still be right (data of a larger area), so this
    warns and refuses nothing.
    """
    stated = place.area_code.value or ""
    # A county that was renumbered is found under its former code, too (rules/identifiers.md#area-code).
    own = {stated, *(place.own_codes.value or []), *(place.former_area_codes.value or [])}
    counted = register_counts(records)
    # Of two that are equally frequent the smaller code, so that the order of rows decides nothing.
    commonest = min(counted, key=lambda code: (-counted[code], code), default="")
    if not stated or not commonest or commonest in own:
        return []
    name = area_name(commonest)
    message = f"设置或地方规则中的县级代码是{stated}，而公安数据中最多的是{commonest}{f'（{name}）' if name else ''}"
    advice = "，几乎所有儿童会被当作户籍在外地。请核对 tongbi.toml 的 county_code 和 profile，再重新运行。"
    return [DeliveryNotice("", COUNTY_CODE, "warn", "", 0, message, advice)]
