"""Python processes of our own beside the run: how one is started and ended. What it does and how it answers is its module's matter.

It finds our packages wherever it is started, and never a file of the folder it stands in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command(module: str) -> list[str]:
    """The command that runs a module of ours as a process."""
    # -P: the folder we stand in may be an inbox, and a file in it must not be imported.
    return [sys.executable, "-P", "-m", module]


def environment(**more: str) -> dict[str, str]:
    """Our environment, with our packages on the path of imports."""
    known = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{known}" if known else str(ROOT)} | more


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it is doing, and close its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
