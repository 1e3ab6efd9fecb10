"""Numbers of the demo are good ones: the product reads from them what they were made of."""

import numpy as np
import pandas as pd
import pytest

from demo_county.dice import Dice, texts
from demo_county.numbers import citizen_numbers, compact, distinct_orders, phones, serials, with_check
from matching.reading.citizen import birth_of, sex_of

DAYS = np.array(["2012-02-29", "2020-12-31", "2019-09-01"], dtype="datetime64[D]")


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_check_characters_are_those_of_the_standards_own_examples(number: str) -> None:
    assert with_check(texts([number[:17]])).tolist() == [number]


def test_nobody_has_no_number() -> None:
    assert with_check(texts([])).tolist() == []


def test_a_number_tells_birthday_and_sex() -> None:
    numbers = citizen_numbers(texts(["620722"] * 3), DAYS, np.array([1, 2, 999]))
    assert [birth_of(number) for number in numbers] == ["2012-02-29", "2020-12-31", "2019-09-01"]
    assert [sex_of(number) for number in numbers] == ["1", "2", "1"]
    assert [number[6:14] for number in numbers] == compact(DAYS).tolist()


def test_children_of_one_day_have_numbers_of_their_own_and_fixed_ones_stay() -> None:
    count = 300
    frame = pd.DataFrame({"code": "620722", "birth": DAYS[0], "sex": ["1", "2"] * (count // 2)})
    fixed = pd.Series([101 if kid == 4 else 102 if kid == 5 else -1 for kid in range(count)], index=frame.index)
    orders = distinct_orders(Dice(1), frame, fixed)
    assert len(set(orders.tolist())) == count
    assert orders[[4, 5]].tolist() == [101, 102]
    assert ((orders % 2 == 1) == (frame["sex"] == "1"))[fixed < 0].all()


def test_phones_have_eleven_digits_and_serials_their_width() -> None:
    assert {len(phone) for phone in phones(Dice(1), np.arange(500), "father")} == {11}
    assert serials("6", np.array([7, 12345]), 8).tolist() == ["600000007", "600012345"]
