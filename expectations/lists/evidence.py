"""The evidence of a finding: the child's records with the values concerned, and the near candidates that were rejected.

Belongs here: the JSON of the columns `records` and `near`. Not here: masking (`assets.workbooks`), conditions.
"""

import json

import numpy as np
import pandas as pd

from expectations.lists.files import IntArray
from expectations.lists.view import View

# One encoder for all: json.dumps with options builds a new one per call.
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PLACE = ("department", "file", "sheet", "row", "record_id", "state")


def records_json(view: View, children: IntArray, fields: list[str]) -> dict[int, str]:
    """Per child a JSON list of its records: `department, file, sheet, row, record_id, state, values`."""
    concerned = np.zeros(view.n, dtype=np.bool_)
    concerned[children] = True
    at = np.flatnonzero(concerned[view.child])
    places = zip(*(_members(view, name, at) for name in _PLACE), strict=True)
    values = zip(*(_members(view, name, at) for name in fields if name in view.files.records.columns), strict=True)
    own = view.own[at].tolist()
    # Put together as text: the members are encoded already, once per distinct value.
    entries: dict[int, list[str]] = {}
    for child, place, shown, ours in zip(view.child[at].tolist(), places, values, own, strict=True):
        # Of another county's record no more than that it is there, and how it stands.
        entry = ",".join(place) + ',"values":{' + (",".join(filter(None, shown)) if ours else "") + "}"
        entries.setdefault(child, []).append("{" + entry + "}")
    return {child: "[" + ",".join(own) + "]" for child, own in entries.items()}


def _members(view: View, name: str, at: IntArray) -> list[str]:
    """The JSON member `"name":value` of each record, encoded once per distinct value; "" for an empty value."""
    if name == "row":
        return [f'"row":{int(row)}' for row in view.files.records["row"].to_numpy()[at].tolist()]
    values = view.files.records[name].to_numpy(object)[at].tolist()
    keep = name in _PLACE
    member = {value: f'"{name}":{_ENCODE(value)}' if value or keep else "" for value in set(values)}
    return [member[value] for value in values]


def near_json(view: View, children: IntArray) -> dict[int, str]:
    """Per child a JSON list of its near candidates: where they stand and why they were not taken for the same child."""
    near = view.files.near
    near = near[near["child"].isin(np.unique(children))].drop_duplicates(["child", "other_record_id"])
    names = {"other_department": "department", "other_file": "file", "other_sheet": "sheet", "other_row": "row"}
    names |= {"other_record_id": "record_id", "other_child_id": "child_id", "grade": "grade", "reason": "reason"}
    candidates: dict[int, list[dict[str, object]]] = {}
    for child, *values in zip(near["child"].tolist(), *(near[name].tolist() for name in names), strict=True):
        candidates.setdefault(int(child), []).append(dict(zip(names.values(), values, strict=True)))
    return {child: _ENCODE(own) for child, own in candidates.items()}


def with_child_values(frame: pd.DataFrame, view: View, columns: tuple[str, ...]) -> pd.DataFrame:
    """Add columns of the child files to drafts."""
    at = frame["child"].to_numpy(np.int64)
    return frame.assign(**{name: view.text(name).to_numpy(object)[at] for name in columns})
