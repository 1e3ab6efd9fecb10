"""Child files (一人一档): standard records and links in, one row per child out, with every value's department.

Belongs here: putting the pieces of `assets.childfile` together. Not here: reading files, linking, and the lists.
Source: rules/identifiers.md#trust-order, rules/dates.md#dates, rules/places-and-people.md#not-errors, rules/definitions.md#definitions; docs/data-shapes.md section 5.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from assets.childfile.beside import beside_records
from assets.childfile.births import ages, births
from assets.childfile.choose import Chooser
from assets.childfile.household import households, own_county, register_side
from assets.childfile.near import near_candidates
from assets.childfile.places import responsible_places
from assets.childfile.preference import Preference, preference
from assets.childfile.states import StateRules, collapse_police, is_active, record_states
from assets.intake.contract import state_rules
from expectations.jurisdictions.profile import Profile
from expectations.lists.files import BoolArray, ChildFiles

__all__ = ["ChildFiles", "FileContext", "build_child_files"]


@dataclass(frozen=True)
class FileContext:
    """What child files need to know besides the data: the period, its last day, the place's profile, and how each department says that a
    record has ended (without a workspace: the built-in contracts).
    """

    period: str
    as_of: date
    profile: Profile
    states: StateRules = dataclasses.field(default_factory=state_rules)


def build_child_files(
    records: pd.DataFrame, links: pd.DataFrame, pairs: pd.DataFrame, context: FileContext
) -> ChildFiles:
    """Build one file per child.

    Args:
        records: all standard frames concatenated (any number of sources).
        links: `link_children`: at least `record_id, child_id, method, probability`. Records without link are about adults: `beside`.
        pairs: `link_pairs`.
        context: period, as-of day, profile.

    Returns:
        Child files; the order of the input does not matter.
    """
    order = preference()
    linked = _linked(records, links, order, context.states, context.profile)
    n = int(linked["child"].max()) + 1 if len(linked) else 0
    solid = linked["active"].to_numpy(np.bool_)
    chooser = Chooser(linked, linked["child"].to_numpy(np.int64), n, solid)
    county = own_county(linked, context.profile.place)
    linked["register_side"] = register_side(linked, context.profile.place, county)
    children = _children(chooser, order, context)
    near = near_candidates(pairs, linked)
    beside = beside_records(records, links)
    return ChildFiles(children, linked, near, context.as_of, context.period, county, beside)


def _linked(
    records: pd.DataFrame, links: pd.DataFrame, order: Preference, states: StateRules, profile: Profile
) -> pd.DataFrame:
    """The linked records in a fixed order, which makes every later "first record" independent of the order of files."""
    at = pd.Index(links["record_id"]).get_indexer(pd.Index(records["record_id"]))
    ids, child = np.unique(links["child_id"].to_numpy(object)[at[at >= 0]].astype(str), return_inverse=True)
    mine = np.flatnonzero(at >= 0)
    keys = [records[name].to_numpy(object)[mine] for name in ("record_id", "row", "sheet", "file", "department")]
    keys[1] = keys[1].astype(np.int64)
    sorting = np.lexsort([*(key if key.dtype != object else pd.factorize(key, sort=True)[0] for key in keys), child])
    source = at[mine[sorting]]
    found = records.iloc[mine[sorting]].reset_index(drop=True)
    for name in sorted({*order.reads, *order.values} - set(found.columns)):
        # A source that lacks a column has nothing to say there.
        found[name] = ""
    found["child"], found["child_id"] = child[sorting], ids.astype(object)[child[sorting]]
    found["method"] = links["method"].to_numpy(object)[source]
    found["probability"] = pd.to_numeric(links["probability"], errors="coerce").fillna(1.0).to_numpy()[source]
    found["state"] = record_states(found, states, profile.allowances.card_not_valid.known())
    found["active"] = is_active(found["state"], order)
    return found


def _children(chooser: Chooser, order: Preference, context: FileContext) -> pd.DataFrame:
    everyone = np.ones(len(chooser.records), dtype=np.bool_)
    columns: dict[str, pd.Series] = {"child_id": chooser.take("child_id", chooser.first(everyone, order.departments))}
    columns["departments"] = chooser.union("department", everyone)
    for field, departments in order.values.items():
        columns[field], columns[f"{field}_from"] = chooser.value(field, departments)
    birth = births(chooser, order.departments, context.as_of)
    parts = [
        pd.DataFrame(columns),
        birth,
        ages(birth["birth_date"], context.as_of, context.profile.school),
        responsible_places(chooser, order.places),
        _life(chooser, columns["death_date"], columns["moved_out_date"]),
        _rolls(chooser),
    ]
    children = pd.concat(parts, axis=1)
    children["identifiers"] = _identifiers(children, order)
    return children


def _life(chooser: Chooser, death_date: pd.Series, moved_out_date: pd.Series) -> pd.DataFrame:
    """Alive, moved out, registered where: `alive, dead_from, police_state, moved_out, left_on, died_on, hukou...`."""
    state, at = collapse_police(chooser.records, chooser.child, chooser.n, preference())
    dead = chooser.columns.isin("state", ["dead", "dead_on_roll"]) | chooser.columns.filled("death_date")
    died = chooser.any(dead)
    cancelled_on = chooser.take("cancel_date", at)
    moved = (state == "moved_out").to_numpy()
    life = households(chooser, chooser.records["register_side"], state)
    life["alive"] = np.where(died, "no", "yes").astype(object)
    life["dead_from"] = chooser.union("department", dead)
    life["died_on"] = death_date.where(death_date != "", cancelled_on.where(state == "dead", ""))
    life["police_state"] = state
    life["moved_out"] = np.where(moved, "yes", "no").astype(object)
    life["left_on"] = cancelled_on.where(cancelled_on != "", moved_out_date).where(moved, "")
    life["here"] = np.where(_present(chooser, state) & ~died & ~moved, "yes", "no").astype(object)
    return life


def _present(chooser: Chooser, state: pd.Series) -> BoolArray:
    elsewhere = ~chooser.of("public_security") & chooser.solid
    return np.asarray((state == "active").to_numpy() | chooser.any(elsewhere), dtype=np.bool_)


def _rolls(chooser: Chooser) -> pd.DataFrame:
    """What civil affairs' roll says: `categories, aids`, of active records only; and how sure the child's links are."""
    civil = chooser.of("civil_affairs") & chooser.solid
    weakest = np.ones(chooser.n)
    np.minimum.at(weakest, chooser.child, chooser.records["probability"].to_numpy(np.float64))
    return pd.DataFrame(
        {
            "categories": chooser.union("category", civil),
            "aids": chooser.union("aid", civil | (chooser.of("subsistence") & chooser.solid)),
            "link_probability": weakest,
        }
    )


def _identifiers(children: pd.DataFrame, order: Preference) -> pd.Series:
    """How well a counterpart could have been found: `strong`, `medium` or `weak` (a missing one then proves little)."""
    named = {name: children[name] != "" for name in ("id_no", "name", "father_name", "mother_name")}
    present = {
        **named,
        "birth_date": children["birth_precision"] == "day",
        "parent": named["father_name"] | named["mother_name"] | (children["guardian_name"] != ""),
    }
    strong = np.logical_and.reduce([present[name] for name in order.identifiers.strong])
    medium = np.logical_and.reduce([present[name] for name in order.identifiers.medium])
    return pd.Series(np.select([strong, medium], ["strong", "medium"], "weak"), index=children.index, dtype=object)
