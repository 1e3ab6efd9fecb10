"""What the stations need to know about the county besides its data: the place's profile with the workspace's settings
laid over it, the lists' names.

No rule belongs here: numbers are in `expectations.jurisdictions`, lists in `expectations.lists`.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import dagster as dg

from assets.delivered import delivered_sources
from assets.intake.contract import load_contracts
from assets.workbooks.layout import default_layout
from expectations.jurisdictions.profile import Profile, load_profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import not_computed
from pipelines.resources import deliveries
from pipelines.resources.opened import Opened
from pipelines.resources.reading.opening import read_within
from pipelines.resources.workspace import Workspace

DEFAULT_PROFILE = "default"
# Dagster's own name for the number of rows of a partition; counts are all that metadata may hold.
COUNT = "dagster/partition_row_count"
# A county has some hundreds of villages; a list of more than this is another file.
_AREA_BYTES = 16 << 20


def opened_of(context: dg.AssetExecutionContext) -> Opened:
    """The opened workspace of a running station."""
    return cast(Opened, context.resources.county)


def load_place(name_or_path: str | Path) -> Profile:
    """A place's profile for a run: a list is refused that goes to somebody to whom the workbooks have nothing to show.

    Raises:
        RuleFileError: as `load_profile`.
    """
    return load_profile(name_or_path, default_layout().columns_for())


def profile_of(workspace: Workspace) -> Profile:
    """The profile that the workspace names (a shipped place, or a YAML file in the workspace), with the county's own
    name and code.

    Raises:
        RuleFileError: there is no such profile, or it is wrong; names file and key.
    """
    named = workspace.settings.profile or DEFAULT_PROFILE
    own = workspace.root / named
    profile = load_place(own if own.suffix in (".yaml", ".yml") and own.is_file() else named)
    stated = {"area_code": workspace.settings.county_code, "county_name": workspace.settings.county_name}
    changed = {
        key: getattr(profile.place, key).model_copy(update={"value": value}) for key, value in stated.items() if value
    }
    return profile.model_copy(update={"place": profile.place.model_copy(update=changed)})


def list_names(workspace: Workspace) -> dict[str, str]:
    """Code -> name of the lists that the place runs, in the catalogue's order."""
    rules = profile_of(workspace).lists
    known = load_catalogue().lists
    return {code: info.name for code, info in known.items() if code in rules and rules[code].active}


def lists_not_computed(opened: Opened, period: str) -> dict[str, str]:
    """Code -> sentence of the lists that cannot be computed from what was delivered in the period."""
    missing = not_computed(profile_of(opened.workspace), sources_delivered(opened, period))
    return dict(zip(missing["code"].astype(str), missing["sentence"].astype(str), strict=True))


def sources_delivered(opened: Opened, period: str) -> list[str]:
    """Departments, and `department.layout` of the kinds of files, that the period's lists may rest on."""
    with opened.engine.connect() as connection:
        accounts = deliveries.of_period(connection, period, deliveries.LIVE)
    return delivered_sources(accounts, opened.frames, period)


def department_names(workspace: Workspace) -> dict[str, str]:
    """Department -> its Chinese name, from the contracts."""
    return {name: contract.zh for name, contract in load_contracts(workspace.contracts).items()}


def official_areas(workspace: Workspace) -> list[tuple[str, str]]:
    """The county's own list of towns and villages, in its order; empty when the workspace has none.

    Raises:
        ValueError: the file has not the columns 乡镇 and 村.
    """
    return _read_areas(workspace.areas) if workspace.areas else []


def _read_areas(path: Path) -> list[tuple[str, str]]:
    import csv
    import io

    text = read_within(path, _AREA_BYTES).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return [(row[0].strip(), row[1].strip() if len(row) > 1 else "") for row in rows if row and row[0].strip()]
