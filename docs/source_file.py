"""One file of Python source as `measure_house.py` counts it: lines by kind, functions, bindings, classes, imports.

Belongs here: one walk over one file's tree. Does not belong here: what is made of it over many files.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

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
    text: str
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
    def lines(self) -> int:
        """All lines, blank ones included."""
        return len(self.text.splitlines())

    @cached_property
    def _kinds(self) -> tuple[set[int], set[int]]:
        """Lines that hold code or a text, and lines that hold a comment."""
        code: set[int] = set()
        comments: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                comments.add(token.start[0])
            elif token.type not in _LAYOUT_TOKENS:
                code.update(range(token.start[0], token.end[0] + 1))
        return code, comments

    @property
    def code(self) -> int:
        """Lines of code, docstrings left out."""
        return len(self._kinds[0]) - self.docstrings

    @property
    def comments(self) -> int:
        """Lines that are a comment and nothing else."""
        return len(self._kinds[1] - self._kinds[0])

    @property
    def comments_behind_code(self) -> int:
        """Comments that stand behind code."""
        return len(self._kinds[1] & self._kinds[0])

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
    source = SourceFile(inside.as_posix(), module, path.read_text(encoding="utf-8"))
    _Walk(source, package).visit(ast.parse(source.text))
    return source
