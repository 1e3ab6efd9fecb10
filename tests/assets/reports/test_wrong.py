"""误报率 comes from the answers of the period before: the last answer of each line, by list, and not at all where nobody answered."""

from dataclasses import replace

from assets.paper.document import Cursor, blank
from assets.reports.assemble import Version, figures_of
from assets.reports.sections import Reporting, limits_section
from assets.reports.wrong import PastAnswers, past_answers
from expectations.life.states import ANSWERED, APPEARED, Event


def answered(name, state, period="2026Q2", kind=ANSWERED):
    return Event(name, period, kind, state, answer="某答复").row()


def test_the_last_answer_of_a_line_counts_once_and_other_events_and_periods_not():
    events = [
        answered("L01-A", "verifying"),
        answered("L01-A", "rejected"),
        answered("L01-B", "confirmed"),
        answered("L03-C", "rejected"),
        answered("L03-D", "rejected", period="2026Q1"),
        answered("L03-E", "new", kind=APPEARED),
    ]
    assert past_answers(events, "2026Q2") == (PastAnswers("L01", 2, 1), PastAnswers("L03", 1, 1))


def limits(material, version):
    document = blank()
    limits_section(
        Cursor(document, document.add_paragraph()), Reporting(material, figures_of(material, version), version)
    )
    return "".join(paragraph.text for paragraph in document.paragraphs)


def test_the_report_says_the_numbers_and_a_list_s_own_from_thirty_answers_on(material):
    codes = [info.code for info in material.lists][:2]
    names = {info.code: info.name for info in material.lists}
    told = replace(material, past_answers=(PastAnswers(codes[0], 40, 10), PastAnswers(codes[1], 29, 5)))
    said = limits(told, Version.INTERNAL)
    assert "2026年第二季度的线索已收到答复69条，其中答复为不属实或有合理原因的15条（21.7%）" in said
    assert f"答复满30条的清单：{names[codes[0]]}10/40条（25.0%）。" in said
    assert names[codes[1]] not in said.partition("误报率")[2]


def test_without_answers_nothing_is_said_or_promised(material):
    assert "误报率" not in limits(material, Version.INTERNAL)


def test_the_public_version_says_nothing_of_an_earlier_period_s_answers(material):
    code = material.lists[0].code
    assert "误报率" not in limits(replace(material, past_answers=(PastAnswers(code, 400, 100),)), Version.PUBLIC)
