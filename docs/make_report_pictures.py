"""Pictures of a report's pages and of one child's file, as LibreOffice prints them.

`python docs/make_report_pictures.py --workspace demo`, after `tongbi report` and `tongbi file` made the PDFs.
Needs pdftoppm. Only for invented data: a picture of a real file holds a real child.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("pictures")
RESOLUTION = 80
REPORT_PAGES, CHILD_PAGES, PUBLIC_PAGES = (1, 4, 5), (1, 2), (4,)


def newest(folder: Path, pattern: str) -> Path:
    """The last file of a pattern below the outbox."""
    found = sorted(folder.glob(pattern))
    if not found:
        sys.exit(f"{folder} 里没有 {pattern}：请先运行 tongbi report 和 tongbi file")
    return found[-1]


def draw(pdf: Path, pages: tuple[int, ...], name: str) -> None:
    """Some pages of a PDF as PNG."""
    for page in pages:
        target = TARGET / f"{name}-{page}"
        words = ["pdftoppm", "-r", str(RESOLUTION), "-png", "-singlefile", "-f", str(page), "-l", str(page)]
        subprocess.run([*words, str(pdf), str(target)], check=True, capture_output=True, timeout=120)


def main() -> None:
    """Draw the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    outbox = parser.parse_args().workspace / "outbox"
    if shutil.which("pdftoppm") is None:
        sys.exit("本机没有 pdftoppm，无法生成图片")
    draw(newest(outbox, "报告/*/*季度报告_内部.pdf"), REPORT_PAGES, "report")
    draw(newest(outbox, "报告/*/*季度报告_公开.pdf"), PUBLIC_PAGES, "report-public")
    draw(newest(outbox, "一人一档/*/*.pdf"), CHILD_PAGES, "child-file")


if __name__ == "__main__":
    main()
