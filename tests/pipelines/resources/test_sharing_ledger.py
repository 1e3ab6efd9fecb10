"""The sharing ledger on SQLite and PostgreSQL: appended in order, each number once, never changed afterwards."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from pipelines.resources import audit, sharing_ledger
from pipelines.resources.database import writing
from pipelines.resources.sharing_ledger import FIELDS, LedgerLine
from pipelines.resources.tables import sharing_delivery

LINE = LedgerLine(**{name: 1 if name in ("number", "rows") else 0 if name == "since" else "x" for name in FIELDS})


def test_lines_come_back_as_they_were_written(engine):
    second = replace(LINE, number=2, since=1, sha256="y")
    with writing(engine) as connection:
        sharing_ledger.register(connection, LINE)
        sharing_ledger.register(connection, second)
        sharing_ledger.register(connection, replace(LINE, feed="other"))
        assert sharing_ledger.ledger(connection, "x") == [LINE, second]
        assert sharing_ledger.last(connection, "x") == second
        assert sharing_ledger.last(connection, "nobody") is None
        assert audit.broken_line(connection) is None


def test_a_number_is_given_once(engine):
    with writing(engine) as connection:
        sharing_ledger.register(connection, LINE)
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        sharing_ledger.register(connection, LINE)


@pytest.mark.parametrize("change", [sharing_delivery.update().values(approved_by="别人"), sharing_delivery.delete()])
def test_nobody_changes_the_ledger(engine, change):
    with writing(engine) as connection:
        sharing_ledger.register(connection, LINE)
    with pytest.raises(sa.exc.DatabaseError), writing(engine) as connection:
        connection.execute(change)


def test_the_last_receipt_of_a_delivery_counts(engine):
    with writing(engine) as connection:
        sharing_ledger.register(connection, LINE)
        assert sharing_ledger.register_receipt(connection, LINE, "a" * 64, "我", {"已入学": 3})
        assert sharing_ledger.register_receipt(connection, LINE, "b" * 64, "我", {"已入学": 5})
        assert not sharing_ledger.register_receipt(connection, LINE, "b" * 64, "我", {"已入学": 5})
        assert sharing_ledger.receipts(connection) == {("x", 1): {"已入学": 5}}
