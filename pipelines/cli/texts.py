"""What the command line says, in Chinese or English, from `texts.yaml`.

Only the command's own words. Sentences about deliveries, rows and children are the stations' and stay Chinese: they go
to Chinese clerks.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_chosen: list[str] = []


@cache
def _texts() -> dict[str, dict[str, str]]:
    import yaml

    # libyaml's where it is there: the texts are read at every start of a command.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"), Loader=loader))


def choose(language: str) -> None:
    """Speak this language from now on."""
    _chosen[:] = [language if language in LANGUAGES else LANGUAGES[0]]


def language() -> str:
    """The language: chosen, else `--lang` on the command line, else TONGBI_LANG, else Chinese."""
    if not _chosen:
        choose(_stated())
    return _chosen[0]


def prefer(language: str) -> None:
    """Speak the workspace's language, unless the person stated one for this command."""
    if not _stated():
        choose(language)


def _stated() -> str:
    """The language that the person stated, on the command line or else in the environment; "" when in neither."""
    on_the_line = ""
    for index, word in enumerate(sys.argv):
        # Read here and not by typer: texts of help are made before typer reads anything.
        if word == "--lang":
            on_the_line = sys.argv[index + 1] if index + 1 < len(sys.argv) else ""
            break
        if word.startswith("--lang="):
            on_the_line = word.removeprefix("--lang=")
            break
    return on_the_line or os.environ.get("TONGBI_LANG", "")


def say(key: str, /, **values: object) -> str:
    """The text of a key with its values put in."""
    return _texts()[key][language()].format(**values)
