"""Releases: who may, what they settle, and that a row which the chain does not vouch for is none."""

import pytest
import sqlalchemy as sa

from pipelines.resources import releases
from pipelines.resources.database import writing
from pipelines.resources.releases import EditionRelease, ReleaseRule, scope_of
from pipelines.resources.tables import audit as audit_table

A, B = "aaaa", "bbbb"


@pytest.mark.parametrize(
    ("by", "reason", "rule", "words"),
    [
        ("李四", "学校已撤并", ReleaseRule("张三"), ""),
        ("张 三", "学校已撤并", ReleaseRule("张三"), "操作人本人"),
        ("张三", "学校已撤并", ReleaseRule("张三", second_person=False), ""),
        ("", "学校已撤并", ReleaseRule("张三"), "谁放行"),
        ("李四", "  ", ReleaseRule("张三"), "理由"),
        ("李四", "学校已撤并", ReleaseRule(""), "还不知道操作人"),
    ],
)
def test_a_named_second_person_with_a_reason_may_release(by, reason, rule, words):
    problem = releases.objection(by, reason, rule)
    assert words in problem
    assert bool(problem) == bool(words)


def release(*keys, lists=()):
    return EditionRelease("2026Q3", "李四", "看过", tuple(lists), keys)


@pytest.mark.parametrize(
    ("given", "keys", "whole", "lists"),
    [
        ([], [], True, set()),
        ([], [A], False, set()),
        ([release(A)], [A], True, set()),
        ([release(A)], [A, B], False, set()),
        ([release(A), release(B)], [A, B], True, set()),
        ([release(A, B, lists=["L03"])], [A, B], False, {"L03"}),
        ([release(A, lists=["L03"])], [A, B], False, set()),
        ([release(A, lists=["L03"]), release(B)], [A, B], False, {"L03"}),
        ([release(A, B, lists=["L03"]), release(A, B, lists=["L15"])], [A, B], False, {"L03", "L15"}),
    ],
)
def test_a_release_settles_the_reasons_that_it_saw(given, keys, whole, lists):
    scope = scope_of(given, keys)
    assert (scope.is_whole, set(scope.lists)) == (whole, lists)


def test_releases_are_kept_in_the_audit_and_a_row_written_past_the_chain_is_none(opened):
    with writing(opened.engine) as connection:
        releases.note(connection, release(A, lists=["L03"]), "张三")
    with opened.engine.connect() as connection:
        kept = releases.of_period(connection, "2026Q3")
        assert [(line.by, line.reason, line.lists, line.keys) for line in kept] == [("李四", "看过", ("L03",), (A,))]
        assert not releases.of_period(connection, "2026Q4")
        row = dict(
            connection.execute(sa.select(audit_table).where(audit_table.c.action == releases.ACTION)).mappings().one()
        )
    with opened.engine.begin() as connection:
        connection.execute(audit_table.insert().values(**{**row, "id": None, "subject": "2026Q4"}))
    with opened.engine.connect() as connection:
        assert not releases.of_period(connection, "2026Q4")
