"""Which county is the own one: stated, inferred, or open. Nobody chooses between two of a size."""

import pytest
from county_rows import FAR, A, B, Deliveries, place

from assets.counties.own import own_county
from assets.counties.registers import registers_of


def own(counts, **values):
    made = Deliveries()
    for code, count in counts.items():
        made.add(count, "public_security", hukou_area_code=code)
    return own_county(made.records, place(**values).place)


def test_one_county_far_ahead_is_inferred():
    known = own({A: 100, B: 10})
    assert (known.code, known.codes, known.how, known.rows) == (A, {A}, "inferred", 100)


def test_of_two_of_a_size_none_is_chosen():
    known = own({A: 100, B: 60})
    assert (known.code, known.how, known.rivals) == ("", "", ((A, 100), (B, 60)))


def test_where_the_place_draws_the_line_is_a_setting():
    assert own({A: 100, B: 60}, second_county={"comparable": 0.7}).code == A


def test_what_is_stated_is_believed():
    assert own({A: 10, B: 100}, area_code=A).code == A


def test_a_district_of_two_codes_is_one_county():
    known = own({A: 10, B: 100}, area_code=A, own_codes=[B], former_area_codes=["622224"])
    assert (known.code, known.codes, known.rivals) == (A, {A, B, "622224"}, ())
    assert own({A: 10, B: 100}, own_codes=[A, B]).code == B


def test_a_county_that_was_answered_for_is_no_candidate():
    assert own({A: 100, B: 90}, other_counties={B: "drop"}).code == A
    assert own({A: 100, B: 90}, other_counties={"山丹县": "known"}).code == A


@pytest.mark.parametrize("code", ["620700", "620000", "", "城关镇"])
def test_a_prefecture_or_nothing_names_no_county(code):
    assert own({code: 100}).code == ""


def test_digits_of_citizen_numbers_are_no_evidence():
    made = Deliveries()
    made.add(100, "public_security", id_no=f"{FAR}201603100012")
    assert own_county(made.records, place().place).code == ""
    assert (registers_of(made.records, made.children, place(area_code=A).place).county == "").all()
