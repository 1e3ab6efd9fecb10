"""Which period one file seems to be of, when that is not the one it was delivered for: by its name, its titles and the dates in it (rules/bad-inputs.md#input-17).

Belongs here: which texts and columns are asked. Not here: how a time is written (`claims`), the same content in another period
(`pipelines.resources.deliveries`), what is done about it (`assets.receiving.doubts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from assets.intake.claims import WrittenTime, contradiction, latest_day, load_claims, spans, strongest
from assets.intake.contract import load_fields
from assets.intake.gather import SheetRows, cell_columns, sheets
from assets.intake.headings import normalise_heading
from assets.intake.sheetreading import SheetReading
from matching.reading.normalise import read_dates
from pipelines.partitions import Period


@dataclass(frozen=True)
class OtherTime:
    """What of a file says another time: the place (文件名, 标题, a column by our word for it), the sheet, the time as people write it, its last day."""

    place: str
    sheet: str
    zh: str
    last: date


def other_time(raw: pd.DataFrame, readings: Iterable[SheetReading], file: str, period: Period) -> OtherTime | None:
    """The first thing in a file that says another period; None when nothing does.

    Args:
        raw: the file's raw rows (docs/data-shapes.md section 2).
        readings: what was understood of its columns.
        file: its name below the department's folder.
        period: the period it was delivered for.

    Returns:
        Nothing of a cell but a time; a name is never in it.
    """
    # Without the ending: in 名册2026.06.xlsx the point behind the month would make something else of it.
    named = spans(re.sub(r"\.[A-Za-z]{2,5}$", "", file), period)
    wrong = contradiction(named, period)
    if wrong:
        return OtherTime("文件名", "", wrong.zh, wrong.last)
    titled = _titled(raw, period)
    # An earlier day above a table is last quarter's sheet. A later one is also what a clerk writes who makes the file late: it takes more to doubt it.
    if titled and titled.last < period.first_day:
        return titled
    columns = [time for sheet in (sheets(raw, readings) if len(raw) else ()) for time in _columns(sheet, period)]
    wrong_column = next((time for time in columns if time), None)
    return wrong_column or (None if named or columns else titled)


def _titled(raw: pd.DataFrame, period: Period) -> OtherTime | None:
    """What titles, signatures and names of sheets say together: a book may hold a sheet for every month."""
    lines = raw[raw["kind"].isin(["title", "signature"])]
    times: list[tuple[str, WrittenTime]] = []
    for sheet, cells in zip(lines["sheet"], lines[cell_columns(raw)].to_numpy(dtype=object), strict=True):
        short = [cell for cell in cells if cell and len(cell) <= load_claims().longest_title]
        times += [(str(sheet), time) for cell in short for time in spans(cell, period)]
    names = raw.loc[raw["kind"] == "data", "sheet"].unique()
    times += [(str(name), time) for name in names for time in spans(str(name), period)]
    latest = contradiction(strongest(time for _, time in times), period)
    if latest is None:
        return None
    return OtherTime("标题", next(sheet for sheet, time in times if time == latest), latest.zh, latest.last)


def _columns(sheet: SheetRows, period: Period) -> Iterator[OtherTime | None]:
    """For every column that tells the period: None where that is the period of the delivery, else the other time."""
    rules = load_claims()
    as_of = {normalise_heading(name): name for name in rules.as_of_columns}
    for column in sheet.mapping.columns:
        heading = normalise_heading(re.split(r"[.．]", column.heading)[-1])
        if heading not in as_of and column.field not in (*rules.current_fields, *rules.past_fields):
            continue
        days = _days(sheet, column.position)
        if heading in as_of:
            # Where most rows do not say as of when they are, the few that do are remarks.
            day = _newest(days) if len(days) * 2 >= len(sheet.data) and len(days) else None
        else:
            day = _events(days, column.field, period)
        if day and period.first_day <= day <= latest_day(period):
            yield None
        elif day:
            # Our own word for the column: what stands in the heading may be anything.
            word = as_of.get(heading) or load_fields()[column.field].zh
            yield OtherTime(f"「{word}」列", sheet.around.sheet, f"{day.year}年{day.month}月", day)


def _days(sheet: SheetRows, position: int) -> pd.Series:
    """The column's days (a month as its last one) as timestamps, without cells that hold none."""
    read = read_dates(pd.Series(sheet.cells[:, position], dtype=object))
    dated = read[read["precision"].isin(["day", "month"])]
    days = pd.to_datetime(dated["value"], errors="coerce")
    return days.where(dated["precision"] == "day", days + pd.offsets.MonthEnd(0)).dropna()


def _events(days: pd.Series, field: str, period: Period) -> date | None:
    """The day by which a column of events tells its period: of many after the period's end the newest, else, where such events happen in every
    period, the newest of all; None when the column tells nothing.
    """
    rules, end = load_claims(), pd.Timestamp(latest_day(period))
    later = days[days > end]
    if len(later) >= max(rules.least_future, rules.future_share * len(days)):
        return _newest(later)
    past = days[days <= end]
    if field not in rules.current_fields or len(past) < rules.least_dates:
        return None
    # Old days alone are a column that nobody keeps any more, and say nothing of the file.
    newest = _newest(past)
    return newest if newest >= period.first_day - timedelta(days=rules.stale_days) else None


def _newest(days: pd.Series) -> date:
    newest: date = days.max().date()
    return newest
