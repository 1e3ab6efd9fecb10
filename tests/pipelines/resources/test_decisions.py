"""People's decisions: entered once, however often the command is repeated; a change of mind is entered every time."""

import pytest
import sqlalchemy as sa

from pipelines.resources import audit, decisions
from pipelines.resources.database import writing
from pipelines.resources.decisions import Decision


def said(verdict, pair=("a", "b"), author="王", when="", note=""):
    return Decision(*pair, verdict, author, when, note, "", "")


def enter(engine, *lines):
    with writing(engine) as connection:
        return decisions.enter(connection, "2026Q3", lines, "经办")


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Every look at the clock is a second later."""
    seconds = iter(range(10, 60))
    monkeypatch.setattr(audit, "now", lambda: f"2026-09-30T08:00:{next(seconds)}+00:00")


def test_the_same_command_again_enters_nothing(engine):
    assert enter(engine, said("same", note="看过原件")) == 1
    assert enter(engine, said("same", note="看过原件")) == 0
    assert enter(engine, said("same", pair=("b", "a"), note="看过原件")) == 0
    assert (count(engine, "decision"), count(engine, "audit")) == (1, 1)


def test_a_table_without_times_may_be_handed_in_again_even_when_it_contradicts_itself(engine):
    table = (said("same"), said("different"), said("unsure", pair=("c", "d")))
    assert enter(engine, *table) == 3
    assert enter(engine, *table) == 0


def test_a_change_of_mind_is_entered_and_so_is_the_change_back(engine):
    assert [enter(engine, said(word)) for word in ("same", "different", "same", "same")] == [1, 1, 1, 0]
    assert enter(engine, said("same", author="李")) == 1
    assert enter(engine, said("same", note="另有证明")) == 1


def test_with_a_time_the_time_decides(engine):
    first = said("same", when="2026-07-01")
    assert [enter(engine, first), enter(engine, said("different")), enter(engine, first)] == [1, 1, 0]
    assert enter(engine, said("same", when="2026-07-02")) == 1
