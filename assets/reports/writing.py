"""From material to files: a report in Word, internal and public, the pack, and the national form as a workbook.

Here: which sections a template may ask for, and the order of work. Not here: what a section says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.paper.document import Cursor, Section, add_footer, fill, open_template, save
from assets.reports.assemble import Version, figures_of
from assets.reports.due import addressees
from assets.reports.figures import TOTAL, Figures
from assets.reports.material import ReportMaterial
from assets.reports.pack import departments_section, overview_section
from assets.reports.people import children_section, indicators_section, survey_section
from assets.reports.progress import answers_section, trend_section, year_section
from assets.reports.sections import (
    Reporting,
    data_section,
    limits_section,
    lists_section,
    next_section,
    towns_section,
)
from assets.reports.words import words

SECTIONS: Mapping[str, Callable[[Cursor, Reporting], None]] = {
    "数据": data_section,
    "清单": lists_section,
    "乡镇": towns_section,
    "走势": trend_section,
    "答复": answers_section,
    "儿童": children_section,
    "指标": indicators_section,
    "局限": limits_section,
    "下一步": next_section,
    "汇总表": survey_section,
    "全年": year_section,
}
PACK_SECTIONS: Mapping[str, Callable[[Cursor, Reporting], None]] = {
    "总览": overview_section,
    "部门": departments_section,
}
INTERNAL_ONLY = ("pack",)


@dataclass(frozen=True)
class Job:
    """What is to be written: the kind of report, the version, where, with which template, dated when."""

    kind: str
    version: Version
    folder: Path
    template: Path
    today: date


def write_report(material: ReportMaterial, job: Job, figures: Figures | None = None) -> Path:
    """Write one Word file.

    Args:
        material: of the period.
        job: what, where.
        figures: already counted for this version; counted here when absent.

    Returns:
        The file's path; its name holds place, period, kind and version, nothing else.

    Raises:
        TemplateError: the template is damaged or asks for something unknown.
        FiguresError: the figures do not add up.
    """
    about = Reporting(material, figures or figures_of(material, job.version), job.version)
    document = open_template(job.template)
    # The pack is not offered to a public template at all: its numbers are of single departments.
    chosen = {**SECTIONS, **PACK_SECTIONS} if about.internal else SECTIONS

    def section(writer: Callable[[Cursor, Reporting], None]) -> Section:
        return lambda cursor: writer(cursor, about)

    fill(document, _texts(material, job), {name: section(writer) for name, writer in chosen.items()}, job.template.name)
    if material.audit_head:
        # On paper outside the machine, so that an audit trail that was written anew can be told from the one it shows.
        add_footer(document, f"审计校验码 {material.audit_head}")
    kind, version = words().kinds[job.kind].name, "内部" if about.internal else "公开"
    name = f"{material.known_place}{material.period.label}{kind}_{version}.docx"
    return save(document, job.folder / name, kind, material.office)


def _texts(material: ReportMaterial, job: Job) -> dict[str, str]:
    last = material.period.last_day
    return {
        "县": material.place,
        "期次": material.period.zh,
        "年份": str(material.period.year),
        "截止日期": f"{last.year}年{last.month}月{last.day}日",
        "版本": words().versions[job.version.value],
        # To be filled in by hand where the place's papers name nobody: a wrong addressee is worse than none.
        "主送": addressees(material.profile, job.kind) or "＿＿＿＿＿＿",
        "发文机关": material.office,
        "成文日期": f"{job.today.year}年{job.today.month}月{job.today.day}日",
    }


def published_totals(figures: Figures) -> dict[str, int]:
    """What a public version says about the lists' sizes."""
    codes = [code for code in figures.grids["asked"].rows if code != TOTAL]
    shown = {code: figures.number("asked", code, TOTAL) for code in codes}
    return {code: number for code, number in shown.items() if number is not None}
