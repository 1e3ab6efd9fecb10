"""Pictures of the workbooks in a workspace's outbox, as a person sees them printed.

A township's list and the county summary.

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


def picture(workbook: Path, page: int, target: Path) -> None:
    """One printed page of a workbook as PNG."""
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        profile = f"-env:UserInstallation=file://{aside}/profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(aside), str(workbook)]
        subprocess.run(office, check=True, capture_output=True, timeout=300)
        (pdf,) = aside.glob("*.pdf")
        pages = ["-f", str(page), "-l", str(page), "-singlefile"]
        draw = ["pdftoppm", "-r", str(RESOLUTION), "-png", *pages, str(pdf), str(target.with_suffix(""))]
        subprocess.run(draw, check=True, capture_output=True, timeout=300)


def main() -> None:
    """Make the two pictures."""
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
        picture(townships[0], 2, TARGET / "township.png")
    picture(folder / "汇总.xlsx", 1, TARGET / "summary.png")


if __name__ == "__main__":
    main()
