"""What a sheet's columns mean: asked once for a sheet and a contract, kept beside the raw rows, asked anew only where that is stale."""

import os
import shutil
from collections import Counter
from datetime import date

import openpyxl
import pandas as pd
import pytest

from assets.graph.county_places import find_places
from assets.intake import mapping
from assets.intake.contract import load_contracts
from assets.intake.department import StandardisingRequest, standardise_delivery
from assets.intake.gather import sheets
from assets.publishing.marking import CopyOrder, mark
from assets.receiving.doubts import Confirmed
from assets.receiving.kept_readings import keep_readings, kept_readings
from assets.receiving.receive import ReceivingRequest as Receipt
from assets.receiving.receive import receive
from demo_county import generate
from expectations.suites.run import SuiteResult
from matching.reading.citizen import check_character
from pipelines.partitions import Period
from pipelines.resources.deliveries import Branch
from pipelines.resources.frames import FrameStore
from pipelines.resources.processes import ROOT
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace

PERIOD = Period.parse("2026Q3")
EDUCATION = load_contracts()["education"]
KEPT, RAW = "raw_education.readings", "raw_education"
REGION = "户口所在地行政区划"  # a region's code or its name: the values tell
HEAD = ["序号", "姓名", "身份证件号", "学校名称", "年级", REGION, "户籍备注"]
# Looks on as every process of ours starts, also those beside a run.
WATCHED = """
import assets.intake.mapping as mapping
recognise = mapping.recognise
def watched(names, contract, around):
    with open({path!r}, "a", encoding="utf-8") as log:
        log.write(f"{{contract.code}}\\t{{around.file}}\\t{{around.sheet}}\\n")
    return recognise(names, contract, around)
mapping.recognise = watched
"""


def number(order):
    first = f"62072220150310{order:03d}"
    return first + check_character(first)


def register(path):
    """Two sheets of one layout; in the second a repeated heading, a blank and a signature are almost as many as the children."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet, rows in (("一班", 6), ("二班", 3)):
        page = book.create_sheet(sheet)
        page.append(["某校学生名册"])
        page.append(HEAD)
        for at in range(rows):
            page.append([at + 1, "王小明" if at else "", number(at + 10 * rows), "某小学", "三年级", "620722", ""])
        if sheet == "二班":
            page.append(HEAD)
            page.append([])
            page.append(["填表人：某某"])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture
def asked(monkeypatch):
    """How often the meaning of each sheet's headings was derived in this process."""
    counted = Counter()
    real = mapping.recognise

    def counting(names, contract, around):
        counted[contract.code, around.file, around.sheet] += 1
        return real(names, contract, around)

    monkeypatch.setattr(mapping, "recognise", counting)
    return counted


def county_in(root):
    """A county whose schools delivered."""
    root.mkdir()
    Workspace.create(root)
    register(root / "inbox" / PERIOD.label / "education" / "学籍.xlsx")
    return Session.at(root)


def received_by(county):
    return receive(county, Receipt(Branch(PERIOD.label, "education"), EDUCATION, False, Confirmed()))


@pytest.fixture(scope="module")
def received_once(tmp_path_factory):
    """Frames after receiving, and the raw rows."""
    county = county_in(tmp_path_factory.mktemp("received") / "county")
    raw = received_by(county)
    county.frames.write(RAW, PERIOD.label, raw)
    return county.frames.root, raw


@pytest.fixture
def received(received_once, tmp_path):
    """The same, to be changed."""
    root, raw = received_once
    return FrameStore(shutil.copytree(root, tmp_path / "frames")), raw


def standardised(county, raw):
    known = list(sheets(raw, kept_readings(county.frames, EDUCATION, PERIOD, raw)))
    branch = Branch(PERIOD.label, "education")
    return standardise_delivery(
        county, StandardisingRequest(branch, EDUCATION), raw, find_places(county.workspace, known)
    )


def marked(county, result, folder):
    for name, frame in (("quarantine_education", result.quarantine), ("child_files.records", result.accepted)):
        county.frames.write(name, PERIOD.label, frame)
    return mark(CopyOrder(county.frames.root, PERIOD.label, folder, {"education": EDUCATION}))


def fields(readings):
    return [[column.field for column in reading.mapping.columns] for reading in readings]


def test_the_stations_ask_once_for_a_sheet(asked, tmp_path, monkeypatch):
    # What must hold of the records asks no heading, and takes long to load.
    monkeypatch.setattr("assets.intake.department.validate", lambda *_: SuiteResult([], pd.DataFrame()))
    county = county_in(tmp_path / "county")
    raw = received_by(county)
    county.frames.write(RAW, PERIOD.label, raw)
    result = standardised(county, raw)
    assert marked(county, result, tmp_path / "copies") == 2  # those without a name
    assert asked == {("ED", "学籍.xlsx", "一班"): 1, ("ED", "学籍.xlsx", "二班"): 1}


def test_what_is_kept_is_what_was_understood_and_the_data_alone_tell_it(asked, received):
    frames, raw = received
    kept = kept_readings(frames, EDUCATION, PERIOD, raw)
    assert fields(kept)[0] == fields(kept)[1]
    assert fields(kept)[0][5] == "hukou_area_code"
    asked.clear()
    frames.path(KEPT, PERIOD.label).unlink()
    assert kept_readings(frames, EDUCATION, PERIOD, raw) == kept
    assert sum(asked.values()) == 2


def test_a_workspace_without_readings_derives_and_keeps_them(asked, received):
    frames, raw = received
    shutil.rmtree(frames.root / KEPT)
    asked.clear()
    for _ in range(3):
        kept_readings(frames, EDUCATION, PERIOD, raw)
    assert set(asked.values()) == {1}
    assert len(frames.read(KEPT, PERIOD.label)) == 2


def test_a_damaged_frame_of_readings_is_derived_anew(received):
    frames, raw = received
    kept = kept_readings(frames, EDUCATION, PERIOD, raw)
    frames.path(KEPT, PERIOD.label).write_bytes(b"PAR1")
    assert kept_readings(frames, EDUCATION, PERIOD, raw) == kept


def test_a_changed_alias_acts_and_another_day_asks_again(asked, received):
    frames, raw = received
    changed = EDUCATION.model_copy(update={"headings": {**EDUCATION.headings, "remark": ["户籍备注"]}})
    assert fields(kept_readings(frames, EDUCATION, PERIOD, raw))[0][6] == ""
    assert fields(kept_readings(frames, changed, PERIOD, raw))[0][6] == "remark"
    asked.clear()
    assert fields(kept_readings(frames, changed, PERIOD, raw))[0][6] == "remark"
    assert not asked
    frames.write(KEPT, "2027Q3", frames.read(KEPT, PERIOD.label))
    (later, *_) = kept_readings(frames, changed, Period.parse("2027Q3"), raw)
    assert later.around.as_of == date(2027, 9, 30)
    assert set(asked.values()) == {1}


def test_rules_of_another_number_are_stale(asked, received, monkeypatch):
    frames, raw = received
    asked.clear()
    monkeypatch.setattr("assets.intake.sheetreading.RULES", 0)
    kept_readings(frames, EDUCATION, PERIOD, raw)
    assert sum(asked.values()) == 2


def test_only_the_sheet_with_other_headings_is_asked_again(asked, received):
    frames, raw = received
    kept_readings(frames, EDUCATION, PERIOD, raw)
    other = raw.copy()
    other.loc[(other["kind"] == "heading") & (other["sheet"] == "二班"), "c003"] = "曾用名"
    asked.clear()
    together = kept_readings(frames, EDUCATION, PERIOD, other)
    assert asked == {("ED", "学籍.xlsx", "二班"): 1}
    assert {reading.around.sheet: reading.mapping.columns[3].field for reading in together} == {
        "一班": "school",
        "二班": "former_name",
    }


def test_empty_columns_of_a_wider_file_beside_it_are_no_other_headings(asked, received):
    frames, raw = received
    asked.clear()
    kept_readings(frames, EDUCATION, PERIOD, raw.assign(c007="", c008=""))
    assert not asked


def test_a_piece_under_the_headings_of_another_delivery_is_asked_again(asked, received):
    frames, raw = received
    asked.clear()
    kept_readings(frames, EDUCATION, PERIOD, raw.assign(delivery_id="D-other"))
    assert sum(asked.values()) == 2


def test_nothing_delivered_leaves_no_reading_behind(received):
    frames, _raw = received
    keep_readings(frames, EDUCATION, PERIOD, [])
    assert frames.read(KEPT, PERIOD.label).empty
    nothing = pd.DataFrame({name: pd.Series(dtype=object) for name in ("file", "sheet_no", "kind", "row")})
    assert kept_readings(frames, EDUCATION, PERIOD, nothing) == []


def test_readings_are_closed_to_others_as_raw_rows_are(received):
    frames, _raw = received
    modes = {frames.path(name, PERIOD.label).stat().st_mode & 0o777 for name in (RAW, KEPT)}
    assert len(modes) == 1


@pytest.mark.slow
def test_a_whole_run_asks_once_for_every_sheet_in_all_its_processes(tongbi_anew, tmp_path, monkeypatch):
    root, log = tmp_path / "county", tmp_path / "asked.tsv"
    root.mkdir()
    generate(root, 100, ("2026Q2",), 7)
    Workspace.create(root)
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCHED.format(path=str(log)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'watch'}{os.pathsep}{ROOT}")
    done = tongbi_anew("run", "--period", "2026Q2", "--workspace", root)
    assert done.returncode == 0, done.stderr
    times = Counter(log.read_text(encoding="utf-8").splitlines())
    assert set(times.values()) == {1}
    paths = [path for path in (root / "frames").glob("raw_*/2026Q2.parquet") if path.parent.suffix != ".readings"]
    raw = pd.concat(pd.read_parquet(path) for path in paths)
    named = raw.loc[raw["kind"] == "heading", ["file", "sheet"]].drop_duplicates()
    asked_of = {tuple(line.split("\t")[1:]) for line in times}
    assert len(named) > 9
    assert set(named.itertuples(index=False, name=None)) <= asked_of
    assert list((root / "outbox" / "2026Q2" / "问题数据").rglob("*.xlsx"))
