"""`tongbi profile show|diff|check`: what a place sets, with the clause beside every value; how two places differ; what is still open.

Belongs here: printing. Not here: values (`expectations.jurisdictions`), what follows from them (`expectations.lists`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.shell import WorkspaceOption, refuse, spoken
from pipelines.cli.texts import say

if TYPE_CHECKING:
    from expectations.jurisdictions.duties import DutyRule
    from expectations.jurisdictions.profile import ListRule, Profile, Setting

app = typer.Typer(name="profile", help=say("profile.help"), no_args_is_help=True)
PlaceArgument = Annotated[str, typer.Argument(help=say("profile.place"), metavar="[PLACE]", show_default=False)]
SHOWN = 60


@app.command("show", help=say("profile.show"))
@spoken
def show_profile(
    place: PlaceArgument = "",
    only: Annotated[str, typer.Option("--only", help=say("profile.only"), show_default=False)] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Print a place's settings; without a place the list of places and the workspace's own."""
    from rich.table import Table

    from expectations.jurisdictions.profile import load_profile, places
    from pipelines.cli.shell import out, show

    profile = _loaded(place, workspace)
    if not place:
        named = "、".join(f"{name}（{load_profile(name).name}）" for name in places())
        out.print(say("profile.places", names=named), markup=False)
        out.print(say("profile.own", name=profile.name), markup=False)
    table = Table(*(say(f"table.{name}") for name in ("setting", "value", "clause", "source")), title=profile.name)
    for path, setting in profile.settings():
        if path.startswith(only):
            table.add_row(_term(path), _value(setting), setting.clause, setting.source)
    show(table)
    if not only or "duties".startswith(only):
        show(_duties(profile))
    if not only or "lists".startswith(only):
        show(_lists(profile))
    unknown = sum(1 for _, setting in profile.settings() if setting.value is None)
    out.print(say("profile.unknown", count=unknown), markup=False)


@app.command("diff", help=say("profile.diff"))
@spoken
def diff_profiles(
    # Wrong usage is told with the names of the parameters: they are words of the command line.
    one: Annotated[str, typer.Argument(help=say("profile.place"), metavar="PLACE")],
    other: Annotated[str, typer.Argument(help=say("profile.place"), metavar="PLACE")],
    workspace: WorkspaceOption = None,
) -> None:
    """Print the settings that differ between two places, with the second's clause."""
    from rich.table import Table

    from pipelines.cli.shell import out, show

    left, right = _loaded(one, workspace), _loaded(other, workspace)
    table = Table(say("table.setting"), left.name, right.name, say("table.clause"))
    theirs = dict(right.settings())
    for path, setting in left.settings():
        if setting.value != theirs[path].value:
            table.add_row(_term(path), _value(setting), _value(theirs[path]), theirs[path].clause or setting.clause)
    for name in dict.fromkeys([*left.duties, *right.duties]):
        if left.duties.get(name) != right.duties.get(name):
            rule = right.duties.get(name)
            clause = rule.clause if rule else ""
            table.add_row(f"duties.{name}", _duty(left, name), _duty(right, name), clause)
    for code in left.lists:
        if left.lists[code] != right.lists.get(code):
            clause = right.lists[code].clause if code in right.lists else ""
            table.add_row(f"lists.{code}", _rule(left, code), _rule(right, code), clause)
    if table.row_count:
        show(table)
    else:
        out.print(say("profile.same", one=left.name, other=right.name), markup=False)


@app.command("check", help=say("profile.check"))
@spoken
def check_profile(place: PlaceArgument = "", workspace: WorkspaceOption = None) -> None:
    """Validate a place's file and print what is undecided, and which lists wait for it."""
    from expectations.lists.catalogue import load_catalogue
    from expectations.lists.findings import not_computed
    from expectations.lists.ledgers import books_waiting
    from pipelines.cli.shell import out

    profile, catalogue = _loaded(place, workspace), load_catalogue()
    missing = sorted(set(catalogue.lists) - set(profile.lists))
    if missing:
        refuse(say("profile.no_list", name=profile.name, codes="、".join(missing)))
    # As if every file had come: what is then not computed waits for the place and for nobody else.
    origins = [origin for source in catalogue.sources.values() for origin in source.origins]
    waiting = not_computed(profile, [*catalogue.departments, *origins])
    out.print(say("profile.good", name=profile.name, count=len(profile.lists)), markup=False)
    for path, setting in profile.settings():
        if setting.value is None:
            out.print(f"  {_term(path).replace(chr(10), ' ')}：{setting.clause or say('profile.open')}", markup=False)
        # Set, but by a paper that nobody has read whole yet.
        elif "待确认" in setting.source or "待核对原文" in setting.source:
            out.print(
                f"  {_term(path).replace(chr(10), ' ')}：{_value(setting)}（{setting.source}）",
                markup=False,
                style="dim",
            )
    for sentence in [*waiting["sentence"], *books_waiting(profile)]:
        out.print(sentence, markup=False, style="yellow")


def _loaded(place: str, workspace: Path | None) -> Profile:
    """The place by name or file; without one the workspace's, else the national default.

    Raises:
        typer.Exit: there is no such place, or its file is wrong; the sentence names file and key.
    """
    from assets.county import DEFAULT_PROFILE, load_place, profile_of
    from expectations.rulebook import RuleFileError
    from pipelines.resources.workspace import SETTINGS_NAME, Workspace, default_root

    folder = workspace or default_root()
    try:
        # A profile is often looked at before there is a workspace: none is needed.
        if place or not (folder / SETTINGS_NAME).is_file():
            return load_place(place or DEFAULT_PROFILE)
        return profile_of(Workspace.open(folder))
    except RuleFileError as fault:
        refuse(str(fault))


def _term(path: str) -> str:
    """A setting as people call it, with its key for whoever edits the file."""
    from expectations.jurisdictions.labels import labels

    return f"{labels().setting(path)}\n{path}"


def _value(setting: Setting[Any]) -> str:
    """A value as people read it: an unknown one is said to be so."""
    if setting.value is None:
        return say("profile.undecided")
    from expectations.jurisdictions.labels import labels

    text = labels().value(setting.value) or "—"
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _duties(profile: Profile) -> Any:
    from rich.table import Table

    heads = ("duty", "by", "what", "towards", "due", "clause", "source")
    table = Table(*(say(f"table.{name}") for name in heads))
    for name, rule in profile.duties.items():
        if rule:
            actor, towards, when = _who(rule)
            table.add_row(name, actor, rule.what, towards, when, rule.clause, rule.source)
    return table


def _who(rule: DutyRule) -> tuple[str, str, str]:
    """A duty in words: who acts, towards whom, and when."""
    from expectations.jurisdictions.labels import labels

    towards = "、".join(labels().actor(name) for name in (rule.to or rule.of))
    when = " ".join(
        part for part in (labels().value(rule.every) if rule.every else "", rule.when or rule.until) if part
    )
    return labels().actor(rule.by), towards, when or say("profile.undecided")


def _duty(profile: Profile, name: str) -> str:
    rule = profile.duties.get(name)
    return "—" if rule is None else f"{_who(rule)[0]}：{rule.what}；{_who(rule)[2]}"


def _lists(profile: Profile) -> Any:
    from rich.table import Table

    from expectations.lists.catalogue import load_catalogue

    names = load_catalogue().lists
    heads = ("code", "list", "recipients", "due", "clause")
    table = Table(*(say(f"table.{name}") for name in heads))
    for code, rule in profile.lists.items():
        if rule.active:
            table.add_row(code, names[code].name, _recipients(profile, rule), rule.due, rule.clause)
    return table


def _rule(profile: Profile, code: str) -> str:
    rule = profile.lists.get(code)
    return say("profile.list_off") if rule is None or not rule.active else f"{_recipients(profile, rule)}；{rule.due}"


def _recipients(profile: Profile, rule: ListRule) -> str:
    """Who is sent a list, the one that answers for it first."""
    names = profile.catalogue.recipients
    return "、".join(names[name] for name in rule.recipients)
