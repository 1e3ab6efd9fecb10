"""Speed and memory of `read_file` on large files of every kind: `python -m benchmarks.bench_reading [rows]`.

Prints one line per file: rows, size, seconds of the whole call, CPU seconds of this process and of the child, the
child's peak memory. The files are generated in a temporary folder; nobody in them exists.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter
import xlwt

from benchmarks.series import note
from pipelines.resources.reading import read_file

COLUMNS = 27
ROWS = 100_000
XLS_ROWS = 60_000
WORDS = ["汉族", "小学", "一年级", "是", "否", "留守", "某县某镇某村一组", "2015-03-07", "父子", ""]


def table(rows: int) -> Iterator[list[str]]:
    random.seed(7)
    yield [f"列{column}" for column in range(COLUMNS)]
    for row in range(rows):
        name = "".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(3))
        number = f"110101{random.randrange(10**12):012d}"
        yield [
            str(row),
            name,
            number,
            f"1{random.randrange(10**10):010d}",
            *(WORDS[(row * at) % 10] for at in range(23)),
        ]


def write_xlsx(path: Path, rows: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("学生")
    for at, row in enumerate(table(rows)):
        sheet.write_row(at, 0, row)
    book.close()


def write_xls(path: Path, rows: int) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("学生")
    for at, row in enumerate(table(rows)):
        for column, text in enumerate(row):
            sheet.write(at, column, text)
    book.save(str(path))


def write_csv(path: Path, rows: int) -> None:
    path.write_bytes("\r\n".join(",".join(row) for row in table(rows)).encode("gb18030") + b"\r\n")


def write_quoted(path: Path, rows: int) -> None:
    path.write_bytes("\r\n".join('"' + '","'.join(row) + '"' for row in table(rows)).encode("gb18030") + b"\r\n")


def write_html(path: Path, rows: int) -> None:
    lines = ("<tr><td>" + "</td><td>".join(row) + "</td></tr>" for row in table(rows))
    path.write_text("<table>" + "\n".join(lines) + "</table>", encoding="utf-8")


def cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def measure(label: str, path: Path) -> str:
    start, own, child = time.perf_counter(), cpu(resource.RUSAGE_SELF), cpu(resource.RUSAGE_CHILDREN)
    cells = read_file(path).grids[0].cells
    wall = time.perf_counter() - start
    own, child = cpu(resource.RUSAGE_SELF) - own, cpu(resource.RUSAGE_CHILDREN) - child
    note(f"read {label}, {len(cells):,} x {cells.shape[1]}: wall", wall, "s")
    note(f"read {label}, {len(cells):,} x {cells.shape[1]}: processor", own + child, "CPU s")
    # The peak of all children so far: the files are ordered so that the largest one comes first.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"{label:<22}{len(cells):>8,} x {cells.shape[1]}  {path.stat().st_size / 2**20:6.1f} MB  {wall:5.1f} s"
        f"  CPU {own:4.1f} + child {child:4.1f} s  child's peak so far {peak:5.0f} MB"
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    kinds = [
        ("xlsx, 10 rows", "a.xlsx", write_xlsx, 10),
        ("CSV GB18030", "b.csv", write_csv, rows),
        ("CSV all quoted", "c.csv", write_quoted, rows),
        ("xls (BIFF)", "d.xls", write_xls, min(rows, XLS_ROWS)),
        ("xlsx", "e.xlsx", write_xlsx, rows),
        ("HTML named .xls", "f.xls", write_html, min(rows, 20_000)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for label, name, write, count in kinds:
            path = Path(folder) / name
            write(path, count)
            print(measure(label, path), flush=True)


if __name__ == "__main__":
    main()
