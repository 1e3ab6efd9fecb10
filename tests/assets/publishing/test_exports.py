"""Exports where passwords are set: nothing open in the folder that people take away, the CSV files on demand only."""

import csv
import stat
from pathlib import Path

import pandas as pd
import pytest
import typer

from assets.publishing.exports import forget_others, place, published_file, take_out
from assets.publishing.locking import lock_folder
from assets.workbooks.csvout import FINDINGS_COLUMNS, LINKS_COLUMNS, write_csv
from assets.workbooks.exportbook import write_exportbook
from pipelines.cli.exporting import export
from pipelines.resources.database import writing
from pipelines.resources.passwords import Passwords
from pipelines.resources.reading import Refusal, read_file
from pipelines.resources.session import Session
from pipelines.resources.tables import publication
from pipelines.resources.workspace import Workspace

SECRET, DIGEST = "correct horse 9", "d" * 64
PERIOD = "2026Q3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A period's folder aside, with both exports."""
    path = tmp_path / "aside"
    for name, columns in (("links.csv", LINKS_COLUMNS), ("findings.csv", FINDINGS_COLUMNS)):
        write_csv(
            pd.DataFrame([[f"{column}{row}" for column in columns] for row in range(3)], columns=columns), path / name
        )
    return path


def test_without_passwords_the_exports_stay(folder: Path, tmp_path: Path) -> None:
    assert not take_out(folder, tmp_path / "kept", Passwords())
    assert sorted(path.name for path in folder.iterdir()) == ["findings.csv", "links.csv"]
    assert not (tmp_path / "kept").exists()


def test_with_passwords_a_locked_workbook_stands_in_for_each(folder: Path, tmp_path: Path) -> None:
    plain = (folder / "links.csv").read_bytes()
    assert take_out(folder, tmp_path / "kept", Passwords({"其他": SECRET}))
    lock_folder(folder, Passwords({"其他": SECRET}))
    assert sorted(path.name for path in folder.iterdir()) == ["findings.xlsx", "links.xlsx"]
    with pytest.raises(Refusal, match="打开密码"):
        read_file(folder / "links.xlsx")
    rows = read_file(folder / "links.xlsx", password=SECRET).grids[0].cells.to_numpy().tolist()
    assert rows == list(csv.reader(plain.decode("utf-8-sig").splitlines()))
    assert (tmp_path / "kept" / "links.csv").read_bytes() == plain


def test_without_a_password_for_it_nothing_open_is_left(folder: Path, tmp_path: Path) -> None:
    """Only the townships have passwords: whoever takes the folder must not have everybody's lines all the same."""
    take_out(folder, tmp_path / "kept", Passwords({"顺化镇": SECRET}))
    assert list(folder.iterdir()) == []
    assert (tmp_path / "kept" / "findings.csv").is_file()


def test_many_rows_go_on_in_further_sheets(folder: Path, tmp_path: Path) -> None:
    grids = read_file(write_exportbook(folder / "links.csv", tmp_path / "a.xlsx", sheet_rows=2)).grids
    assert [(grid.sheet, len(grid.cells)) for grid in grids] == [("数据", 3), ("数据2", 2)]
    assert grids[1].cells.iat[1, 0] == "period2"
    write_csv(pd.DataFrame(columns=LINKS_COLUMNS), tmp_path / "none.csv")
    with pytest.raises(Refusal, match="没有数据行"):
        read_file(write_exportbook(tmp_path / "none.csv", tmp_path / "b.xlsx"))


def test_the_edition_that_is_published_is_found(folder: Path, tmp_path: Path) -> None:
    for digest in ("a" * 64, DIGEST):
        write_csv(pd.DataFrame({"x": [digest]}), place(tmp_path, PERIOD, digest) / "links.csv")
    assert published_file(tmp_path / "shown", place(tmp_path, PERIOD, DIGEST), "links.csv") is not None
    forget_others(tmp_path, PERIOD, DIGEST)
    assert [path.name for path in (tmp_path / "exports" / PERIOD).iterdir()] == [DIGEST[:16]]
    assert published_file(tmp_path / "shown", place(tmp_path, PERIOD, "b" * 64), "links.csv") is None


def test_the_command_gives_the_csv_to_its_caller_alone(folder: Path, tmp_path: Path) -> None:
    opened = Session(Workspace.create(tmp_path / "county"))
    plain = (folder / "links.csv").read_bytes()
    take_out(folder, place(opened.workspace.root, PERIOD, DIGEST), Passwords({"其他": SECRET}))
    with pytest.raises(typer.Exit):
        export(opened, PERIOD, "links.csv", tmp_path / "out.csv")
    _publish(opened)
    (tmp_path / "out.csv").write_text("open to all before")
    (tmp_path / "out.csv").chmod(0o644)
    export(opened, PERIOD, "links.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == plain
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


def _publish(opened: Session) -> None:
    columns = {column.name: column for column in publication.columns if not column.nullable and not column.primary_key}
    values = {name: 0 if str(column.type).startswith("INT") else "" for name, column in columns.items()}
    with writing(opened.engine) as connection:
        connection.execute(publication.insert().values(**{**values, "period": PERIOD, "digest": DIGEST}))
