"""Wrong usage in the person's language: typer's own sentences and titles are English only.

Belongs here: which mistake was made, and the words around a command's help. Does not belong here: refusals of commands (`shell`).
What was wrong is read off what the parser states for programs (the kind of mistake, pydantic's code, the command); its English is never
searched. Why no catalogue of translations does this: docs/decisions/libraries.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from typer import rich_utils
from typer.core import TyperGroup

from pipelines.cli.shell import USAGE, err
from pipelines.cli.texts import say

TITLES = {
    "ARGUMENTS_PANEL_TITLE": "usage.arguments",
    "OPTIONS_PANEL_TITLE": "usage.options",
    "COMMANDS_PANEL_TITLE": "usage.commands",
    "REQUIRED_LONG_STRING": "usage.required",
}

# Pydantic's codes for a value that it did not take.
EXPECTED = {
    "greater_than_equal": "usage.at_least",
    "less_than_equal": "usage.at_most",
    "int_parsing": "usage.number",
    "int_from_float": "usage.number",
    "float_parsing": "usage.number",
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
        # By name: typer brings a copy of click's exceptions of its own.
        kind, context = type(mistake).__name__, getattr(mistake, "ctx", None)
        if kind != "NoArgsIsHelpError":  # then the help was printed already
            err.print(_sentence(kind, mistake), markup=False, style="red")
            path = context.command_path if context is not None else "tongbi"
            err.print(say("usage.more", command=path), markup=False)
        sys.exit(USAGE)
    sys.exit(code if isinstance(code, int) else 0)


def _sentence(kind: str, mistake: Any) -> str:
    """The sentence of a mistake; the English one stands behind where nothing better is known."""
    parameter, message = getattr(mistake, "param", None), str(mistake.message)
    # What a person types: the option, or the argument's name.
    name = "" if parameter is None else next(iter(parameter.opts), parameter.name)
    if kind == "MissingParameter":
        return say("usage.missing", name=name)
    if kind == "NoSuchOption":
        near = "".join((mistake.possibilities or [])[:1])  # the nearest first; a second guess helps nobody
        return say("usage.no_option", name=mistake.option_name) + (say("usage.near", names=near) if near else "")
    if kind == "BadParameter" and parameter is not None:
        return say("usage.bad_value", name=name) + _expected(mistake.__cause__)
    if kind == "BadOptionUsage":
        return say("usage.no_value", name=mistake.option_name)
    if kind == "UsageError" and mistake.ctx is not None:
        # A word too many: where commands are awaited it was meant as one. Which word it was stands only in the message.
        if isinstance(mistake.ctx.command, TyperGroup) and (quoted := re.search(r"""(['"])(.*?)\1""", message)):
            return say("usage.no_command", name=quoted[2])
        if bracketed := re.search(r" \((.*)\)$", message, re.DOTALL):
            return say("usage.extra", words=bracketed[1])
    return say("usage.wrong", reason=message)


def _expected(cause: BaseException | None) -> str:
    """What a value should be, as far as pydantic says."""
    from pydantic import ValidationError

    if not isinstance(cause, ValidationError):
        return ""
    refused = cause.errors()[0]
    return say(EXPECTED[refused["type"]], **refused.get("ctx", {})) if refused["type"] in EXPECTED else ""
