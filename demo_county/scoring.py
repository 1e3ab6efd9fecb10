"""Measuring exports against the truth: links pairwise, findings per list. Knows the truth's format and the two
exports, nothing of how either was made.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from assets.receiving.filenames import file_names
from pipelines.resources.frames import FrameStore
from pipelines.resources.workspace import Workspace

Place = tuple[str, str, int]
# Lists whose findings are a village's: the truth names it in `field`, and any child of it is right.
VILLAGES = frozenset({"L25"})


def unit(code: str, kid: str, field: str) -> str:
    """What a line of the truth counts as: the child, or its village."""
    return field if code in VILLAGES else kid


@dataclass(frozen=True)
class Ratio:
    """Right ones among the found and among the true ones."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right (1 when nothing was found)."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is true that was found (1 when nothing is true)."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class Score:
    """What an export is worth. Counts only.

    Attributes:
        rows: rows of the truth; linked: of them with a child; unknown: exported rows that the truth does not know.
        pairs: all pairs of rows of one child; by_departments: the same per pair of departments (`ca-psb`).
        hard: pairs with an error in either row; by_error: per error class (true pairs, found pairs).
        merged: children of the export that hold rows of more than one true child (false merges).
        lists: per list code.
    """

    rows: int
    linked: int
    unknown: int
    pairs: Ratio
    by_departments: dict[str, Ratio]
    hard: Ratio
    by_error: dict[str, Ratio]
    merged: int
    lists: dict[str, Ratio] = field(default_factory=dict)

    def among(self, departments: frozenset[str]) -> Ratio:
        """The pairs whose rows both come from these departments (codes of the truth)."""
        parts = [ratio for key, ratio in self.by_departments.items() if departments.issuperset(key.split("-"))]
        return Ratio(sum(p.true for p in parts), sum(p.found for p in parts), sum(p.right for p in parts))


@dataclass(frozen=True)
class _Row:
    department: str
    kid: str
    errors: tuple[str, ...]


def score(truth_dir: Path, links_csv: Path, findings_csv: Path | None = None) -> Score:
    """Compare the exports `links` and `findings` with a period's truth.

    Args:
        truth_dir: holds rows.csv and findings.csv.
        links_csv: columns file, sheet, row, child_id (others are ignored). Files stand there by their delivery numbers; the frames beside
            the truth tell which is which.
        findings_csv: columns code, file, sheet, row; each line names any one row of the listed child.

    Returns:
        The score; lists stay empty without findings.
    """
    rows = _truth_rows(truth_dir)
    child_of: dict[Place, str] = {}
    unknown = 0
    for line in _exported(links_csv, truth_dir):
        place = _place(line, rows)
        if place is None:
            unknown += 1
        elif line["child_id"]:
            child_of[place] = line["child_id"]
    result = _pairs(rows, child_of)
    result.unknown = unknown
    if findings_csv is not None:
        result.lists = _lists(truth_dir, findings_csv)
    return result


def _truth_rows(truth_dir: Path) -> dict[Place, _Row]:
    with (truth_dir / "rows.csv").open(encoding="utf-8", newline="") as source:
        return {
            (Path(line["file"]).name, line["sheet"], int(line["row"])): _Row(
                line["dept"], line["kid"], tuple(filter(None, line["errors"].split("|")))
            )
            for line in csv.DictReader(source)
        }


def _called(truth_dir: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """File and sheet as the exports name them -> as they are called, by the frames of the run; nothing where there was none."""
    root, period = truth_dir.parent.parent, truth_dir.name
    frames = FrameStore(root / "frames")
    if not frames.exists("link_children", period):
        return {}
    sheets = frames.read("link_children", period, ["record_id", "file", "sheet"]).drop_duplicates(["file", "sheet"])
    names = file_names(Workspace.open(root), period)
    return {names.of_record(line): (str(line["file"]), str(line["sheet"])) for line in sheets.to_dict("records")}


def _exported(path: Path, truth_dir: Path) -> Iterator[dict[str, str]]:
    """The lines of an export, its files and sheets as they are called."""
    called = _called(truth_dir)
    with path.open(encoding="utf-8-sig", newline="") as source:
        for line in csv.DictReader(source):
            as_exported = (line["file"], line.get("sheet") or "")
            file, sheet = called.get(as_exported, as_exported)
            yield {**line, "file": file, "sheet": sheet}


def _place(line: dict[str, str], rows: dict[Place, _Row]) -> Place | None:
    name, row = Path(line["file"]).name, int(line["row"])
    # a reader may give an HTML table a sheet name; the truth gives text files none
    return next((place for place in ((name, line["sheet"], row), (name, "", row)) if place in rows), None)


def _pairs(rows: dict[Place, _Row], child_of: dict[Place, str]) -> Score:
    true, right, exported = Counter[str](), Counter[str](), Counter[str]()
    hard_true, hard_right = Counter[str](), Counter[str]()
    for places in _grouped((row.kid, place) for place, row in rows.items()):
        for a, b in combinations(places, 2):
            together = child_of.get(a) is not None and child_of.get(a) == child_of.get(b)
            # One key for both directions, as the counts of the export below have it.
            key = "-".join(sorted((rows[a].department, rows[b].department)))
            true[key] += 1
            right[key] += together
            for error in ("", *sorted({*rows[a].errors, *rows[b].errors})) if rows[a].errors or rows[b].errors else ():
                hard_true[error] += 1
                hard_right[error] += together
    merged = 0
    for places in _grouped((child, place) for place, child in child_of.items()):
        merged += len({rows[place].kid for place in places}) > 1
        # counted, not enumerated: a wrong export may put ten thousand rows into one child
        sizes = sorted(Counter(rows[place].department for place in places).items())
        exported.update({f"{a}-{a}": n * (n - 1) // 2 for a, n in sizes if n > 1})
        exported.update({f"{a}-{b}": n * m for (a, n), (b, m) in combinations(sizes, 2)})
    # a child_id that several true children share is counted in `found` but never in `right`
    ratios = {key: Ratio(true[key], exported[key], right[key]) for key in sorted(true | exported)}
    errors = {error: Ratio(n, hard_right[error], hard_right[error]) for error, n in sorted(hard_true.items())}
    total = Ratio(true.total(), exported.total(), right.total())
    return Score(len(rows), len(child_of), 0, total, ratios, errors.pop("", Ratio(0, 0, 0)), errors, merged)


def _grouped(pairs: Iterable[tuple[str, Place]]) -> Iterable[list[Place]]:
    groups: dict[str, list[Place]] = defaultdict(list)
    for key, place in pairs:
        groups[key].append(place)
    return groups.values()


def kids_of_findings(truth_dir: Path, findings_csv: Path) -> dict[str, tuple[str, str]]:
    """finding_id -> list and true child, of the exported findings whose row the truth knows."""
    rows = _truth_rows(truth_dir)
    kids: dict[str, tuple[str, str]] = {}
    for line in _exported(findings_csv, truth_dir):
        if place := _place(line, rows):
            kids[line["finding_id"]] = (line["code"], rows[place].kid)
    return kids


def true_lines(truth_dir: Path) -> dict[str, set[str]]:
    """List -> children (or villages) that belong on it by the truth of a period."""
    true: dict[str, set[str]] = defaultdict(set)
    with (truth_dir / "findings.csv").open(encoding="utf-8", newline="") as source:
        for line in csv.DictReader(source):
            true[line["rule"]].add(unit(line["rule"], line["kid"], line["field"]))
    return true


def listed_lines(truth_dir: Path, findings_csv: Path) -> dict[str, set[str]]:
    """List -> true children (or villages) that the export has on it; a row that the truth does not know is named `?<file><row>`."""
    rows, villages = _truth_rows(truth_dir), dict[str, str]()
    # Child -> `town|village`, by which a village's list is compared; a truth of earlier days has no list of children.
    if (truth_dir / "kids.csv").exists():
        with (truth_dir / "kids.csv").open(encoding="utf-8", newline="") as source:
            villages = {line["kid"]: f"{line['town']}|{line['village']}" for line in csv.DictReader(source)}
    listed: dict[str, set[str]] = defaultdict(set)
    for line in _exported(findings_csv, truth_dir):
        place = _place(line, rows)
        # a finding on a row that is no child of the truth counts as listed, and wrong
        kid = rows[place].kid if place else f"?{line['file']}{line['row']}"
        listed[line["code"]].add(unit(line["code"], kid, villages.get(kid, kid)))
    return listed


def _lists(truth_dir: Path, findings_csv: Path) -> dict[str, Ratio]:
    true, listed = true_lines(truth_dir), listed_lines(truth_dir, findings_csv)
    # Lists of which the truth knows nobody are left out.
    return {
        code: Ratio(len(true[code]), len(listed.get(code, ())), len(true[code] & listed.get(code, set())))
        for code in sorted(true)
    }
