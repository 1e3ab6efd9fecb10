"""Which names the repository has: files, modules and what stands in them, words that the source and its data define.

Belongs here: collecting names and looking one up. Does not belong here: which names a page may use (`tests/docs`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

ROOMS = ("pipelines", "assets", "expectations", "matching", "demo_county", "benchmarks", "docs", "tests")
# What a page may call by its name is defined in these; tests and documents only use it.
DEFINING = ("pipelines", "assets", "expectations", "matching", "demo_county", "benchmarks")
# Folders that tools make beside the source; what lies there is nobody's to name.
_MADE = ("__pycache__", ".pytest_cache", ".venv", ".venv-peers")
_WORD = re.compile(r"\w+")
# One word, or the name of a file: what a text in the code may be for a page to call it by its name.
_NAME = re.compile(r"[\w.-]+")
Tree = Mapping[str, Any]


@dataclass
class Definition:
    """What a name stands for.

    Attributes:
        node: where it is defined; None for a module.
        members: names below it: what stands in a module, fields and methods of a class.
    """

    node: ast.AST | None
    members: dict[str, Definition] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str] | None:
        """The parameters of a function, or the fields of a class that is made from them; None where no page can know them."""
        if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef):
            wanted = self.node.args
            if wanted.vararg or wanted.kwarg:
                return None
            every = [*wanted.posonlyargs, *wanted.args, *wanted.kwonlyargs]
            return [each.arg for each in every if each.arg not in ("self", "cls")]
        if isinstance(self.node, ast.ClassDef):
            if "__init__" in self.members:
                return self.members["__init__"].parameters
            return [name for name, member in self.members.items() if isinstance(member.node, ast.AnnAssign)]
        return None

    @property
    def result(self) -> str:
        """The type that a function gives, as the source writes it; "" for everything else."""
        if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef) and self.node.returns:
            return ast.unparse(self.node.returns)
        return ""


class SourceNames:
    """The names of a source tree, each file read once.

    Args:
        root: the folder of the repository.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def files(self) -> set[str]:
        """Every file and folder of the rooms, and the files beside them, as paths from the root."""
        below = (path for room in ROOMS for path in (self.root / room).rglob("*"))
        kept = [path for path in (*below, *self.root.glob("*")) if not set(_MADE) & set(path.parts)]
        return {path.relative_to(self.root).as_posix() for path in kept}

    @cached_property
    def modules(self) -> dict[str, Definition]:
        """Dotted name -> what stands in the module."""
        return {
            path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): Definition(None, _members(tree.body))
            for path, tree in self._trees.items()
        }

    @cached_property
    def words(self) -> set[str]:
        """Every word that the source or its data define: identifiers, texts that are one word, keys and words of YAML, module and file names."""
        words = {word for path in self.files for word in (Path(path).name, Path(path).stem)}
        for tree in self._trees.values():
            words |= set(_defined(tree))
        for path in self.files:
            if path.endswith((".yaml", ".toml")) and path.split("/")[0] not in ("docs", "tests"):
                words |= set(_WORD.findall((self.root / path).read_text(encoding="utf-8")))
        return words

    def has_file(self, name: str) -> bool:
        """Whether a path, or the end of one (`reading/xlsx.py`), is a file or folder here."""
        wanted = name.rstrip("/")
        return wanted in self.files or any(path.endswith(f"/{wanted}") for path in self.files)

    def find(self, dotted: str) -> Definition | None:
        """What a dotted name stands for, its module written whole or by its last parts (`sentences.issue`), or a class and its member.

        Returns:
            None where nothing bears the name.
        """
        return next(self._every(dotted), None)

    def callables(self, dotted: str) -> list[Definition]:
        """Every function, method and class that a name may stand for; a method by its own name as well."""
        every = [*self._every(dotted)]
        if "." not in dotted:
            owners = (member for module in self.modules.values() for member in module.members.values())
            every += [owner.members[dotted] for owner in owners if dotted in owner.members]
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return [definition for definition in every if isinstance(definition.node, kinds)]

    def _every(self, dotted: str) -> Iterator[Definition]:
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            modules = self._modules_called(".".join(parts[:length]))
            yield from (named for module in modules if (named := _below(module, parts[length:])))
        starts = (module.members[parts[0]] for module in self.modules.values() if parts[0] in module.members)
        yield from (named for start in starts if (named := _below(start, parts[1:])))

    def _modules_called(self, name: str) -> Iterator[Definition]:
        return (module for path, module in self.modules.items() if path == name or path.endswith(f".{name}"))

    @cached_property
    def _trees(self) -> dict[str, ast.Module]:
        paths = sorted(path for path in self.files if path.endswith(".py") and path.split("/")[0] in DEFINING)
        return {path: ast.parse((self.root / path).read_text(encoding="utf-8")) for path in paths}


@cache
def names_below(root: Path) -> SourceNames:
    """The names of a tree, for everybody in this process who asks: reading a few hundred files takes seconds."""
    return SourceNames(root)


def yaml_paths(tree: Any, above: str = "") -> Iterator[str]:
    """Every key of a YAML tree with the keys above it, joined by dots."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            path = f"{above}.{key}" if above else str(key)
            yield path
            yield from yaml_paths(value, path)


def read_tree(path: Path) -> Tree:
    """A YAML file as mappings, lists and scalars."""
    tree: Tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tree


def _below(start: Definition, parts: Iterable[str]) -> Definition | None:
    here: Definition | None = start
    for part in parts:
        here = here.members.get(part) if here else None
    return here


def _members(body: Iterable[ast.stmt]) -> dict[str, Definition]:
    members: dict[str, Definition] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            members[node.name] = Definition(node)
        elif isinstance(node, ast.ClassDef):
            members[node.name] = Definition(node, _members(node.body) | _own_attributes(node))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            members[node.target.id] = Definition(node)
        elif isinstance(node, ast.Assign):
            names = [name for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            members |= {name.id: Definition(node) for name in names}
        elif isinstance(node, ast.If | ast.Try | ast.With):
            members |= _members(node.body)
    return members


def _own_attributes(node: ast.ClassDef) -> dict[str, Definition]:
    """What methods set on `self`; properties and annotated fields are members already."""
    return {
        each.attr: Definition(each)
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and isinstance(each.value, ast.Name)
        and each.value.id == "self"
    }


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            yield node.value
