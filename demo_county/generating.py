"""Generating the demo county: people once, then for every period what departments know, how they type it, files
and truth.
"""

from __future__ import annotations

import csv
import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from demo_county import deliver_federation, deliver_further, deliver_police, deliver_school, deliver_welfare
from demo_county.county import build_county
from demo_county.dice import Dice
from demo_county.families import build_families
from demo_county.filed import FiledRecords
from demo_county.formats import text
from demo_county.formats.biff import write_xls
from demo_county.formats.ods import write_ods
from demo_county.formats.xlsx import write_xlsx
from demo_county.formats.xlsx_shared import write_xlsx_shared
from demo_county.further import Further, further_sources
from demo_county.knowledge import Scene, certificates, enrolments, register
from demo_county.lives import live
from demo_county.moment import stand
from demo_county.scoring import unit
from demo_county.settings import ClerkProfile, period_end, rates
from demo_county.sheets import DemoFile
from demo_county.spoil import spoil
from demo_county.truth import lists, write_truth
from demo_county.welfare import ledgers, month_only, payments, settle_flags

# Containers that few programs write -> what a clerk saves instead.
_PLAIN = {"xls": "xlsx", "ods": "xlsx", "xmlss": "xlsx", "html": "csv"}


@dataclass
class PeriodSummary:
    """Counts of one period: files, physical rows, records per department, children on each list."""

    period: str
    files: int
    rows: int
    records: dict[str, int]
    lists: dict[str, int]


@dataclass
class Summary:
    """What was generated. Counts only, nothing about a person."""

    folder: Path
    children: int
    seed: int
    profile: str
    seconds: float = 0.0
    periods: list[PeriodSummary] = field(default_factory=list)


def generate(
    folder: Path,
    children: int = 20_000,
    periods: Sequence[str] = ("2026Q2", "2026Q3"),
    seed: int = 1,
    profile: str | ClerkProfile = "ordinary",
) -> Summary:
    """Write an invented county's deliveries with their truth.

    Writes `inbox/<period>/<department>/*`, `truth/<period>/{rows,kids,findings,files}.csv` and `areas.csv` below
    the folder. The same arguments give the same bytes.

    Args:
        folder: a workspace (or any folder).
        children: how many children are ever born or arrive by the end of the last period.
        periods: quarters or months, in order.
        seed: of all chance.
        profile: `ordinary`, `careless` or `complete` (with the further sources), of rates.yaml; or a profile of one's own.

    Raises:
        ValueError: a period is neither quarter nor month, or periods are not in order.
        KeyError: no such profile.
    """
    began = time.perf_counter()
    ends = [period_end(period) for period in periods]
    if not ends or ends != sorted(set(ends)):
        raise ValueError("periods must be in order, each once")
    how = rates().profile(profile) if isinstance(profile, str) else profile
    dice, life = Dice(seed), rates().life.model_copy(update={"nations": how.nations})
    county = build_county(dice)
    span = (dt.date(ends[0].year - 19, 12, 1), ends[-1])
    people = live(dice, build_families(dice, county, life, span, children), county, life, ends)
    summary = Summary(folder, children, seed, profile if isinstance(profile, str) else "")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "areas.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("township", "village"))
        for town, villages in zip(county.towns, county.villages, strict=True):
            writer.writerows((town, village) for village in villages)
    for index, (period, day) in enumerate(zip(periods, ends, strict=True)):
        scene = Scene(dice, county, life, how, day, index, index == 0)
        summary.periods.append(_period(folder, period, people, scene))
    summary.seconds = round(time.perf_counter() - began, 1)
    return summary


def _period(folder: Path, period: str, people: pd.DataFrame, scene: Scene) -> PeriodSummary:
    filed = _typed(people, scene)
    inbox, truth = folder / "inbox" / period, folder / "truth" / period
    # The files of an earlier demo in the same folder go; only those that its truth names, the others are somebody's.
    if (truth / "files.csv").exists():
        with (truth / "files.csv").open(encoding="utf-8") as listed:
            for row in csv.DictReader(listed):
                (inbox / row["department"] / row["file"]).unlink(missing_ok=True)
    deliveries = [
        *deliver_police.deliver(filed.register, scene, inbox / "public_security"),
        *deliver_school.deliver(filed.education, scene, inbox / "education"),
        *deliver_welfare.deliver(filed.books, filed.roll, scene, inbox / "civil_affairs"),
        *deliver_federation.deliver(filed.holders, scene, inbox / "disability"),
        *(deliver_further.deliver(filed.further, scene, inbox) if filed.further else ()),
    ]
    # In a small county a file may be empty; nobody hands in a form without a line.
    deliveries = [
        _plainly(delivery) if scene.profile.plain else delivery
        for delivery in deliveries
        if any(sheet.data_rows or sheet.adults for sheet in delivery.sheets)
    ]
    for delivery in deliveries:
        delivery.path.parent.mkdir(parents=True, exist_ok=True)
        write(delivery)
    # After the files: laying a file out changes what its rows say (a form without the column, a clerk's fill handle).
    findings = lists(filed)
    write_truth(truth, filed, deliveries, findings)
    records = Counter[str]()
    for delivery in deliveries:
        records[delivery.path.parent.name] += sum(sheet.data_rows for sheet in delivery.sheets)
    counts = Counter(code for code, _ in {(code, unit(code, str(kid), field)) for code, kid, field in findings})
    rows = sum(len(sheet.rows) for delivery in deliveries for sheet in delivery.sheets)
    return PeriodSummary(period, len(deliveries), rows, dict(records), dict(sorted(counts.items())))


def _typed(people: pd.DataFrame, scene: Scene) -> FiledRecords:
    """Let the four departments write down what they know, with their mistakes."""
    now = stand(people, scene.day)
    around = now[["old_id", "renumbered", "grandma_phone"]].copy()
    numbers = now["id_now"].where(now["age"] < 18, "")
    around["sibling_id"] = (
        numbers.shift(-1)
        .where(now["fam"] == now["fam"].shift(-1), numbers.shift(1).where(now["fam"] == now["fam"].shift(1), ""))
        .fillna("")
    )
    # Facts first, all departments, then mistakes: what one knows of another must not depend on how it was typed.
    education, books, roll = enrolments(now, scene), ledgers(now, scene), payments(now, scene)
    settle_flags(education, books, roll)
    education.loc[education["enrolment"] != "在读", "left_behind"] = "非留守"
    further = None
    if scene.profile.further:
        known = further_sources(now, education, books, scene)
        groups = {"attendance": "school_no"}  # a class list belongs to a school, every other book to a township
        typed = {
            name: spoil(name, book, groups.get(name, "town_no"), scene, around) for name, book in known.books().items()
        }
        further = Further(**typed, roster=known.roster)
    return FiledRecords(
        now,
        spoil("public_security", register(now, scene), "town_no", scene, around),
        spoil("education", education, "school_no", scene, around),
        spoil("civil_affairs", books, "town_no", scene, around),
        month_only(spoil("civil_affairs", roll, "town_no", scene, around), now),
        spoil("disability", certificates(now, scene), "town_no", scene, around),
        scene.day,
        further,
    )


def _plainly(delivery: DemoFile) -> DemoFile:
    """The same content in a container that others can change: a workbook, or text."""
    container = _PLAIN.get(delivery.container, delivery.container)
    if container == delivery.container:
        return delivery
    return replace(delivery, container=container, path=delivery.path.with_suffix(f".{container}"))


def write(delivery: DemoFile) -> None:
    """Write one delivery in its container."""
    match delivery.container:
        case "xlsx":
            write_xlsx(delivery.path, delivery.sheets)
        case "xlsx_shared":
            write_xlsx_shared(delivery.path, delivery.sheets)
        case "xls":
            write_xls(delivery.path, delivery.sheets)
        case "ods":
            write_ods(delivery.path, delivery.sheets)
        case "xmlss":
            text.write_xmlss(delivery.path, delivery.sheets)
        case "csv":
            text.write_csv(delivery.path, delivery.sheets[0], delivery.encoding)
        case "tabs":
            text.write_tabs(delivery.path, delivery.sheets[0], delivery.encoding)
        case "html":
            text.write_html(delivery.path, delivery.sheets[0], delivery.encoding)
        case unknown:
            raise ValueError(f"no writer for {unknown}")
