"""The evidence of a finding: the child's records with the values concerned, and the near candidates that were rejected.

Belongs here: the JSON of the columns `records` and `near`. Not here: masking (`assets.workbooks`), conditions.
"""

import json

import numpy as np
import pandas as pd

from expectations.lists.files import IntArray
from expectations.lists.view import View


def records_json(view: View, children: IntArray, fields: list[str]) -> dict[int, str]:
    """Per child a JSON list of its records: `department, file, sheet, row, record_id, state, values`."""
    wanted = np.zeros(view.n, dtype=np.bool_)
    wanted[children] = True
    at = np.flatnonzero(wanted[view.child])
    frame = view.files.records.iloc[at]
    fields = [field for field in fields if field in frame.columns]
    columns = ["child", "department", "file", "sheet", "row", "record_id", "state", *fields]
    found: dict[int, list[dict[str, object]]] = {}
    for child, department, file, sheet, row, record_id, state, *values in zip(
        *(frame[c].tolist() for c in columns), strict=True
    ):
        shown = {field: value for field, value in zip(fields, values, strict=True) if value != ""}
        entry = {"department": department, "file": file, "sheet": sheet, "row": int(row), "record_id": record_id}
        found.setdefault(child, []).append({**entry, "state": state, "values": shown})
    return {child: json.dumps(entries, ensure_ascii=False, separators=(",", ":")) for child, entries in found.items()}


def near_json(view: View, children: IntArray, departments: list[str]) -> dict[int, str]:
    """Per child a JSON list of near candidates in these departments (all when none is named), with why rejected."""
    near = view.files.near
    if near.empty:
        return {}
    near = near[near["child"].isin(set(children.tolist()))]
    if departments:
        near = near[near["other_department"].isin(departments)]
    near = near.drop_duplicates(["child", "other_record_id"])
    places = view.files.records.set_index("record_id")[["file", "sheet", "row"]].loc[near["other_record_id"]]
    near = near.assign(file=places["file"].to_numpy(), sheet=places["sheet"].to_numpy(), row=places["row"].to_numpy())
    found: dict[int, list[dict[str, object]]] = {}
    for line in near.to_dict("records"):
        entry = {
            "department": line["other_department"],
            "file": line["file"],
            "sheet": line["sheet"],
            "row": int(line["row"]),
        }
        reason = {
            "record_id": line["other_record_id"],
            "child_id": line["other_child_id"],
            "grade": line["grade"],
            "reason": line["reason"],
        }
        found.setdefault(int(line["child"]), []).append({**entry, **reason})
    return {child: json.dumps(entries, ensure_ascii=False, separators=(",", ":")) for child, entries in found.items()}


def with_child_values(frame: pd.DataFrame, view: View, columns: tuple[str, ...]) -> pd.DataFrame:
    """Add columns of the child files to drafts."""
    at = frame["child"].to_numpy(np.int64)
    return frame.assign(**{name: view.text(name).to_numpy(object)[at] for name in columns})
