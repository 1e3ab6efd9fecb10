"""What settings and their values are called for people, read from `labels.yaml`.

Belongs here: words only. Not here: values and clauses (`profile`).
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from expectations.lists.periods import spoken
from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("labels.yaml")
_DURATION = re.compile(r"P\d+[DWMY]")


class Labels(Rules):
    """Model of `labels.yaml`: section -> key -> Chinese term; code -> Chinese word; code -> who acts."""

    settings: dict[str, dict[str, str]]
    actors: dict[str, str]
    words: dict[str, str]

    def setting(self, path: str) -> str:
        """The term of a setting `section.key`; the path itself where there is none."""
        section, _, key = path.partition(".")
        return self.settings.get(section, {}).get(key, path)

    def actor(self, code: str) -> str:
        """Who acts or receives: a code in words, anything else as the paper writes it."""
        return self.actors.get(code, code)

    def value(self, value: Any) -> str:
        """A value in words: codes and durations spoken, lists joined by 、; "" for an empty one."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Mapping):
            return "、".join(f"{self.value(key)}：{self.value(item)}" for key, item in value.items())
        if isinstance(value, (list, tuple)):
            return "、".join(self.value(item) for item in value)
        text = str(value)
        return f"每{spoken(text)}" if _DURATION.fullmatch(text) else self.words.get(text, text)


@cache
def labels() -> Labels:
    """The validated labels. Raises `RuleFileError` naming file and key."""
    return read_rules(FILE, Labels)
