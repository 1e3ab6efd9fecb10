"""The sharing ledger on SQLite and PostgreSQL: appended in order, each number once, never changed afterwards."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from pipelines.resources import audit, sharing
from pipelines.resources.database import writing
from pipelines.resources.sharing import FIELDS, Shared
from pipelines.resources.tables import sharing_delivery

LINE = Shared(**{name: 1 if name in ("number", "rows") else 0 if name == "since" else "x" for name in FIELDS})


def test_lines_come_back_as_they_were_written(engine):
    second = replace(LINE, number=2, since=1, sha256="y")
    with writing(engine) as connection:
        sharing.register(connection, LINE)
        sharing.register(connection, second)
        sharing.register(connection, replace(LINE, feed="other"))
        assert sharing.ledger(connection, "x") == [LINE, second]
        assert sharing.last(connection, "x") == second
        assert sharing.last(connection, "nobody") is None
        assert audit.broken_line(connection) is None


def test_a_number_is_given_once(engine):
    with writing(engine) as connection:
        sharing.register(connection, LINE)
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        sharing.register(connection, LINE)


@pytest.mark.parametrize("change", [sharing_delivery.update().values(approved_by="别人"), sharing_delivery.delete()])
def test_nobody_changes_the_ledger(engine, change):
    with writing(engine) as connection:
        sharing.register(connection, LINE)
    with pytest.raises(sa.exc.DatabaseError), writing(engine) as connection:
        connection.execute(change)


def test_the_last_receipt_of_a_delivery_counts(engine):
    with writing(engine) as connection:
        sharing.register(connection, LINE)
        assert sharing.register_receipt(connection, LINE, "a" * 64, "我", {"已入学": 3})
        assert sharing.register_receipt(connection, LINE, "b" * 64, "我", {"已入学": 5})
        assert not sharing.register_receipt(connection, LINE, "b" * 64, "我", {"已入学": 5})
        assert sharing.receipts(connection) == {("x", 1): {"已入学": 5}}
