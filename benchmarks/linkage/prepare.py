"""The cleaned columns that the peers get: everything Tongbi's intake knows, plus pinyin and lunar dates, ready for equality and SQL.

Belongs here: columns for `benchmarks/peers/`. Not counted in the peers' seconds. Does not belong here: any comparison.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PLAIN = (
    *("sex", "nation", "phone", "household_no", "school", "hukou_addr", "hukou_town", "live_town", "hukou_village"),
    *("live_village", "id_no_raw", "id_no_status", "birth_cert_no"),
)
SETS = {"ids": 3, "people": 3, "people_py": 3, "people_no": 3, "towns": 2, "villages": 2}
"""Sets, as lists for exploding and as columns (`ids1` ...) for quick comparison."""


def peers_file(records: pd.DataFrame, path: Path) -> Path:
    """Write the peers' columns; `rid` is the row's position."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        peers_frame(records).to_parquet(path)
    return path


def peers_frame(records: pd.DataFrame) -> pd.DataFrame:
    """One row per record: names with their sounds, dates with their lunar form, sets as lists; missing is null."""
    text = {column: _column(records, column) for column in (*PLAIN, "name", "former_name", "birth_date", "id_no")}
    out = pd.DataFrame({column: _null(text[column]) for column in PLAIN})
    out["rid"] = np.arange(len(records))
    layout = _column(records, "layout")
    out["source"] = [f"{a}_{b}" if b else a for a, b in zip(_column(records, "department"), layout, strict=True)]
    name = _folded(text["name"])
    out["name"], out["former"] = _null(name), _null(_folded(text["former_name"]))
    sounds = [_sounds(one) for one in name]
    out["name_py"] = _null(np.array([" ".join(one) for one in sounds], dtype=object))
    out["former_py"] = _null(np.array([" ".join(_sounds(one)) for one in _folded(text["former_name"])], dtype=object))
    out["surname_py"] = _null(np.array([one[0] if one else "" for one in sounds], dtype=object))
    out["given_py"] = _null(np.array([" ".join(one[1:]) for one in sounds], dtype=object))
    for place in range(4):
        out[f"c{place + 1}"] = _null(np.array([one[place] if len(one) > place else "" for one in name], dtype=object))
    out = pd.concat([out, _birth_columns(text["birth_date"])], axis=1)
    out["id_no"] = _null(text["id_no"])
    out["ids"] = _lists(records, ("id_no", "student_no_id", "disability_no_id"))
    out["people"] = _lists(records, ("father_name", "mother_name", "guardian_name"))
    out["people_py"] = [[" ".join(_sounds(one)) for one in row] for row in out["people"]]
    out["people_no"] = _lists(records, ("father_id", "mother_id", "guardian_id"))
    out["towns"] = _lists(records, ("hukou_town", "live_town"))
    out["villages"] = _lists(records, ("hukou_village", "live_village"))
    flat = {
        f"{column}{place + 1}": _member(out[column], place) for column, size in SETS.items() for place in range(size)
    }
    return pd.concat([out, pd.DataFrame(flat)], axis=1)


def _member(lists: pd.Series, place: int) -> list[str | None]:
    return [one[place] if len(one) > place else None for one in lists]


def _birth_columns(birth: NDArray[np.object_]) -> pd.DataFrame:
    full = np.array([len(one) == 10 for one in birth], dtype=bool)
    parts = {
        "birth": np.where(full, birth, ""),
        "birth_ym": np.array([one[:7] if len(one) >= 7 else "" for one in birth]),
    }
    parts["birth_y"] = np.array([one[:4] for one in birth])
    parts["birth_lunar"] = np.array([_lunar(one) if len(one) == 10 else "" for one in birth])
    return pd.DataFrame({key: _null(value.astype(object)) for key, value in parts.items()})


@cache
def _lunar(day: str) -> str:
    from matching.reading.lunar import written_as_lunar

    try:
        return written_as_lunar(day) or ""
    except ValueError:
        return ""


@cache
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


def _sounds(name: str) -> list[str]:
    return [_sound(one) for one in name if one not in "·?"]


def _folded(texts: NDArray[np.object_]) -> NDArray[np.object_]:
    from matching.names.tables import fold_all

    return np.array(fold_all(texts.tolist()), dtype=object)


def _column(records: pd.DataFrame, column: str) -> NDArray[np.object_]:
    if column not in records:
        return np.full(len(records), "", dtype=object)
    return records[column].fillna("").astype(object).to_numpy()


def _null(values: NDArray[np.object_]) -> NDArray[np.object_]:
    out = values.astype(object)
    out[out == ""] = None
    return out


def _lists(records: pd.DataFrame, columns: tuple[str, ...]) -> list[list[str]]:
    parts = [_column(records, column) for column in columns]
    return [list(dict.fromkeys(one for one in row if one)) for row in zip(*parts, strict=True)]
