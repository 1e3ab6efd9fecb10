"""PaperFonts of an official paper: which are asked for, which this machine has, and what the PDF takes instead.

The Word file always names the official fonts: the office has them. Not here: where a font is used (`styles`).
Source: GB/T 9704-2012 5.2.2; the names are those that Windows and WPS install.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("fonts.yaml")
Chain = tuple[str, ...]


class PaperFonts(Rules):
    """For each role the font asked for, then its substitutes in order."""

    title: Chain = Field(min_length=1)
    body: Chain = Field(min_length=1)
    heading: Chain = Field(min_length=1)
    second: Chain = Field(min_length=1)
    table: Chain = Field(min_length=1)

    def official(self, role: str) -> str:
        """The font that the Word file names."""
        chain: Chain = getattr(self, role)
        return chain[0]


@cache
def fonts() -> PaperFonts:
    """The validated list."""
    return read_rules(FILE, PaperFonts)


@cache
def present_fonts() -> frozenset[str]:
    """Names of the font families of this machine; empty when it cannot be asked (the converter then chooses itself)."""
    program = shutil.which("fc-list")
    if not program:
        return frozenset()
    answer = subprocess.run([program, ":", "family"], capture_output=True, text=True, check=False, timeout=30)
    # A family has its name in several languages on one line: 仿宋,FangSong.
    return frozenset(name.strip() for line in answer.stdout.splitlines() for name in line.split(",") if name.strip())


def substitutes(present: frozenset[str]) -> Mapping[str, str]:
    """Official font -> the font to take instead, for those that are missing and have a substitute here."""
    chains: list[Chain] = [getattr(fonts(), role) for role in PaperFonts.model_fields]
    known = {chain[0]: [name for name in chain if name in present] for chain in chains}
    return {official: names[0] for official, names in known.items() if names and official not in present}


def missing_fonts(present: frozenset[str]) -> list[str]:
    """The official fonts that this machine lacks; none when it cannot be asked."""
    return sorted({getattr(fonts(), role)[0] for role in PaperFonts.model_fields} - present) if present else []
