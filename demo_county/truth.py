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
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.filed import FiledRecords, kids_in
from demo_county.sheets import DemoFile
from demo_county.truth_further import further_lists, stated_lists, villages_short
from demo_county.truth_rolls import roll_lists
from matching.names.tables import fold
from matching.reading.citizen import birth_of, sex_of

ROLL_CLASSES = "困境|孤儿|事实无人"
_BAD_NUMBER = {"id_digit", "id_swap", "id_len", "id_sequence"}
_ILLEGIBLE = {"id_excel15"}  # what the sheet did afterwards hides the clerk's slip
_LEFT_SCHOOL = ["毕业", "转学（转出）", "死亡"]
# Column of kids.csv -> our own.
_KID_COLUMNS = {
    "kid": "kid",
    "fam": "fam",
    "name": "name",
    "sex": "sex",
    "birth": "birth",
    "id18": "id_now",
    "hukou": "hukou",
    "school": "path",
    "grade": "grade",
    "ca_category": "category",
    "cancelled": "gone",
    "town": "town",
    "village": "village",
    "twin_of": "twin_of",
}
Findings = list[tuple[str, int, str]]


def lists(filed: FiledRecords) -> Findings:
    """Compute every list's children as (code, kid, field)."""
    children: dict[str, Iterable[int]] = {
        "L01": _no_hukou(filed),
        "L03": _not_enrolled(filed),
        "L05": _dropped_out(filed),
        "L10": _unpaid(filed),
        **_still_on_roll(filed),
        **_twice(filed),
        "L18": _bad_numbers(filed),
        "L17": _shared_numbers(filed),
        "L19": _overlooked(filed),
        "L23": _holders_without_file(filed),
        **roll_lists(filed),
        **stated_lists(filed),
        **(further_lists(filed, filed.further) if filed.further else {}),
    }
    villages = villages_short(filed, filed.further) if filed.further else []
    # A child with two reasons for one list is one line of it; differing fields (L15) are a line each, a village (L25) names itself.
    flat = [(code, int(kid), "") for code, kids in children.items() for kid in set(kids)]
    return sorted(flat + _different(filed) + [("L25", kid, place) for kid, place in villages])


def _no_hukou(filed: FiledRecords) -> set[int]:
    owing = filed.now["alive_here"] & (filed.now["age"] < 18) & ~filed.now["newborn"]
    none = filed.now[(filed.now["hukou"] == "none") & owing]
    # Nobody can find a child that stands in no book at all.
    known = kids_in(filed.education) | kids_in(filed.books) | kids_in(filed.roll) | kids_in(filed.holders)
    for book in filed.further.books().values() if filed.further else ():
        known |= kids_in(book)
    return kids_in(none) & known


def _not_enrolled(filed: FiledRecords) -> set[int]:
    owing = filed.now[filed.now["in_cohort"] & filed.now["alive_here"]]
    known = kids_in(filed.register) | kids_in(filed.books) | kids_in(filed.roll) | kids_in(filed.holders)
    # What a village writes about schooling counts, on ended files, too: it says where the child is, not whether it is on the roll.
    excused = kids_in(filed.books[filed.books["study"].isin(["外地就读", "送教上门"])])
    return (kids_in(owing) & known) - kids_in(filed.education) - excused


def _dropped_out(filed: FiledRecords) -> set[int]:
    owing = kids_in(filed.now[filed.now["in_cohort"] & filed.now["alive_here"]])
    return owing & kids_in(filed.education[filed.education["enrolment"].isin(["其他离校", "辍学"])])


def _unpaid(filed: FiledRecords) -> set[int]:
    alive = filed.here
    care, living = (
        kids_in(filed.roll[filed.roll["subsidy"] == kind]) for kind in ("重度残疾人护理补贴", "困难残疾人生活补贴")
    )
    no_care = kids_in(filed.holders[filed.holders["severe"] & (filed.holders["care"] == "否")]) - care
    poor = kids_in(filed.books[filed.books["aid"].str.contains("低保|特困")])
    if filed.further:
        # Orphans draw an allowance of their own, which takes the place of 低保: the household's page does not make them poor.
        orphans = filed.books["category"].str.contains("孤儿|事实无人") & (filed.books["roll"] == "登记在册")
        poor |= kids_in(filed.further.subsistence) - kids_in(filed.books[orphans])
    no_living = (kids_in(filed.holders[filed.holders["living"] == "否"]) & poor) - living
    return (no_care | no_living) & alive


def _still_on_roll(filed: FiledRecords) -> dict[str, set[int]]:
    # Whoever died after leaving is told of as dead.
    dead, left = kids_in(filed.now[filed.now["dead"]]), kids_in(filed.now[filed.now["left"] & ~filed.now["dead"]])
    return {"L13": dead & (kids_in(filed.active) | kids_in(filed.roll)), "L14": left & kids_in(filed.active)}


def _twice(filed: FiledRecords) -> dict[str, set[int]]:
    files, pupils = filed.active["kid"].value_counts(), filed.education["kid"].value_counts()
    return {"L16C": set(files[files > 1].index.tolist()), "L16E": set(pupils[pupils > 1].index.tolist())}


def _shared_numbers(filed: FiledRecords) -> set[int]:
    """Children whose number stands on another child's row too; a number is for life, so ended records count as well."""
    books = [filed.register, filed.education, filed.books, filed.roll, filed.holders]
    rows = pd.concat([book[["kid", "id_no_meant"]] for book in books], ignore_index=True)
    used = rows[rows["id_no_meant"] != ""].drop_duplicates()
    return kids_in(used[used.duplicated("id_no_meant", keep=False)])


def _all_rows(filed: FiledRecords) -> pd.DataFrame:
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
        filed.register[filed.register["cancel_kind"] == ""],
        filed.education[~filed.education["enrolment"].isin(_LEFT_SCHOOL)],
        filed.active,
        filed.roll,
        filed.holders,
    ]
    parts = [
        frame[columns].astype({"birth_meant": object}).assign(police=place == 0) for place, frame in enumerate(frames)
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows[~rows["kid"].isin(kids_in(filed.now[filed.now["dead"]]))]


def _bad_numbers(filed: FiledRecords) -> set[int]:
    rows = _all_rows(filed)
    errors = [set(written.split("|")) for written in rows["errors"]]
    wrong = np.array([bool(_BAD_NUMBER & these) and not _ILLEGIBLE & these for these in errors], dtype=np.bool_)
    return kids_in(rows[wrong]) | kids_in(_not_own(filed, rows[~rows["police"] & (rows["id_no_meant"] != "")]))


def _not_own(filed: FiledRecords, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose number the police have for another child, or not at all although they have the child."""
    numbered = filed.register[filed.register["id_no_meant"] != ""]
    own = set(zip(numbered["kid"], numbered["id_no_meant"], strict=True))
    theirs = pd.Series([pair in own for pair in zip(rows["kid"], rows["id_no_meant"], strict=True)], index=rows.index)
    known = rows["kid"].isin(numbered["kid"]) | rows["id_no_meant"].isin(numbered["id_no_meant"])
    return rows[~theirs & known]


def _overlooked(filed: FiledRecords) -> set[int]:
    young = kids_in(filed.now[filed.now["alive_here"] & (filed.now["age"] < 16) & filed.now["rural"]])
    both = kids_in(filed.education[filed.education["left_behind"] == "双亲留守"])
    return (young & both) - kids_in(filed.books)


def _holders_without_file(filed: FiledRecords) -> set[int]:
    alive = kids_in(filed.now[filed.now["alive_here"] & (filed.now["age"] < 18)])
    protected = kids_in(filed.books[filed.books["category"].str.contains(ROLL_CLASSES)])
    return (kids_in(filed.holders) & alive) - protected


def _different(filed: FiledRecords) -> Findings:
    rows = _all_rows(filed)
    rows["birth_meant"] = ["" if day is None else str(day)[:10] for day in rows["birth_meant"]]
    rows["sex_code"] = rows["sex"].map({"男": "1", "女": "2"}).fillna("")
    # A citizen number states birthday and sex, too; only a number that is the child's own may contradict its row.
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
    differences: Findings = []
    for field, parts in stated.items():
        pairs = pd.concat([pd.DataFrame({"kid": kid, "value": value}) for kid, value in parts], ignore_index=True)
        # An empty field says nothing, so it differs from nothing.
        counts = pairs[pairs["value"] != ""].drop_duplicates()["kid"].value_counts()
        differences += [("L15", int(kid), field) for kid in counts[counts > 1].index]
    return differences


def _own_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """The number by which a child is known: the register's, else the only one that departments have."""
    numbered = rows[rows["id_no_meant"] != ""]
    police = numbered[numbered["police"]]
    others = numbered[~numbered["kid"].isin(police["kid"])].drop_duplicates(["kid", "id_no_meant"])
    single = others[~others["kid"].duplicated(keep=False)]
    return pd.concat([police, single])[["kid", "id_no_meant"]].drop_duplicates()


def write_truth(folder: Path, filed: FiledRecords, deliveries: list[DemoFile], findings: Findings) -> None:
    """Write rows.csv, kids.csv, findings.csv and files.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = []
    files: list[tuple[object, ...]] = []
    for delivery in deliveries:
        # Text has no sheets: the truth says "" where a reader may make a name up.
        name, plain = delivery.path.name, delivery.container in ("csv", "tabs", "html")
        for sheet in delivery.sheets:
            for first, kids, errors in sheet.blocks:
                rows += [
                    (delivery.department, name, "" if plain else sheet.name, first + i, kid, error)
                    for i, (kid, error) in enumerate(zip(kids, errors, strict=True))
                ]
        totals = [(len(s.rows), s.data_rows, s.quarantined) for s in delivery.sheets]
        files.append((delivery.path.parent.name, name, *(sum(column) for column in zip(*totals, strict=True))))
    _write(folder / "rows.csv", ("dept", "file", "sheet", "row", "kid", "errors"), rows)
    _write(folder / "files.csv", ("department", "file", "rows_total", "data_rows", "quarantined"), files)
    _write(folder / "findings.csv", ("rule", "kid", "field"), findings)
    now = filed.now.copy()
    now["category"] = now["kid"].map(filed.books.drop_duplicates("kid").set_index("kid")["category"]).fillna("")
    now["gone"] = np.where(now["dead"], "死亡", np.where(now["left"], "迁出", ""))
    now["birth"] = now["birth"].dt.strftime("%Y-%m-%d")
    children = now[list(_KID_COLUMNS.values())].itertuples(index=False, name=None)
    _write(folder / "kids.csv", tuple(_KID_COLUMNS), children)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
