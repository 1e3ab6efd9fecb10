"""What the stations need to know about the county besides its data: the place's profile with the workspace's settings
laid over it, the lists' names.

No rule belongs here: numbers are in `expectations.jurisdictions`, lists in `expectations.lists`.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from assets.intake.contract import all_contracts, load_contracts
from assets.receiving.delivered import delivered_sources, kept_delivered
from assets.recipes import check_departments, check_lists
from assets.workbooks.layout import default_layout
from expectations.jurisdictions.profile import Profile, load_profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import not_computed
from matching.reading.regions import area_name
from pipelines.resources import deliveries
from pipelines.resources.frames import FrameStore
from pipelines.resources.reading.opening import read_within
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace, WorkspaceError

DEFAULT_PROFILE = "default"
FACTS_OF_CHILDREN = "child_files.facts"
BLANK_COUNTY = "＿＿＿＿县（市、区）"
# The two columns of the list of towns and villages, and what their headings have in them.
AREA_HEADS = {"乡镇": re.compile("乡|镇|街道|town"), "村": re.compile("村|社区|居委|village")}
# A county has some hundreds of villages; a list of more than this is another file.
_AREA_BYTES = 16 << 20


def load_place(name_or_path: str | Path) -> Profile:
    """A place's profile for a run: a list is refused that is half written down (`assets.recipes`), or goes to somebody to whom the
    workbooks have nothing to show.

    Raises:
        RuleFileError: as `load_profile` and `check_lists`.
    """
    check_lists()
    return load_profile(name_or_path, default_layout().columns_for())


def profile_of(workspace: Workspace) -> Profile:
    """The profile that the workspace names (a shipped place, or a YAML file in the workspace), with the county's own
    name and code.

    Raises:
        RuleFileError: there is no such profile, or it is wrong, or adds a department that has no whole contract; names file and key.
        ContractError: a contract of the workspace is wrong.
    """
    named = workspace.settings.profile or DEFAULT_PROFILE
    own = workspace.root / named
    profile = load_place(own if own.suffix in (".yaml", ".yml") else named)
    if profile.departments:
        # Only then: a contract that cannot be read is no matter of commands that look at a profile alone.
        check_departments(profile, all_contracts(workspace.contracts))
    settings = workspace.settings
    stated = {
        "area_code": settings.county_code,
        "county_name": settings.county_name,
        "own_codes": settings.own_codes,
        "other_counties": settings.other_counties,
    }
    changed = {
        key: getattr(profile.place, key).model_copy(update={"value": value}) for key, value in stated.items() if value
    }
    return profile.model_copy(update={"place": profile.place.model_copy(update=changed)})


def county_name(workspace: Workspace, period: str = "") -> str:
    """The county's name: as it is stated, else by its code, stated or inferred from the period's household register; "" when nobody knows.

    Args:
        workspace: its settings and profile state it.
        period: whose child files say which county the run took for the own one.
    """
    place = profile_of(workspace).place
    if named := place.county_name.value or area_name(place.area_code.value or ""):
        return named
    frames = FrameStore(workspace.frames)
    known = period and not place.area_code.value and frames.exists(FACTS_OF_CHILDREN, period)
    return area_name(str(frames.read(FACTS_OF_CHILDREN, period)["county"].iloc[0])) if known else ""


def office_name(county: str) -> str:
    """Who signs: 民乐县民政局; without a name a blank that is seen, for a false name is worse than none."""
    return f"{county or BLANK_COUNTY}民政局"


def list_names(workspace: Workspace) -> dict[str, str]:
    """Code -> name of the lists that the place runs, in the catalogue's order."""
    rules = profile_of(workspace).lists
    known = load_catalogue().lists
    return {code: info.name for code, info in known.items() if code in rules and rules[code].active}


def lists_not_computed(opened: Session, period: str) -> dict[str, str]:
    """Code -> sentence of the lists that cannot be computed from what was delivered in the period, or only in a part that shows nobody."""
    listed = (
        set(opened.frames.read("findings", period, ["code"])["code"])
        if opened.frames.exists("findings", period)
        else set()
    )
    missing = not_computed(profile_of(opened.workspace), sources_delivered(opened, period), listed)
    return dict(zip(missing["code"].astype(str), missing["sentence"].astype(str), strict=True))


def sources_delivered(opened: Session, period: str, latest: bool = False) -> list[str]:
    """Departments, `department.layout` of the kinds of files, and columns that the period's lists rest on: as the run kept them.

    With `latest` those of the last run, which may wait for its release.
    """
    frames = opened.latest if latest else opened.frames
    kept = kept_delivered(frames, period)
    if kept is not None:
        return kept
    with opened.engine.connect() as connection:
        accounts = deliveries.of_period(connection, period, deliveries.LIVE)
    return delivered_sources(accounts, frames, period)


def department_names(workspace: Workspace) -> dict[str, str]:
    """Department -> its Chinese name, from the contracts."""
    return {name: contract.zh for name, contract in load_contracts(workspace.contracts).items()}


def official_areas(workspace: Workspace) -> list[tuple[str, str]]:
    """The county's own list of towns and villages, in its order; empty when the workspace has none.

    Raises:
        WorkspaceError: the file is no CSV with the columns 乡镇 and 村; says what is wrong.
    """
    path = workspace.areas
    if not path:
        return []
    lines = list(csv.reader(io.StringIO(_text(path), newline="")))
    heads = [head.strip() for head in lines[0]] if lines else []
    places = [
        next((place for place, head in enumerate(heads) if words.search(head)), -1) for words in AREA_HEADS.values()
    ]
    missing = [name for name, place in zip(AREA_HEADS, places, strict=True) if place < 0]
    if missing:
        raise WorkspaceError(
            f"乡镇、村名单 {path.name} 的第一行缺少列：{'、'.join(missing)}。第一行应写列名“乡镇,村”，以下每村一行；"
            "或改正 tongbi.toml 里的 areas。"
        )
    town, village = places
    # Spreadsheet programs leave out empty cells at the end of a line.
    padded = [[*(cell.strip() for cell in line), *[""] * len(heads)] for line in lines[1:]]
    return [(line[town], line[village]) for line in padded if line[town]]


def _text(path: Path) -> str:
    """A CSV as offices save it: UTF-8, or GB18030 from a spreadsheet program."""
    content = read_within(path, _AREA_BYTES)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkspaceError(f"乡镇、村名单 {path.name} 不是文本文件：请另存为“CSV UTF-8”后再放回。")
