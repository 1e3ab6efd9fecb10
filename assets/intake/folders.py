"""Which department a folder is: 教育, 01教育局, 教体局9月, 民乐县教育局, education.

Belongs here: from the name of a folder to a department, by the contracts' names and what may stand around them (`folders.yaml`).
Does not belong here: the names themselves (`names` of each contract), what lies in a folder (`assets.receiving.sorting`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from matching.reading.regions import area_names

_FILE = Path(__file__).with_name("folders.yaml")
_BARE_ENDINGS = ("县", "区", "市", "旗")
_GONE = "\x00"
# 新疆维吾尔自治区巴音郭楞蒙古自治州, and no word of course is longer.
_LONGEST = 20


class FolderWords(BaseModel):
    """`folders.yaml`: words, patterns and a township's name that may stand around a department's name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    around: tuple[str, ...]
    patterns: tuple[str, ...]
    township: str


@lru_cache(maxsize=1)
def load_folder_words(path: Path = _FILE) -> FolderWords:
    """The words that are shipped.

    Raises:
        ValueError: a key is unknown or missing; pydantic's message names it.
    """
    return FolderWords.model_validate(yaml.safe_load(path.read_text("utf-8")))


@dataclass(frozen=True)
class NamedDepartment:
    """What the names of folders and files are compared with: its key, its words, and whether it is a source beside the four."""

    department: str
    names: tuple[str, ...]
    further: bool = False


@dataclass(frozen=True)
class DepartmentNames:
    """The names of all departments of a workspace."""

    departments: tuple[NamedDepartment, ...]

    def of_folder(self, name: str) -> str:
        """The department that a folder's name means, "" when it means none, or two, or says more than a department's name."""
        plain = _plain(name)
        if plain in self._keys:
            return plain
        named, rest = self._named_in(plain)
        return self._only(named) if named and not _says_more(rest) else ""

    def of_word(self, word: str) -> str:
        """The department that a person names on a command line: as a folder is named, or by its whole Chinese name."""
        return self._whole.get(_plain(word), "") or self.of_folder(word)

    def mentioned(self, text: str) -> frozenset[str]:
        """Every department of which a name stands in a text, such as the name of a file."""
        return self._named_in(_plain(text))[0]

    def _named_in(self, plain: str) -> tuple[frozenset[str], str]:
        """The departments named in a text, and the text without their names."""
        departments = {department for word in self._words.findall(plain) for department in self._by_name[word]}
        return frozenset(departments), self._words.sub(_GONE, plain)

    def _only(self, named: frozenset[str]) -> str:
        """One of several: 教育局在校名单 is the list, and not whatever the bureau delivers."""
        if len(named) > 1:
            named = frozenset(each.department for each in self.departments if each.further and each.department in named)
        return next(iter(named)) if len(named) == 1 else ""

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(each.department for each in self.departments)

    @cached_property
    def _whole(self) -> dict[str, str]:
        return {_plain(each.names[0]): each.department for each in self.departments if each.names}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = {}
        for each in self.departments:
            for name in each.names:
                by_name.setdefault(_plain(name), []).append(each.department)
        return by_name

    @cached_property
    def _words(self) -> re.Pattern[str]:
        # The longest first: 残疾筛查 is not whatever 残疾 stands in.
        words = sorted(self._by_name, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(re.escape, words)) or "(?!)")


def foldered(inbox: Path, names: DepartmentNames) -> frozenset[str]:
    """The departments of which a folder, or a zip of that name, lies in any period of the inbox, or one folder deeper (各部门/殡葬)."""
    folders = [path.name for deep in ("*/*", "*/*/*") for path in inbox.glob(deep) if path.is_dir()]
    zips = [path.stem for deep in ("*/*", "*/*/*") for path in inbox.glob(f"{deep}.zip")]
    return frozenset(map(names.of_folder, {*folders, *zips})) - {""}


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _says_more(rest: str) -> bool:
    """Whether anything stands around a department's name that is no place, number, date or word of course."""
    rest, words, at = re.sub(load_folder_words().township, _GONE, rest), _around(), 0
    while at < len(rest):
        number = _numbers().match(rest, at)
        # The longest first: of 金昌市永昌县 no shorter name may take the beginning.
        ends = (end for end in range(min(len(rest), at + _LONGEST), at, -1) if rest[at:end] in words)
        if end := number.end() if number else next(ends, 0):
            at = end
        elif rest[at].isalnum():
            return True
        else:
            at += 1
    return False


@lru_cache(maxsize=1)
def _around() -> frozenset[str]:
    places = area_names()
    # 民乐教育局: people leave the kind of place out.
    bare = {name[:-1] for name in places if len(name) > 2 and name.endswith(_BARE_ENDINGS)}
    return frozenset({*places, *bare, *load_folder_words().around})


@lru_cache(maxsize=1)
def _numbers() -> re.Pattern[str]:
    return re.compile("|".join(load_folder_words().patterns))
