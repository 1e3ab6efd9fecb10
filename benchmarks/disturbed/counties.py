"""The counties that are disturbed: generated, their files made so that something can go missing, and their workspaces.

Belongs here: the undisturbed county. Does not belong here: what is done to it (`disturbances`), running it (`running`).
"""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.disturbed.books import BookSheet, SheetBook, Written, read_book, write_book
from benchmarks.disturbed.disturbances import settings
from benchmarks.disturbed.inbox import DeliveredPeriod, Part
from demo_county import generate
from demo_county.lives import PROFILE
from demo_county.settings import ClerkProfile, in_county, places, rates
from pipelines.resources.workspace import SETTINGS_NAME, Workspace

OTHER_SHARE, OTHER_SEED = 3, 10_000
"""The other county has a third of the children, and a seed of its own."""
HELD, YOUNG = 3, 14
"""So many children's fathers are held; they are younger than this."""
_PROTECTED = re.compile("孤儿|事实无人|特困|减员|注销|退出")
_HELD = ("服刑", "2024-03-01", "2031-03-01")
_CUSTODY = ("查询编号", "人员姓名", "人员身份证号", "查询结果", "起始日期", "截止日期", "查询日期")


@dataclass(frozen=True)
class CountyPlan:
    """A county before it is made: kind (kinds.yaml), children, seed, periods in order."""

    kind: str
    children: int
    seed: int
    periods: tuple[str, ...] = ("2026Q2", "2026Q3")

    @property
    def name(self) -> str:
        """What its folder is called."""
        return f"{self.kind}-{self.children}-{self.seed}"


def clerks_of(kind: str) -> ClerkProfile:
    """How the clerks of a kind work, further sources and all, in files that can be changed."""
    stated = settings()["kinds"][kind]
    update = {"further": True, "plain": True, "nations": stated.get("nations", {})}
    return rates().profile(stated["clerks"]).model_copy(update=update)


def make_county(plan: CountyPlan, folder: Path) -> None:
    """Generate inbox, truth and list of places, then let the files come as several offices would send them."""
    generate(folder, plan.children, plan.periods, plan.seed, clerks_of(plan.kind))
    for period in plan.periods:
        inbox = inbox_of(folder, period)
        for department in ("education", "attendance"):
            for path in inbox.files(department):
                split(inbox, path)
        ask_justice(inbox)


def make_other_county(plan: CountyPlan, folder: Path) -> None:
    """Another county, with its own name, code and townships."""
    theirs = places().model_copy(update=settings()["other_county"])
    with in_county(theirs):
        other = CountyPlan(plan.kind, max(plan.children // OTHER_SHARE, 100), plan.seed + OTHER_SEED, plan.periods)
        make_county(other, folder)


def inbox_of(root: Path, period: str) -> DeliveredPeriod:
    """The delivery of a period in a county's folder or workspace."""
    return DeliveredPeriod(root / "inbox" / period, root / "truth" / period)


def new_workspace(county: Path, root: Path) -> None:
    """A workspace as the county's bureau would set it up: its code, its paper, its list of places; nothing delivered."""
    Workspace.create(root, (places().county, places().code))
    shutil.copyfile(PROFILE, root / "profile.yaml")
    path = root / SETTINGS_NAME
    path.write_text(
        path.read_text(encoding="utf-8").replace('profile = ""', 'profile = "profile.yaml"', 1), encoding="utf-8"
    )
    shutil.copyfile(county / "areas.csv", root / "areas.csv")


def deliver(county: Path, root: Path, period: str) -> None:
    """Put a period's files and their truth into a workspace, in the place of what was there."""
    for folder in ("inbox", "truth"):
        target = root / folder / period
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(county / folder / period, target)


def split(inbox: DeliveredPeriod, path: Path) -> None:
    """One file a sheet, or one a school where a sheet holds several schools of one code: several can come, and one can be missing."""
    book = read_book(path)
    if book.is_text:
        return
    parts = inbox.parts_of(path)
    if len(parts) > 1:
        names = [book.sheets[part.place].name for part in parts]
        books = {
            path.with_stem(f"{path.stem}（{name}）"): SheetBook([book.sheets[part.place]])
            for name, part in zip(names, parts, strict=True)
        }
        inbox.put(books, path)
    elif len(parts) == 1 and "school" not in parts[0].columns and "school_code" in parts[0].columns:
        inbox.put(_by_school(inbox, path, parts[0]), path)


def _by_school(inbox: DeliveredPeriod, path: Path, part: Part) -> dict[Path, SheetBook]:
    schools = inbox.values(part, ["school_code"])
    books = {}
    for code in sorted(set(schools.values())):
        book = read_book(path)
        others = {row for row, theirs in schools.items() if theirs != code}
        book.sheets[part.place].leave_out(others)
        books[path.with_stem(f"{path.stem}_{code}")] = book
    return books


def ask_justice(inbox: DeliveredPeriod) -> None:
    """A few children of the ledgers whose mother is missing and whose father is held, which justice alone knows: they belong on L08.

    The ledger leaves the father's state out and justice's answer says it; the truth is told so.
    """
    people: dict[str, str] = {}
    kids: set[str] = set()
    for kid, part, row in _unprotected(inbox):
        if kid in kids or len(kids) < HELD:
            name, number = (inbox.values(part, [field])[row] for field in ("father_name", "father_id"))
            _say(inbox, part, row, {"father_status": None, "mother_status": "失踪"})
            people[number] = name
            kids.add(kid)
    with (inbox.truth / "findings.csv").open("a", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(("L08", kid, "") for kid in sorted(kids, key=int))
    others = _asked_for_nothing(inbox, len(people) + 3, set(people))
    rows = [(name, number, *_HELD) for number, name in people.items()]
    rows += [(name, number, "无", "", "") for number, name in others.items()]
    lines = [[f"{place}", *row, str(inbox.period.last_day)] for place, row in enumerate(rows, 1)]
    sheet = BookSheet("查询答复", [[Written(cell) for cell in line] for line in [list(_CUSTODY), *lines]])
    path = inbox.folder / "custody" / f"服刑戒毒查询答复_{inbox.period.last_day:%Y%m}.xlsx"
    write_book(SheetBook([sheet]), path)


def _unprotected(inbox: DeliveredPeriod) -> list[tuple[str, Part, int]]:
    """Rows of children of the ledgers, by child, who live here under 15 on no roll of protection, with a father whose number is whole."""
    with (inbox.truth / "kids.csv").open(encoding="utf-8", newline="") as source:
        limit = str(inbox.period.last_day.year - YOUNG)
        young = {line["kid"] for line in csv.DictReader(source) if line["birth"] > limit and not line["cancelled"]}
    kids = {(line["file"], line["sheet"], int(line["row"])): line["kid"] for line in inbox.account}
    ours, barred = list[tuple[str, Part, int]](), {kid for code, kid in _true(inbox) if code == "L08"}
    for part in inbox.parts("civil_affairs"):
        name = inbox.look(part.path).sheets[part.place].name
        said, numbers = inbox.values(part, ["category", "aid", "roll_status"]), inbox.values(part, ["father_id"])
        for row in part.rows:
            kid = kids.get((part.path.name, name, row), "")
            is_whole = len(numbers[row]) == 18 and {"father_status", "mother_status"} <= set(part.columns)
            if _PROTECTED.search(said[row]) or not is_whole:
                barred.add(kid)
            elif kid in young:
                ours.append((kid, part, row))
    return sorted((each for each in ours if each[0] not in barred), key=lambda each: int(each[0]))


def _say(inbox: DeliveredPeriod, part: Part, row: int, words: dict[str, str | None]) -> None:
    def write(book: SheetBook) -> None:
        for field, word in words.items():
            book.sheets[part.place].put(row, part.columns[field][0], word)

    inbox.change(part.path, write)


def _asked_for_nothing(inbox: DeliveredPeriod, count: int, without: set[str]) -> dict[str, str]:
    """Other fathers of the ledgers, about whom justice has no record."""
    found: dict[str, str] = {}
    for part in inbox.parts("civil_affairs"):
        names, numbers = inbox.values(part, ["father_name"]), inbox.values(part, ["father_id"])
        for row in part.rows:
            if len(numbers[row]) == 18 and names[row] and numbers[row] not in without and len(found) < count:
                found[numbers[row]] = names[row]
    return found


def _true(inbox: DeliveredPeriod) -> list[tuple[str, str]]:
    with (inbox.truth / "findings.csv").open(encoding="utf-8", newline="") as source:
        return [(line["rule"], line["kid"]) for line in csv.DictReader(source)]


def kinds() -> dict[str, Any]:
    """The kinds of counties, by name."""
    return dict(settings()["kinds"])
