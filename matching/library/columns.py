"""Anybody's frames to records: which column is which field, cleaned cells, and an id of every row that its content gives.

Belongs here: the door of the library. Does not belong here: reading one kind of cell (`normalise`, `identity`, `names.cleaning` …) or linking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "source"
"""Field of a column that says where a row comes from, where one frame holds several sources."""
Frames = pd.DataFrame | Sequence[pd.DataFrame] | Mapping[str, pd.DataFrame]
Columns = Mapping[str, str] | Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Rows:
    """All rows of all frames below each other.

    Attributes:
        fields: one text column per field that any frame has.
        source, index: of each row, the frame (or the value of its source column) and the label in the frame's own index.
        record: an id per row, made of its source and content: the same row has the same id in any order and any period.
        ignored: headings that were not used, per source.
    """

    fields: pd.DataFrame
    source: list[str]
    index: list[object]
    record: list[str]
    ignored: dict[str, list[str]]


def gather(frames: Frames, columns: Columns | None, fields: Mapping[str, Sequence[str]]) -> Rows:
    """Put the frames below each other, their columns named as fields.

    Args:
        frames: one frame, several, or several by name.
        columns: heading to field; or per frame's name such a mapping. None: headings that are a field's name or title.
        fields: each field and its titles.

    Raises:
        ValueError: no frame; a mapping to an unknown field, from a column that no frame has, or from two columns of one frame to
            one field; or no column is left to compare (all in Chinese).
    """
    named = _named(frames)
    # All mappings before any is used: a slip in the last frame is told as soon as one in the first.
    mappings = {name: _mapping(name, frame, columns, fields) for name, frame in named.items()}
    _check_used(named, columns)
    parts, ignored = [], {}
    for name, frame in named.items():
        mapping = mappings[name]
        cells = {field: _cells(frame[heading]) for heading, field in mapping.items()}
        part = pd.DataFrame(cells, index=range(len(frame)), dtype=object)
        if SOURCE not in part:
            part[SOURCE] = name
        part["_index"] = pd.Series(list(frame.index), dtype=object)
        parts.append(part)
        ignored[name] = [str(heading) for heading in frame.columns if heading not in mapping]

    every = pd.concat(parts, ignore_index=True)
    index, source = every.pop("_index").tolist(), as_text(every.pop(SOURCE)).tolist()
    if not len(every.columns):
        raise ValueError(f"没有可比对的列，请用 columns 把列对应到字段：{'、'.join(fields)}")
    content = every.apply(as_text)
    return Rows(content, source, index, _record_ids(content, source), ignored)


def _named(frames: Frames) -> dict[str, pd.DataFrame]:
    if isinstance(frames, pd.DataFrame):
        return {"1": frames}
    named = (
        {str(name): frame for name, frame in frames.items()}
        if isinstance(frames, Mapping)
        else {str(place): frame for place, frame in enumerate(frames, start=1)}
    )
    if not named:
        raise ValueError("没有数据：请至少给出一个 DataFrame")
    return named


def _mapping(
    name: str, frame: pd.DataFrame, columns: Columns | None, fields: Mapping[str, Sequence[str]]
) -> dict[object, str]:
    """Heading to field for one frame."""
    if columns is None:
        titles = {_bare(title): field for field, known in fields.items() for title in (field, *known)}
        recognised: dict[object, str] = {}
        for heading in frame.columns:
            field = titles.get(_bare(str(heading)), SOURCE if heading == SOURCE else "")
            if field and field not in recognised.values():  # the first of two headings that mean one field
                recognised[heading] = field
        return recognised
    stated = _stated(columns, name)
    unknown = [str(field) for field in stated.values() if field not in fields and field != SOURCE]
    if unknown:
        raise ValueError(
            f"columns 对应到了未知的字段：{'、'.join(unknown)}；可用的字段：{'、'.join((*fields, SOURCE))}"
        )
    used = {heading: field for heading, field in stated.items() if heading in frame.columns}
    doubled = sorted({field for field in used.values() if list(used.values()).count(field) > 1})
    if doubled:
        raise ValueError(f"数据「{name}」中有两列对应同一字段：{'、'.join(doubled)}")
    return used


def _per_frame(columns: Columns) -> bool:
    return any(isinstance(value, Mapping) for value in columns.values())


def _stated(columns: Columns, name: str) -> dict[object, str]:
    """The caller's mapping for the frame of this name."""
    if not _per_frame(columns):
        return {heading: str(field) for heading, field in columns.items()}
    own = columns.get(name, {})
    return {heading: str(field) for heading, field in own.items()} if isinstance(own, Mapping) else {}


def _check_used(named: Mapping[str, pd.DataFrame], columns: Columns | None) -> None:
    """A heading that no frame has is a slip of the caller's, not something to pass over."""
    if columns is None:
        return
    names = tuple(columns) if _per_frame(columns) else ("",)
    stated = [(str(name), heading) for name in names for heading in _stated(columns, str(name))]
    absent = [
        heading
        for name, heading in stated
        if not any(heading in frame.columns for key, frame in named.items() if name in ("", key))
    ]
    if absent:
        raise ValueError(f"columns 中的列在数据里找不到：{'、'.join(map(str, absent))}")


def _bare(heading: str) -> str:
    # Spreadsheets mix the two kinds of brackets, and break headings over lines.
    return "".join(heading.split()).replace("(", "（").replace(")", "）")


def _cells(values: pd.Series) -> list[str]:
    """Cells as text: dates in ISO, whole numbers without `.0`."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return [str(text) for text in values.dt.strftime("%Y-%m-%d").fillna("")]
    if pd.api.types.is_float_dtype(values):  # one empty cell makes floats of a column of whole numbers
        return ["" if cell != cell else f"{cell:.0f}" if cell == int(cell) else str(cell) for cell in values]
    missing = values.isna().to_numpy()
    return ["" if gone else str(cell) for cell, gone in zip(values, missing, strict=True)]


def _record_ids(content: pd.DataFrame, source: Sequence[str]) -> list[str]:
    """`<source>-<digest>-<copy>`: equal rows of one source are numbered in the order they come."""
    ordered = content[sorted(content.columns)]  # the order of a frame's columns says nothing of the row
    digest = pd.util.hash_pandas_object(ordered, index=False).to_numpy(dtype=np.uint64)
    frame = pd.DataFrame({"source": list(source), "digest": [f"{value:016x}" for value in digest.tolist()]})
    copies = frame.groupby(["source", "digest"], sort=False).cumcount()
    return [f"{a}-{b}-{c}" for a, b, c in zip(frame["source"], frame["digest"], copies, strict=True)]


@cache
def fields() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each field of the default model: the kind of its cells, and its titles."""
    from matching.tables import parse_yaml

    entries = parse_yaml(Path(__file__).with_name("fields.yaml").read_text(encoding="utf-8"))
    return {
        str(name): (str(entry["kind"]), (str(entry["zh"]), *entry.get("also", ()))) for name, entry in entries.items()
    }


def standard_records(rows: Rows, clean: bool) -> pd.DataFrame:
    """Rows as standard records (docs/data-shapes.md 3), cleaned or taken as they are."""
    from matching.reading import identity

    out = {str(name): _read(str(name), column) if clean else column for name, column in rows.fields.items()}
    table = pd.DataFrame(out)
    if clean and "id_no" in table:
        raw = rows.fields["id_no"]
        numbers = identity.read_ids(raw)
        table["id_no"], table["id_no_raw"], table["id_no_status"] = numbers["value"], raw, numbers["status"]
        for column, part in (("birth_date", "birth"), ("sex", "sex")):
            if column not in table:  # where nobody wrote it, a valid number tells it
                table[column] = numbers[part].where(numbers["status"] == "valid", "")
    elif "id_no" in table:
        table["id_no_status"] = np.where(table["id_no"] == "", "missing", "valid")
    readers = {"student_no": identity.read_student_numbers, "disability_no": identity.read_disability_numbers}
    for name, reader in readers.items():
        if clean and name in table:
            documents = reader(table[name])
            table[name], table[f"{name}_id"] = documents["value"], documents["id"]
    if "birth_date" in table:
        table["birth_precision"] = table["birth_date"].str.len().map({10: "day", 7: "month", 4: "year"}).fillna("")
    if clean:
        _add_places(table)
    table.insert(0, "record_id", rows.record)
    table.insert(1, "department", rows.source)
    return table


def _read(name: str, column: pd.Series) -> pd.Series:
    from matching.names.cleaning import clean_names
    from matching.reading import codes, identity, normalise

    readers: dict[str, Callable[[pd.Series], pd.Series]] = {
        "name": lambda cells: clean_names(cells)["value"],
        "date": lambda cells: normalise.read_dates(cells)["value"],
        "phone": normalise.read_phones,
        "adult_id": lambda cells: identity.read_ids(cells, kind="adult")["value"],
        "sex": lambda cells: codes.read_codes(cells, "sex")["value"],
        "nation": lambda cells: codes.read_codes(cells, "nation")["value"],
        "text": normalise.clean_text,
        "address": normalise.clean_text,
    }
    reader = readers.get(fields()[name][0])
    return reader(column) if reader else column


def _add_places(table: pd.DataFrame) -> None:
    """Canonical towns and villages, learned from all frames together."""
    from matching.reading.places import learn_places, read_addresses

    known = [name for name in ("town", "village", "hukou_addr", "live_addr") if name in table]
    if not known:
        return
    places = learn_places(table[known])
    for side in ("hukou", "live"):
        if f"{side}_addr" in table:
            addresses = read_addresses(table[f"{side}_addr"], places)
            table[f"{side}_town"], table[f"{side}_village"] = addresses["town"], addresses["village"]
    if "town" in table or "village" in table:
        empty = pd.Series("", index=table.index, dtype=object)
        stated = read_addresses(table.get("town", empty) + table.get("village", empty), places)
        table["town"], table["village"] = stated["town"], stated["village"]
