"""The estimate: learned weights, the pace of this run, never over the whole."""

import time

import pytest

from pipelines.progress import TimeEstimate

NAMES = ["raw_a", "standardise_a", "link", "publish"]


def test_without_an_earlier_run_nothing_is_claimed_at_first():
    estimate = TimeEstimate.over(NAMES, {})
    assert estimate.left() is None
    estimate.note("raw_a", "finished", 1.0)
    estimate.note("standardise_a", "finished", 1.0)
    assert estimate.left() > 0


def test_the_last_run_tells_how_long_it_takes():
    estimate = TimeEstimate.over(NAMES, {"raw_a": 2.0, "standardise_a": 2.0, "link": 4.0, "publish": 2.0})
    assert estimate.left() == pytest.approx(10.0)
    for name in NAMES[:2]:
        estimate.note(name, "finished", 4.0)
    assert estimate.share() == pytest.approx(0.4)
    assert estimate.left() == pytest.approx(12.0)


def test_a_station_that_takes_longer_than_ever_does_not_finish_the_bar():
    estimate = TimeEstimate.over(["link"], {"link": 0.01})
    estimate.note("link", "started", 0.0)
    time.sleep(0.05)
    assert estimate.share() < 1.0
    estimate.note("link", "finished", 0.05)
    assert estimate.share() == 1.0
