"""Counts what a reader of the source meets, as one Markdown table: `python docs/measure_house.py`.

They serve the reader: a number that gets better while a page gets harder to read has been misused.

    python docs/measure_house.py                                  the table, in total and by room
    python docs/measure_house.py --under matching                 the same for a part
    python docs/measure_house.py --list names --under assets      the places behind a measure, one per line: file:line name

Belongs here: counting, and listing what was counted. Does not belong here: limits (tests/test_house_rules.py).
"""

from __future__ import annotations

import argparse
import ast
import io
import statistics
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("pipelines", "assets", "matching", "expectations", "demo_county")
EMPTY_NAMES = frozenset({"found", "told", "said", "one", "some", "what", "held", "made"})
SHORT_PIECE, LONG_FUNCTION = 6, 40
_LAYOUT_TOKENS = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Defining = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


@dataclass(frozen=True, order=True)
class Place:
    """Where something that a measure counts stands."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        """As editors and terminals open it."""
        return f"{self.path}:{self.line} {self.name}"


@dataclass
class SourceFile:
    """One file of a room: its lines by kind, and what was found in one walk over its tree."""

    path: str
    module: str
    lines: int = 0
    code: int = 0
    comments: int = 0
    comments_behind_code: int = 0
    docstrings: int = 0
    functions: list[tuple[Place, int]] = field(default_factory=list)
    private: list[tuple[Place, int]] = field(default_factory=list)
    references: Counter[str] = field(default_factory=Counter)
    bindings: list[Place] = field(default_factory=list)
    classes: list[Place] = field(default_factory=list)
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    parameters: list[tuple[Place, ast.expr]] = field(default_factory=list)
    imports_at_top: set[str] = field(default_factory=set)
    imports_later: set[str] = field(default_factory=set)

    @property
    def room(self) -> str:
        """The first folder of the path."""
        return self.path.split("/", 1)[0]

    @property
    def called_once(self) -> list[tuple[Place, int]]:
        """Private functions that their own file names exactly once; with the lines of their bodies."""
        return [(place, length) for place, length in self.private if self.references[place.name] == 1]


def docstring_of(node: ast.AST) -> ast.Expr | None:
    """The docstring's statement, where the node has one."""
    body = node.body if isinstance(node, Defining) else []
    match body[:1]:
        case [ast.Expr(value=ast.Constant(value=str())) as statement]:
            return statement
    return None


def span(node: ast.stmt) -> int:
    """Lines from the first to the last of a statement."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def body_lines(function: Function) -> int:
    """Lines of a function without decorators, signature and docstring; blank lines and comments inside count."""
    body = function.body[1:] if docstring_of(function) else function.body
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1 if body else 0


class _Walk(ast.NodeVisitor):
    """One walk over a tree; knows whether it is inside a function or under TYPE_CHECKING."""

    def __init__(self, source: SourceFile, package: str) -> None:
        self.source, self.package = source, package
        self.depth, self.typing_only = 0, False

    def place(self, node: ast.stmt | ast.expr | ast.arg, name: str) -> Place:
        return Place(self.source.path, node.lineno, name)

    def visit(self, node: ast.AST) -> None:
        text = docstring_of(node)
        self.source.docstrings += span(text) if text else 0
        super().visit(node)

    def visit_FunctionDef(self, node: Function) -> None:
        place, length = self.place(node, node.name), body_lines(node)
        self.source.functions.append((place, length))
        if node.name.startswith("_") and not node.name.startswith("__"):
            self.source.private.append((place, length))
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in arguments:
            if argument.annotation is not None:
                named = self.place(argument, f"{node.name}({argument.arg}: {ast.unparse(argument.annotation)})")
                self.source.parameters.append((named, argument.annotation))
        self.source.bindings += [
            self.place(argument, argument.arg) for argument in arguments if argument.arg not in ("self", "cls")
        ]
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast asks for

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.source.bindings += [self.place(argument, argument.arg) for argument in node.args.args]
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not node.name.startswith("_"):
            self.source.classes.append(self.place(node, node.name))
        outside, self.depth = self.depth, 0  # a class's fields are no locals
        self.generic_visit(node)
        self.depth = outside

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.source.references[node.id] += 1
        elif isinstance(node.ctx, ast.Store) and self.depth:
            self.source.bindings.append(self.place(node, node.id))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.source.references[node.attr] += 1
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._alias(node.targets[0], node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._alias(node.target, node.value)
        self.generic_visit(node)

    def _alias(self, target: ast.expr, value: ast.expr | None) -> None:
        if not self.depth and isinstance(target, ast.Name) and isinstance(value, ast.Subscript):
            self.source.aliases[target.id] = value

    def visit_If(self, node: ast.If) -> None:
        outside = self.typing_only
        self.typing_only = outside or "TYPE_CHECKING" in ast.unparse(node.test)
        self.generic_visit(node)
        self.typing_only = outside

    def visit_Import(self, node: ast.Import) -> None:
        self._imported(alias.name for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        # one dot is the package itself, each further dot one folder up
        above = self.package.split(".")[: 1 - node.level or None] if node.level else []
        origin = ".".join([*above, *([node.module] if node.module else [])])
        self._imported(f"{origin}.{alias.name}" for alias in node.names)

    def _imported(self, names: Iterable[str]) -> None:
        late = self.depth > 0 or self.typing_only
        (self.source.imports_later if late else self.source.imports_at_top).update(names)


def read(path: Path, root: Path) -> SourceFile:
    """One file, counted."""
    inside = path.relative_to(root)
    parts = inside.with_suffix("").parts
    is_package = parts[-1] == "__init__"
    module, package = ".".join(parts[:-1] if is_package else parts), ".".join(parts[:-1])
    text = path.read_text(encoding="utf-8")
    source = SourceFile(inside.as_posix(), module, lines=len(text.splitlines()))
    _Walk(source, package).visit(ast.parse(text))
    code: set[int] = set()
    comments: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.add(token.start[0])
        elif token.type not in _LAYOUT_TOKENS:
            code.update(range(token.start[0], token.end[0] + 1))
    source.code = len(code) - source.docstrings
    source.comments, source.comments_behind_code = len(comments - code), len(comments & code)
    return source


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
    """All files of the rooms that exist below a folder, and the places behind each measure."""

    def __init__(self, root: Path = ROOT, under: str = "") -> None:
        self.root, self.under = root, under.strip("/")
        every = [read(path, root) for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
        self.modules = {source.module: source for source in every}
        self.files = [source for source in every if self._is_asked(source.path)]

    def _is_asked(self, path: str) -> bool:
        return not self.under or path == self.under or path.startswith(f"{self.under}/")

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
            if last == name and origin in self.modules and name in self.modules[origin].aliases:
                return self.modules[origin], self.modules[origin].aliases[name]
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

    def repeated_classes(self, files: list[SourceFile]) -> list[Place]:
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
        """Code lines of the tests of a room, a folder or a file; of all tests for the whole."""
        mirrored = self.root / "tests" / part
        named = mirrored.with_name(f"test_{mirrored.name}")
        paths = [named] if part.endswith(".py") and named.exists() else sorted(mirrored.rglob("*.py"))
        return sum(read(path, self.root).code for path in paths)


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
        "classes": house.repeated_classes(files),
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
