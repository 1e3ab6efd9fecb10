"""What goes wrong with deliveries, one thing at a time, each drawn from a seed: functions on the folder of one period.

Belongs here: the disturbances. Does not belong here: files and rows (`inbox`, `books`), which run follows (`cases`), what it is worth
(`figures`). What a disturbance says of itself names files by kind and place, never a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assets.childfile.preference import preference
from benchmarks.disturbed.books import SheetBook, Written
from benchmarks.disturbed.inbox import ADDRESSES, DeliveredPeriod, Part
from expectations.lists.catalogue import load_catalogue

FIRST, SECOND, AGAIN = "first", "second", "again"
STAGES = (FIRST, SECOND, AGAIN)
"""The first period's delivery; the second period's; the second period delivered once more after it was published."""
REGISTER = "education"
POLICE = "public_security"


class NotApplicableError(Exception):
    """This county's files have nothing that could be disturbed so."""


@dataclass(frozen=True)
class DisturbanceContext:
    """What a disturbance draws from and may look at.

    Attributes:
        rng: of all its chance.
        before: the earlier period's delivery as it was made, where there is one.
        other_county: makes the delivery of another county for the same period.
    """

    rng: np.random.Generator
    before: DeliveredPeriod | None
    other_county: Callable[[], DeliveredPeriod]

    def pick(self, items: Collection[Any]) -> Any:
        """One of them; refused where there is none."""
        if not items:
            raise NotApplicableError
        return list(items)[int(self.rng.integers(len(items)))]


Act = Callable[[DeliveredPeriod, DisturbanceContext], str]
"""Disturbs the inbox; returns what was done, in a few words without personal values."""


@dataclass(frozen=True)
class Disturbance:
    """One of them: its name on the command line, its Chinese name, when it can happen."""

    name: str
    zh: str
    stages: tuple[str, ...]
    act: Act


@cache
def settings() -> dict[str, Any]:
    """kinds.yaml."""
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def fields_of_lists() -> frozenset[str]:
    """Fields on which some list rests: what lists read and show, and columns that the catalogue names as sources; without identity."""
    catalogue = load_catalogue()
    origins = [origin for source in catalogue.sources.values() for origin in source.origins]
    named = {origin[1:].partition("=")[0] for origin in origins if origin.startswith("#")}
    shown = {name for entry in catalogue.lists.values() for name in entry.show}
    return frozenset(shown | named | set(preference().reads)) - frozenset(settings()["identity"])


def police_cut(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """A transfer that ended early: the rows behind a random place are not there."""
    part = _largest(inbox.parts(POLICE))
    return _cut(inbox, part, occasion)


def police_cut_ordered(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """The same, of a file sorted by address: whole townships are gone."""
    part = _largest(inbox.parts(POLICE))
    address = inbox.values(part, ADDRESSES)
    return _cut(inbox, _sorted(inbox, part, sorted(part.rows, key=lambda row: address[row])), occasion)


def police_cut_shuffled(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """The same, of a file in no order: a random share of all children is gone."""
    part = _largest(inbox.parts(POLICE))
    return _cut(inbox, _sorted(inbox, part, occasion.rng.permutation(part.rows).tolist()), occasion)


def education_file(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """One of the files of the register does not come."""
    files = inbox.files(REGISTER)
    gone = occasion.pick(files if len(files) > 1 else [])
    inbox.remove(gone)
    return f"{len(files)} 份学籍文件缺 1 份"


def school_missing(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """One school's pupils are in no file of the register."""
    rows = _units(inbox, REGISTER, ("school_code",)) or _units(inbox, REGISTER, ("school",))
    return _without(inbox, rows, occasion, "学校")


def grade_missing(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """One grade's pupils are in no file of the register."""
    return _without(inbox, _units(inbox, REGISTER, ("grade",)), occasion, "年级")


def township_police(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """One township is not in the police register."""
    return _without(inbox, _townships(inbox, POLICE), occasion, "乡镇（公安）")


def township_education(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """Pupils of one township are not in the register."""
    return _without(inbox, _townships(inbox, REGISTER), occasion, "乡镇（教育）")


def column_missing(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """A column on which some list rests is left out of a department's files."""
    department, name = _column(inbox, occasion)
    _drop_columns(inbox, department, [name])
    return f"{department} 缺列 {name}"


def column_empty(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """The column comes, and nothing stands in it."""
    department, name = _column(inbox, occasion)
    _overwrite(inbox, department, name, lambda: None)
    return f"{department} 空列 {name}"


def column_unreadable(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """The column comes, and what stands in it says nothing."""
    department, name = _column(inbox, occasion)
    word = occasion.pick(settings()["unreadable"])
    _overwrite(inbox, department, name, lambda: word)
    return f"{department} 列 {name} 全为“{word}”"


def care_columns(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """No file anywhere has a column of carer, agreement or suspension."""
    del occasion
    for department in ("civil_affairs", REGISTER):
        _drop_columns(inbox, department, settings()["care"])
    return "照料人、协议、休学各列都没有"


def source_missing(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """A further source that came last time does not come."""
    known = occasion.before.departments() if occasion.before else []
    gone = occasion.pick(
        [name for name in inbox.departments() if name in known and name not in settings()["departments"]]
    )
    inbox.empty(gone)
    return f"缺 {gone} 文件夹"


def justice_others(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """Justice answers, about nobody who was asked about before."""
    parts = inbox.parts("custody")
    asked = {text for part in parts for text in inbox.values(part, ["id_no"]).values()}
    adults = [pair for part in inbox.parts(POLICE) for pair in _fathers(inbox, part) if pair[1] not in asked]
    if not parts or not adults:
        raise NotApplicableError
    for part in parts:
        chosen = occasion.rng.permutation(len(adults))[: len(part.rows)].tolist()
        people = [adults[place] for place in chosen]
        inbox.change(part.path, partial(_ask_about, part=part, people=people))
    return "服刑戒毒答复全是别人"


def class_list(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """One of several schools' class lists does not come."""
    files = inbox.files("attendance")
    inbox.remove(occasion.pick(files if len(files) > 1 else []))
    return f"{len(files)} 份在校名单缺 1 份"


def ledger_missing(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """One township's ledger is not among those of civil affairs."""
    parts = inbox.parts("civil_affairs")
    sheets = Counter((part.path, part.layout) for part in parts)
    part = occasion.pick(
        [part for part in parts if sheets[part.path, part.layout] > 1] or (parts if len(parts) > 1 else [])
    )
    if sum(other.path == part.path for other in parts) > 1:
        inbox.change(part.path, lambda book: book.sheets.pop(part.place))
    else:
        inbox.remove(part.path)
    return f"缺一个乡镇的台账（{len(part.rows)} 行）"


def second_county(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """Another county's files lie among ours."""
    other = occasion.other_county()
    name = settings()["other_county"]["county"]
    for department in other.departments():
        for path in other.files(department):
            inbox.add(path, other, f"{name}_{path.name}", OTHER)
    inbox.know_also(other, OTHER)
    return "混入另一个县的文件"


OTHER = "other-"
"""Before the number of a child of the other county."""


def stale_file(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """A department's files of the earlier period are delivered again as this period's, as they are or saved anew."""
    before = occasion.before
    both = set(before.departments()) & set(inbox.departments()) if before else set()
    department = occasion.pick(sorted(both))
    assert before is not None
    inbox.empty(department)
    saved_anew = bool(occasion.rng.random() < 0.5)
    for path in before.files(department):
        added = inbox.add(path, before, _renamed(path.name, before, inbox) if saved_anew else "")
        if saved_anew:
            inbox.change(added, lambda book: None)
    return f"{department} 交的是上期文件" + ("（改名另存）" if saved_anew else "")


def corrected_beside(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> str:
    """A corrected file lies beside the one that it corrects."""
    path = _largest(inbox.parts(occasion.pick([REGISTER, "civil_affairs"]))).path
    corrected = inbox.add(path, inbox, f"{path.stem}（更正）{path.suffix}")
    changed = 0
    for part in inbox.parts_of(corrected):
        rows = [row for row in part.rows if occasion.rng.random() < 0.03] or [part.rows[0]]
        columns = part.columns.get("live_addr", ()) or part.columns.get("phone", ())
        changed += len(rows) * bool(columns)
        inbox.change(corrected, partial(_correct, part=part, rows=rows, columns=columns))
    return f"{path.parent.name} 更正文件与原文件并存（改 {changed} 行）"


DISTURBANCES = {
    each.name: each
    for each in (
        Disturbance("police_cut", "公安文件截断", STAGES, police_cut),
        Disturbance("police_cut_ordered", "公安文件截断（按地址排序）", STAGES, police_cut_ordered),
        Disturbance("police_cut_shuffled", "公安文件截断（无序）", STAGES, police_cut_shuffled),
        Disturbance("education_file", "缺一份学籍文件", STAGES, education_file),
        Disturbance("school_missing", "缺一所学校", STAGES, school_missing),
        Disturbance("township_police", "公安缺一个乡镇", STAGES, township_police),
        Disturbance("township_education", "教育缺一个乡镇", STAGES, township_education),
        Disturbance("grade_missing", "缺一个年级", STAGES, grade_missing),
        Disturbance("column_missing", "缺一列", STAGES, column_missing),
        Disturbance("column_empty", "一列全空", STAGES, column_empty),
        Disturbance("column_unreadable", "一列读不懂", STAGES, column_unreadable),
        Disturbance("care_columns", "照料、协议、休学各列都没有", (FIRST, SECOND), care_columns),
        Disturbance("source_missing", "缺一个其他来源", (SECOND, AGAIN), source_missing),
        Disturbance("justice_others", "司法答复全是别人", (SECOND, AGAIN), justice_others),
        Disturbance("class_list", "缺一份在校名单", STAGES, class_list),
        Disturbance("ledger_missing", "缺一个乡镇的台账", STAGES, ledger_missing),
        Disturbance("second_county", "混入另一个县", (FIRST, SECOND), second_county),
        Disturbance("stale_file", "交的是上期文件", (SECOND, AGAIN), stale_file),
        Disturbance("corrected_beside", "更正文件与原文件并存", (FIRST, SECOND), corrected_beside),
    )
}


def _largest(parts: list[Part]) -> Part:
    if not parts:
        raise NotApplicableError
    return max(parts, key=lambda part: len(part.rows))


def _cut(inbox: DeliveredPeriod, part: Part, occasion: DisturbanceContext) -> str:
    kept = int(len(part.rows) * occasion.rng.uniform(0.3, 0.85))
    last = part.rows[kept - 1]
    gone = {row for row in part.rows if row > last}
    inbox.leave_out(part, gone)
    return f"截去 {len(gone)}/{len(part.rows)} 行"


def _sorted(inbox: DeliveredPeriod, part: Part, rows: list[int]) -> Part:
    """The file with its data rows in that order; what stands above and below them stays."""
    places = iter(rows)
    data = set(part.rows)

    def sort(book: SheetBook) -> None:
        sheet = book.sheets[part.place]
        sheet.order([next(places) - 1 if number in data else number - 1 for number in range(1, len(sheet.rows) + 1)])

    inbox.change(part.path, sort)
    return next(each for each in inbox.parts_of(part.path) if each.place == part.place)


Units = dict[str, list[tuple[Part, int]]]
"""Name of a unit (a school, a grade, a township) -> the rows that are its."""


def _units(inbox: DeliveredPeriod, department: str, fields: tuple[str, ...]) -> Units:
    units: Units = {}
    for part in inbox.parts(department):
        for row, text in inbox.values(part, fields).items():
            if text.strip():
                units.setdefault(text.strip(), []).append((part, row))
    return units


def _townships(inbox: DeliveredPeriod, department: str) -> Units:
    towns, units = inbox.towns(), Units()
    for part in inbox.parts(department):
        for row, text in inbox.values(part, ADDRESSES).items():
            town = next((name for name in towns if name in text), "")
            if town:
                units.setdefault(town, []).append((part, row))
    return units


def _without(inbox: DeliveredPeriod, units: Units, occasion: DisturbanceContext, kind: str) -> str:
    """Take one unit's rows out of all files; units of a handful are drawn, too, but not of one or two rows."""
    unit = units[occasion.pick(sorted(name for name, rows in units.items() if len(rows) > 2))]
    total = sum(len(rows) for rows in units.values())
    for part in {part.path: part for part, _ in unit}.values():
        for each in inbox.parts_of(part.path):
            gone = {row for other, row in unit if (other.path, other.place) == (each.path, each.place)}
            inbox.leave_out(each, gone)
    return f"缺一个{kind}：{len(unit)}/{total} 行"


def _column(inbox: DeliveredPeriod, occasion: DisturbanceContext) -> tuple[str, str]:
    """A department and one of its fields on which lists rest."""
    department = occasion.pick([name for name in ("civil_affairs", REGISTER, "disability") if inbox.parts(name)])
    names = {name for part in inbox.parts(department) for name in part.columns}
    return department, occasion.pick(sorted(names & fields_of_lists()))


def _drop_columns(inbox: DeliveredPeriod, department: str, names: Collection[str]) -> None:
    for path in inbox.files(department):
        parts = inbox.parts_of(path)
        columns = {part.place: {place for name in names for place in part.columns.get(name, ())} for part in parts}

        def drop(book: SheetBook, columns: dict[int, set[int]] = columns) -> None:
            for place, gone in columns.items():
                book.sheets[place].drop_columns(gone)

        if any(columns.values()):
            inbox.change(path, drop)


def _overwrite(inbox: DeliveredPeriod, department: str, name: str, word: Callable[[], str | None]) -> None:
    for path in inbox.files(department):
        parts = [part for part in inbox.parts_of(path) if name in part.columns]

        def write(book: SheetBook, parts: list[Part] = parts) -> None:
            for part in parts:
                sheet = book.sheets[part.place]
                for row in part.rows:
                    for column in part.columns[name]:
                        if sheet.text(row, column):
                            sheet.put(row, column, word())

        if parts:
            inbox.change(path, write)


def _fathers(inbox: DeliveredPeriod, part: Part) -> list[tuple[str, str]]:
    names, numbers = inbox.values(part, ["father_name"]), inbox.values(part, ["father_id"])
    return sorted({(names[row], numbers[row].strip("'")) for row in part.rows if len(numbers[row].strip("'")) == 18})


def _ask_about(book: SheetBook, part: Part, people: list[tuple[str, str]]) -> None:
    """Each row tells of somebody else, who is not held."""
    sheet = book.sheets[part.place]
    for row, (name, number) in zip(part.rows, people, strict=False):
        values = {"name": name, "id_no": number, "person_status": "无", "term_from": "", "term_to": ""}
        for field, value in values.items():
            for column in part.columns.get(field, ()):
                sheet.put(row, column, value)
    asked = set(part.rows[: len(people)])
    sheet.keep_rows(lambda row: row not in part.rows or row in asked)


def _correct(book: SheetBook, part: Part, rows: list[int], columns: tuple[int, ...]) -> None:
    sheet = book.sheets[part.place]
    for row in rows:
        for column in columns:
            old = sheet.rows[row - 1][column] if column < len(sheet.rows[row - 1]) else Written()
            sheet.put(row, column, f"{'' if old.value is None else old.value}1")


def _renamed(name: str, before: DeliveredPeriod, now: DeliveredPeriod) -> str:
    """The earlier period's file under this period's dates."""
    last, this = before.period.last_day, now.period.last_day
    changed = re.sub(rf"{last:%Y}(年?){last:%m}", rf"{this:%Y}\g<1>{this:%m}", name)
    return changed.replace(f"{(last.month + 2) // 3}季度", f"{(this.month + 2) // 3}季度")
