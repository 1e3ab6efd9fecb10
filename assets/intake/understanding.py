"""What was understood of a file, as a table for `tongbi check`.

Belongs here: counts, headings, fields, sentences. Does not belong here: printing, personal values.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assets.intake.notices import Tabulated
from assets.intake.sentences import field_name, is_issue, issue
from assets.intake.shown import shown_headings
from assets.intake.standard import Standardised


@dataclass(frozen=True)
class Understanding:
    """One sheet: where the heading is, what each heading means, what is unknown, how many rows went where, remarks.

    Headings are those that may be shown to whoever holds the file; one that looks like data is named by its column.
    """

    file: str
    sheet: str
    layout: str
    heading_row: int
    mapping: list[tuple[str, str]]
    unknown: list[str]
    data_rows: int
    accepted: int
    quarantined: int
    set_aside: int
    issues: list[tuple[str, int]]
    warnings: list[str]


def understanding(
    tabulated: Tabulated, standardised: Standardised | None = None, file: str = ""
) -> list[Understanding]:
    """One entry per sheet of a file.

    Args:
        tabulated: the file.
        standardised: what came out of its rows; None when it was refused.
        file: its name, for a refused file without rows.
    """
    name = str(tabulated.raw["file"].iloc[0]) if len(tabulated.raw) else file
    entries = []
    for report in tabulated.sheets:
        shown = shown_headings({place: heading for place, (heading, _) in report.columns.items()}, report.words)
        counts, issues = [0, 0, 0], list[tuple[str, int]]()
        if standardised is not None:
            frames = (standardised.accepted, standardised.quarantine, standardised.set_aside)
            accepted, refused, aside = (
                frame[(frame["file"] == name) & (frame["sheet"] == report.sheet)] for frame in frames
            )
            counts = [len(accepted), len(refused), len(aside)]
            codes = accepted["issues"][accepted["issues"] != ""].str.split(";").explode().value_counts(sort=True)
            issues = [(issue(str(code)).zh, int(count)) for code, count in codes.items()]
            # A rule of the suite is no code of ours and brings its own sentence: without it a refused row would have no reason.
            reasons = [
                issue(code).zh if is_issue(code) else message
                for code, message in refused[["code", "message"]].astype(str).itertuples(index=False, name=None)
            ]
            issues += Counter(reasons).most_common()
        entries.append(
            Understanding(
                file=name,
                sheet=report.sheet,
                layout=report.layout,
                heading_row=report.heading_row,
                mapping=[(shown[place], field_name(target)) for place, (_, target) in report.columns.items()],
                unknown=[
                    shown[place]
                    for place, (heading, target) in report.columns.items()
                    if heading.strip() and not target
                ],
                data_rows=report.data_rows,
                accepted=counts[0],
                quarantined=counts[1],
                set_aside=counts[2],
                issues=issues,
                warnings=[notice.message for notice in tabulated.notices if notice.sheet == report.sheet],
            )
        )
    return entries
