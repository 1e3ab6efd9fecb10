"""The tables of the benchmark: one line a case while it runs, then what every disturbance gave, then the alarms.

Belongs here: Markdown. Does not belong here: the figures (`figures`).
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.disturbed.cases import CaseResult, Quarter
from benchmarks.disturbed.disturbances import DISTURBANCES, STAGES
from benchmarks.disturbed.figures import is_alarm, share_of
from benchmarks.disturbed.running import OUTCOMES

CASE_HEAD = (
    "| county | disturbance | stage | what was done | outcome | false lines | false closings | withheld | false none | s |\n"
    + "|---" * 10
    + "|"
)
HEAD = (
    f"| disturbance | stage | cases | {' | '.join(OUTCOMES)} | false lines (cases) | false closings (cases) | withheld | false none | s |\n"
    + "|---" * (8 + len(OUTCOMES))
    + "|"
)
_FIGURES = ("false_lines", "false_closings", "withheld", "none")


def case_row(judged: CaseResult) -> str:
    """A case, its figures by list."""
    case = judged.case
    figures = " | ".join(_by_list(getattr(judged.figures, name)) for name in _FIGURES)
    return f"| {case.plan.name} | {case.disturbance} | {case.stage} | {judged.done} | {' '.join((judged.outcome, *judged.questions))} | {figures} | {judged.seconds:.0f} |"


def summary(results: Sequence[CaseResult]) -> str:
    """All cases of a disturbance at a stage in one row, and everything together in the last."""
    lines = [HEAD]
    for name, disturbance in DISTURBANCES.items():
        for stage in STAGES:
            ours = [each for each in results if (each.case.disturbance, each.case.stage) == (name, stage)]
            if ours:
                lines.append(_row(f"{name}（{disturbance.zh}） | {stage}", ours))
    return "\n".join([*lines, _row("all | ", results)] if results else lines)


def alarms(quarters: Sequence[Quarter]) -> str:
    """How many undisturbed county-quarters were held up or asked about, with the interval; each of them by name."""
    raised = [quarter for quarter in quarters if is_alarm(quarter.seen)]
    share = share_of(len(raised), len(quarters))
    lines = [
        f"False alarms: {share.count} of {share.of} undisturbed county-quarters (95 %: {share.low:.1%} to {share.high:.1%})."
    ]
    for quarter in raised:
        lines.append(
            f"- {quarter.plan.name} {quarter.period}: {quarter.seen.outcome}, {quarter.seen.notices} {' '.join(quarter.seen.questions)}"
        )
    return "\n".join(lines)


def _row(name: str, results: Sequence[CaseResult]) -> str:
    outcomes = " | ".join(str(sum(each.outcome == outcome for each in results)) for outcome in OUTCOMES)
    wrong = " | ".join(_with_cases(results, figure) for figure in _FIGURES[:2])
    rest = " | ".join(str(sum(each.figures.total(figure) for each in results)) for figure in _FIGURES[2:])
    seconds = sum(each.seconds for each in results) / len(results)
    return f"| {name} | {len(results)} | {outcomes} | {wrong} | {rest} | {seconds:.0f} |"


def _with_cases(results: Sequence[CaseResult], figure: str) -> str:
    totals = [each.figures.total(figure) for each in results]
    return f"{sum(totals)} ({sum(total > 0 for total in totals)})"


def _by_list(counts: dict[str, int]) -> str:
    return " ".join(f"{code}:{count}" for code, count in counts.items()) or "0"
