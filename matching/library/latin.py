"""The Latin model's answer in the library's shape.

Belongs here: frames and explanations from positions. Does not belong here: linking (`latin`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.explaining.explain import Explanation, Step
from matching.latin.linking import LatinLinkage, estimates, link_latin, pair_steps, reason
from matching.library.answer import Linked, Options, clusters_frame, judgements_of, positions, with_places
from matching.scoring.estimate import sigmoid_bits

if TYPE_CHECKING:
    from matching.latin.model import LatinModel
    from matching.library.columns import Rows

_GRADES = np.array(["different", "review", "same"], dtype=object)


def linked_latin(rows: Rows, model: LatinModel, options: Options) -> Linked:
    """Link gathered rows; rows are taken in the order of their ids, so that the order given changes nothing."""
    order = np.argsort(np.array(rows.record, dtype=object), kind="stable")
    records = [rows.record[place] for place in order]
    asked = positions(records, judgements_of(options.get("judgements"), rows))
    source = [rows.source[place] for place in order]
    found = link_latin(rows.fields.iloc[order], source, model, options.get("unique", False), asked)
    pairs = with_places(_pairs(found, records), rows)
    clusters = _clusters(found, rows, order)
    expected = estimates(found)
    report = _report(found, rows, pairs, clusters) | {"estimates": expected}
    return Linked(pairs, clusters, expected, report, None, lambda a, b: _explain(found, records, a, b))


def _grade(found: LatinLinkage) -> np.ndarray[Any, np.dtype[np.int64]]:
    p, decide = found.probability, found.model.decide
    together = found.label[found.pairs.left] == found.label[found.pairs.right]
    grade = np.where(p >= decide.review, 1, 0)
    grade[together & (p >= decide.review)] = 2
    grade[found.judged == -1] = 0
    return grade


def _pairs(found: LatinLinkage, records: list[str]) -> pd.DataFrame:
    grade = _grade(found)
    rows = np.flatnonzero((grade > 0) | (found.probability >= found.model.decide.near) | (found.judged != 0))
    names = np.array(records, dtype=object)
    table = {
        "record_a": names[found.pairs.left[rows]],
        "record_b": names[found.pairs.right[rows]],
        "weight": found.weight[rows].round(4),
        "probability": found.probability[rows].round(6),
        "grade": _GRADES[grade[rows]],
        "reason": [reason(found, row) for row in rows.tolist()],
        "levels": [_levels(found, row) for row in rows.tolist()],
    }
    return pd.DataFrame(table)


def _levels(found: LatinLinkage, row: int) -> str:
    return ";".join(f"{name}={found.model.levels(name)[int(codes[row])]}" for name, codes in found.levels.items())


def _clusters(found: LatinLinkage, rows: Rows, order: np.ndarray[Any, np.dtype[np.int64]]) -> pd.DataFrame:
    label = np.empty(len(order), dtype=np.int64)
    label[order] = found.label
    best = np.zeros(len(order))
    together = found.label[found.pairs.left] == found.label[found.pairs.right]
    for side in (found.pairs.left, found.pairs.right):
        np.maximum.at(best, side[together], found.probability[together])
    sure = np.empty(len(order))
    sure[order] = best
    alone = np.bincount(label, minlength=len(order))[label] == 1 if len(order) else np.zeros(0, dtype=bool)
    frame = clusters_frame(rows, [f"P{number:07d}" for number in label.tolist()])
    frame["method"] = np.where(alone, "single", "fuzzy")
    frame["probability"] = np.where(alone, 1.0, sure).round(6)
    return frame


def _report(found: LatinLinkage, rows: Rows, pairs: pd.DataFrame, clusters: pd.DataFrame) -> dict[str, Any]:
    return {
        "model": found.model.fingerprint,
        "records": len(rows.record),
        "children": int(clusters["child"].nunique()),
        "candidates": len(found.pairs),
        "grades": {str(name): int(count) for name, count in pairs["grade"].value_counts().sort_index().items()},
        "learning": {
            "mode": "em",
            "why": "没有可作样本的公民身份号码，权重由记录对的模式计数（EM）估计",
            "rounds": found.learned.rounds,
        },
        "prior_bits": round(found.learned.prior, 3),
        "keys": [dict(line) for line in found.pairs.yields],
        "unused_columns": rows.ignored,
    }


def _explain(found: LatinLinkage, records: list[str], a: str, b: str) -> Explanation:
    one, other = sorted((records.index(a), records.index(b)))
    at = np.flatnonzero((found.pairs.left == one) & (found.pairs.right == other))
    steps, levels = pair_steps(found, one, other)
    weight = sum(step[3] for step in steps)
    probability = float(sigmoid_bits(np.array([weight]))[0])
    same = found.label[one] == found.label[other]
    grade = str(_GRADES[_grade(found)[at[0]]]) if len(at) else "same" if same else "different"
    made = tuple(
        Step(field, zh, level, say, bits)
        for (field, zh, say, bits), level in zip(steps, ("prior", *levels.values()), strict=True)
    )
    sentence = reason(found, int(at[0])) if len(at) else "两条记录没有被比较：没有一个键把它们放在一起"
    return Explanation(records[one], records[other], made, weight, probability, grade, sentence, levels)
