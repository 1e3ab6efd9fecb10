"""What a corrected file changed, counted by content."""

import pandas as pd
import pytest

from assets.receiving.corrections import compare_contents


def raw(*rows):
    kinds = ["heading", *["data"] * len(rows)]
    lines = [["姓名", "身份证号", "学校", "年级"], *[list(row) for row in rows]]
    frame = pd.DataFrame(lines, columns=["c000", "c001", "c002", "c003"])
    return frame.assign(kind=kinds, row=range(1, len(lines) + 1))


A, B, C = ("甲", "1", "一小", "三"), ("乙", "2", "一小", "三"), ("丙", "3", "一小", "四")
CASES = [
    ((A, B), (A, B), (0, 0, 0)),
    ((A, B), (B, A), (0, 0, 0)),
    ((A, B), (A, B, C), (1, 0, 0)),
    ((A, B, C), (A, C), (0, 1, 0)),
    ((A, B), (A, ("乙", "2", "二小", "三")), (0, 0, 1)),
    ((A, B), (A, ("丁", "9", "二小", "五")), (1, 1, 0)),
    ((A, A), (A,), (0, 1, 0)),
    ((), (A, B), (2, 0, 0)),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_differences(old, new, expected):
    counts = compare_contents(raw(*old), raw(*new))
    assert (counts["added"], counts["removed"], counts["changed"]) == expected


def test_running_numbers_that_move_change_no_row():
    old = raw(*((str(n), f"名{n}", f"号{n}", "三") for n in range(1, 41)))
    new = raw(*((str(n - 1), f"名{n}", f"号{n}", "四" if n == 9 else "三") for n in range(2, 42)))
    assert compare_contents(old, new) == {"added": 1, "removed": 1, "changed": 1}


def test_a_whole_county_with_one_changed_column_is_changed_rows_and_fast():
    old = raw(*((f"名{n}", f"号{n}", f"校{n % 30}", "三") for n in range(20_000)))
    new = raw(*((f"名{n}", f"号{n}", f"校{n % 30}", "四") for n in range(20_000)))
    assert compare_contents(old, new) == {"added": 0, "removed": 0, "changed": 20_000}
