"""The number of people that a file states of itself."""

import pytest

from assets.intake.declared import declared, is_cut

HEAD = ["姓名", "身份证号", "乡镇", "儿童类别"]


@pytest.mark.parametrize(
    ("above", "below", "stated"),
    [
        ([["某县困境儿童台账（共120人）"]], [], 120),
        ([], [["合计", "", "120人"]], 120),
        ([], [["合计120名"]], 120),
        ([["共120条记录"]], [["合计", "", "2人"]], 120),
        ([], [["合计", "", "120人次"]], None),
        ([], [["合计", "1200元"]], None),
        ([["某县困境儿童台账"]], [["合计", "120"]], None),
    ],
)
def test_what_is_stated(read, make_grid, make_number, above, below, stated):
    rows = [[f"甲{at}", make_number("20150310", 100 + at), "甲镇", "困境儿童"] for at in range(2)]
    done = read("civil_affairs", make_grid([*above, HEAD, *rows, *below]))
    found = declared(done.raw)
    assert (found and found.rows) == stated


def test_a_slip_of_the_pen_is_no_cut():
    assert is_cut(18_989, 8_999)
    assert not is_cut(18_989, 18_970)
    assert not is_cut(30, 12)
    assert not is_cut(100, 120)
