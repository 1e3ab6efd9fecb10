"""The Latin model's answer in the library's shape.

Belongs here: frames and explanations from positions. Does not belong here: linking (`latin`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.explaining.explain import Explanation, WaterfallStep
from matching.latin.linking import LatinDecisions, LatinLinkage, estimates, link_latin, pair_steps, reason
from matching.library.answer import Linked, Options, clusters_frame, judgements_of, with_places
from matching.scoring.estimate import sigmoid_bits

if TYPE_CHECKING:
    from matching.arrays import Ints
    from matching.latin.model import LatinModel
    from matching.library.columns import Rows


_GRADES = np.array(["different", "review", "same"], dtype=object)
_VERDICTS = {"same": 1, "different": -1, "unsure": 0}


def linked_latin(rows: Rows, model: LatinModel, options: Options) -> Linked:
    """Link gathered rows; rows are taken in the order of their ids, so that the order given changes nothing."""
    order = np.argsort(np.array(rows.record, dtype=object), kind="stable")
    records = [rows.record[place] for place in order]
    source = [rows.source[place] for place in order]
    decisions = _decisions(records, judgements_of(options.get("judgements"), rows))
    linkage = link_latin(rows.fields.iloc[order], source, model, options.get("unique", False), decisions)

    pairs = with_places(_pairs(linkage, records), rows)
    clusters = _clusters(linkage, rows, order)
    expected = estimates(linkage)
    report = {
        "model": linkage.model.fingerprint,
        "records": len(rows.record),
        "children": int(clusters["child"].nunique()),
        "candidates": len(linkage.pairs),
        "grades": {str(name): int(count) for name, count in pairs["grade"].value_counts().sort_index().items()},
        "learning": {
            "mode": "em",
            "why": "没有可作样本的公民身份号码，权重由记录对的模式计数（EM）估计",
            "rounds": linkage.learned.rounds,
        },
        "prior_bits": round(linkage.learned.prior, 3),
        "keys": [dict(line) for line in linkage.pairs.yields],
        "unused_columns": rows.ignored,
        "estimates": expected,
    }
    return Linked(pairs, clusters, expected, report, None, lambda a, b: _explain(linkage, records, a, b))


def _decisions(records: list[str], judgements: pd.DataFrame | None) -> LatinDecisions | None:
    """Decisions as positions, the last on a pair. Rows that are gone are passed over."""
    if judgements is None or not len(judgements):
        return None
    at = {record: place for place, record in enumerate(records)}
    if not set(judgements["verdict"]) <= set(_VERDICTS):
        raise ValueError("人工结论只能是 same、different、unsure")
    latest: dict[tuple[int, int], int] = {}
    for a, b, verdict in zip(judgements["record_a"], judgements["record_b"], judgements["verdict"], strict=True):
        if a in at and b in at and a != b:
            latest[min(at[a], at[b]), max(at[a], at[b])] = _VERDICTS[verdict]
    ends = np.array(sorted(latest), dtype=np.int64).reshape(-1, 2)
    verdicts = np.array([latest[pair] for pair in sorted(latest)], dtype=np.int8)
    return LatinDecisions(ends[:, 0], ends[:, 1], verdicts)


def _grade(linkage: LatinLinkage) -> Ints:
    p, decide = linkage.probability, linkage.model.decide
    together = linkage.label[linkage.pairs.left] == linkage.label[linkage.pairs.right]
    grade = np.where(p >= decide.review, 1, 0)
    grade[together & (p >= decide.review)] = 2
    grade[linkage.verdict == -1] = 0
    return grade


def _pairs(linkage: LatinLinkage, records: list[str]) -> pd.DataFrame:
    grade = _grade(linkage)
    rows = np.flatnonzero((grade > 0) | (linkage.probability >= linkage.model.decide.near) | (linkage.verdict != 0))
    names = np.array(records, dtype=object)
    # `levels` as in `link_pairs`, so that a reader of pairs need not know which model linked them.
    levels = [
        ";".join(f"{name}={linkage.model.levels(name)[int(codes[row])]}" for name, codes in linkage.levels.items())
        for row in rows.tolist()
    ]
    table = {
        "record_a": names[linkage.pairs.left[rows]],
        "record_b": names[linkage.pairs.right[rows]],
        "weight": linkage.weight[rows].round(4),
        "probability": linkage.probability[rows].round(6),
        "grade": _GRADES[grade[rows]],
        "reason": [reason(linkage, row) for row in rows.tolist()],
        "levels": levels,
    }
    return pd.DataFrame(table)


def _clusters(linkage: LatinLinkage, rows: Rows, order: Ints) -> pd.DataFrame:
    """The rows as they were given, with their person, how they came there, and how sure that is."""
    label = np.empty(len(order), dtype=np.int64)
    label[order] = linkage.label
    together = linkage.label[linkage.pairs.left] == linkage.label[linkage.pairs.right]
    best = np.zeros(len(order))
    for side in (linkage.pairs.left, linkage.pairs.right):
        np.maximum.at(best, side[together], linkage.probability[together])
    sure = np.empty(len(order))
    sure[order] = best
    alone = np.bincount(label, minlength=len(order))[label] == 1 if len(order) else np.zeros(0, dtype=bool)
    frame = clusters_frame(rows, [f"P{number:07d}" for number in label.tolist()])
    frame["method"] = np.where(alone, "single", "fuzzy")
    frame["probability"] = np.where(alone, 1.0, sure).round(6)
    return frame


def _explain(linkage: LatinLinkage, records: list[str], record_a: str, record_b: str) -> Explanation:
    a, b = sorted((records.index(record_a), records.index(record_b)))
    place = np.flatnonzero((linkage.pairs.left == a) & (linkage.pairs.right == b))
    lines, levels = pair_steps(linkage, a, b)
    steps = tuple(
        WaterfallStep(field, zh, level, say, bits)
        for (field, zh, say, bits), level in zip(lines, ("prior", *levels.values()), strict=True)
    )
    weight = sum(step.bits for step in steps)
    probability = float(sigmoid_bits(np.array([weight]))[0])
    if len(place):
        grade, sentence = str(_GRADES[_grade(linkage)[place[0]]]), reason(linkage, int(place[0]))
    else:
        grade = "same" if linkage.label[a] == linkage.label[b] else "different"
        sentence = "两条记录没有被比较：没有一个键把它们放在一起"
    return Explanation(records[a], records[b], steps, weight, probability, grade, sentence, levels)
