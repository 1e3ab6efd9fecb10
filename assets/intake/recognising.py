"""Whose file it is, by its headings: for a file that lies in no department's folder, and for `tongbi check`.

Belongs here: how much a file looks like each department's, and when that is in doubt. Does not belong here: what headings mean
(`headings`, `mapping`), what is done with the answer (`assets.receiving.sorting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from assets.intake.contract import Contract, names_in
from assets.intake.notices import DeliveredFile, Tabulated
from assets.intake.pieces import tabulate_files
from assets.intake.tabulate import FORM
from pipelines.resources.reading import Reading

LOOKED_ROWS, LOOKED_SHEETS = 80, 6
"""A file is recognised by its beginning: headings, titles and the first values."""
# A kind of file that a contract recognises by headings of its own says as much as two fields that nobody else has; a department's name, as one.
KIND_WEIGHT, NAME_WEIGHT = 2.0, 1.0
LEAST, LEAD = 2.0, 1.0
"""A file is somebody's with so much that is typical, and so much more than anybody else has."""
EVERYBODYS = frozenset({FORM, "no_rows", "no_heading"})
"""Refusals that would be said whatever department the file is for."""


@dataclass(frozen=True)
class Likeness:
    """How much a file looks like a department's, and as which kind of its files."""

    department: str
    kind: str
    layout: str
    weight: float


@dataclass(frozen=True)
class Recognition:
    """What came of it.

    Attributes:
        likely: the departments that could read the file, the likeliest first.
        refusal: the code for which nobody could, where it is the same for all; else "".
    """

    likely: tuple[Likeness, ...]
    refusal: str = ""

    @property
    def sure(self) -> Likeness | None:
        """The department whose file it is; None when that is in doubt."""
        if not self.likely or self.likely[0].weight < LEAST:
            return None
        best, *others = self.likely
        return best if all(best.weight - other.weight >= LEAD for other in others) else None


def beginning(reading: Reading) -> Reading:
    """The first rows of the first sheets of a file."""
    grids = [
        replace(
            grid,
            cells=grid.cells.iloc[:LOOKED_ROWS],
            damaged=set(),
            merged=[merge for merge in grid.merged if merge[2] <= LOOKED_ROWS],
        )
        for grid in reading.grids[:LOOKED_SHEETS]
    ]
    return replace(reading, grids=grids)


def recognise_file(
    source: DeliveredFile, contracts: Mapping[str, Contract], in_use: Collection[str], as_of: date
) -> Recognition:
    """Try a file with every contract.

    Args:
        source: the file, or its beginning (`beginning`).
        contracts: all that there are.
        in_use: those of which the workspace has stations: where a department and a source of its own know the same kind of file, the source's
            stands aside unless it is one of them.
        as_of: last day of the period.
    """
    names = names_in(contracts)
    weights = _weights(contracts)
    tries = {name: tabulate_files([source], contract, as_of)[0] for name, contract in contracts.items()}
    likely = [
        _likeness(contracts[name], tabulated, weights, names.mentioned(f"{source.file} {_titles(tabulated)}"))
        for name, tabulated in tries.items()
        if tabulated.refusal is None
    ]
    likely.sort(key=lambda each: (-each.weight, each.department))
    refusals = {tabulated.refusal.code for tabulated in tries.values() if tabulated.refusal}
    alike = not likely and len(refusals) == 1 and refusals <= EVERYBODYS
    return Recognition(tuple(_without_twins(likely, contracts, in_use)), next(iter(refusals)) if alike else "")


def _weights(contracts: Mapping[str, Contract]) -> dict[str, float]:
    """Field -> how much it says: one that is typical of three departments says a third of what one department's own says."""
    counts = Counter(name for contract in contracts.values() for name in dict.fromkeys(contract.marks))
    return {name: 1 / count for name, count in counts.items()}


def _likeness(
    contract: Contract, tabulated: Tabulated, weights: Mapping[str, float], mentioned: Collection[str]
) -> Likeness:
    sheets = [sheet for sheet in tabulated.sheets if sheet.data_rows]
    fields = {target for sheet in sheets for _, target in sheet.columns.values()}
    weight = sum(weights[name] for name in dict.fromkeys(contract.marks) if name in fields)
    kinds = {layout.zh: layout for layout in contract.layouts}
    kind = sheets[0].layout if sheets else ""
    layout = kinds.get(kind)
    # A source of one kind of file has nothing to tell it from; a bureau's contract does, and what it recognises is not by accident.
    if layout is not None and layout is not contract.layouts[-1] and not contract.further:
        weight += KIND_WEIGHT
    if contract.department in mentioned:
        weight += NAME_WEIGHT
    return Likeness(contract.department, kind, layout.name if layout else "", weight)


def _titles(tabulated: Tabulated) -> str:
    """What stands above the headings, of all sheets."""
    raw = tabulated.raw
    if raw.empty:
        return ""
    above = raw[raw["kind"] == "title"]
    return " ".join(
        str(cell) for name in above.columns if name[:1] == "c" and name[1:].isdigit() for cell in above[name]
    )


def _without_twins(
    likely: list[Likeness], contracts: Mapping[str, Contract], in_use: Collection[str]
) -> list[Likeness]:
    """Without the second name of the same kind of file: 在校名单 is a kind of education's files, and a source of its own where it has a folder."""
    sources = [each for each in likely if contracts[each.department].further]
    aside: set[str] = set()
    for each in likely:
        twins = [source for source in sources if each.layout and _same_kind(each, contracts[source.department])]
        if contracts[each.department].further or not twins:
            continue
        if any(source.department in in_use for source in twins):
            aside.add(each.department)
        else:
            aside |= {source.department for source in twins}
    return [each for each in likely if each.department not in aside]


def _same_kind(likeness: Likeness, source: Contract) -> bool:
    return likeness.layout == source.department or likeness.layout in {layout.name for layout in source.layouts}
