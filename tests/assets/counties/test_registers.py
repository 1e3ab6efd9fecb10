"""Whose register a record stands in: by column, by file, by codes, by address, by most of its school or roll; never by a citizen's number."""

import numpy as np
from county_rows import FAR, A, B, Deliveries, place

from assets.counties.registers import registers_of


def counties(made, **values):
    """Rows per (department, county) that are not the own county's."""
    found = registers_of(made.records, made.children, place(area_code=A, **values).place)
    frame = made.records.assign(county=found.county)
    frame = frame[frame["county"] != ""]
    return frame.groupby(["department", "county"]).size().to_dict()


def two_counties():
    made = Deliveries()
    made.add(100, "public_security", 0, hukou_area_code=A)
    made.add(40, "public_security", 1000, hukou_area_code=B + "100203")
    return made


def test_a_row_of_the_household_register_says_it_itself():
    assert counties(two_counties()) == {("public_security", B): 40}


def test_an_address_says_it_where_there_is_no_code():
    made = Deliveries()
    made.add(30, "public_security", hukou_county=B)
    assert counties(made) == {("public_security", B): 30}


def test_a_school_whose_pupils_are_in_another_countys_register_is_that_countys():
    made = two_counties()
    made.add(30, "education", 1000, school="乙小学")  # no code, no address: by their children
    made.add(5, "education", 5000, school="乙小学")  # of whom nobody knows anything
    made.add(60, "education", 0, school="甲小学")
    assert counties(made) == {("public_security", B): 40, ("education", B): 35}


def test_pupils_from_elsewhere_make_no_school_another_countys():
    made = two_counties()
    made.add(92, "education", 0, school="甲小学", hukou_area_code=A)
    made.add(8, "education", 1000, school="甲小学", hukou_area_code=B)
    assert counties(made) == {("public_security", B): 40}


def test_a_roll_is_known_by_where_its_children_live():
    made = Deliveries()
    made.add(10, "civil_affairs", 0, town="甲镇", live_county=A)
    made.add(3, "civil_affairs", 50, town="甲镇", live_county=A, hukou_county=B)  # registered there, cared for here
    made.add(9, "civil_affairs", 100, town="乙镇", live_county=B, hukou_county=B)
    made.add(1, "civil_affairs", 200, town="乙镇", live_county=B, hukou_county=FAR)
    assert counties(made) == {("civil_affairs", B): 10}


def test_a_column_of_counties_goes_before_everything():
    made = two_counties()
    made.add(20, "education", 0, school="中心小学", county="山丹县", stated_county=B)
    made.add(20, "education", 100, school="中学", county="民乐县", stated_county=A)
    assert counties(made)[("education", B)] == 20


def test_a_file_that_is_named_for_a_county_is_that_countys():
    made = two_counties()
    made.add(20, "education", 3000, school="中心小学", stated_county=B, file="山丹县/学籍.xlsx")
    assert counties(made)[("education", B)] == 20


def test_where_name_and_rows_of_a_file_disagree_nobody_decides():
    made = two_counties()
    made.add(20, "education", 0, school="中心小学", hukou_area_code=A, stated_county=B, file="山丹县.xlsx")
    found = registers_of(made.records, made.children, place(area_code=A).place)
    assert ("education", B) not in counties(made)
    assert int((found.disputed == B).sum()) == 20


def test_a_unit_without_a_code_is_known_by_name():
    made = Deliveries()
    made.add(30, "public_security", county="贵安新区", stated_county="贵安新区")
    made.add(50, "public_security", hukou_area_code=A)
    assert counties(made) == {("public_security", "贵安新区"): 30}
    assert counties(made, own_codes=["贵安新区"]) == {}


def test_a_new_county_that_no_list_knows_is_the_own_one_where_most_rows_say_so():
    made = Deliveries()
    made.add(90, "education", school="甲", county="新设县", stated_county="新设县")
    made.add(10, "education", school="乙", county="另设县", stated_county="另设县")
    assert counties(made) == {("education", "另设县"): 10}


def test_the_order_of_rows_decides_nothing():
    made = two_counties()
    made.add(30, "education", 1000, school="乙小学")
    found = registers_of(made.records, made.children, place(area_code=A).place)
    order = np.random.default_rng(1).permutation(len(made.rows))
    again = registers_of(
        made.records.iloc[order].reset_index(drop=True), made.children[order], place(area_code=A).place
    )
    assert again.county.tolist() == found.county.to_numpy()[order].tolist()


def test_answers_divide_the_rows():
    made = two_counties()
    made.add(30, "public_security", 2000, hukou_area_code=FAR)
    found = registers_of(
        made.records, made.children, place(area_code=A, other_counties={"山丹县": "drop", FAR: "known"}).place
    )
    assert (int(found.dropped.sum()), int(found.known.sum())) == (40, 30)
