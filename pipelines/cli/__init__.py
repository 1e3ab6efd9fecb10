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

    # Before anything is written: whatever this process makes is its owner's alone.
    close_to_others()
    # Chosen before the commands are imported: their help is made of texts in that language while they are.
    texts.language()
    words, is_language = [], False
    for word in sys.argv[1:]:
        if is_language or word.startswith("--lang="):
            is_language = False
        elif word == "--lang":
            is_language = True
        else:
            words.append(word)
    from pipelines.cli.commands import app
    from pipelines.cli.usage import run

    run(app, words)
