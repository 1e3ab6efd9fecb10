"""Who is to check a line of L15, L18 or L24 first, and who is asked after that department."""

import pytest
from town import CA, DI, ED, PS, Town, number


def turn(town: Town, code: str) -> tuple[str, str, str]:
    line = town.findings(code).iloc[0]
    return line["owner"], line["next_owners"], line["department"]


def test_who_differs_from_the_most_trusted_checks_first_and_who_is_trusted_last(town: Town) -> None:
    town.add(PS, 1, name="张晓明")
    town.add(CA, 1, name="张小明")
    town.add(ED, 1, name="张小明")
    assert turn(town, "L15") == (ED, f"{CA};{PS}", ED)
    assert town.reason("L15") == "民政、教育的姓名与公安不一致：读音相同而用字不同，请先核对教育的登记。"


def test_the_sentence_and_the_owner_are_the_same_department_for_every_pair(town: Town) -> None:
    """The sentence is read on the owner's sheet: it must be told to check its own entry."""
    named = {CA: "民政", ED: "教育", DI: "残联"}
    for child, department in enumerate(named, start=1):
        town.add(PS, child, name="张晓明")
        town.add(department, child, name="张小明")
    found = town.findings("L15").set_index("owner")["reason"]
    assert {name: f"请先核对{zh}的登记" in found[name] for name, zh in named.items()} == dict.fromkeys(named, True)


def test_two_entries_of_one_department_are_its_own_to_check(town: Town) -> None:
    town.add(ED, 1, birth_date="2016-03-11", id_no=number("2016-03-10", 2))
    assert turn(town, "L15") == (ED, "", ED)


@pytest.mark.parametrize(
    ("state", "police", "then"),
    [("bad_check", True, ""), ("valid", True, PS)],
)
def test_a_wrong_digit_is_its_holder_s_alone_and_an_unknown_number_goes_to_the_police_next(
    town: Town, state: str, police: bool, then: str
) -> None:
    wrong = (
        {"id_no": "", "id_no_raw": "620722201603100021"}
        if state == "bad_check"
        else {"id_no": number("2016-03-10", 88)}
    )
    town.add(ED, 1, id_no_status=state, **wrong)
    town.add(PS, 1)
    assert turn(town, "L18") == (ED, then, ED)


def test_what_the_police_answered_is_not_asked_of_them_first(town: Town) -> None:
    town.add(CA, 1)
    town.add(PS, 1, population_status="姓名不符", name="李建国")
    line = town.findings("L18").query("field == 'id_no'").iloc[0]
    assert "公安答复这个身份证号登记的是另一个姓名" in line["reason"]
    assert (line["owner"], line["department"], line["next_owners"]) == (CA, CA, PS)


def test_the_certificate_is_the_federation_s_and_what_others_wrote_is_theirs(town: Town) -> None:
    card = number("2016-03-10", 2) + "43"
    town.add(DI, 1, disability_no=card, disability_level="4", disability_type="4")
    town.add(ED, 1, disability_level="2", disability_type="4")
    assert turn(town, "L24") == (ED, DI, ED)


def test_lists_that_doubt_nobody_s_entry_have_no_owner(town: Town) -> None:
    town.add(CA, 1)
    found = town.findings()
    assert len(found)
    assert set(found.loc[~found["code"].isin(["L15", "L18", "L24"]), "owner"]) == {""}
