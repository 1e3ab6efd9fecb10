"""Two made-up counties in one inbox: the demo's county generated twice, under two real names and codes. No real child is meant.

Only building belongs here; facts are asserted in the tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo_county import settings
from demo_county.generating import generate

PERIOD = "2026Q3"


@dataclass(frozen=True)
class MadeCounty:
    """A county to be made: code, name, and what its townships' names begin with, so that no two counties share one."""

    code: str
    name: str
    mark: str


MINLE, SHANDAN = MadeCounty("620722", "民乐县", "甲"), MadeCounty("620725", "山丹县", "乙")


@contextmanager
def places_of(county: MadeCounty) -> Iterator[None]:
    """The generator's places under another name and code."""
    read = settings._read

    def renamed(name: str) -> Any:
        content = read(name)
        if name == "places.yaml":
            content = content | {"county": county.name, "code": county.code, "seat": county.mark + content["seat"]}
            content["townships"] = {county.mark + town: share for town, share in content["townships"].items()}
            others = [code for code in content["other_codes"] if code not in (MINLE.code, SHANDAN.code)]
            content["other_codes"] = others
            content["parent_codes"] = [county.code if code == "620799" else code for code in content["parent_codes"]]
        if name == "layouts.yaml":
            content = {
                kind: [{head: _renamed(column, county.name) for head, column in pair.items()} for pair in columns]
                for kind, columns in content.items()
            }
        return content

    settings._read = renamed
    settings._shipped_places.cache_clear()
    settings.layouts.cache_clear()
    try:
        yield
    finally:
        settings._read = read
        settings._shipped_places.cache_clear()
        settings.layouts.cache_clear()


def _renamed(column: Any, name: str) -> Any:
    """A constant cell that holds the county's name."""
    return column.replace("童谷县", name) if isinstance(column, str) else column


def deliver(county: MadeCounty, folder: Path, children: int, seed: int, period: str = PERIOD) -> Path:
    """One county's inbox of a period, `folder/inbox/<period>/<department>/*`."""
    with places_of(county):
        generate(folder, children, (period,), seed)
    return folder / "inbox" / period


def add(delivered: Path, inbox: Path, below: str = "", ending: str = "") -> None:
    """Put a county's files beside those that lie in an inbox already.

    Args:
        delivered: the county's own folders of departments.
        inbox: those of the workspace.
        below: a folder of each department for them, such as the county's name; "" = beside the others.
        ending: put behind each name, so that two counties' files of one name stand side by side.
    """
    for path in sorted(delivered.rglob("*")):
        if path.is_file():
            department, *inside = path.relative_to(delivered).parts
            target = inbox / department / below / Path(*inside)
            target = target.with_name(target.stem + ending + target.suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
