"""The public version: whoever knows every printed number, every sum, and that hidden numbers are at least 1, cannot tell a small one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from assets.reports.assemble import Version, figures_of
from assets.reports.suppress import SummedTable, SuppressionRule, default_rule, hide

RULE = default_rule()


def town_table(inner):
    """A table with totals of rows, columns and all, as every report has them."""
    inner = np.asarray(inner, dtype=np.int64)
    rows, columns = inner.shape
    whole = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    whole[:rows, :columns] = inner
    whole[:rows, columns] = inner.sum(axis=1)
    whole[rows] = whole[:rows].sum(axis=0)
    place = np.arange(whole.size).reshape(whole.shape)
    sums = [(int(line[-1]), tuple(map(int, line[:-1]))) for line in place]
    sums += [(int(line[-1]), tuple(map(int, line[:-1]))) for line in place.T]
    return SummedTable(whole.ravel(), sums)


def linked(table, more):
    """The same with a second way of splitting every row's total (as lists by township and by grade)."""
    values, sums = list(table.values), list(table.sums)
    for (total, _), parts in zip(list(table.sums), more, strict=False):
        split = np.random.default_rng(parts).multinomial(int(values[total]), [0.7, 0.2, 0.1])
        places = tuple(range(len(values), len(values) + 3))
        values += [int(one) for one in split]
        sums.append((total, places))
    return SummedTable(np.array(values, dtype=np.int64), sums)


def small(table):
    return [int(i) for i in np.flatnonzero((table.values >= RULE.smallest) & (table.values <= RULE.largest))]


def equations(table, hidden):
    """What a reader knows about the hidden numbers: matrix and right side."""
    unknown = np.flatnonzero(hidden)
    matrix, side = [], []
    for total, parts in table.sums:
        line = np.zeros(len(table.values))
        line[list(parts)] += 1
        line[total] -= 1
        matrix.append(line[unknown])
        side.append(-float(line[~hidden] @ table.values[~hidden]))
    return unknown, np.array(matrix), np.array(side)


def solved_by_algebra(table, hidden):
    """Hidden places whose value follows from the sums alone: no direction that the equations leave open moves them."""
    unknown, matrix, _ = equations(table, hidden)
    if not len(unknown):
        return []
    _, sizes, directions = np.linalg.svd(matrix, full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    moves = np.abs(directions[rank:]).sum(axis=0)
    return [int(place) for place, move in zip(unknown, moves, strict=True) if move < 1e-9]


def bounds(table, hidden, place):
    """The least and greatest whole number that a hidden cell may be, for a reader who knows that hidden ones are at least 1."""
    unknown, matrix, side = equations(table, hidden)
    number = int(np.flatnonzero(unknown == place)[0])
    found = []
    for sign in (1, -1):
        goal = np.zeros(len(unknown))
        goal[number] = sign
        done = optimize.milp(
            goal,
            integrality=np.ones(len(unknown)),
            bounds=optimize.Bounds(1, 10_000),
            constraints=optimize.LinearConstraint(matrix, side, side),
        )
        assert done.x is not None
        found.append(round(done.x[number]))
    return found


def check(table):
    hidden = hide(table, RULE)
    assert all(hidden[place] for place in small(table)), "a small number is shown"
    assert not np.any(hidden & (table.values == 0)), "zeros are shown: a hidden number is at least 1"
    solved = set(solved_by_algebra(table, hidden))
    for place in small(table):
        assert place not in solved
        least, most = bounds(table, hidden, place)
        assert most - least >= RULE.spread


counts = st.one_of(st.just(0), st.integers(1, 9), st.integers(0, 60))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(st.lists(counts, min_size=columns, max_size=columns), min_size=1, max_size=5)
    )
)
def test_no_small_number_can_be_worked_out(inner):
    check(town_table(inner))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(counts, min_size=3, max_size=3), min_size=2, max_size=4), st.integers(0, 1000))
def test_nor_where_two_tables_share_their_totals(inner, seed):
    table = town_table(inner)
    check(linked(table, range(seed, seed + len(inner))))


def test_eight_ones_that_add_up_to_a_shown_eight_are_covered():
    # All hidden, at least 1 each, total 8: every one would be known if the total stayed.
    table = town_table([[1] * 8])
    hidden = hide(table, RULE)
    assert hidden[8], "the total must go too"
    check(table)


def test_large_numbers_alone_are_all_shown():
    assert not hide(town_table([[20, 30], [40, 0]]), RULE).any()


def test_one_small_number_takes_the_smallest_others_with_it():
    table = town_table([[5, 50, 900], [60, 70, 800]])
    hidden = hide(table, RULE)
    shown = np.flatnonzero(~hidden)
    assert not hidden[2], "the largest stays"
    assert not hidden[-1], "the grand total stays"
    assert len(shown) >= 8


def test_a_closed_cell_is_hidden_and_protected_by_another():
    table = town_table([[20, 30], [40, 50]])
    hidden = hide(SummedTable(table.values, table.sums, frozenset({0})), RULE)
    assert hidden[0]
    assert 0 not in solved_by_algebra(table, hidden)


@pytest.mark.parametrize("largest", [3, 7, 10])
def test_the_threshold_is_the_rule_s(largest):
    rule = SuppressionRule(smallest=1, largest=largest, spread=3)
    hidden = hide(town_table([[largest, 500], [largest + 1, 600]]), rule)
    assert hidden[0]


def test_nor_from_a_whole_report_with_all_its_tables(material):
    """Every grid of a public report together, with the totals that they share and the period before."""
    figures = figures_of(material, Version.PUBLIC)
    keys = list(figures.values)
    place = {key: number for number, key in enumerate(keys)}
    sums = [(place[one.total], tuple(place[part] for part in one.parts)) for one in figures.sums]
    table = SummedTable(np.array([figures.values[key] for key in keys], dtype=np.int64), sums)
    hidden = np.array([key in figures.hidden for key in keys])
    solved = set(solved_by_algebra(table, hidden))
    assert len(small(table)) > 50
    for number in small(table):
        assert hidden[number]
        assert number not in solved
    for number in small(table)[::12]:
        least, most = bounds(table, hidden, number)
        assert most - least >= RULE.spread
