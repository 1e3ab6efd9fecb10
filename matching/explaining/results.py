"""The result frames: `link_pairs` and `link_children` (docs/data-shapes.md 4).

Belongs here: which pairs are kept, grades, methods, columns. Does not belong here: the words (`sentence`), the
figures (`report`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.comparing.compare import groups
from matching.distinct import as_text
from matching.explaining.sentence import sentence, slip_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from matching.arrays import Mask
    from matching.linked import LinkageTrace


PAIR_COLUMNS = (
    *("record_a", "record_b", "department_a", "department_b", "method", "weight", "probability"),
    *("grade", "levels", "reason", "keys"),
)
ROW_COLUMNS = ("record_id", "period", "department", "file", "sheet", "row")
"""What of the records stands in `link_children`."""
METHODS = ("single", "fuzzy", "name_birth", "derived_number", "number", "decision")
_GRADES = ("different", "review", "same")
_NOTES = ("", "judged_same", "judged_different", "oversized", "taken")


def methods(trace: LinkageTrace) -> NDArray[np.int8]:
    """How each pair is joined, if it is: index into the methods, the stronger the greater."""
    model, number = trace.model, trace.levels["number"]
    out = np.full(len(number), 1, dtype=np.int8)
    exact = np.isin(trace.levels["name"], [model.code("name", level) for level in ("same", "variant")])
    out[exact & (trace.levels["birth"] == model.code("birth", "same"))] = 2
    derived = np.isin(number, [model.number.code(level) for level in ("derived", "document")])
    out[derived] = 3
    out[number == model.number.code("same")] = 4
    out[trace.judged == 1] = 5
    return out


def children_frame(trace: LinkageTrace, records: pd.DataFrame, child_id: Sequence[str]) -> pd.DataFrame:
    """One row per record: its child, how it got there, and how sure that is.

    The probability of a record that stands alone is one minus its best rejected candidate's.
    """
    label, pairs, e = trace.clusters.label, trace.pairs, trace.e
    inside = (label[pairs.left] == label[pairs.right]) & (
        (trace.evidence.probability >= trace.model.decide.review) | trace.evidence.certain
    )
    best, rejected, method = np.zeros(len(e)), np.zeros(len(e)), np.zeros(len(e), dtype=np.int8)
    how = methods(trace)
    for side in (pairs.left, pairs.right):
        np.maximum.at(best, side[inside], trace.evidence.probability[inside])
        np.maximum.at(method, side[inside], how[inside])
        np.maximum.at(rejected, side[~inside], trace.evidence.probability[~inside])
    alone = np.bincount(label, minlength=len(e))[label] == 1 if len(e) else np.zeros(0, dtype=bool)
    # Who is joined only through others has no pair of its own inside, and counts as just likely enough.
    probability = np.where(alone, 1.0 - np.minimum(rejected, 0.999), np.maximum(best, trace.model.decide.review))
    columns = {"child_id": np.asarray(child_id, dtype=object), "method": np.array(METHODS, dtype=object)[method]}
    return record_frame(records, columns | {"probability": probability.round(6)})


def record_frame(records: pd.DataFrame, columns: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """`link_children`: where each record stands, and its `child_id`, `method` and `probability`."""
    frame = pd.DataFrame(
        {"record_id": as_text(records["record_id"]).to_numpy(dtype=object), "child_id": columns["child_id"]}
    )
    for column in ("period", "department", "file", "sheet"):
        frame[column] = as_text(records[column]) if column in records else ""
    frame["row"] = records["row"].astype("int32") if "row" in records else np.int32(0)
    return frame.assign(method=columns["method"], probability=columns["probability"])


def _kept(trace: LinkageTrace, grade: NDArray[np.int8]) -> Mask:
    """Accepted and review pairs, and the rejected ones that deserve a sentence, a few per record."""
    model, levels, p = trace.model, trace.levels, trace.evidence.probability
    name, birth, people = (groups(levels, field, model) for field in ("name", "birth", "people"))
    close = p >= model.decide.near
    # However unlikely: siblings and twins, namesakes of one day, a borrowed number are the false links that hurt (rules/linkage.md#idea-6).
    close |= (birth == 1) & (people == 1)
    close |= (name == 1) & (birth == 1)
    close |= levels["number"] == model.number.code("borrowed")
    kept: Mask = (grade > 0) | (close & _heaviest_per_record(trace, (grade == 0) & close))
    return kept


def _heaviest_per_record(trace: LinkageTrace, candidate: Mask) -> Mask:
    """The heaviest candidates of each record."""
    rows = np.flatnonzero(candidate)
    weight = trace.evidence.weight[rows]
    keep = np.zeros(len(candidate), dtype=bool)
    # A pair stays if it is among the heaviest of either end: else the many candidates of one record would hide another's only one.
    for near, far in ((trace.pairs.left, trace.pairs.right), (trace.pairs.right, trace.pairs.left)):
        order = np.lexsort((far[rows], -weight, near[rows]))
        record = near[rows][order]
        start = np.flatnonzero(np.r_[True, record[1:] != record[:-1]]) if len(record) else np.zeros(0, dtype=np.int64)
        rank = np.arange(len(record)) - np.repeat(start, np.diff(np.r_[start, len(record)]))
        keep[rows[order[rank < trace.model.decide.keep_per_record]]] = True
    return keep


def grades(trace: LinkageTrace) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Grade of each pair (0 different, 1 review, 2 same) and the note that explains what overrode the weight.

    The order is the rank: what stands below overrides what stands above it, and a person overrides all.
    """
    label, pairs, evidence = trace.clusters.label, trace.pairs, trace.evidence
    model, p = trace.model, trace.evidence.probability
    together = label[pairs.left] == label[pairs.right]
    number = trace.levels["number"]
    note = np.zeros(len(p), dtype=np.int8)
    grade = np.where(p >= model.decide.review, 1, 0).astype(np.int8)
    grade[_maybe_replaced(trace)] = 1

    # Whose a borrowed number is, is a question only where a record has nobody: where both are joined with others, the copied number
    # is an error in the data and no question of who is who.
    borrowed = number == model.number.code("borrowed")
    single = np.bincount(label, minlength=len(label))[label] == 1
    grade[borrowed] = np.where(single[pairs.left] | single[pairs.right], 1, 0)[borrowed]

    inside = trace.levels["origin"] == model.code("origin", "inside")
    refused = ~together & (evidence.link | (inside & (p >= model.decide.review)))
    note[refused] = _NOTES.index("taken")
    settled = has_counterpart(trace, together)
    grade[refused & inside & ~evidence.link & settled] = 0
    grade[~together & ~evidence.link & settled & ~inside & (p < 0.5) & (grade == 1) & ~borrowed] = 0
    grade[together] = np.where((p >= model.decide.review) | evidence.certain, 2, 0)[together]

    big = trace.clusters.oversized
    large = (big[pairs.left] | big[pairs.right]) & evidence.link
    grade[large], note[large] = 1, _NOTES.index("oversized")
    grade[trace.judged == -1], note[trace.judged == -1] = 0, _NOTES.index("judged_different")
    grade[(trace.judged == 1) & together], note[trace.judged == 1] = 2, _NOTES.index("judged_same")
    return grade, note


def _maybe_replaced(trace: LinkageTrace) -> Mask:
    """One name, one birth date, one village and two valid numbers: a namesake born there that day is as rare as a replaced
    number (rules/identifiers.md#number-changes), so that a person looks.
    """
    levels, model = trace.levels, trace.model
    name = np.isin(levels["name"], [model.code("name", level) for level in ("same", "variant")])
    place = np.isin(levels["place"], [model.code("place", level) for level in ("house", "village")])
    apart = (levels["sex"] == model.code("sex", "differ")) | (levels["people"] == model.code("people", "differ"))
    mask: Mask = name & (levels["birth"] == model.code("birth", "same")) & place & ~apart
    mask &= levels["number"] == model.number.code("differ")
    return mask


def has_counterpart(trace: LinkageTrace, together: Mask) -> Mask:
    """Pairs whose both records already have a partner of the other's department: the near candidate is a namesake,
    not an open question.
    """
    e, pairs, label = trace.e, trace.pairs, trace.clusters.label
    size = len(e.departments) + 1
    departments = np.unique(label * size + e.source)  # child and department as one number

    def partnered(record: NDArray[np.int32], other: NDArray[np.int32]) -> Mask:
        mask: Mask = np.isin(label[record] * size + e.source[other], departments)
        return mask

    return ~together & partnered(pairs.left, pairs.right) & partnered(pairs.right, pairs.left)


def pairs_frame(trace: LinkageTrace) -> pd.DataFrame:
    """`link_pairs`: accepted, review and close rejected pairs, sorted by record."""
    grade, note = grades(trace)
    together = trace.clusters.label[trace.pairs.left] == trace.clusters.label[trace.pairs.right]
    # Two records that are one child only through others say nothing of each other.
    rows = np.flatnonzero(_kept(trace, grade) & ~(together & (grade == 0)))
    pairs, e = trace.pairs, trace.e
    rows = rows[np.lexsort((pairs.right[rows], pairs.left[rows]))]
    departments = np.array(e.departments, dtype=object)
    left, right = pairs.left[rows], pairs.right[rows]
    method = np.array(METHODS, dtype=object)[methods(trace)[rows]]
    texts, reasons = _words(trace, rows, grade[rows], note[rows])
    slips = np.flatnonzero(trace.levels["number"][rows] == trace.model.number.code("slip"))
    for place in slips.tolist():  # which place of the number slipped is the pair's own and not its pattern's
        ends = int(left[place]), int(right[place])
        reasons[place] = slip_reason(str(reasons[place]), {"number": "slip"}, e, ends)

    names = list(trace.model.keys)
    key_sets, back = np.unique(pairs.keys[rows], return_inverse=True)
    keys = np.empty(len(key_sets), dtype=object)
    keys[:] = [";".join(name for bit, name in enumerate(names) if each >> bit & 1) for each in key_sets.tolist()]
    columns = (
        *(np.asarray(e.record_id[side], dtype=object) for side in (left, right)),
        *(departments[e.source[left]], departments[e.source[right]], method),
        *(trace.evidence.weight[rows].round(4), trace.evidence.probability[rows].round(6)),
        *(np.array(_GRADES, dtype=object)[grade[rows]], texts, reasons, keys[back]),
    )
    return pd.DataFrame(dict(zip(PAIR_COLUMNS, columns, strict=True)))


def _words(
    trace: LinkageTrace, rows: NDArray[np.int64], grade: NDArray[np.int8], note: NDArray[np.int8]
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Levels text and sentence, made once per distinct pattern."""
    fields = [*trace.model.fields, "number"]
    table = np.stack([*(trace.levels[name][rows] for name in fields), grade, note], axis=1)
    code = np.zeros(len(rows), dtype=np.int64)
    for place in range(table.shape[1]):
        code = code * (int(table[:, place].max(initial=0)) + 1) + table[:, place]
    _, first, back = np.unique(code, return_index=True, return_inverse=True)
    texts, reasons = np.empty(len(first), dtype=object), np.empty(len(first), dtype=object)
    names = [trace.model.spec(name).names for name in fields]
    for place, row in enumerate(first.tolist()):
        levels = {name: names[i][table[row, i]] for i, name in enumerate(fields)}
        texts[place] = ";".join(f"{name}={level}" for name, level in levels.items())
        reasons[place] = sentence(levels, _GRADES[table[row, -2]], _NOTES[table[row, -1]], trace.model)
    return texts[back], reasons[back]
