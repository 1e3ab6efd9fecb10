"""Latin records to persons: the stations in their order, and the result in record positions.

Belongs here: the order of the stations, and what a pair says of itself. Does not belong here: frames of other people (`matching.library.link`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.clustering.cluster import cluster, unseen_pairs
from matching.latin.compare import Candidates, candidates, levels
from matching.latin.encode import encode
from matching.latin.fit import learn
from matching.model import default_model
from matching.scoring.decide import CLERICAL_BITS, Evidence
from matching.scoring.estimate import sigmoid_bits
from matching.shapes import Pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from matching.latin.encode import Encoded
    from matching.latin.fit import Learned
    from matching.latin.model import LatinModel

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Judged = tuple[Ints, Ints, Codes]

_RARE_BITS = 3.0


@dataclass(frozen=True)
class LatinLinkage:
    """What was found: the pairs with their levels, weights and judgements, and the person (`label`) of each record."""

    e: Encoded
    model: LatinModel
    pairs: Candidates
    levels: dict[str, Codes]
    learned: Learned
    weight: Floats
    judged: Codes
    label: Ints

    @property
    def probability(self) -> Floats:
        """Posterior of each pair."""
        return sigmoid_bits(self.weight)


def link_latin(
    records: pd.DataFrame, source: Sequence[str], model: LatinModel, unique: bool = False, judged: Judged | None = None
) -> LatinLinkage:
    """Find out which records are the same person.

    Args:
        records: columns named as the model's fields; at least one of them.
        source: where each record comes from.
        model: the model.
        unique: nobody is twice in one source.
        judged: people's decisions as positions, left < right, and 1 same, -1 different, 0 unsure.

    Raises:
        ValueError: no column is a field of the model (in Chinese).
    """
    e = encode(records, source, model)
    if not e.values:
        raise ValueError(f"没有可比对的列，请把列对应到这些字段：{'、'.join(model.fields)}")
    pairs = _with_judged(candidates(e, model, unique), judged, len(e))
    found = levels(e, pairs.left, pairs.right, model)
    learned = learn(e, found, unique, model)
    weight = _weight(e, learned, (pairs.left, pairs.right), found, model)
    pairs, found, weight = _whole_chains(e, model, learned, (pairs, found, weight))
    verdict = _verdicts(pairs, judged, len(e))
    weight = np.where(verdict == 0, weight, CLERICAL_BITS * verdict)
    label = _persons(e, model, unique, (pairs, weight, verdict))
    return LatinLinkage(e, model, pairs, found, learned, weight, verdict, label)


def _with_judged(pairs: Candidates, judged: Judged | None, n: int) -> Candidates:
    if judged is None or not len(judged[0]):
        return pairs
    seen, asked = pairs.left * n + pairs.right, judged[0] * n + judged[1]
    both = np.concatenate([seen, asked[~np.isin(asked, seen)]])
    keys = np.concatenate([pairs.keys, np.zeros(len(both) - len(seen), dtype=np.int64)])
    order = np.argsort(both, kind="stable")
    return Candidates(both[order] // n, both[order] % n, keys[order], pairs.yields)


def _verdicts(pairs: Candidates, judged: Judged | None, n: int) -> Codes:
    out = np.zeros(len(pairs), dtype=np.int8)
    if judged is not None and len(judged[0]):
        out[np.searchsorted(pairs.left * n + pairs.right, judged[0] * n + judged[1])] = judged[2]
    return out


def _weight(
    e: Encoded, learned: Learned, pair: tuple[Ints, Ints], found: dict[str, Codes], model: LatinModel
) -> Floats:
    """Bits of the levels, and of equal values by how rare they are (within limits: a misspelling is rare too)."""
    weight = learned.weight(found)
    for name, codes in found.items():
        rare = rarity(e, learned, name, model)
        if rare is not None:
            weight = weight + np.where(codes == 1, rare[e.values[name].code[pair[0]]], 0.0)
    return weight


def rarity(e: Encoded, learned: Learned, name: str, model: LatinModel) -> Floats | None:
    """Bits by which an equal value says more or less than equality in general; None where the model asks for none."""
    if not model.fields[name].frequency:
        return None
    counts = np.bincount(e.values[name].code, minlength=len(e.values[name].texts)).astype(np.float64)
    share = np.maximum(counts, 1.0) / max(counts[1:].sum(), 1.0)
    bits: Floats = np.clip(np.log2(learned.u[name][0] / share), -_RARE_BITS, _RARE_BITS)
    return bits


def _whole_chains(
    e: Encoded, model: LatinModel, learned: Learned, compared: tuple[Candidates, dict[str, Codes], Floats]
) -> tuple[Candidates, dict[str, Codes], Floats]:
    """The pairs inside chains of links that no key brought together are compared too."""
    pairs, found, weight = compared
    link = sigmoid_bits(weight) >= model.decide.same
    a, b = unseen_pairs(len(e), _plain(pairs), link, default_model().decide.close_limit)
    if not len(a):
        return compared
    late = levels(e, a, b, model)
    order = np.argsort(np.concatenate([pairs.left * len(e) + pairs.right, a * len(e) + b]), kind="stable")
    both = Candidates(
        np.concatenate([pairs.left, a])[order],
        np.concatenate([pairs.right, b])[order],
        np.concatenate([pairs.keys, np.zeros(len(a), dtype=np.int64)])[order],
        pairs.yields,
    )
    joined = {name: np.concatenate([found[name], late[name]])[order] for name in found}
    return both, joined, np.concatenate([weight, _weight(e, learned, (a, b), late, model)])[order]


def _plain(pairs: Candidates) -> Pairs:
    return Pairs(pairs.left.astype(np.int32), pairs.right.astype(np.int32), np.zeros(len(pairs), dtype=np.uint32))


def _persons(e: Encoded, model: LatinModel, unique: bool, judged: tuple[Candidates, Floats, Codes]) -> Ints:
    """Greedy by weight; two records of one source are not one person where the caller says so."""
    pairs, weight, verdict = judged
    p = sigmoid_bits(weight)
    inside = e.source[pairs.left] == e.source[pairs.right]
    same = verdict == 1
    veto = ((inside & unique) & ~same) | (verdict == -1)
    none = np.zeros(len(pairs), dtype=bool)
    evidence = Evidence(weight, p, (p >= model.decide.same) & ~veto, veto, same, none, inside)
    return cluster(len(e), _plain(pairs), evidence, default_model()).label


def reason(linkage: LatinLinkage, row: int) -> str:
    """One Chinese sentence for a pair: what agrees, then what does not. No values."""
    model = linkage.model
    said: dict[bool, list[str]] = {True: [], False: []}
    for name, codes in linkage.levels.items():
        level = model.levels(name)[int(codes[row])]
        if level != "missing":
            said[level != "differ"].append(model.say(name, level))
    text = "、".join(said[True]) or "没有一致的项目"
    return text + ("，但" + "、".join(said[False]) if said[False] else "")


def pair_steps(linkage: LatinLinkage, one: int, other: int) -> tuple[list[tuple[str, str, str, float]], dict[str, str]]:
    """The waterfall of any two records: (field, Chinese name, what is said, bits) with the prior first; and the level per field."""
    e, model, learned = linkage.e, linkage.model, linkage.learned
    pair = np.array([one]), np.array([other])
    steps = [("prior", "起点", "任意两条记录是同一人的可能", learned.prior)]
    named = {}
    for name, codes in levels(e, *pair, model).items():
        level = model.levels(name)[int(codes[0])]
        bits = float(learned.bits[name][int(codes[0])])
        rare = rarity(e, learned, name, model)
        if rare is not None and level == "same":
            bits += float(rare[e.values[name].code[one]])
        steps.append((name, model.fields[name].zh, model.say(name, level), bits))
        named[name] = level
    return steps, named


def estimates(linkage: LatinLinkage) -> dict[str, Any]:
    """Expected precision and recall of the links, from the posteriors (rules/linkage.md#idea-14), and what no key found (Chao)."""
    p = linkage.probability
    together = linkage.label[linkage.pairs.left] == linkage.label[linkage.pairs.right]
    right, missed = float(p[together].sum()), float(p[~together & (linkage.judged != -1)].sum())
    accepted, keys = int(together.sum()), linkage.pairs.keys[together]
    found = ((keys[:, None] >> np.arange(len(linkage.model.keys))) & 1).sum(axis=1)
    one, two = (int((found == times).sum()) for times in (1, 2))
    unblocked = min(one * max(one - 1, 0) / (2.0 * (two + 1)), float(one))
    return {
        "links": accepted,
        "expected_precision": round(right / accepted, 6) if accepted else 1.0,
        "expected_recall": round(right / (right + missed + unblocked), 6) if right else 1.0,
        "expected_missed": {"compared": round(missed, 1), "not_compared": round(unblocked, 1)},
    }
