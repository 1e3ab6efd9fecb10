"""Child files (一人一档): standard records and links in, one row per child out, with every value's department.

Belongs here: putting the pieces of `assets.childfile` together, and the records beside them that belong to no child (child workers, heads of
households, parents whom justice or the funeral home named). Not here: reading files, linking, which rows are about adults
(`assets.intake.linkable`), and the lists. Source: rules/identifiers.md#trust-order,
rules/dates.md#dates, rules/places-and-people.md#not-errors, rules/definitions.md#definitions, #orphans, rules/departments.md#subsistence,
#worker-roster; docs/data-shapes.md section 5.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from assets.childfile.births import ages, births
from assets.childfile.choose import Chooser
from assets.childfile.counties import delivered_registers, own_records, with_little_of_others
from assets.childfile.household import households, register_side, responsible_places
from assets.childfile.near import near_candidates
from assets.childfile.preference import Preference, preference
from assets.childfile.states import StateRules, collapse_police, is_active, record_states
from assets.counties.registers import Registers
from assets.intake.contract import state_rules
from expectations.jurisdictions.profile import Profile
from expectations.lists.files import REGISTER_COUNTY, ChildFiles

__all__ = ["ChildFiles", "FileContext", "beside_records", "build_child_files"]

# No more of an adult than lists need: nobody has a file of a child worker here.
_BESIDE = [
    *("record_id", "department", "layout", "file", "sheet", "row", "name", "id_no", "person_status", "death_date"),
    *("term_from", "term_to", "aid", "post", "live_town", "live_village", "town", "village", "household_no"),
]  # fmt: skip


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
    records: pd.DataFrame,
    links: pd.DataFrame,
    pairs: pd.DataFrame,
    context: FileContext,
    registers: Registers | None = None,
) -> ChildFiles:
    """Build one file per child.

    Args:
        records: all standard frames concatenated (any number of sources).
        links: `link_children`: at least `record_id, child_id, method, probability`. Records without link are about adults: `beside`.
        pairs: `link_pairs`.
        context: period, as-of day, profile.
        registers: whose register each record stands in, where the caller found it out already.

    Returns:
        Child files; the order of the input does not matter.
    """
    order, place = preference(), context.profile.place
    registers = registers or delivered_registers(records, links, place)
    own = own_records(records, links, registers)
    links = links[links["record_id"].isin(own.records["record_id"])] if len(own.records) < len(records) else links
    linked = _in_fixed_order(own.records, links, order, context)
    n = int(linked["child"].max()) + 1 if len(linked) else 0
    # Before the children are made: what a record says about the register takes part in whether its child is registered here.
    linked["register_side"] = register_side(linked, place, registers.own)
    linked = with_little_of_others(linked)
    chooser = Chooser(linked, linked["child"].to_numpy(np.int64), n, linked["active"].to_numpy(np.bool_))
    children = _children(chooser, order, context)
    # A county that is not compared explains at least why our own register does not have the child.
    children["said_elsewhere"] |= children["child_id"].isin(own.registered_elsewhere)
    near = near_candidates(pairs, linked)
    beside = beside_records(own.records, links)
    return ChildFiles(children, linked, near, context.as_of, context.period, registers.own.code, beside)


def beside_records(records: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """The records without a child, in a fixed order: texts, and `row` a number; a column that no source has is empty."""
    unlinked = records[~records["record_id"].isin(links["record_id"])].reindex(columns=_BESIDE).fillna("")
    unlinked["row"] = unlinked["row"].astype("int32")
    return unlinked.sort_values(["department", "file", "sheet", "row", "record_id"], kind="stable", ignore_index=True)


def _in_fixed_order(
    records: pd.DataFrame, links: pd.DataFrame, order: Preference, context: FileContext
) -> pd.DataFrame:
    """The linked records in an order which makes every later "first record" independent of the order of files."""
    link_of = pd.Index(links["record_id"]).get_indexer(pd.Index(records["record_id"]))
    places = np.flatnonzero(link_of >= 0)
    ids, child = np.unique(links["child_id"].to_numpy(object)[link_of[places]].astype(str), return_inverse=True)

    # `lexsort` looks at its last key first: child, department, file, sheet, row. Row 10 comes after row 9, so it is compared as a
    # number; texts are compared by their rank, which is far quicker than comparing objects.
    keys = [records[name].to_numpy(object)[places] for name in ("record_id", "row", "sheet", "file", "department")]
    keys[1] = keys[1].astype(np.int64)
    sorting = np.lexsort([*(key if key.dtype != object else pd.factorize(key, sort=True)[0] for key in keys), child])

    linked = records.iloc[places[sorting]].reset_index(drop=True)
    for name in sorted({*order.reads, *order.values} - set(linked.columns)):
        # A source that lacks a column has nothing to say there.
        linked[name] = ""
    link = link_of[places[sorting]]
    linked["child"], linked["child_id"] = child[sorting], ids.astype(object)[child[sorting]]
    linked["method"] = links["method"].to_numpy(object)[link]
    linked["probability"] = pd.to_numeric(links["probability"], errors="coerce").fillna(1.0).to_numpy()[link]
    linked["state"] = record_states(linked, context.states, context.profile.allowances.card_not_valid.value)
    linked["active"] = is_active(linked["state"], order)
    return linked


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
    # One school's word ends no child: it is told as a difference (L15) until police, funeral home, civil affairs or another register say the same (rules/codes.md#school-death).
    died = chooser.any(dead & ~chooser.of("education"))
    cancelled_on = chooser.take("cancel_date", at)
    moved = (state == "moved_out").to_numpy()
    # Whoever has no active row at the police may live here all the same: another department that counts the child has seen it.
    ours = (chooser.records[REGISTER_COUNTY] == "").to_numpy()
    elsewhere = chooser.any(~chooser.of("public_security") & chooser.solid & ours)
    registered = (state == "active").to_numpy()
    if not ours.all():
        registered &= chooser.any(chooser.of("public_security") & chooser.solid & ours)
    present = registered | elsewhere

    life = households(chooser, chooser.records["register_side"], state)
    life["alive"] = np.where(died, "no", "yes").astype(object)
    life["dead_from"] = chooser.union("department", dead)
    life["died_on"] = death_date.where(death_date != "", cancelled_on.where(state == "dead", ""))
    life["police_state"] = state
    life["moved_out"] = np.where(moved, "yes", "no").astype(object)
    life["left_on"] = cancelled_on.where(cancelled_on != "", moved_out_date).where(moved, "")
    life["here"] = np.where(present & ~died & ~moved, "yes", "no").astype(object)
    return life


def _rolls(chooser: Chooser) -> pd.DataFrame:
    """What civil affairs' roll says: `categories, aids`, of active records only; and how sure the child's links are."""
    civil = chooser.of("civil_affairs") & chooser.solid
    # The weakest of a child's links, not their mean: one wrong record is enough to send somebody to the wrong door.
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
