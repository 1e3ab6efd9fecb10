"""Latin records to persons: the stations in their order, and the result in record positions.

Belongs here: the order of the stations, and what a pair says of itself. Does not belong here: frames of other people (`matching.library.link`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.clustering.cluster import cluster, unseen_pairs
from matching.latin.compare import LatinCandidates, candidates, levels
from matching.latin.encode import encode
from matching.latin.fit import learn
from matching.model import default_model
from matching.scoring.decide import CLERICAL_BITS, Evidence
from matching.scoring.estimate import sigmoid_bits, unblocked_links
from matching.shapes import Pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from matching.arrays import Floats, Ints, LevelCodes
    from matching.latin.encode import LatinRecords
    from matching.latin.fit import Learned
    from matching.latin.model import LatinModel


_RARE_BITS = 3.0


@dataclass(frozen=True)
class LatinDecisions:
    """People's decisions as positions, `left < right`; `verdict` is 1 same, -1 different, 0 unsure."""

    left: Ints
    right: Ints
    verdict: LevelCodes


@dataclass(frozen=True)
class _Compared:
    """Pairs with their level codes per field, and their bits."""

    pairs: LatinCandidates
    codes: dict[str, LevelCodes]
    weight: Floats


@dataclass(frozen=True)
class LatinLinkage:
    """The pairs with their levels, weights and people's verdicts, and the person (`label`) of each record."""

    e: LatinRecords
    model: LatinModel
    pairs: LatinCandidates
    levels: dict[str, LevelCodes]
    learned: Learned
    weight: Floats
    verdict: LevelCodes
    label: Ints

    @property
    def probability(self) -> Floats:
        """Posterior of each pair."""
        return sigmoid_bits(self.weight)


def link_latin(
    records: pd.DataFrame,
    source: Sequence[str],
    model: LatinModel,
    unique: bool = False,
    decisions: LatinDecisions | None = None,
) -> LatinLinkage:
    """Find out which records are the same person.

    Args:
        records: columns named as the model's fields; at least one of them.
        source: where each record comes from.
        model: the model.
        unique: nobody is twice in one source.
        decisions: people's decisions.

    Raises:
        ValueError: no column is a field of the model (in Chinese).
    """
    e = encode(records, source, model)
    if not e.values:
        raise ValueError(f"没有可比对的列，请把列对应到这些字段：{'、'.join(model.fields)}")
    pairs = _with_decided(candidates(e, model, unique), decisions, len(e))
    codes = levels(e, pairs.left, pairs.right, model)
    learned = learn(e, codes, unique, model)
    compared = _whole_chains(e, model, learned, _Compared(pairs, codes, _weight(e, learned, pairs.left, codes, model)))
    pairs = compared.pairs

    verdict = np.zeros(len(pairs), dtype=np.int8)
    if decisions is not None and len(decisions.left):
        place = np.searchsorted(pairs.left * len(e) + pairs.right, decisions.left * len(e) + decisions.right)
        verdict[place] = decisions.verdict
    weight = np.where(verdict == 0, compared.weight, CLERICAL_BITS * verdict)

    p, same = sigmoid_bits(weight), verdict == 1
    inside = e.source[pairs.left] == e.source[pairs.right]
    veto = ((inside & unique) & ~same) | (
        verdict == -1
    )  # a person may say that somebody is twice in a source after all
    doubt = np.zeros(len(pairs), dtype=bool)
    evidence = Evidence(weight, p, (p >= model.decide.same) & ~veto, veto, same, doubt, inside)
    label = cluster(len(e), _plain(pairs), evidence, default_model()).label
    return LatinLinkage(e, model, pairs, compared.codes, learned, weight, verdict, label)


def _with_decided(pairs: LatinCandidates, decisions: LatinDecisions | None, n: int) -> LatinCandidates:
    """The candidates and the pairs that people decided on, which need no key to be compared."""
    if decisions is None or not len(decisions.left):
        return pairs
    seen, decided = pairs.left * n + pairs.right, decisions.left * n + decisions.right
    both = np.concatenate([seen, decided[~np.isin(decided, seen)]])
    keys = np.concatenate([pairs.keys, np.zeros(len(both) - len(seen), dtype=np.int64)])
    order = np.argsort(both, kind="stable")
    return LatinCandidates(both[order] // n, both[order] % n, keys[order], pairs.yields)


def _weight(e: LatinRecords, learned: Learned, left: Ints, codes: dict[str, LevelCodes], model: LatinModel) -> Floats:
    """Bits of the levels, and of equal values by how rare they are (within limits: a misspelling is rare too)."""
    weight = learned.weight(codes)
    for name, code in codes.items():
        rare = rarity(e, learned, name, model)
        if rare is not None:
            weight = weight + np.where(code == 1, rare[e.values[name].code[left]], 0.0)
    return weight


def rarity(e: LatinRecords, learned: Learned, name: str, model: LatinModel) -> Floats | None:
    """Bits by which an equal value says more or less than equality in general; None where the model asks for none."""
    if not model.fields[name].frequency:
        return None
    counts = np.bincount(e.values[name].code, minlength=len(e.values[name].texts)).astype(np.float64)
    share = np.maximum(counts, 1.0) / max(counts[1:].sum(), 1.0)
    bits: Floats = np.clip(np.log2(learned.u[name][0] / share), -_RARE_BITS, _RARE_BITS)
    return bits


def _whole_chains(e: LatinRecords, model: LatinModel, learned: Learned, compared: _Compared) -> _Compared:
    """The pairs inside chains of links that no key brought together are compared too."""
    pairs, codes, n = compared.pairs, compared.codes, len(e)
    link = sigmoid_bits(compared.weight) >= model.decide.same
    a, b = unseen_pairs(n, _plain(pairs), link, default_model().decide.close_limit)
    if not len(a):
        return compared
    late = levels(e, a, b, model)
    # Kept sorted: verdicts are looked up by searching.
    order = np.argsort(np.concatenate([pairs.left * n + pairs.right, a * n + b]), kind="stable")
    both = LatinCandidates(
        np.concatenate([pairs.left, a])[order],
        np.concatenate([pairs.right, b])[order],
        np.concatenate([pairs.keys, np.zeros(len(a), dtype=np.int64)])[order],
        pairs.yields,
    )
    joined = {name: np.concatenate([codes[name], late[name]])[order] for name in codes}
    weight = np.concatenate([compared.weight, _weight(e, learned, a, late, model)])[order]
    return _Compared(both, joined, weight)


def _plain(pairs: LatinCandidates) -> Pairs:
    """As clustering, which knows nothing of keys, wants them."""
    return Pairs(pairs.left.astype(np.int32), pairs.right.astype(np.int32), np.zeros(len(pairs), dtype=np.uint32))


def reason(linkage: LatinLinkage, row: int) -> str:
    """One Chinese sentence for a pair: what agrees, then what does not. No values."""
    agree: list[str] = []
    differ: list[str] = []
    for name, codes in linkage.levels.items():
        level = linkage.model.levels(name)[int(codes[row])]
        if level != "missing":
            (differ if level == "differ" else agree).append(linkage.model.say(name, level))
    text = "、".join(agree) or "没有一致的项目"
    return text + ("，但" + "、".join(differ) if differ else "")


def pair_steps(linkage: LatinLinkage, a: int, b: int) -> tuple[list[tuple[str, str, str, float]], dict[str, str]]:
    """The waterfall of any two records: (field, Chinese name, what is said, bits) with the prior first; and the level per field."""
    e, model, learned = linkage.e, linkage.model, linkage.learned
    steps = [("prior", "起点", "任意两条记录是同一人的可能", learned.prior)]
    named = {}
    for name, codes in levels(e, np.array([a]), np.array([b]), model).items():
        level = model.levels(name)[int(codes[0])]
        bits = float(learned.bits[name][int(codes[0])])
        rare = rarity(e, learned, name, model)
        if rare is not None and level == "same":
            bits += float(rare[e.values[name].code[a]])
        steps.append((name, model.fields[name].zh, model.say(name, level), bits))
        named[name] = level
    return steps, named


def estimates(linkage: LatinLinkage) -> dict[str, Any]:
    """Expected precision and recall of the links, from the posteriors (rules/linkage.md#idea-14), and what no key found (Chao)."""
    p = linkage.probability
    together = linkage.label[linkage.pairs.left] == linkage.label[linkage.pairs.right]
    right, missed = float(p[together].sum()), float(p[~together & (linkage.verdict != -1)].sum())
    accepted, keys = int(together.sum()), linkage.pairs.keys[together]
    unblocked = unblocked_links(keys, len(linkage.model.keys))
    return {
        "links": accepted,
        "expected_precision": round(right / accepted, 6) if accepted else 1.0,
        "expected_recall": round(right / (right + missed + unblocked), 6) if right else 1.0,
        "expected_missed": {"compared": round(missed, 1), "not_compared": round(unblocked, 1)},
    }
