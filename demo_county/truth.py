"""The truth of a period: which row is which child, who belongs on which list by the definitions, and what every
file holds.

The lists follow rules/lists.md#lists from what each department truly has on record; nothing here looks at how
anything was linked. Two definitions that need words: names are the same name when they are equal after folding
traditional characters and variants, dots and blanks (L15); a number is invalid when it fails its shape or check as
written, is not the child's at the police, or is another child's there (L18), while cells that a spreadsheet damaged or
somebody masked say nothing. Only rows that still count on their department's roll are compared.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.further import Further
from demo_county.sheets import Delivery
from demo_county.truth_further import further_lists, stated_lists, villages_short
from demo_county.truth_rolls import roll_lists
from matching.names.tables import fold
from matching.reading.citizen import birth_of, sex_of

ROLL_CLASSES = "困境|孤儿|事实无人"
_BAD_NUMBER = {"id_digit", "id_swap", "id_len", "id_sequence"}
_ILLEGIBLE = {"id_excel15"}  # what the sheet did afterwards hides the clerk's slip
_LEFT_SCHOOL = ["毕业", "转学（转出）", "死亡"]
Findings = list[tuple[str, int, str]]


@dataclass(frozen=True)
class Held:
    """What the four departments truly have on record in one period (frames by kid)."""

    now: pd.DataFrame
    register: pd.DataFrame
    education: pd.DataFrame
    books: pd.DataFrame
    roll: pd.DataFrame
    holders: pd.DataFrame
    day: dt.date
    further: Further | None = None


def lists(held: Held) -> Findings:
    """Compute every list's children as (code, kid, field)."""
    found: dict[str, Iterable[int]] = {
        "L01": _no_hukou(held),
        "L03": _not_enrolled(held),
        "L05": _dropped_out(held),
        "L10": _unpaid(held),
        **_still_on_roll(held),
        **_twice(held),
        "L18": _bad_numbers(held),
        "L17": _shared_numbers(held),
        "L19": _overlooked(held),
        "L23": _holders_without_file(held),
        **roll_lists(held),
        **stated_lists(held),
        **(further_lists(held, held.further) if held.further else {}),
    }
    villages = villages_short(held, held.further) if held.further else []
    flat = [(code, int(kid), "") for code, kids in found.items() for kid in set(kids)]
    return sorted(flat + _different(held) + [("L25", kid, place) for kid, place in villages])


def _kids(frame: pd.DataFrame) -> set[int]:
    return set(frame["kid"].tolist())


def _active(held: Held) -> pd.DataFrame:
    return held.books[held.books["roll"] == "登记在册"]


def _no_hukou(held: Held) -> set[int]:
    owing = held.now["alive_here"] & (held.now["age"] < 18) & ~held.now["newborn"]
    none = held.now[(held.now["hukou"] == "none") & owing]
    known = _kids(held.education) | _kids(held.books) | _kids(held.roll) | _kids(held.holders)
    for book in held.further.books().values() if held.further else ():
        known |= _kids(book)
    return _kids(none) & known


def _not_enrolled(held: Held) -> set[int]:
    owing = held.now[held.now["in_cohort"] & held.now["alive_here"]]
    known = _kids(held.register) | _kids(held.books) | _kids(held.roll) | _kids(held.holders)
    told = _kids(held.books[held.books["study"].isin(["外地就读", "送教上门"])])
    return (_kids(owing) & known) - _kids(held.education) - told


def _dropped_out(held: Held) -> set[int]:
    owing = _kids(held.now[held.now["in_cohort"] & held.now["alive_here"]])
    return owing & _kids(held.education[held.education["enrolment"].isin(["其他离校", "辍学"])])


def _unpaid(held: Held) -> set[int]:
    alive = _kids(held.now[held.now["alive_here"]])
    care, living = (
        _kids(held.roll[held.roll["subsidy"] == kind]) for kind in ("重度残疾人护理补贴", "困难残疾人生活补贴")
    )
    no_care = _kids(held.holders[held.holders["severe"] & (held.holders["care"] == "否")]) - care
    poor = _kids(held.books[held.books["aid"].str.contains("低保|特困")])
    if held.further:
        orphans = held.books["category"].str.contains("孤儿|事实无人") & (held.books["roll"] == "登记在册")
        poor |= _kids(held.further.subsistence) - _kids(held.books[orphans])
    no_living = (_kids(held.holders[held.holders["living"] == "否"]) & poor) - living
    return (no_care | no_living) & alive


def _still_on_roll(held: Held) -> dict[str, set[int]]:
    dead, left = _kids(held.now[held.now["dead"]]), _kids(held.now[held.now["left"] & ~held.now["dead"]])
    return {"L13": dead & (_kids(_active(held)) | _kids(held.roll)), "L14": left & _kids(_active(held))}


def _twice(held: Held) -> dict[str, set[int]]:
    files, pupils = _active(held)["kid"].value_counts(), held.education["kid"].value_counts()
    return {"L16C": set(files[files > 1].index.tolist()), "L16E": set(pupils[pupils > 1].index.tolist())}


def _shared_numbers(held: Held) -> set[int]:
    """Children whose number stands on another child's row too; a number is for life, so ended records count as well."""
    books = [held.register, held.education, held.books, held.roll, held.holders]
    rows = pd.concat([book[["kid", "id_no_meant"]] for book in books], ignore_index=True)
    used = rows[rows["id_no_meant"] != ""].drop_duplicates()
    return _kids(used[used.duplicated("id_no_meant", keep=False)])


def _all_rows(held: Held) -> pd.DataFrame:
    """Every row that still counts, of children who live; `police` tells the register's own."""
    columns = [
        "kid",
        "name_meant",
        "birth_meant",
        "sex",
        "nation",
        "id_no_meant",
        "errors",
        "father_name",
        "mother_name",
    ]
    frames = [
        held.register[held.register["cancel_kind"] == ""],
        held.education[~held.education["enrolment"].isin(_LEFT_SCHOOL)],
        _active(held),
        held.roll,
        held.holders,
    ]
    parts = [
        frame[columns].astype({"birth_meant": object}).assign(police=place == 0) for place, frame in enumerate(frames)
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows[~rows["kid"].isin(_kids(held.now[held.now["dead"]]))]


def _bad_numbers(held: Held) -> set[int]:
    rows = _all_rows(held)
    errors = [set(written.split("|")) for written in rows["errors"]]
    wrong = np.array([bool(_BAD_NUMBER & these) and not _ILLEGIBLE & these for these in errors], dtype=np.bool_)
    return _kids(rows[wrong]) | _kids(_not_own(held, rows[~rows["police"] & (rows["id_no_meant"] != "")]))


def _not_own(held: Held, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose number the police have for another child, or not at all although they have the child."""
    numbered = held.register[held.register["id_no_meant"] != ""]
    own = set(zip(numbered["kid"], numbered["id_no_meant"], strict=True))
    theirs = pd.Series([pair in own for pair in zip(rows["kid"], rows["id_no_meant"], strict=True)], index=rows.index)
    known = rows["kid"].isin(numbered["kid"]) | rows["id_no_meant"].isin(numbered["id_no_meant"])
    return rows[~theirs & known]


def _overlooked(held: Held) -> set[int]:
    young = _kids(held.now[held.now["alive_here"] & (held.now["age"] < 16) & held.now["rural"]])
    both = _kids(held.education[held.education["left_behind"] == "双亲留守"])
    return (young & both) - _kids(held.books)


def _holders_without_file(held: Held) -> set[int]:
    alive = _kids(held.now[held.now["alive_here"] & (held.now["age"] < 18)])
    protected = _kids(held.books[held.books["category"].str.contains(ROLL_CLASSES)])
    return (_kids(held.holders) & alive) - protected


def _different(held: Held) -> Findings:
    rows = _all_rows(held)
    rows["birth_meant"] = ["" if day is None else str(day)[:10] for day in rows["birth_meant"]]
    rows["sex_code"] = rows["sex"].map({"男": "1", "女": "2"}).fillna("")
    own = _own_numbers(rows)
    stated = {
        "name": [(rows["kid"], rows["name_meant"].map(fold))],
        "birth_date": [(rows["kid"], rows["birth_meant"]), (own["kid"], own["id_no_meant"].map(birth_of))],
        "sex": [(rows["kid"], rows["sex_code"]), (own["kid"], own["id_no_meant"].map(sex_of))],
        "nation": [(rows["kid"], rows["nation"])],
        "id_no": [(rows["kid"], rows["id_no_meant"])],
        "father_name": [(rows["kid"], rows["father_name"].map(fold))],
        "mother_name": [(rows["kid"], rows["mother_name"].map(fold))],
    }
    found: Findings = []
    for field, parts in stated.items():
        pairs = pd.concat([pd.DataFrame({"kid": kid, "said": said}) for kid, said in parts], ignore_index=True)
        said = pairs[pairs["said"] != ""].drop_duplicates()["kid"].value_counts()
        found += [("L15", int(kid), field) for kid in said[said > 1].index]
    return found


def _own_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """The number by which a child is known: the register's, else the only one that departments have."""
    numbered = rows[rows["id_no_meant"] != ""]
    police = numbered[numbered["police"]]
    others = numbered[~numbered["kid"].isin(police["kid"])].drop_duplicates(["kid", "id_no_meant"])
    single = others[~others["kid"].duplicated(keep=False)]
    return pd.concat([police, single])[["kid", "id_no_meant"]].drop_duplicates()


def write_truth(folder: Path, held: Held, deliveries: list[Delivery], findings: Findings) -> None:
    """Write rows.csv, kids.csv, findings.csv and files.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = []
    files: list[tuple[object, ...]] = []
    for delivery in deliveries:
        name, plain = delivery.path.name, delivery.container in ("csv", "tabs", "html")
        for sheet in delivery.sheets:
            for first, kids, errors in sheet.held:
                rows += [
                    (delivery.department, name, "" if plain else sheet.name, first + i, kid, error)
                    for i, (kid, error) in enumerate(zip(kids, errors, strict=True))
                ]
        totals = [(len(s.rows), s.data_rows, s.quarantined) for s in delivery.sheets]
        files.append((delivery.path.parent.name, name, *(sum(column) for column in zip(*totals, strict=True))))
    _write(folder / "rows.csv", ("dept", "file", "sheet", "row", "kid", "errors"), rows)
    _write(folder / "files.csv", ("department", "file", "rows_total", "data_rows", "quarantined"), files)
    _write(folder / "findings.csv", ("rule", "kid", "field"), findings)
    _write(folder / "kids.csv", tuple(_KID_COLUMNS), _kid_rows(held))


_KID_COLUMNS = {"kid": "kid", "fam": "fam", "name": "name", "sex": "sex", "birth": "birth", "id18": "id_now",
"hukou": "hukou", "school": "path", "grade": "grade", "ca_category": "category",
                "cancelled": "gone", "town": "town", "village": "village", "twin_of": "twin_of"}  # fmt: skip


def _kid_rows(held: Held) -> list[tuple[object, ...]]:
    now = held.now.copy()
    now["category"] = now["kid"].map(held.books.drop_duplicates("kid").set_index("kid")["category"]).fillna("")
    now["gone"] = np.where(now["dead"], "死亡", np.where(now["left"], "迁出", ""))
    now["birth"] = now["birth"].dt.strftime("%Y-%m-%d")
    return list(now[list(_KID_COLUMNS.values())].itertuples(index=False, name=None))


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
