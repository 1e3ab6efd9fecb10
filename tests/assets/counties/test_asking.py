"""What is asked and said about counties: a second one is asked about, an ordinary county is not."""

from county_rows import FAR, A, B, Deliveries, place

from assets.counties.asking import CountyWording, county_notices
from assets.counties.registers import registers_of

NAMES = CountyWording({"public_security": "公安", "education": "教育", "civil_affairs": "民政"}, {})


def said(made, profile):
    registers = registers_of(made.records, made.children, profile.place)
    notices = county_notices(made.records, registers, profile, NAMES)
    return [(department, notice.severity, notice.code) for department, lines in notices.items() for notice in lines]


def texts(made, profile):
    registers = registers_of(made.records, made.children, profile.place)
    lines = county_notices(made.records, registers, profile, NAMES)
    return "".join(notice.message + notice.advice for notices in lines.values() for notice in notices)


def county(second=0):
    made = Deliveries()
    made.add(1000, "public_security", 0, hukou_area_code=A)
    made.add(700, "education", 0, school="甲小学")
    made.add(second, "public_security", 5000, hukou_area_code=B)
    made.add(second, "education", 5000, school="乙小学", file="学籍_2.xlsx")
    return made


def test_an_undisturbed_county_is_asked_nothing():
    assert said(county(), place(area_code=A)) == []


def test_a_second_county_is_asked_about_with_its_figures_and_both_answers():
    made, profile = county(60), place(area_code=A)
    assert said(made, profile) == [("public_security", "ask", "other_county"), ("education", "ask", "other_county")]
    text = texts(made, profile)
    assert all(
        part in text
        for part in (
            "山丹县（620725）",
            "60行",
            '{"620725" = "drop"}',
            '{"620725" = "known"}',
            'own_codes = ["620725"]',
        )
    )


def test_an_answer_makes_a_remark_of_it():
    for answer in ("drop", "known"):
        profile = place(area_code=A, other_counties={B: answer})
        assert said(county(60), profile) == [
            ("public_security", "warn", "other_county"),
            ("education", "warn", "other_county"),
        ]


def test_the_second_code_of_a_district_is_no_question():
    assert said(county(600), place(area_code=A, own_codes=[B])) == []


def test_pupils_from_elsewhere_are_no_question():
    made = county()
    made.add(61, "education", 9000, school="甲小学", hukou_area_code=B)  # 8 % of the pupils
    made.add(12, "public_security", 9500, hukou_area_code=FAR)
    assert said(made, place(area_code=A)) == []


def test_answers_of_police_to_queries_are_no_register():
    made, profile = county(60), place(area_code=A)
    mode = profile.comparison.police_mode.model_copy(update={"value": "answer_file"})
    answering = profile.model_copy(update={"comparison": profile.comparison.model_copy(update={"police_mode": mode})})
    assert [department for department, _, _ in said(made, answering)] == ["education"]


def test_between_two_of_a_size_a_person_chooses():
    made = county(700)
    assert ("public_security", "ask", "open_county") in said(made, place())
    assert "民乐县（620722）1000行、山丹县（620725）700行" in texts(made, place())


def test_what_was_inferred_is_said_until_somebody_confirms_it():
    assert said(county(), place()) == [("public_security", "warn", "inferred_county")]
    assert "推断为民乐县（620722）" in texts(county(), place())


def test_a_county_that_nobody_knows_is_said_to_be_a_blank():
    made = Deliveries()
    made.add(100, "public_security")
    assert said(made, place()) == [("public_security", "warn", "inferred_county")]
    assert "留空待填" in texts(made, place())


def test_a_file_named_for_another_county_than_its_rows_is_asked_about():
    made = county()
    made.add(60, "education", 0, school="甲小学", hukou_area_code=A, stated_county=B, file="山丹县.xlsx")
    assert said(made, place(area_code=A)) == [("education", "ask", "other_county")]
    assert "多数是本县" in texts(made, place(area_code=A))
