"""The meeting's pack: whom the place has sent a list's lines stands in it with that list, and nobody else; the first one leads."""

from dataclasses import replace
from types import SimpleNamespace

from assets.reports.material import lists_of
from assets.reports.pack import duties
from expectations.jurisdictions.profile import load_profile


def duties_of(material, lists):
    found = duties(SimpleNamespace(material=replace(material, lists=lists, missing={})))
    return {name: [info.code for info in mine] for name, mine in found.items()}


def test_who_is_sent_no_line_has_no_duty(material):
    lists = tuple(replace(info, recipients=("township",)) for info in material.lists)
    assert set(duties_of(material, lists)) == {"township"}


def test_a_list_taken_from_a_department_is_not_its_duty_any_more(material):
    usual = duties_of(material, material.lists)
    lists = tuple(
        replace(info, recipients=("township",)) if info.code in ("L03", "L05") else info for info in material.lists
    )
    taken = duties_of(material, lists)
    assert set(usual["education"]) - set(taken["education"]) == {"L03", "L05"}
    assert set(usual["township"]) == set(taken["township"])


def test_each_list_is_led_by_the_first_of_its_recipients(material):
    for info in lists_of(load_profile("default")):
        assert [name for name in info.recipients if info.led_by(name)] == [info.recipients[0]]
    assert duties_of(material, material.lists)["disability"][0] == "L11"
