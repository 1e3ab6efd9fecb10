"""Chance of the demo: a function of seed, key and purpose, so that one more draw elsewhere moves nothing."""

import numpy as np
import pytest

from demo_county.dice import Dice, texts

MANY = np.arange(100_000)


def test_a_draw_depends_on_its_key_and_on_no_other() -> None:
    together = Dice(1).uniform(np.array([5, 7, 9]), "born")
    assert together[1] == Dice(1).uniform(np.array([7]), "born")[0]
    assert together.tolist() == Dice(1).uniform(np.array([9, 7, 5]), "born")[::-1].tolist()


@pytest.mark.parametrize(("seed", "salt"), [(2, "born"), (1, "moved")])
def test_another_seed_or_purpose_is_another_chance(seed: int, salt: str) -> None:
    first, other = Dice(1).uniform(MANY, "born"), Dice(seed).uniform(MANY, salt)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.02


def test_neighbouring_keys_draw_nothing_alike() -> None:
    drawn = Dice(1).uniform(MANY, "born")
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.02


def test_whole_numbers_reach_the_first_and_not_the_last() -> None:
    assert sorted(set(Dice(1).whole(MANY, "day", 3, 7).tolist())) == [3, 4, 5, 6]


def test_a_share_of_nothing_never_happens_and_of_all_always() -> None:
    assert not Dice(1).happens(MANY, "died", 0.0).any()
    assert Dice(1).happens(MANY, "died", 1.0).all()


def test_items_are_picked_by_their_weights() -> None:
    picked = Dice(1).pick(MANY, "word", ["seldom", "never", "often"], [1, 0, 3])
    assert set(picked) == {"seldom", "often"}
    assert abs((picked == "often").mean() - 0.75) < 0.01


def test_texts_keep_their_length() -> None:
    names = texts(["甲", "乙丙丁"])
    names[0] = "一个很长的名字"
    assert names.tolist() == ["一个很长的名字", "乙丙丁"]
