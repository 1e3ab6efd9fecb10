"""Makes the pages of docs/api from the library's docstrings: `python docs/make_api.py`. Nothing is imported, the source is read.

Belongs here: how a docstring is shown. Does not belong here: which things are shown (docs/api/pages.yaml), and a word about any of them
(their docstrings).
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "api"
SECTIONS = ("Args", "Attributes", "Returns", "Raises")
MADE = "Made from the docstrings by `python docs/make_api.py`; what is shown is listed in [pages.yaml](pages.yaml)."
_ENTRY = re.compile(r"(?P<names>\w[\w., *]*): (?P<text>.*)", re.DOTALL)

Definition = ast.FunctionDef | ast.ClassDef


@dataclass
class Docstring:
    """A docstring in the Google style: what stands before its sections, and each section's entries as (names, text)."""

    text: str = ""
    sections: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def explained(self, section: str) -> set[str]:
        """The single names that a section has an entry for."""
        return {name.strip() for names, _ in self.sections.get(section, []) for name in names.split(",")}


def parsed(docstring: str) -> Docstring:
    """A docstring's parts; lines that belong together become one."""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):\n", inspect.cleandoc(docstring), flags=re.MULTILINE)
    sections = {name: list(_entries(body, name)) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    return Docstring(_joined(parts[0]), sections)


def _entries(body: str, section: str) -> Iterator[tuple[str, str]]:
    lines = inspect.cleandoc("\n" + body)
    for item in [lines] if section == "Returns" else re.split(r"\n(?=\S)", lines):
        entry = None if section == "Returns" else _ENTRY.match(item)
        yield (entry["names"], _joined(entry["text"])) if entry else ("", _joined(item))


def _joined(text: str) -> str:
    """Lines of a paragraph as one line; empty lines between paragraphs stay."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def source_of(module: str) -> Path:
    """The file of a module."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def definition(name: str) -> Definition:
    """The class or function with this dotted name.

    Raises:
        LookupError: there is none in its module.
    """
    module, _, last = name.rpartition(".")
    for node in ast.parse(source_of(module).read_text(encoding="utf-8")).body:
        if isinstance(node, Definition) and node.name == last:
            return node
    raise LookupError(f"{name} is not there: mend docs/api/pages.yaml")


def exported() -> set[str]:
    """What `matching` gives under its own name."""
    for node in ast.parse(source_of("matching").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def parameters(function: ast.FunctionDef) -> list[ast.arg]:
    """What a caller gives, `self` left out."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    return [argument for argument in every if argument is not None and argument.arg not in ("self", "cls")]


def signature(function: ast.FunctionDef) -> str:
    """How it is called: on one line where it fits, else a parameter per line; defaults as the source writes them, never their values."""
    arguments = function.args
    by_place = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip([argument.arg for argument in reversed(by_place)], reversed(arguments.defaults), strict=False))
    defaults |= {a.arg: value for a, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value}
    pieces = []
    for argument in parameters(function):
        if argument in arguments.kwonlyargs[:1] and arguments.vararg is None:
            pieces.append("*")
        stars = "*" if argument is arguments.vararg else "**" if argument is arguments.kwarg else ""
        default = f" = {ast.unparse(defaults[argument.arg])}" if argument.arg in defaults else ""
        pieces.append(f"{stars}{ast.unparse(argument)}{default}")
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    line = f"{function.name}({', '.join(pieces)}){returns}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{function.name}(", *(f"    {piece}," for piece in pieces), f"){returns}"])


def shown(name: str) -> str:
    """The part of a page about one thing."""
    node, module = definition(name), name.rpartition(".")[0]
    origin = "matching" if node.name in exported() else module
    path = source_of(module).relative_to(ROOT).as_posix()
    described = parsed(ast.get_docstring(node) or "")
    if isinstance(node, ast.ClassDef):
        described.sections.setdefault("Attributes", [(name, "") for name in _types(node)])
    lines = [f"## {node.name}", "", f"`from {origin} import {node.name}` · [{path}](../../{path})", ""]
    if isinstance(node, ast.FunctionDef):
        lines += ["```python", signature(node), "```", ""]
    lines += [described.text, "", *_sections(described, _types(node))]
    for method in _methods(node):
        is_property = any(ast.unparse(mark).endswith("property") for mark in method.decorator_list)
        own = parsed(ast.get_docstring(method) or "")
        call = method.name if is_property else signature(method).replace("\n", " ")
        lines += [f"### `{call}`", "", own.text, "", *_sections(own, _types(method))]
    return "\n".join(lines).rstrip() + "\n"


def _methods(node: Definition) -> list[ast.FunctionDef]:
    body = node.body if isinstance(node, ast.ClassDef) else []
    return [part for part in body if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")]


def _types(node: Definition) -> dict[str, str]:
    """The type of each parameter, or of each public field."""
    if isinstance(node, ast.FunctionDef):
        return {part.arg: ast.unparse(part.annotation) for part in parameters(node) if part.annotation}
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    types = {ast.unparse(part.target): ast.unparse(part.annotation) for part in fields}
    return {name: kind for name, kind in types.items() if not name.startswith("_")}


def _sections(described: Docstring, types: dict[str, str]) -> Iterator[str]:
    """Each section as a list, its entries with their types."""
    for section in SECTIONS:
        if not described.sections.get(section):
            continue
        yield from (f"**{section}**", "")
        for names, text in described.sections[section]:
            kinds = {types[name.strip()] for name in names.split(",") if name.strip() in types}
            kind = f" (`{kinds.pop()}`)" if len(kinds) == 1 else ""
            name = ", ".join(f"`{single.strip()}`" for single in names.split(",")) if names else ""
            yield f"* {name}{kind}{': ' if name and text else ''}{text}"
        yield ""


def pages() -> dict[str, str]:
    """File name to content of every page, the overview among them."""
    listed: dict[str, Any] = yaml.safe_load((FOLDER / "pages.yaml").read_text(encoding="utf-8"))
    made = {}
    for name, page in listed.items():
        parts = [f"# {page['title']}\n\n{MADE}\n\n{page['head']}\n", *map(shown, page["things"])]
        made[f"{name}.md"] = "\n".join(parts)
    rows = [
        f"* [{page['title']}]({name}.md): {', '.join('`' + thing.rpartition('.')[2] + '`' for thing in page['things'])}"
        for name, page in listed.items()
    ]
    head = (
        "# The library, function by function\n\n"
        + MADE
        + " [How it is used](../library.md) is a page with code that runs.\n"
    )
    return {"README.md": "\n".join([head, *rows]) + "\n", **made}


def main() -> int:
    """Write the pages."""
    for name, content in pages().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
