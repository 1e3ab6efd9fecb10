"""Shares judged beside their neighbours and their own past: what is a hole, what is too small, what spread does."""

import numpy as np
import pytest
from scipy.stats import binom

from expectations.coverage.shares import ShareBounds, UnitCounts, judge_shares, overdispersion

BOUNDS = ShareBounds(smallest=6, tail=1e-5, below=0.2, spread=0.01)


def counts(asked, seen, past=None):
    expected = np.full(len(asked), np.nan) if past is None else np.array(past, dtype=float)
    return UnitCounts(np.array(asked), np.array(seen), expected)


def holes(asked, seen, past=None, county=np.nan):
    return judge_shares(counts(asked, seen, past), BOUNDS, county).is_hole.tolist()


def test_a_unit_at_nothing_beside_whole_ones_is_a_hole():
    assert holes([40, 40, 40, 40], [39, 38, 40, 0]) == [False, False, False, True]


def test_three_children_prove_nothing():
    judged = judge_shares(counts([40, 40, 3], [39, 40, 0]), BOUNDS)
    assert (judged.is_hole.tolist(), judged.is_telling.tolist()) == ([False] * 3, [True, True, False])


def test_a_county_of_which_everybody_studies_elsewhere_has_no_hole():
    assert not any(holes([60] * 6, [31, 30, 28, 33, 29, 27]))


def test_a_unit_is_held_against_its_own_past_first():
    # A border township of which half was always at school elsewhere; and one that was whole until now.
    assert holes([80, 80, 80], [40, 78, 40], past=[0.5, 0.97, 0.97]) == [False, False, True]


def test_without_neighbours_the_bound_of_the_whole_county_holds():
    assert holes([900], [400], county=0.94) == [True]
    assert holes([900], [860], county=0.94) == [False]
    assert holes([900], [0]) == [False], "nothing is expected where nobody says what"


def test_a_unit_does_not_hide_in_the_spread_that_it_makes():
    seen = [38, 39, 37, 40, 38, 39, 0, 0]
    assert holes([40] * 8, seen) == [False] * 6 + [True, True]


def test_a_share_a_little_below_the_others_is_no_hole_however_many_children_it_is_of():
    assert not any(holes([5000, 5000, 5000], [4800, 4790, 4200]))


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.2])
def test_overdispersion_is_found_again(spread):
    draw = np.random.default_rng(1)
    size = np.full(400, 60)
    chance = draw.beta(0.8 * (1 - spread) / spread, 0.2 * (1 - spread) / spread, 400) if spread else np.full(400, 0.8)
    got = overdispersion(counts(size, draw.binomial(size, chance)), np.ones(400, dtype=bool))
    assert got == pytest.approx(spread, abs=0.02)


def test_ordinary_units_are_hardly_ever_a_hole():
    draw, alarms = np.random.default_rng(7), 0
    for _ in range(300):
        asked = draw.integers(6, 120, 30)
        chance = draw.beta(0.95 * 60, 0.05 * 60, 30)
        alarms += any(holes(asked, draw.binomial(asked, chance)))
    # One county in fifty is what the gate may ask needlessly, over all its dimensions: of 300 here at most one.
    assert alarms <= 1


def test_without_spread_the_tail_is_the_binomial_one():
    plain = ShareBounds(6, 1e-5, 0.2, 1e-9)
    judged = judge_shares(counts([50, 50, 50], [48, 48, 40]), plain)
    assert judged.tail[2] == pytest.approx(binom.cdf(40, 50, 0.96), rel=1e-3)
