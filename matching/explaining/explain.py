"""Why two records are, or are not, the same child: the waterfall in bits, levels, and the sentence (rules/linkage.md#idea-11).

Belongs here: explanations of single pairs, on demand: of a pair that a linkage kept, from its levels and the weights that were kept
(`report`), or of any two records, compared anew. Does not belong here: the sentence's words (`sentence`), or drawing (`picture`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.comparing.compare import add_context, compare
from matching.encoding.encode import encode
from matching.explaining.sentence import sentence, slip_reason
from matching.model import Model, default_model
from matching.scoring.decide import CLERICAL_BITS
from matching.scoring.design import make_design
from matching.scoring.estimate import sigmoid_bits
from matching.scoring.screening import screen_shared_numbers
from matching.scoring.weigh import Weights, learn
from matching.shapes import Pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from matching.scoring.design import Design
    from matching.shapes import Encoded


_OTHER_MODEL = "这一期的关联是用另一版比对模型算的，请先重新运行这一期再解释"


@dataclass(frozen=True)
class Step:
    """One bar of the waterfall: the field (or two fields together), its level in Chinese, its bits."""

    field: str
    zh: str
    level: str
    say: str
    bits: float


@dataclass(frozen=True)
class Explanation:
    """Why two records were judged as they were.

    Attributes:
        record_a, record_b: the records, `record_a` the smaller.
        steps: prior, fields, interactions and number, in the order of the model; they add up to `weight`.
        weight: bits of the machine's evidence; `probability` its posterior.
        grade: as in `link_pairs`, or by the thresholds for a pair that is not there.
        reason: the sentence; `levels` the level names per field.
        met: whether any key brought the two together; without one the linkage never looked at them.
    """

    record_a: str
    record_b: str
    steps: tuple[Step, ...]
    weight: float
    probability: float
    grade: str
    reason: str
    levels: dict[str, str]
    met: bool = True

    def lines(self) -> list[str]:
        """The waterfall as text lines, largest share first after the prior; what weighs nothing is left out."""
        prior, *rest = self.steps
        ordered = sorted((step for step in rest if abs(step.bits) >= 0.005), key=lambda step: -abs(step.bits))
        return [f"{step.bits:+7.2f}  {step.zh}：{step.say}" for step in (prior, *ordered)]


def explain_kept(pair: Mapping[str, Any], kept: Mapping[str, Any], model: Model | None = None) -> Explanation:
    """Explain a pair from what the linkage kept of it; no record is read.

    Args:
        pair: a row of `link_pairs`.
        kept: `weights` of the same linkage's report.
        model: the model it was linked by, if it is not the shipped one.

    Raises:
        ValueError: the weights are another model's.
    """
    model = model or default_model()
    design = make_design(model)
    named = dict(part.split("=", 1) for part in str(pair["levels"]).split(";"))
    if set(named) != {*model.fields, "number"} or not set(design.terms) <= set(kept["bits"]):
        raise ValueError(_OTHER_MODEL)
    codes = {name: np.array([model.code(name, level)], dtype=np.int8) for name, level in named.items()}
    steps = _steps(_restored(kept, design, model), codes, named, model)
    weight = float(pair["weight"])
    rest = weight - sum(step.bits for step in steps)
    if abs(rest) > 0.01:
        steps = (*steps, Step("rule", *_rule(pair, named, model), rest))
    ids = (str(pair["record_a"]), str(pair["record_b"]))
    return Explanation(*ids, steps, weight, float(pair["probability"]), str(pair["grade"]), str(pair["reason"]), named)


def _restored(kept: Mapping[str, Any], design: Design, model: Model) -> Weights:
    bits = np.array([kept["bits"][term] for term in design.terms])
    number = np.array([kept["number"][level] for level in model.number.names])
    return Weights("labels", "", design, bits, float(kept["prior"]), float(kept["prior_labelled"]), number)


def _rule(pair: Mapping[str, Any], named: Mapping[str, str], model: Model) -> tuple[str, str, str]:
    """What stands above the weights, where a pair's weight is not the sum of its fields' (see `decide`)."""
    if abs(float(pair["weight"])) >= CLERICAL_BITS:
        return "人工结论", "decision", "以人的结论为准，机器不改"
    if named["number"] in ("same", "derived", "document"):
        return (
            "号码规则",
            "certain",
            "号码相同并有一项佐证，按最低分计" if float(pair["weight"]) > 0 else "同胞也说得通，封顶",
        )
    if named["number"] == "borrowed":
        return "号码规则", "borrowed", "号码相同但别的都对不上，封顶"
    if float(pair["weight"]) <= model.decide.doubt_bits + 0.01:
        return "存疑规则", "doubt", "双胞胎、同胞或同名的另一孩子同样说得通，封顶"
    return "文字相近", "texts", "住址或学校的文字相近"


def explain_pair(records: pd.DataFrame, pair: Any, linkage: Any = None, model: Model | None = None) -> Explanation:
    """Explain one pair of records.

    Args:
        records: the records that were linked (all of them: namesakes and twins are judged within the delivery).
        pair: a row of `link_pairs`, or two record ids.
        linkage: the `Linkage` that judged them; without it the weights are learned anew from `records`.
        model: the model, if it is not the shipped one.

    Raises:
        ValueError: a record is not in `records`, or both are the same.
    """
    model = model or default_model()
    a, b = sorted(_ids(pair))
    e = encode(records, model)
    rows = _positions(e, a, b)
    weights = linkage.weights if linkage is not None else _learned(e, model)
    levels, met = _pair_levels(e, rows, model)
    named = {name: model.spec(name).names[int(levels[name][0])] for name in levels}
    steps = _steps(weights, levels, named, model)
    weight = sum(step.bits for step in steps)
    probability = float(sigmoid_bits(np.array([weight]))[0])
    grade, reason = _judged(linkage, (a, b), named, probability, model)
    reason = slip_reason(reason, named, e, rows)
    return Explanation(a, b, steps, weight, probability, grade, reason, named, met)


def explain_anew(
    records: pd.DataFrame, pair: tuple[str, str], kept: Mapping[str, Any], same: bool, model: Model | None = None
) -> Explanation:
    """Compare two records that no kept pair joins, by the weights that their linkage kept.

    Args:
        records: the records that were linked, all of them.
        pair: two record ids.
        kept: `weights` of the linkage's report.
        same: whether the linkage gave them to one child (through other records); the clusters have the last word.
        model: the model it was linked by, if it is not the shipped one.

    Returns:
        The waterfall; `met` is false where no key brought the two together, true where they were compared and came out too far apart
        to be kept.

    Raises:
        ValueError: a record is not in `records`, both are the same, or the weights are another model's.
    """
    model = model or default_model()
    design = make_design(model)
    if not set(design.terms) <= set(kept["bits"]):
        raise ValueError(_OTHER_MODEL)
    a, b = sorted(_ids(pair))
    e = encode(records, model)
    rows = _positions(e, a, b)
    levels, met = _pair_levels(e, rows, model)
    named = {name: model.spec(name).names[int(levels[name][0])] for name in levels}
    steps = _steps(_restored(kept, design, model), levels, named, model)
    weight, grade = sum(step.bits for step in steps), "same" if same else "different"
    reason = slip_reason(sentence(named, grade, "", model), named, e, rows)
    return Explanation(a, b, steps, weight, float(sigmoid_bits(np.array([weight]))[0]), grade, reason, named, met)


def _ids(pair: Any) -> tuple[str, str]:
    if isinstance(pair, tuple | list):
        return str(pair[0]), str(pair[1])
    return str(pair["record_a"]), str(pair["record_b"])


def _positions(e: Encoded, a: str, b: str) -> tuple[int, int]:
    position = {str(record): row for row, record in enumerate(e.record_id)}
    if a == b or a not in position or b not in position:
        raise ValueError("要解释的两条记录须不同，且都在比对的数据中")
    return position[a], position[b]


def _pair(rows: tuple[int, int]) -> Pairs:
    left, right = sorted(rows)
    return Pairs(np.array([left], dtype=np.int32), np.array([right], dtype=np.int32), np.zeros(1, dtype=np.uint32))


def _neighbourhood(e: Encoded, model: Model) -> Pairs:
    from matching.blocking.block import block

    return block(e, model)[0]


def _pair_levels(e: Encoded, rows: tuple[int, int], model: Model) -> tuple[dict[str, Any], bool]:
    """The pair's levels with the twins, namesakes and borrowed numbers that the whole delivery shows; whether a key made the pair."""
    every = _neighbourhood(e, model)
    one = _pair(rows)
    here = np.flatnonzero((every.left == one.left[0]) & (every.right == one.right[0]))
    near = np.flatnonzero(np.isin(every.left, rows) | np.isin(every.right, rows))
    chosen = every.take(near)
    pairs = chosen if len(here) else Pairs(*(np.r_[x, y] for x, y in zip(_columns(chosen), _columns(one), strict=True)))
    levels = compare(e, pairs, model)
    screen_shared_numbers(e, pairs, levels, model)
    add_context(e, pairs, levels, model)
    at = np.flatnonzero((pairs.left == one.left[0]) & (pairs.right == one.right[0]))[:1]
    return {name: codes[at] for name, codes in levels.items()}, bool(len(here))


def _columns(pairs: Pairs) -> tuple[Any, Any, Any]:
    return pairs.left, pairs.right, pairs.keys


def _learned(e: Encoded, model: Model) -> Weights:
    pairs = _neighbourhood(e, model)
    levels = compare(e, pairs, model)
    screen_shared_numbers(e, pairs, levels, model)
    add_context(e, pairs, levels, model)
    return learn(levels, len(e), model)


def _steps(weights: Weights, levels: dict[str, Any], named: dict[str, str], model: Model) -> tuple[Step, ...]:
    design = weights.design
    codes = np.array([levels[name][0] for name in design.fields], dtype=np.int8)
    comparable = bool(np.isin(levels["number"][0], design.comparable))
    prior = weights.prior_labelled if comparable else weights.prior
    steps = [Step("prior", "起点", "prior", "随意两条候选记录是同一儿童的可能", float(prior))]
    for term in design.active(codes):
        steps.append(_term(design.terms[term], float(weights.bits[term]), named, model))
    number = named["number"]
    steps.append(
        Step(
            "number",
            model.number.zh,
            number,
            model.number.levels[number].say,
            float(weights.number[int(levels["number"][0])]),
        )
    )
    return tuple(steps)


def _term(term: str, bits: float, named: dict[str, str], model: Model) -> Step:
    left, _, level = term.partition("=")
    if "*" not in left:
        return Step(left, model.fields[left].zh, level, model.fields[left].levels[level].say or level, bits)
    names = left.split("*")
    zh = "与".join(model.fields[name].zh for name in names)
    say = "、".join(
        model.fields[name].levels[named[name]].say for name in names if model.fields[name].levels[named[name]].say
    )
    return Step(left, zh, level, f"一并衡量（{say}）", bits)


def _judged(
    linkage: Any, ids: tuple[str, str], named: dict[str, str], probability: float, model: Model
) -> tuple[str, str]:
    """Grade and sentence that the linkage gave the pair; by the thresholds for a pair it did not keep."""
    if linkage is not None:
        frame = linkage.pairs
        found = frame[(frame["record_a"] == ids[0]) & (frame["record_b"] == ids[1])]
        if len(found):
            return str(found["grade"].iloc[0]), str(found["reason"].iloc[0])
    grade = (
        "same" if probability >= model.decide.same else "review" if probability >= model.decide.review else "different"
    )
    if linkage is not None:  # not an edge of its own: the clusters have the last word
        child = linkage.clusters.set_index("record_id")["child_id"]
        grade = "same" if child[ids[0]] == child[ids[1]] else "different"
    return grade, sentence(named, grade, "", model)
