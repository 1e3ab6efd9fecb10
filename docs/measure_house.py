"""Counts what a reader of the source meets, as one Markdown table: `python docs/measure_house.py`.

The figures serve the reader: one that gets better while a page gets harder to read has been misused.

    python docs/measure_house.py                                  the table, in total and by room
    python docs/measure_house.py --under matching                 the same for a part
    python docs/measure_house.py --list names --under assets      the places behind a measure, one per line: file:line name

Belongs here: counting, and listing what was counted. Does not belong here: limits (tests/test_house_rules.py).
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from source_file import Place, SourceFile, read

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("pipelines", "assets", "matching", "expectations", "demo_county")
EMPTY_NAMES = frozenset({"found", "told", "said", "one", "some", "what", "held", "made"})
SHORT_PIECE, LONG_FUNCTION = 6, 40


def strongly_connected(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of more than one module in which each reaches each by its imports (Tarjan), largest first."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    groups: list[list[str]] = []

    def follow(module: str) -> None:
        order[module] = lowest[module] = len(order)
        path.append(module)
        for target in sorted(edges.get(module, ())):
            if target not in order:
                follow(target)
            if target in path:
                lowest[module] = min(lowest[module], lowest[target])
        if lowest[module] == order[module]:
            group = path[path.index(module) :]
            del path[path.index(module) :]
            groups.extend([sorted(group)] if len(group) > 1 else [])

    for module in sorted(edges):
        if module not in order:
            follow(module)
    return sorted(groups, key=lambda group: (-len(group), group))


class House:
    """The files of the rooms that exist, read when they are needed, and the places behind each measure below a folder."""

    def __init__(self, root: Path = ROOT, under: str = "") -> None:
        self.root, self.under = root, under.strip("/")
        paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
        self.modules = {
            ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths
        }
        self._sources: dict[str, SourceFile] = {}
        below = root / self.under
        self.files = [self.source(module) for module, path in self.modules.items() if path.is_relative_to(below)]

    def source(self, module: str) -> SourceFile:
        """The file of a module."""
        if module not in self._sources:
            self._sources[module] = read(self.modules[module], self.root)
        return self._sources[module]

    def rooms(self) -> dict[str, list[SourceFile]]:
        """The files by room, rooms without files left out."""
        by_room = {room: [source for source in self.files if source.room == room] for room in ROOMS}
        return {room: files for room, files in by_room.items() if files}

    def alias(self, source: SourceFile, name: str) -> tuple[SourceFile, ast.expr] | None:
        """What a name in a file stands for, where that is a type written out in this file or in the one it is imported from."""
        if name in source.aliases:
            return source, source.aliases[name]
        for imported in source.imports_at_top | source.imports_later:
            origin, _, last = imported.rpartition(".")
            if last == name and origin in self.modules and name in self.source(origin).aliases:
                return self.source(origin), self.source(origin).aliases[name]
        return None

    def is_mixed(self, source: SourceFile, annotation: ast.expr) -> bool:
        """Whether an annotation, or the alias it names, is a tuple of different types; `tuple[X, ...]` and `tuple[X, X]` are not."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return self.is_mixed(source, ast.parse(annotation.value, mode="eval").body)
        if isinstance(annotation, ast.BinOp):  # tuple[A, B] | None
            return self.is_mixed(source, annotation.left) or self.is_mixed(source, annotation.right)
        if isinstance(annotation, ast.Name):
            alias = self.alias(source, annotation.id)
            return alias is not None and self.is_mixed(*alias)
        if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.slice, ast.Tuple):
            return False
        kinds = {ast.unparse(element) for element in annotation.slice.elts}
        return ast.unparse(annotation.value) == "tuple" and len(kinds) > 1 and "..." not in kinds

    def mixed_tuples(self, files: list[SourceFile]) -> list[Place]:
        """Parameters that are tuples of different types."""
        return [place for source in files for place, written in source.parameters if self.is_mixed(source, written)]

    def classes_elsewhere(self) -> list[Place]:
        """Where the public class names below the folder stand that stand in two files of the house or more."""
        own = {place.name for source in self.files for place in source.classes}
        return [place for place in self.repeated_classes(map(self.source, self.modules)) if place.name in own]

    @staticmethod
    def repeated_classes(files: Iterable[SourceFile]) -> list[Place]:
        """Where public class names stand that stand in two of these files or more."""
        standing: defaultdict[str, list[Place]] = defaultdict(list)
        for source in files:
            for place in source.classes:
                standing[place.name].append(place)
        several = {name for name, places in standing.items() if len({place.path for place in places}) > 1}
        return [place for name in sorted(several) for place in standing[name]]

    def module_of(self, name: str) -> str | None:
        """The module of the rooms that an imported name is, or is in; nothing for somebody else's."""
        parts = name.split(".")
        candidates = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((candidate for candidate in candidates if candidate in self.modules), None)

    def imported(self, source: SourceFile, *, late: bool = True) -> tuple[set[str], set[str]]:
        """Our own modules that a file imports, and others' by their dotted origin; `late`: those in functions and for types, too."""
        names = source.imports_at_top | (source.imports_later if late else set())
        own = {module for name in names if (module := self.module_of(name))} - {source.module}
        return own, {name.rpartition(".")[0] or name for name in names if not self.module_of(name)}

    def circles(self, files: list[SourceFile], *, late: bool) -> list[list[str]]:
        """Groups of modules among these files that import each other, directly or around corners."""
        inside = {source.module for source in files}
        return strongly_connected({s.module: self.imported(s, late=late)[0] & inside for s in files})

    def test_code(self, part: str) -> int:
        """Code lines of the tests of a room, a folder or a file; for the whole, those of documents and benchmarks left out."""
        mirrored = self.root / "tests" / part
        named = mirrored.with_name(f"test_{mirrored.name}")
        paths = [named] if part.endswith(".py") and named.exists() else sorted(mirrored.rglob("*.py"))
        others = [
            self.root / "tests" / name for name in ("docs", "benchmarks")
        ]  # what they test is not counted as source
        return sum(read(path, self.root).code for path in paths if not any(map(path.is_relative_to, others)))


def per(count: float, of: float, times: int) -> str:
    """A rate with one decimal; nothing where there is nothing to measure by."""
    return f"{count / of * times:.1f}" if of else "–"


def figures(house: House, files: list[SourceFile], tests: int) -> dict[str, str]:
    """The measures of some files as the table shows them."""
    code, lines = sum(source.code for source in files), sum(source.lines for source in files)
    comments = sum(source.comments for source in files)
    with_behind = comments + sum(source.comments_behind_code for source in files)
    lengths = [length for source in files for _, length in source.functions] or [0]
    once = [length for source in files for _, length in source.called_once]
    mixed = len(house.mixed_tuples(files))
    bindings = [place.name for source in files for place in source.bindings]
    empty = sum(name in EMPTY_NAMES for name in bindings)
    repeated = {place.name for place in house.repeated_classes(files)}
    classes = {place.name for source in files for place in source.classes}
    imports = [house.imported(source) for source in files]
    own, others = sum(len(own) for own, _ in imports), sum(len(others) for _, others in imports)
    return {
        "files": f"{len(files):,}",
        "code lines": f"{code:,}",
        "docstring lines": f"{sum(source.docstrings for source in files):,}",
        "comment lines per 100 code lines (with those behind code)": f"{per(comments, code, 100)} ({per(with_behind, code, 100)})",
        "private functions called once, per 1,000 lines": f"{per(len(once), lines, 1000)} ({len(once):,} of {sum(len(s.private) for s in files):,})",
        f"of them with {SHORT_PIECE} lines or fewer": f"{sum(length <= SHORT_PIECE for length in once):,}",
        "parameters that are tuples of mixed things, per 1,000 functions": f"{per(mixed, len(lengths), 1000)} ({mixed})",
        f"locals called {', '.join(sorted(EMPTY_NAMES))}": f"{per(empty, len(bindings), 100)} % ({empty:,})",
        "public class names that stand in two files or more": f"{len(repeated)} of {len(classes)}",
        "tests : source, lines of code": f"{tests / code:.2f}" if code else "–",
        "functions": f"{len(lengths):,}",
        "function length: median / longest": f"{statistics.median(lengths):g} / {max(lengths)}",
        f"functions over {LONG_FUNCTION} lines": f"{sum(length > LONG_FUNCTION for length in lengths)}",
        "circles among modules, imports at top": str(len(house.circles(files, late=False))),
        "circles among modules, with late imports and those for types": str(len(house.circles(files, late=True))),
        "imports per file (of our own modules)": f"{per(own + others, len(files), 1)} ({per(own, len(files), 1)})",
    }


def table(house: House) -> str:
    """All measures in total and by room, as Markdown."""
    rooms = house.rooms()
    columns = {"total": figures(house, house.files, house.test_code(house.under))}
    if not house.under:
        columns |= {room: figures(house, files, house.test_code(room)) for room, files in rooms.items()}
    head = f"| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n"
    rows = [[measure, *(column[measure] for column in columns.values())] for measure in columns["total"]]
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


LISTS = ("once", "short", "tuples", "names", "classes", "long", "circles", "late-circles", "comments")


def places(house: House, measure: str) -> Iterator[str]:
    """What a measure counted, one place per line; for `comments` the files with fewest per code line first."""
    files = house.files
    once = [pair for source in files for pair in source.called_once]
    lengths = [pair for source in files for pair in source.functions]
    listed: dict[str, list[Place]] = {
        "once": [place for place, _ in once],
        "short": [place for place, length in once if length <= SHORT_PIECE],
        "tuples": house.mixed_tuples(files),
        "names": [place for source in files for place in source.bindings if place.name in EMPTY_NAMES],
        "classes": house.classes_elsewhere() if measure == "classes" else [],
        "long": [place for place, length in sorted(lengths, key=lambda pair: -pair[1]) if length > LONG_FUNCTION],
    }
    if measure in ("circles", "late-circles"):
        yield from (" ".join(group) for group in house.circles(files, late=measure == "late-circles"))
    elif measure == "comments":
        share = {s.path: 100 * s.comments / s.code for s in files if s.code}
        yield from (f"{path}:1 {value:.1f}" for path, value in sorted(share.items(), key=lambda pair: pair[1]))
    else:
        yield from map(str, listed[measure])


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Print the table or a list."""
    parser = argparse.ArgumentParser(description="The house in figures.")
    parser.add_argument("--list", choices=LISTS, help="the places behind a measure instead of the table")
    parser.add_argument("--under", default="", help="only this folder or file, e.g. matching/scoring")
    asked = parser.parse_args(arguments)
    house = House(root, asked.under)
    if not house.files:
        parser.error(f"no Python files of a room under {asked.under!r}")
    sys.stdout.write(table(house) if asked.list is None else "".join(f"{line}\n" for line in places(house, asked.list)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
