"""Wrong usage in the person's language: typer's own sentences and titles are English only.

Belongs here: which mistake was made, and the words around a command's help. Does not belong here: refusals of commands (`shell`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from typer import rich_utils

from pipelines.cli.shell import USAGE, err
from pipelines.cli.texts import say

TITLES = {
    "ARGUMENTS_PANEL_TITLE": "usage.arguments",
    "OPTIONS_PANEL_TITLE": "usage.options",
    "COMMANDS_PANEL_TITLE": "usage.commands",
    "REQUIRED_LONG_STRING": "usage.required",
}

EXPECTED = {
    r"greater than or equal to (?P<low>\S+)": "usage.at_least",
    r"less than or equal to (?P<high>\S+)": "usage.at_most",
    r"valid integer|valid number": "usage.number",
}


def run(app: typer.Typer, words: Sequence[str]) -> NoReturn:
    """Run a command; a mistake in its words is said in one sentence, with where to read on.

    Raises:
        SystemExit: always, with the command's exit code.
    """
    for title, key in TITLES.items():
        setattr(rich_utils, title, say(key))
    rich_utils.DEFAULT_STRING = say("usage.default")
    try:
        code = typer.main.get_command(app).main(args=list(words), prog_name="tongbi", standalone_mode=False)
    except typer.Abort:
        err.print(say("fault.interrupted"), markup=False, style="red")
        sys.exit(1)
    except Exception as mistake:
        if getattr(mistake, "exit_code", None) != USAGE:
            raise
        _tell(mistake)
        sys.exit(USAGE)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(mistake: Any) -> None:
    """Print what is wrong with the words of a command."""
    kind, context = type(mistake).__name__, getattr(mistake, "ctx", None)
    if kind == "NoArgsIsHelpError":
        return
    err.print(_sentence(kind, mistake), markup=False, style="red")
    path = context.command_path if context is not None else "tongbi"
    err.print(say("usage.more", command=path), markup=False)


def _sentence(kind: str, mistake: Any) -> str:
    """The sentence of a mistake; the English one stands behind where nothing better is known."""
    parameter = getattr(mistake, "param", None)
    name = _name(parameter)
    if kind == "MissingParameter":
        return say("usage.missing", name=name)
    if kind == "NoSuchOption":
        near = "".join((mistake.possibilities or [])[:1])  # the nearest first; a second guess helps nobody
        return say("usage.no_option", name=mistake.option_name) + (say("usage.near", names=near) if near else "")
    if kind == "BadParameter" and parameter is not None:
        return say("usage.bad_value", name=name) + _expected(str(mistake.message))
    if kind == "BadOptionUsage":
        return say("usage.no_value", name=mistake.option_name)
    if "No such command" in str(mistake.message):
        words = mistake.ctx.args if mistake.ctx is not None else []
        return say("usage.no_command", name=_quoted(str(mistake.message)) or " ".join(words))
    if extra := re.search(r"extra argument\S* \((.*)\)", str(mistake.message)):
        return say("usage.extra", words=extra[1])
    return say("usage.wrong", reason=mistake.message)


def _expected(message: str) -> str:
    """What a value should be, as far as the English message says."""
    for pattern, key in EXPECTED.items():
        if found := re.search(pattern, message):
            return say(key, **found.groupdict())
    return ""


def _name(parameter: Any) -> str:
    """What a person types for a parameter: the option, or the argument's name."""
    return "" if parameter is None else next(iter(parameter.opts), parameter.name)


def _quoted(message: str) -> str:
    """The word between the first quotes."""
    parts = message.split("'")
    return parts[1] if len(parts) > 2 else ""
