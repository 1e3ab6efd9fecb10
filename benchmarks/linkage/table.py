"""The benchmark's tables as Markdown lines.

Belongs here: formatting. Does not belong here: measuring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter

    import pandas as pd

    from benchmarks.linkage.quality import Score

HEAD = (
    "| county | engine | precision | recall | F1 | wrong pairs | missed pairs | falsely merged per 20,000 | review | wall s | CPU s "
    "| peak GiB | wall / Tongbi |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(county: str, line: dict[str, Any], score: Score, children: int, base: float) -> str:
    """One engine on one county."""
    merged = score.merged * 20_000 / max(children, 1)
    ratio = f"{line['wall'] / base:.1f}" if base else ""
    return (
        f"| {county} | {line['name']} | {score.precision:.5f} | {score.recall:.5f} | {score.f1:.5f} | {score.wrong} | {score.missed} "
        f"| {merged:.1f} | {line['review']:.2%} | {line['wall']:.1f} | {line['cpu']:.1f} | {line['peak_gib']:.2f} | {ratio} |"
    )


def calibration(table: pd.DataFrame) -> str:
    """Bins of the probability against the truth."""
    lines = ["| said | pairs | mean said | right |", "|---|---|---|---|"]
    lines += [f"| {one.bin} | {one.pairs} | {one.said:.3f} | {one.right:.3f} |" for one in table.itertuples()]
    return "\n".join(lines)


def classes(title: str, counts: Counter[str], most: int = 12) -> str:
    """Errors by class, the commonest first."""
    lines = [f"{title}: {sum(counts.values())}"]
    lines += [f"  {number:>5}  {kind}" for kind, number in counts.most_common(most)]
    return "\n".join(lines)


def curve_row(line: dict[str, Any], score: Score, children: int) -> str:
    """One size of the growth curve."""
    stations = ", ".join(f"{name} {seconds:.1f}" for name, seconds in line["seconds"].items() if seconds >= 0.05)
    return (
        f"| {line['rows']:,} | {line['pairs']:,} | {line['wall']:.1f} | {line['cpu']:.1f} | {line['peak_gib']:.2f} | {line['held_gib']:.2f} | {line['wall'] / line['rows'] * 1e6:.1f} "
        f"| {score.f1:.5f} | {score.merged * 20_000 / children:.1f} | {line['startup']:.1f} | {stations} |"
    )


CURVE_HEAD = (
    "| rows | pairs | wall s | CPU s | peak GiB | of it held before (interpreter and records) | s per million rows | F1 | merged per 20,000 "
    "| start-up s | stations |\n|---|---|---|---|---|---|---|---|---|---|---|"
)
