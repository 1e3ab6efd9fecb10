"""`tongbi linkage`: what a period's linkage says of itself: learning, estimates, keys, link rate by group, the clerks' sample.

Counts, rates and names of groups; a record's values go only into the sample's file, which was request for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table

from assets.county import department_names
from assets.protected import protected_in
from matching.explaining.picture import Sides
from matching.explaining.report import read_report
from matching.measuring import sampling
from matching.measuring.groups import WORSE
from matching.model import default_model
from pipelines.cli.protecting import say_left_out
from pipelines.cli.shell import out, refuse, show
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.session import Session


@dataclass(frozen=True)
class LinkageRequest:
    """What was request: the period; JSON; the size and seed of a sample, the file to write it to, or the answered file."""

    period: str
    as_json: bool = False
    size: int = 200
    seed: int = 1
    sample: Path | None = None
    answers: Path | None = None


_CLOSED = Sides("受保护，不出示，请留空", "受保护，不出示，请留空", [])


def show_linkage(opened: Session, request: LinkageRequest) -> None:
    """Print the linkage's report; or draw the clerks' sample; or read their answers."""
    period = Period.parse(request.period)
    pairs = opened.frames.read("link_pairs", period.label)
    if request.sample:
        _write_sample(opened, period, request, pairs)
    elif request.answers:
        _read_answers(request, pairs)
    else:
        report = read_report(opened.frames.read("link_register.report", period.label))
        rates = rates_of(opened, period)
        if request.as_json:
            # By way of pandas: it writes its own numbers, which json does not know.
            whole = {**report, "groups": json.loads(rates.to_json(orient="records", force_ascii=False))}
            out.print(json.dumps(whole, ensure_ascii=False, indent=2), markup=False, soft_wrap=True)
        else:
            _print_report(report)
            _print_rates(rates, department_names(opened.workspace))


def rates_of(opened: Session, period: Period) -> pd.DataFrame:
    """Link rate by group as the linkage itself worked it out; the report and the summary print the same frame."""
    return opened.frames.read("link_register.rates", period.label)


def _print_report(report: dict[str, Any]) -> None:
    estimates, grades = report["estimates"], report["grades"]
    out.print(
        say("linkage.size", **{name: report[name] for name in ("records", "children", "candidates", "model")}),
        markup=False,
    )
    out.print(report["learning"]["why"], markup=False)
    if changes := report.get("changes"):
        out.print(changes["why"], markup=False)
        if changes["compared"] != "all":
            out.print(
                say("linkage.changes", **{name: changes[name] for name in ("compared", "changed", "gone")}),
                markup=False,
            )
    out.print(
        say("linkage.grades", **{name: grades.get(name, 0) for name in ("same", "review", "different")}), markup=False
    )
    names = ("expected_precision", "precision_at_least", "expected_recall")
    out.print(say("linkage.estimates", **{name: estimates[name] * 100 for name in names}), markup=False)
    out.print(estimates["note"], markup=False, style="bright_black")
    decisions = report.get("decisions", {})
    if decisions.get("given"):
        counts = {name: decisions[name] for name in ("given", "applied", "unfound")}
        out.print(say("linkage.decisions", conflicts=len(decisions["conflicts"]), **counts), markup=False)
    for line in decisions.get("conflicts", []):
        out.print(f"  {line['record_a']} · {line['record_b']}：{line['reason']}。", markup=False, style="yellow")
    show(_keys_table(report["keys"]))


def _keys_table(keys: list[dict[str, Any]]) -> Table:
    heads = ("key", "pairs", "first", "split", "windowed", "largest")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("linkage.keys"), title_justify="left")
    titles = {name: spec.zh for name, spec in default_model().keys.items()}
    for line in keys:
        numbers = (line.get(name, 0) for name in ("pairs", "first", "split_blocks", "windowed_blocks", "largest_block"))
        table.add_row(titles.get(line["key"], line["key"]), *(str(number) for number in numbers))
    return table


def _print_rates(rates: pd.DataFrame, spoken: Mapping[str, str]) -> None:
    if rates.empty:
        out.print(say("linkage.one_department"))
        return
    heads = ("group", "value_of", "records", "rate", "interval", "expected", "review", "flag")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("linkage.groups"), title_justify="left")
    last = ""  # a group's name stands once, before its first value
    for line in rates.to_dict("records"):
        group, value, flag = str(line["group"]), str(line["value"]), str(line["flag"])
        rate, low, high, expected = (float(line[name]) for name in ("rate", "low", "high", "expected_rate"))
        shown = (f"{rate:.1%}", f"{low * 100:.0f}–{high * 100:.0f}%", f"{expected:.1%}")
        first = group if group != last else ""
        cells = (first, spoken.get(value, value), str(line["records"]), *shown, str(line["review"]), flag)
        table.add_row(*cells, style="red" if flag == WORSE else None)
        last = group
    show(table)
    worse = int((rates["flag"] == WORSE).sum())
    out.print(say("linkage.worse", count=worse) if worse else say("linkage.fair"), markup=False)
    out.print(say("linkage.rates_note"), markup=False, style="bright_black")


def _write_sample(opened: Session, period: Period, request: LinkageRequest, pairs: pd.DataFrame) -> None:
    from assets.workbooks.samplebook import write_sample
    from pipelines.cli.tracing import TraceReader
    from pipelines.resources.access import owner_only

    if request.sample is None:
        return
    sample = sampling.draw(pairs, request.size, request.seed)
    records = [*sample["record_a"].astype(str), *sample["record_b"].astype(str)]
    opened.look("linkage --sample", period.label, records, len(sample))
    veil = protected_in(opened, period.label)
    hidden = veil.hides(sample)
    reports = iter(TraceReader(opened, period.label, "full", veil).reports_of(sample[~hidden]))
    # The numbers stay those of the draw, by which the answers are read: a hidden pair keeps its number and shows nothing.
    sides = [_CLOSED if closed else next(reports).sides for closed in hidden]
    # The batch is all that the answered file brings back: from period, size and seed the same sample is drawn again.
    write_sample(sides, f"{period.label}-{request.size}-{request.seed}", request.sample.resolve())
    owner_only(request.sample.resolve())
    say_left_out(veil)
    out.print(say("linkage.sampled", count=len(sample), of=len(pairs), path=request.sample), markup=False)


def _read_answers(request: LinkageRequest, pairs: pd.DataFrame) -> None:
    from assets.workbooks.samplebook import read_answers

    if request.answers is None:
        return
    batch, answers = read_answers(request.answers)
    try:
        period, size, seed = batch.rsplit("-", 2)
        size_no, seed_no = int(size), int(seed)
    except ValueError:
        refuse(say("linkage.no_batch"))
    if period != Period.parse(request.period).label:
        refuse(say("linkage.other_period", period=period))
    estimate = sampling.estimate(sampling.draw(pairs, size_no, seed_no), answers)
    if request.as_json:
        figures = {
            "precision": asdict(estimate.precision),
            "recall": asdict(estimate.recall),
            "unsure": estimate.unsure,
            "contradictions": estimate.contradictions,
        }
        out.print(json.dumps(figures, ensure_ascii=False, indent=2), markup=False)
        return
    for name, rate in (("precision", estimate.precision), ("recall", estimate.recall)):
        numbers = {"value": rate.value * 100, "low": rate.low * 100, "high": rate.high * 100, "answers": rate.answers}
        out.print(say(f"linkage.answered_{name}", **numbers), markup=False)
    rest = {"unsure": estimate.unsure, "contradictions": estimate.contradictions}
    out.print(say("linkage.answered_rest", **rest), markup=False)
