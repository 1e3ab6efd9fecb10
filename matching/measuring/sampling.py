"""A stratified sample of pairs for clerks, and what their answers say of precision and recall (rules/linkage.md#idea-8).

Belongs here: drawing, weighting, estimating. Does not belong here: the sheet a clerk writes on, or decisions (`matching.decisions`).

Strata are where errors live: the grade, the probability, the way of joining and the pair of departments. Every stratum is drawn from, the
doubtful ones far more than their size, and each drawn pair carries how many pairs it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.measuring.intervals import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_COLUMNS = ("sample_no", "record_a", "record_b", "stratum", "stratum_size", "drawn", "weight")
ANSWERS = ("same", "different", "unsure")
_EDGES = np.array([0.05, 0.2, 0.5, 0.9, 0.99, 0.999])
_NAMES = ("<0.05", "0.05-0.2", "0.2-0.5", "0.5-0.9", "0.9-0.99", "0.99-0.999", ">=0.999")
_LEAST = 3


@dataclass(frozen=True)
class ShareEstimate:
    """A share estimated from answers: the value with a 95 % interval (0 to 1), and the answers behind it."""

    value: float
    low: float
    high: float
    answers: int


@dataclass(frozen=True)
class SampleQuality:
    """What clerks' answers say.

    Attributes:
        precision: of the pairs that were linked, the share that is right.
        recall: of the matching pairs among all listed pairs (linked, review, near), the share that was linked. Pairs that were never listed
            are not in it.
        strata: per stratum its size, answers, right ones, share with interval.
        unsure: answers `unsure`; they count for neither side.
        contradictions: pairs answered both ways; they are left out, and a person must settle them.
    """

    precision: ShareEstimate
    recall: ShareEstimate
    strata: pd.DataFrame
    unsure: int
    contradictions: int


def strata(pairs: pd.DataFrame) -> pd.Series:
    """Stratum of each pair: grade, class of probability, method and the two departments, which differ in how often they err.

    Args:
        pairs: `link_pairs`, or `Linked.pairs` (then sources take the place of departments).

    Returns:
        A text per pair, on the index of `pairs`.
    """
    interval = np.digitize(pairs["probability"].to_numpy(dtype=np.float64), _EDGES)
    likely = pd.Series(np.array(_NAMES, dtype=object)[interval], index=pairs.index)
    sides = pairs[["department_a", "department_b"]] if "department_a" in pairs else pairs[["source_a", "source_b"]]
    between = (
        sides.apply(lambda row: "~".join(sorted(map(str, row))), axis=1) if len(pairs) else pd.Series(dtype=object)
    )
    method = pairs["method"] if "method" in pairs else pd.Series("fuzzy", index=pairs.index)
    text = pairs["grade"].astype(str) + "|" + likely + "|" + method.astype(str) + "|" + between
    return text.astype(object)


def draw(pairs: pd.DataFrame, size: int, seed: int = 1) -> pd.DataFrame:
    """Draw a sample that the same pairs and seed always give.

    Args:
        pairs: `link_pairs`; pairs that people have decided (`method` `decision`) are not asked again.
        size: how many pairs, at most; every stratum gets at least three (or all it has) as long as `size` allows.
        seed: of the draw.

    Returns:
        `sample_no` (1…, in an order that tells nothing), `record_a, record_b, stratum, stratum_size, drawn, weight`: the pairs that each
        drawn one stands for.

    Raises:
        ValueError: `size` is below 1.
    """
    if size < 1:
        raise ValueError("样本量至少为 1")
    rows = pairs[pairs["method"] != "decision"] if "method" in pairs else pairs
    rows = rows.sort_values(["record_a", "record_b"], kind="stable", ignore_index=True)
    # Standard deviation of the answer that is expected, with a floor: what looks certain is looked at as well.
    p = rows["probability"].to_numpy(dtype=np.float64)
    frame = rows[["record_a", "record_b"]].assign(stratum=strata(rows), doubt=np.sqrt(np.maximum(p * (1 - p), 0.0004)))
    counts = frame.groupby("stratum")["doubt"].agg(["size", "mean"])
    sizes = _allot(counts["size"].to_numpy(), counts["mean"].to_numpy(), size)
    rng = np.random.default_rng(seed)
    parts = []
    for (_, part), n in zip(frame.groupby("stratum", sort=True), sizes.tolist(), strict=True):
        if n:
            chosen = part.iloc[np.sort(rng.choice(len(part), n, replace=False))]
            parts.append(chosen.assign(stratum_size=len(part), drawn=n, weight=len(part) / n))
    if not parts:
        return pd.DataFrame(columns=list(SAMPLE_COLUMNS))
    drawn = pd.concat(parts, ignore_index=True)
    # Mixed, since the order would tell a clerk which stratum a pair is of, and so what the machine thinks of it.
    drawn = drawn.iloc[rng.permutation(len(drawn))].reset_index(drop=True)
    drawn.insert(0, "sample_no", np.arange(1, len(drawn) + 1))
    return drawn[list(SAMPLE_COLUMNS)]


def _allot(sizes: NDArray[np.int64], doubt: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Neyman's allotment, by size and doubt, on top of the least that every stratum gets."""
    least = next((n for n in range(_LEAST, 0, -1) if np.minimum(sizes, n).sum() <= total), 0)
    out = np.minimum(sizes, least)
    if not least:  # too few for all: one each, the most doubtful masses first
        out[np.argsort(-(sizes * doubt), kind="stable")[:total]] = 1
        return out
    while (left := total - int(out.sum())) > 0 and (out < sizes).any():
        need = np.where(out < sizes, sizes * doubt, 0.0)
        more = np.minimum(np.floor(left * need / need.sum()).astype(np.int64), sizes - out)
        if not more.any():
            more[np.argsort(-need, kind="stable")[0]] = 1
        out = out + more
    return out


def estimate(sample: pd.DataFrame, answers: pd.DataFrame) -> SampleQuality:
    """Precision and recall from what clerks answered.

    Args:
        sample: what `draw` gave.
        answers: `sample_no` or `record_a, record_b`, and `verdict` (`same`, `different`, `unsure`). Several clerks may answer one pair.

    Returns:
        Stratified estimates. The interval is Wilson's on the effective number of answers, so that no error seen is no proof of none.

    Raises:
        ValueError: a verdict is none of the three, or an answer is to no pair of the sample.
    """
    verdicts, contradictions = _answers(sample, answers)
    known = sample.assign(verdict=sample["sample_no"].map(verdicts))
    unsure = int((known["verdict"] == "unsure").sum())
    known = known[known["verdict"].isin(["same", "different"])]
    rows = []
    for name, part in known.groupby("stratum", sort=True):
        right, n = int((part["verdict"] == "same").sum()), len(part)
        rows.append((name, int(part["stratum_size"].iloc[0]), n, right, right / n, *wilson(right / n, n)))
    lines = pd.DataFrame(rows, columns=["stratum", "size", "answers", "same", "share", "low", "high"])
    linked = int(known["stratum"].str.startswith("same|").sum())
    precision = _ratio(lines[lines["stratum"].str.startswith("same|")])
    return SampleQuality(precision, _recall(lines, linked), lines, unsure, contradictions)


def _answers(sample: pd.DataFrame, answers: pd.DataFrame) -> tuple[dict[int, str], int]:
    """The verdict on each answered pair by its number, and on how many pairs clerks contradict each other."""
    if not set(answers["verdict"]) <= set(ANSWERS):
        raise ValueError("抽样结论只能是 same、different、unsure")
    if "sample_no" in answers:
        numbers = answers["sample_no"].astype(int).tolist()
    else:
        number = {
            frozenset(pair): no for *pair, no in sample[["record_a", "record_b", "sample_no"]].itertuples(index=False)
        }
        pairs = zip(answers["record_a"], answers["record_b"], strict=True)
        numbers = [int(number.get(frozenset(pair), 0)) for pair in pairs]
    if not set(numbers) <= set(sample["sample_no"].astype(int)):
        raise ValueError("有的结论不属于这份样本，请核对样本编号")
    by_pair: dict[int, set[str]] = {}
    for no, verdict in zip(numbers, answers["verdict"], strict=True):
        by_pair.setdefault(no, set()).add(str(verdict))
    clash = {no for no, verdicts in by_pair.items() if {"same", "different"} <= verdicts}
    agreed = {
        no: next((verdict for verdict in ("same", "different") if verdict in verdicts), "unsure")
        for no, verdicts in by_pair.items()
        if no not in clash
    }
    return agreed, len(clash)


def _ratio(lines: pd.DataFrame) -> ShareEstimate:
    """Weighted share of `same` over strata."""
    if lines.empty:
        return ShareEstimate(float("nan"), 0.0, 1.0, 0)
    size, n = lines["size"].to_numpy(dtype=np.float64), lines["answers"].to_numpy(dtype=np.float64)
    value = float((size * lines["share"].to_numpy()).sum() / size.sum())
    smooth = _smooth(lines["same"].to_numpy(dtype=np.float64), n)
    # The last factor: of a stratum that is answered nearly whole, little is left to chance.
    variance = float((size**2 * smooth * (1 - smooth) / n * np.maximum(1 - (n - 1) / size, 0)).sum() / size.sum() ** 2)
    return ShareEstimate(value, *_interval(value, variance, int(n.sum())), int(n.sum()))


def _smooth(same: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares for the variance: a stratum of few answers leans on its like, and no errors seen are not no variance."""
    pool = (same.sum() + 0.5) / (n.sum() + 1)
    share: NDArray[np.float64] = (same + 2 * pool) / (n + 2)
    return share


def _interval(value: float, variance: float, answers: int) -> tuple[float, float]:
    """Wilson's interval for the number of answers that a simple sample would need to be as sure."""
    # Kept off 0 and 1: where all answers are alike the effective number would come out as nothing.
    middle = min(max(value, 0.5 / (answers + 1)), 1 - 0.5 / (answers + 1))
    effective = max(middle * (1 - middle) / variance, 1.0) if variance > 0 else float(answers)
    return wilson(value, effective)


def _recall(lines: pd.DataFrame, linked: int) -> ShareEstimate:
    """Right links over right links and missed matches; by the delta method on the two weighted totals."""
    if lines.empty or not linked:
        return ShareEstimate(float("nan"), 0.0, 1.0, int(lines["answers"].sum()) if len(lines) else 0)
    size, n = lines["size"].to_numpy(dtype=np.float64), lines["answers"].to_numpy(dtype=np.float64)
    total = size * lines["share"].to_numpy()
    same, linked_strata = lines["same"].to_numpy(dtype=np.float64), lines["stratum"].str.startswith("same|").to_numpy()
    smooth = np.zeros(len(n))
    for group in (linked_strata, ~linked_strata):
        smooth[group] = _smooth(same[group], n[group])
    variance = size**2 * smooth * (1 - smooth) / n * np.maximum(1 - (n - 1) / size, 0)
    right, missed = float(total[linked_strata].sum()), float(total[~linked_strata].sum())
    if right + missed == 0:
        return ShareEstimate(float("nan"), 0.0, 1.0, int(n.sum()))
    slope = np.where(linked_strata, missed, -right) / (right + missed) ** 2
    value = right / (right + missed)
    return ShareEstimate(value, *_interval(value, float((slope**2 * variance).sum()), int(n.sum())), int(n.sum()))
