"""The command line `tongbi`: what people type. Each command is thin: it opens the workspace, calls one function and
prints.

Exit codes: 0 done, 1 refused with a reason, 2 usage. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point: speak the asked language, wherever `--lang` stands, then run the command."""
    import pipelines.cli.texts as texts
    from pipelines.resources.access import close_to_others

    close_to_others()
    texts.language()
    words = _without_language(sys.argv[1:])
    from pipelines.cli.commands import app
    from pipelines.cli.usage import run

    run(app, words)


def _without_language(words: list[str]) -> list[str]:
    kept, skip = [], False
    for word in words:
        if skip or word.startswith("--lang="):
            skip = False
        elif word == "--lang":
            skip = True
        else:
            kept.append(word)
    return kept
