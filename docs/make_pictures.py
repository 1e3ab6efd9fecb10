"""Pictures of the workbooks in a workspace's outbox, as a person sees them printed.

A township's list, the review of pairs, what came back, and the county summary.

`python docs/make_pictures.py --workspace demo` or `--outbox FOLDER` (one period's folder).
Needs LibreOffice and pdftoppm.
Only for invented data: a picture of a real workbook holds real children.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = Path(__file__).with_name("pictures")
RESOLUTION = 100


def newest_period(workspace: Path) -> Path:
    """The last period's folder that holds a summary."""
    found = sorted(path.parent for path in (workspace / "outbox").glob("*/汇总.xlsx"))
    if not found:
        sys.exit(f"{workspace} 里还没有可用的结果，请先运行 make demo")
    return found[-1]


def picture(workbook: Path, word: str, target: Path) -> None:
    """The first printed page of a workbook on which a word stands, as PNG."""
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        profile = f"-env:UserInstallation=file://{aside}/profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(aside), str(workbook)]
        subprocess.run(office, check=True, capture_output=True, timeout=300)
        (pdf,) = aside.glob("*.pdf")
        page = page_with(pdf, word)
        pages = ["-f", str(page), "-l", str(page), "-singlefile"]
        draw = ["pdftoppm", "-r", str(RESOLUTION), "-png", *pages, str(pdf), str(target.with_suffix(""))]
        subprocess.run(draw, check=True, capture_output=True, timeout=300)


def page_with(pdf: Path, word: str) -> int:
    """The first page on which the word stands, else the first of all."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    pages = [number for number, page in enumerate(text.split("\f"), 1) if word in page]
    return pages[0] if pages else 1


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--workspace", type=Path)
    where.add_argument("--outbox", type=Path)
    options = parser.parse_args()
    missing = [tool for tool in ("soffice", "pdftoppm") if shutil.which(tool) is None]
    if missing:
        sys.exit(f"本机没有 {'、'.join(missing)}，无法生成图片")
    folder = options.outbox or newest_period(options.workspace)
    TARGET.mkdir(exist_ok=True)
    townships = sorted((folder / "乡镇").glob("*.xlsx"), key=lambda path: (-path.stat().st_size, path.name))
    if townships:
        picture(townships[0], "未建学籍核查清单", TARGET / "township.png")
    picture(folder / "汇总.xlsx", "总表", TARGET / "summary.png")
    for workbook in sorted((folder / "复核").glob("*.xlsx")):
        picture(workbook, "复核编号", TARGET / "review.png")
    returned = sorted(folder.parent.glob("*-回收/回收情况.xlsx"))
    if returned:
        picture(returned[-1], "需要处理的答复", TARGET / "replies.png")


if __name__ == "__main__":
    main()
