"""The closed loop by the command line: lists go out, answers come back, the next quarter knows them."""

import hashlib
import sqlite3

import pandas as pd
import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.slow

FIRST, SECOND = "2026Q2", "2026Q3"
EVENTS = "SELECT finding_id, period, kind, state, source, answer FROM life_event ORDER BY id"


def asked(root, sql):
    with sqlite3.connect(root / "tongbi.db") as connection:
        return connection.execute(sql).fetchall()


def bytes_of(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*.*")
        if p.is_file()
    }


def shown_numbers(root, period):
    """Findings on the lines of all workbooks of a period."""
    found = set()
    for path in (root / "outbox" / period).rglob("*_核查清单.xlsx"):
        for sheet in load_workbook(path, read_only=True):
            found |= {str(row[0])[:-3] for row in sheet.iter_rows(min_row=4, max_col=1, values_only=True) if row[0]}
    return {name for name in found if name.startswith("L")}


def test_answers_are_entered_once_and_a_dry_run_enters_nothing(looped):
    root, said = looped
    answered = asked(root, f"{EVENTS[: EVENTS.index(' ORDER')]} WHERE kind = 'answered' ORDER BY id")
    assert said["entered_dry"] == 0
    assert said["entered_again"] == said["entered"]
    assert answered
    assert {row[4] for row in answered} == {"reply"}
    assert len({row[0] for row in answered}) == len(answered)
    assert "没有登记" in said["dry"]
    assert "登记 0 条答复" in said["again"]
    assert (root / "outbox" / f"{FIRST}-回收" / "回收情况.xlsx").is_file()


def test_children_keep_their_numbers_in_the_next_quarter(looped):
    root, _ = looped
    first, second = (
        set(pd.read_csv(root / "outbox" / period / "links.csv", dtype=str, encoding="utf-8-sig")["child_id"])
        for period in (FIRST, SECOND)
    )
    assert len(first & second) > 0.95 * len(first)
    assert {name[:8] for name in second - first} == {"T2026Q3-"}


def test_an_explained_finding_is_not_sent_again_and_the_export_still_has_it(looped):
    root, _ = looped
    life = pd.read_parquet(root / "frames" / "finding_life" / f"{SECOND}.parquet")
    kept = set(life.loc[life["kind"] == "kept", "finding_id"])
    exported = set(
        pd.read_csv(root / "outbox" / SECOND / "findings.csv", dtype=str, encoding="utf-8-sig")["finding_id"]
    )
    assert kept
    assert kept <= exported
    assert not kept & shown_numbers(root, SECOND)


def test_what_returned_says_why(looped):
    root, _ = looped
    texts = [text for (text,) in asked(root, "SELECT text FROM life_event WHERE kind = 'returned'")]
    assert texts
    assert all(text.startswith(("上次答复", "曾于")) for text in texts)


def test_the_comparison_accounts_for_every_open_finding(looped, run_command):
    from expectations.life.compare import PeriodPair
    from pipelines.cli.living import became_between
    from pipelines.resources.session import Session

    root, _ = looped
    opened = Session.at(root)
    found, codes = became_between(opened, PeriodPair(FIRST, SECOND))
    opened.engine.dispose()
    sent = {
        name
        for (name,) in asked(root, f"SELECT finding_id FROM life_event WHERE kind = 'appeared' AND period = '{FIRST}'")
    }
    counted = found[found["what"] != "new"]
    assert set(counted["finding_id"]) == sent
    assert set(found["finding_id"]) <= set(codes)
    assert "合计" in run_command("compare", SECOND, FIRST, "--workspace", root)


def test_running_a_quarter_again_changes_nothing(looped, run_command):
    (root, _), period = looped, SECOND
    events, files = asked(root, EVENTS), bytes_of(root / "outbox" / period)
    run_command("run", "--period", period, "--workspace", root)
    assert asked(root, EVENTS) == events
    assert bytes_of(root / "outbox" / period) == files


def test_a_timeline_tells_the_story(looped, run_command):
    root, _ = looped
    child, finding = asked(
        root,
        "SELECT f.child_id, f.finding_id FROM finding f JOIN life_event e USING (finding_id) WHERE e.kind = 'returned'",
    )[0]
    said = run_command("timeline", child, "--workspace", root)
    assert finding in said
    assert "复发" in said
    assert said == run_command("timeline", finding, "--workspace", root)


def test_the_life_of_findings_refuses_to_be_changed(looped):
    root, _ = looped
    with sqlite3.connect(root / "tongbi.db") as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE life_event SET state = 'closed'")
