"""Measuring exports against the truth: links pairwise, findings per list. Knows the truth's format and the two
exports, nothing of how either was made.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from pipelines.resources.inbox import sha256_of
from pipelines.resources.naming import number_in, number_of

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
        parts = [one for key, one in self.by_departments.items() if departments.issuperset(key.split("-"))]
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
        links_csv: columns file, sheet, row, child_id (others are ignored). Files stand there by their delivery numbers; the inbox beside
            the truth tells which is which.
        findings_csv: columns code, file, sheet, row; each line names any one row of the listed child.

    Returns:
        The score; lists stay empty without findings.
    """
    rows = _truth_rows(truth_dir)
    child_of, unknown = _read_links(links_csv, rows)
    result = _pairs(rows, child_of)
    result.unknown = unknown
    if findings_csv is not None:
        result.lists = _lists(truth_dir / "findings.csv", findings_csv, rows)
    return result


def _truth_rows(truth_dir: Path) -> dict[Place, _Row]:
    numbers = _numbers(truth_dir.parent.parent / "inbox" / truth_dir.name)
    with (truth_dir / "rows.csv").open(encoding="utf-8", newline="") as source:
        return {
            (numbers.get(Path(line["file"]).name, Path(line["file"]).name), line["sheet"], int(line["row"])): _Row(
                line["dept"], line["kid"], tuple(filter(None, line["errors"].split("|")))
            )
            for line in csv.DictReader(source)
        }


def _numbers(inbox: Path) -> dict[str, str]:
    """Name -> delivery number without the department's code, of the generated files; nothing where there is no inbox."""
    files = (path for path in inbox.rglob("*") if path.is_file()) if inbox.is_dir() else ()
    return {path.name: _content(number_of("XX", sha256_of(path)[0])) for path in files}


def _content(number: str) -> str:
    return number.partition("-")[2]


def _place(line: dict[str, str], rows: dict[Place, _Row]) -> Place | None:
    name, row = _content(number_in(line["file"])) or Path(line["file"]).name, int(line["row"])
    # a reader may give an HTML table a sheet name; the truth gives text files none
    return next((place for place in ((name, line.get("sheet") or "", row), (name, "", row)) if place in rows), None)


def _read_links(path: Path, rows: dict[Place, _Row]) -> tuple[dict[Place, str], int]:
    found: dict[Place, str] = {}
    unknown = 0
    with path.open(encoding="utf-8-sig", newline="") as source:
        for line in csv.DictReader(source):
            place = _place(line, rows)
            if place is None:
                unknown += 1
            elif line["child_id"]:
                found[place] = line["child_id"]
    return found, unknown


def _pairs(rows: dict[Place, _Row], child_of: dict[Place, str]) -> Score:
    true, right, found = Counter[str](), Counter[str](), Counter[str]()
    hard_true, hard_right = Counter[str](), Counter[str]()
    for places in _grouped((row.kid, place) for place, row in rows.items()):
        for a, b in combinations(places, 2):
            together = child_of.get(a) is not None and child_of.get(a) == child_of.get(b)
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
        found.update({f"{a}-{a}": n * (n - 1) // 2 for a, n in sizes if n > 1})
        found.update({f"{a}-{b}": n * m for (a, n), (b, m) in combinations(sizes, 2)})
    # a child_id that several true children share is counted in `found` but never in `right`
    ratios = {key: Ratio(true[key], found[key], right[key]) for key in sorted(true | found)}
    errors = {error: Ratio(n, hard_right[error], hard_right[error]) for error, n in sorted(hard_true.items())}
    total = Ratio(true.total(), found.total(), right.total())
    return Score(len(rows), len(child_of), 0, total, ratios, errors.pop("", Ratio(0, 0, 0)), errors, merged)


def _grouped(pairs: Iterable[tuple[str, Place]]) -> Iterable[list[Place]]:
    groups: dict[str, list[Place]] = defaultdict(list)
    for key, place in pairs:
        groups[key].append(place)
    return groups.values()


def kids_of_findings(truth_dir: Path, findings_csv: Path) -> dict[str, tuple[str, str]]:
    """finding_id -> list and true child, of the exported findings whose row the truth knows."""
    rows = _truth_rows(truth_dir)
    found: dict[str, tuple[str, str]] = {}
    with findings_csv.open(encoding="utf-8-sig", newline="") as source:
        for line in csv.DictReader(source):
            if place := _place(line, rows):
                found[line["finding_id"]] = (line["code"], rows[place].kid)
    return found


def _lists(truth: Path, findings: Path, rows: dict[Place, _Row]) -> dict[str, Ratio]:
    want: dict[str, set[str]] = defaultdict(set)
    got: dict[str, set[str]] = defaultdict(set)
    with truth.open(encoding="utf-8", newline="") as source:
        for line in csv.DictReader(source):
            want[line["rule"]].add(unit(line["rule"], line["kid"], line["field"]))
    villages = _villages(truth.parent / "kids.csv")
    with findings.open(encoding="utf-8-sig", newline="") as source:
        for line in csv.DictReader(source):
            place = _place(line, rows)
            # a finding on a row that is no child of the truth counts as listed, and wrong
            kid = rows[place].kid if place else f"?{line['file']}{line['row']}"
            got[line["code"]].add(unit(line["code"], kid, villages.get(kid, kid)))
    return {code: Ratio(len(want[code]), len(got[code]), len(want[code] & got[code])) for code in sorted(want)}


def _villages(path: Path) -> dict[str, str]:
    """Child -> `town|village`; nothing where the truth has no list of children."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as source:
        return {line["kid"]: f"{line['town']}|{line['village']}" for line in csv.DictReader(source)}
