"""The SQL tables: what people change or other systems ask for. Bulk frames are Parquet (`frames`); migrations are beside this file.

Times are ISO text in UTC, JSON is text: the same bytes on SQLite and PostgreSQL. Published rows and the audit are only appended to.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

metadata = sa.MetaData()

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("period", String(7), nullable=False),
    Column("department", String(40), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("received_by", Text, nullable=False),
    Column("rows_in", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("set_aside", Integer, nullable=False),
    Column("status", String(12), nullable=False),  # received | current | superseded | withdrawn | refused
    Column("supersedes", String(80), nullable=False),
    Column("difference", Text, nullable=False),  # JSON: counts of rows added, removed, changed
    UniqueConstraint("period", "department", "sha256", name="delivery_once"),
)

delivery_notice = Table(
    "delivery_notice",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("period", String(7), nullable=False),
    Column("department", String(40), nullable=False),
    Column("file", Text, nullable=False),
    Column("code", String(60), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Index("delivery_notice_of", "period", "department"),
)

child = Table(
    "child",
    metadata,
    Column("child_id", String(32), primary_key=True),
    Column("first_period", String(7), nullable=False),
    Column("serial", Integer, nullable=False),
)

child_identifier = Table(
    "child_identifier",
    metadata,
    Column("child_id", String(32), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", String(80), nullable=False),
    Column("department", String(40), nullable=False),
    Column("period", String(7), nullable=False),
    Index("child_identifier_of", "period", "child_id"),
)

child_record = Table(
    "child_record",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("record_id", String(80), primary_key=True),
    Column("child_id", String(32), nullable=False),
    Index("child_record_of", "child_id"),
)

child_event = Table(
    "child_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("period", String(7), nullable=False),
    Column("kind", String(12), nullable=False),  # merge | split
    Column("child_id", String(32), nullable=False),
    Column("other_id", String(32), nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("period", String(7), nullable=False),
    Column("record_a", String(80), nullable=False),
    Column("record_b", String(80), nullable=False),
    Column("verdict", String(12), nullable=False),  # same | different | unsure
    Column("author", Text, nullable=False),
    Column("decided_at", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("key_a", Text, nullable=False, server_default=""),  # content of the records (matching.decisions.clerical)
    Column("key_b", Text, nullable=False, server_default=""),
)

publication = Table(
    "publication",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("period", String(7), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("published_at", String(32), nullable=False),
    Column("run_id", String(40), nullable=False),
    Column("counts", Text, nullable=False),
    Index("publication_of", "period"),
)

finding = Table(
    "finding",
    metadata,
    Column("finding_id", String(40), primary_key=True),
    Column("code", String(12), nullable=False),
    Column("child_id", String(32), nullable=False),
    Column("field", String(40), nullable=False),
    Column("first_period", String(7), nullable=False),
)

finding_event = Table(
    "finding_event",
    metadata,
    Column("publication_id", Integer, ForeignKey("publication.id"), primary_key=True),
    Column("finding_id", String(40), primary_key=True),
    Column("period", String(7), nullable=False),
    Column("kind", String(12), nullable=False),  # new | lasting | gone
    Column("grade", String(12), nullable=False),
    Index("finding_event_of", "finding_id"),
)

# The life of findings: appended, never changed (triggers refuse it); its states are `expectations.life`.
life_event = Table(
    "life_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("finding_id", String(40), nullable=False),
    Column("period", String(7), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("source", String(8), nullable=False),  # data | reply | office
    Column("author", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("evidence", Text, nullable=False),  # JSON of digests, no values
    Column("answer", Text, nullable=False),
    Column("answered_on", String(10), nullable=False),
    Column("note", Text, nullable=False),
    Column("origin", String(80), nullable=False),
    Index("life_event_of", "finding_id"),
    Index("life_event_in", "period"),
)

# Who was sent which finding in a period; replaced with the period's workbooks.
issue = Table(
    "issue",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("recipient", String(80), primary_key=True),
    Column("finding_id", String(40), primary_key=True),
    Column("kind", String(12), nullable=False),  # township | department
    Column("code", String(12), nullable=False),
    Column("due", String(10), nullable=False),  # ISO date, empty when the list has no deadline
)

# Workbooks that came back, once per content.
reply_file = Table(
    "reply_file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("file", Text, nullable=False),
    Column("period", String(7), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("read_at", String(32), nullable=False),
    Column("counts", Text, nullable=False),  # JSON: lines by what became of them
)

run = Table(
    "run",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("period", String(7), nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("finished_at", String(32), nullable=False),
    Column("status", String(12), nullable=False),  # running | done | waiting | refused | failed
    Column("seconds", Float, nullable=False),
    Column("stages", Text, nullable=False),  # JSON: seconds per station
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# What the audit chain vouches for: a salted digest per row, and the line of the chain that carries the digest over the batch.
seal = Table(
    "seal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subject", String(40), nullable=False),  # the row's table
    Column("key", String(120), nullable=False),  # its primary key as text
    Column("salt", String(32), nullable=False),  # empty once the row was lawfully erased
    Column("digest", String(32), nullable=False),
    Column("line", Integer, nullable=False),  # audit.id
    Index("seal_in", "line", "subject"),
)

# The sharing ledger: every delivery to another system (依据, 用途, 范围, 期限, 审批人); appended, never changed (triggers refuse it).
sharing_delivery = Table(
    "sharing_delivery",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("feed", String(40), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(8), nullable=False),  # full | changes
    Column("since", Integer, nullable=False),  # the delivery that the changes are relative to, 0 for a full one
    Column("period", String(7), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("term", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("form", String(8), nullable=False),
    Column("file", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("configuration", String(64), nullable=False),
    UniqueConstraint("feed", "number", name="sharing_number_once"),
)

# What came back for a delivery, counts only.
sharing_receipt = Table(
    "sharing_receipt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", Integer, ForeignKey("sharing_delivery.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("read_at", String(32), nullable=False),
    Column("read_by", Text, nullable=False),
    Column("counts", Text, nullable=False),  # JSON: answer -> rows
    UniqueConstraint("delivery_id", "sha256", name="sharing_receipt_once"),
)

# Which child may be seen by one named person only, and why; appended, never changed (triggers refuse it). What follows from it: `assets.protected`.
protection_mark = Table(
    "protection_mark",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("child_id", String(32), nullable=False),
    Column("period", String(7), nullable=False),  # the last period that was known when the mark was set
    Column("kind", String(8), nullable=False),  # protect | lift
    Column("source", String(8), nullable=False),  # person | column
    Column("recipient", Text, nullable=False),  # the named person, empty when nobody was named
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column(
        "keys", Text, nullable=False
    ),  # content keys of the child's records (matching.decisions.clerical), one a line
    Index("protection_mark_of", "child_id"),
)

# Which township has handed in which report (`tongbi due --received`); appended, the last line about a sender counts.
report_receipt = Table(
    "report_receipt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("duty", String(40), nullable=False),  # its name in the profile
    Column("period", String(7), nullable=False),  # that the report is about; a year is its four digits
    Column("sender", Text, nullable=False),
    Column("received_on", String(10), nullable=False),  # ISO day; "" takes an earlier line back
    Column("noted_by", Text, nullable=False),
    Column("noted_at", String(32), nullable=False),
)
