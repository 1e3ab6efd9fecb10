"""Why two records are, or are not, the same child: the waterfall in bits, levels, and the sentence (rules/linkage.md#idea-11).

Belongs here: explanations of single pairs, on demand: of a pair that a linkage kept, from its levels and the weights that were kept
(`report`), or of any two records, compared anew. Does not belong here: the sentence's words (`sentence`), or drawing (`picture`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.blocking.block import block
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
    from matching.shapes import Encoded, Levels

_OTHER_MODEL = "这一期的关联是用另一版比对模型算的，请先重新运行这一期再解释"


@dataclass(frozen=True)
class WaterfallStep:
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
    steps: tuple[WaterfallStep, ...]
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
    if abs(rest) > 0.01:  # more than the rounding of the kept bits: something stood above the weights
        steps = (*steps, WaterfallStep("rule", *_rule(pair, named, model), rest))
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
    weights = linkage.weights if linkage else learn(_compared(e, block(e, model)[0], model), len(e), model)
    levels, met = _pair_levels(e, rows, model)
    named = {name: model.spec(name).names[int(levels[name][0])] for name in levels}
    steps = _steps(weights, levels, named, model)
    weight = sum(step.bits for step in steps)
    probability = float(sigmoid_bits(np.array([weight]))[0])
    grade, reason = _graded(linkage, (a, b), named, probability, model)
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


def _compared(e: Encoded, pairs: Pairs, model: Model) -> Levels:
    """Levels of pairs, screened and in context as in the linkage."""
    levels = compare(e, pairs, model)
    screen_shared_numbers(e, pairs, levels, model)
    add_context(e, pairs, levels, model)
    return levels


def _pair_levels(e: Encoded, rows: tuple[int, int], model: Model) -> tuple[Levels, bool]:
    """The pair's levels with the twins, namesakes and borrowed numbers that the whole delivery shows; whether a key made the pair."""
    left, right = sorted(rows)
    every = block(e, model)[0]
    met = bool(((every.left == left) & (every.right == right)).any())
    # Only the pairs of either record: context is what these show, and the whole delivery would be compared for one line.
    pairs = every.take(np.flatnonzero(np.isin(every.left, rows) | np.isin(every.right, rows)))
    if not met:
        pairs = Pairs(
            np.append(pairs.left, np.int32(left)),
            np.append(pairs.right, np.int32(right)),
            np.append(pairs.keys, np.uint32(0)),
        )
    levels = _compared(e, pairs, model)
    place = np.flatnonzero((pairs.left == left) & (pairs.right == right))[:1]
    return {name: codes[place] for name, codes in levels.items()}, met


def _steps(weights: Weights, levels: Levels, named: dict[str, str], model: Model) -> tuple[WaterfallStep, ...]:
    design = weights.design
    codes = np.array([levels[name][0] for name in design.fields], dtype=np.int8)
    comparable = bool(np.isin(levels["number"][0], design.comparable))
    prior = weights.prior_labelled if comparable else weights.prior
    start = WaterfallStep("prior", "起点", "prior", "随意两条候选记录是同一儿童的可能", float(prior))
    terms = [_term(design.terms[term], float(weights.bits[term]), named, model) for term in design.active(codes)]
    # The number has no term: the weights are learned with it hidden, and its own evidence is added afterwards.
    level, bits = named["number"], float(weights.number[int(levels["number"][0])])
    number = WaterfallStep("number", model.number.zh, level, model.number.levels[level].say, bits)
    return (start, *terms, number)


def _term(term: str, bits: float, named: dict[str, str], model: Model) -> WaterfallStep:
    left, _, level = term.partition("=")
    if "*" not in left:
        return WaterfallStep(left, model.fields[left].zh, level, model.fields[left].levels[level].say or level, bits)
    names = left.split("*")
    zh = "与".join(model.fields[name].zh for name in names)
    words = (model.fields[name].levels[named[name]].say for name in names)
    say = "、".join(word for word in words if word)
    return WaterfallStep(left, zh, level, f"一并衡量（{say}）", bits)


def _graded(
    linkage: Any, ids: tuple[str, str], named: dict[str, str], probability: float, model: Model
) -> tuple[str, str]:
    """Grade and sentence that the linkage gave the pair; by the thresholds for a pair it did not keep."""
    if linkage is None:
        decide = model.decide
        grade = "same" if probability >= decide.same else "review" if probability >= decide.review else "different"
        return grade, sentence(named, grade, "", model)
    pairs = linkage.pairs
    lines = pairs[(pairs["record_a"] == ids[0]) & (pairs["record_b"] == ids[1])]
    if len(lines):
        return str(lines["grade"].iloc[0]), str(lines["reason"].iloc[0])
    # Not an edge of its own: the clusters have the last word.
    child = linkage.clusters.set_index("record_id")["child_id"]
    grade = "same" if child[ids[0]] == child[ids[1]] else "different"
    return grade, sentence(named, grade, "", model)
