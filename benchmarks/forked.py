"""The command line in a process that was forked from one with everything loaded, without waiting for the imports.

Belongs here: what to load, being the command, its exit code. Not here: who forks, what is asked (`benchmarks.kills`, `tests/warm.py`).
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import NoReturn

# What commands import, except the command line itself: that speaks the language it is imported under.
LOADED = (
    "alembic.command",
    "dagster._core.execution.execute_in_process",
    "openpyxl",
    "pipelines.assembly",
    "pipelines.resources.session",
    "recordlinkage",
    "rich.live",
    "xlsxwriter",
)


def load() -> None:
    """Import it all."""
    for name in LOADED:
        import_module(name)


def be_the_command(words: list[str], said: Mapping[int, str | Path], first: Callable[[], object]) -> NoReturn:
    """Be `tongbi` with these words; the process ends with its exit code and with nothing of ours.

    Args:
        words: after the name of the program.
        said: file descriptor -> file for what is written there.
        first: done before, in the place of the command.
    """
    code = 1
    try:
        for number, path in said.items():
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), number)
        sys.argv = ["tongbi", *words]
        first()
        from pipelines.cli import main as command

        command()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
