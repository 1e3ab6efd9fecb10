"""The templates of the reports: Word files that the office may edit, made from `report.yaml`.

Here: making them, and finding the one to use: the workspace's own (`templates/`) before the product's. Not here: what
fills them.
"""

from __future__ import annotations

from pathlib import Path

from assets.paper.document import blank, save
from assets.paper.styles import flush
from assets.reports.words import NUMERALS, Kind, words

FOLDER = Path(__file__).parent / "templates"
OWN = "templates"


def template_name(kind: str) -> str:
    """The file name of a kind's template."""
    return f"{words().kinds[kind].name}模板.docx"


def template_of(kind: str, workspace: Path) -> Path:
    """The template to use: the office's own when there is one."""
    own = workspace / OWN / template_name(kind)
    return own if own.is_file() else shipped(kind)


def shipped(kind: str) -> Path:
    """The product's own template of a kind."""
    return FOLDER / f"{kind}.docx"


def write_shipped() -> list[Path]:
    """Make the product's own templates anew, after `report.yaml` has changed."""
    for kind in words().kinds:
        shipped(kind).unlink(missing_ok=True)  # writing leaves a file that is there alone
    return [_write(kind, shipped(name)) for name, kind in words().kinds.items()]


def write_templates(folder: Path) -> list[Path]:
    """Write every template into a folder; files that are there already are the office's and stay."""
    return [_write(kind, folder / template_name(name)) for name, kind in words().kinds.items()]


def _write(kind: Kind, path: Path) -> Path:
    if path.exists():
        return path
    document = blank()
    flush(document.add_paragraph("{{版本}}", "公文附注"))
    for line in kind.title.split("\n"):
        document.add_paragraph(line, "公文标题")
    document.add_paragraph("", "公文正文")
    flush(document.add_paragraph("{{主送}}：", "公文正文"))
    document.add_paragraph(kind.opening, "公文正文")
    for number, (heading, section) in enumerate(kind.parts):
        document.add_paragraph(f"{NUMERALS[number]}、{heading}", "公文一级")
        document.add_paragraph(f"{{{{节:{section}}}}}", "标记")
    # Office and date before the annexes: a paper is signed where its text ends.
    document.add_paragraph("", "公文正文")
    document.add_paragraph("{{发文机关}}", "公文署名")
    document.add_paragraph("{{成文日期}}", "公文署名")
    for number, (heading, section) in enumerate(kind.annex, start=1):
        flush(document.add_paragraph(f"附件{number}", "公文一级")).paragraph_format.page_break_before = True
        document.add_paragraph(heading, "公文副题")
        document.add_paragraph(f"{{{{节:{section}}}}}", "标记")
    return save(document, path, kind.name, "")
