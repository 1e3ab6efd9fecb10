"""The outbox after a kill at every moment: the published folder is shown, never half of one."""

import pytest

from pipelines.resources.outbox import Outbox


def build(outbox, text, digest):
    (outbox.aside("2026Q3") / "links.csv").write_text(text)
    outbox.seal("2026Q3", digest)


@pytest.fixture
def outbox(tmp_path):
    found = Outbox(tmp_path)
    build(found, "old", "d1")
    found.show("2026Q3")
    return found


def shown(outbox):
    return (outbox.shown("2026Q3") / "links.csv").read_text()


def names(outbox):
    return sorted(path.name for path in outbox.root.iterdir())


def test_shown_whole(outbox):
    build(outbox, "new", "d2")
    assert shown(outbox) == "old"
    outbox.show("2026Q3")
    assert (shown(outbox), names(outbox)) == ("new", ["2026Q3"])


def test_killed_while_building(outbox):
    (outbox.aside("2026Q3") / "links.csv").write_text("ne")
    assert outbox.recover(lambda _: "d1") == []
    assert (shown(outbox), names(outbox)) == ("old", ["2026Q3"])


def test_killed_after_sealing_before_the_database(outbox):
    build(outbox, "new", "d2")
    assert outbox.recover(lambda _: "d1") == []
    assert shown(outbox) == "old"


def test_killed_after_the_database_before_showing(outbox):
    build(outbox, "new", "d2")
    assert outbox.recover(lambda _: "d2") == ["2026Q3"]
    assert (shown(outbox), names(outbox)) == ("new", ["2026Q3"])


def test_killed_between_the_two_renames(outbox):
    build(outbox, "new", "d2")
    outbox.shown("2026Q3").rename(outbox.root / ".old-2026Q3")
    assert outbox.recover(lambda _: "d2") == ["2026Q3"]
    assert (shown(outbox), names(outbox)) == ("new", ["2026Q3"])


def test_killed_between_the_renames_without_a_new_edition(outbox):
    outbox.shown("2026Q3").rename(outbox.root / ".old-2026Q3")
    outbox.recover(lambda _: "d1")
    assert (shown(outbox), names(outbox)) == ("old", ["2026Q3"])


def test_killed_after_showing_before_sweeping(outbox):
    (outbox.root / ".old-2026Q3").mkdir()
    outbox.recover(lambda _: "d1")
    assert (shown(outbox), names(outbox)) == ("old", ["2026Q3"])
