"""How a file or a sheet is named outside the bureau's own workbooks: by numbers and known words, never by the name somebody gave it.

People name files and sheets after children (张三转学.xlsx, one sheet for each child). A delivery's number is unambiguous and says nothing
about anybody; it begins the numbers of the delivery's records, so that a sentence and an export lead to the same file.
Belongs here: what may be said of a name. Not here: sentences, and which name the register keeps (table `delivery`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, ConfigDict

from matching.reading.regions import area_names

_FILE = Path(__file__).with_name("naming.yaml")
_NUMBER = re.compile(r"[A-Z]{2}-[0-9a-f]{10}(?![0-9a-z])")
_DIGITS_OF_HASH = 10


class Vocabulary(BaseModel):
    """`naming.yaml`: words and patterns that may be said of a name, patterns that are cut out first, endings of files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]
    patterns: tuple[str, ...]
    never: tuple[str, ...]
    endings: tuple[str, ...]
    between: str


@lru_cache(maxsize=1)
def load_vocabulary(path: Path = _FILE) -> Vocabulary:
    """The vocabulary that is shipped.

    Raises:
        ValueError: a key is unknown or missing; pydantic's message names it.
    """
    return Vocabulary.model_validate(yaml.safe_load(path.read_text("utf-8")))


def number_of(code: str, sha256: str) -> str:
    """The number of a delivery: the department's code and the beginning of its content's hash, `ED-3f9a1c2b07`."""
    return f"{code}-{sha256[:_DIGITS_OF_HASH]}"


def number_in(text: str) -> str:
    """The delivery number that a record's number or a label holds, "" when there is none."""
    number = _NUMBER.search(text)
    return number[0] if number else ""


def sheet_in(record_id: str) -> int:
    """Which sheet of its file a record stands on, counted from 1, by its number; 0 when the number does not say."""
    parts = record_id.split("-")
    return int(parts[2]) if len(parts) == 4 and parts[2].isdigit() else 0


@dataclass(frozen=True)
class Naming:
    """Says what may be said; `towns` are the county's own names of townships and villages, beside the shipped words and the country's counties."""

    towns: tuple[str, ...] = ()

    def file(self, number: str, name: str) -> str:
        """A file by its delivery number, the known words of its name and its ending: `ED-3f9a1c2b07_学籍_2026年三季度.xlsx`."""
        ending = PurePosixPath(name).suffix
        # 名册.张三 has no ending of a file, but a name where an ending stands.
        known = ending.lower() if ending.lower() in load_vocabulary().endings else ""
        label = "_".join(part for part in (number, self.words(name.removesuffix(ending))) if part)
        return (label or "文件") + known

    def exported(self, number: str, name: str) -> str:
        """A file as the two contract exports name it: a name of nothing but known words says nothing about anybody and stays whole.

        The number stands beside it there, at the beginning of every `record_id`, so that readers of other systems go on finding files by
        the names that they gave them.
        """
        ending = PurePosixPath(name).suffix
        if ending.lower() in load_vocabulary().endings and self.is_known(name.removesuffix(ending)):
            return name
        return self.file(number, name)

    def sheet(self, name: str, number: int) -> str:
        """A sheet by its name where that is made of known words alone, else by its place (`number` from 1) and those words."""
        if not name or self.is_known(name):
            return name
        label = "_".join(part for part in (f"第{number}张表" if number else "", self.words(name)) if part)
        return label or "（表名不显示）"

    def where(self, name: str, number: int) -> str:
        """The same for a sentence: 「工作表…」, or 第2张表 with the words that are known."""
        if name and self.is_known(name):
            return f"工作表「{name}」"
        known = self.words(name)
        return f"第{number}张表（{known}）" if known else f"第{number}张表"

    def words(self, text: str) -> str:
        """The known words of a name in their order; `_` stands where something else was."""
        return "_".join(self._pieces(text))

    def is_known(self, text: str) -> bool:
        """Whether a name holds known words and nothing beside them."""
        known = "".join(self._pieces(text))
        plain = unicodedata.normalize("NFKC", text)
        return bool(known) and _bare(known) == _bare(plain)

    def _pieces(self, text: str) -> list[str]:
        plain = unicodedata.normalize("NFKC", text)
        # Cut out by a sign that no word has, so that what stands around it does not grow together into a known word.
        for pattern in load_vocabulary().never:
            plain = re.sub(pattern, "\x00", plain)
        pieces: list[str] = []
        end = -1
        for word in self._sayable.finditer(plain):
            if word.start() == end:
                pieces[-1] += word[0]
            else:
                pieces.append(word[0])
            end = word.end()
        return pieces

    @cached_property
    def _sayable(self) -> re.Pattern[str]:
        """Every word that may be said, the longest first: of 金昌市永昌县 no shorter name may take the beginning."""
        vocabulary = load_vocabulary()
        words = sorted(
            {*vocabulary.words, *area_names(), *(town for town in self.towns if len(town) > 1)},
            key=lambda word: (-len(word), word),
        )
        return re.compile("|".join([*vocabulary.patterns, *map(re.escape, words)]), re.IGNORECASE)


def _bare(text: str) -> str:
    """A name without what only stands between its words."""
    between = load_vocabulary().between
    return "".join(character for character in text if character not in between).lower()


@lru_cache(maxsize=8)
def naming(towns: tuple[str, ...] = ()) -> Naming:
    """The naming of a county; the same object for the same towns, because compiling its words takes a while."""
    return Naming(towns)


def naming_with(towns: Iterable[str]) -> Naming:
    """The same from any towns, each once."""
    return naming(tuple(sorted({town for town in towns if town})))
