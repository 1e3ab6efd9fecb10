"""What would never end: too many columns, a pipe, a device, a file that grows; and the processes that read texts."""

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.resources.reading import Limits, Refusal, load_settings, read_file, workers
from pipelines.resources.reading.opening import pieces, read_within

Make = Callable[..., Path]
NAME = "张小明"


def limits(**changed: float) -> Limits:
    return load_settings().limits.model_copy(update=changed)


def refused(path: Path, limits: Limits | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_file(path, limits)
    assert re.search("[一-龥]", caught.value.message)
    assert caught.value.advice
    assert NAME not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_text_of_too_many_columns_is_refused(delimiter: str, quote: str, write_text: Make) -> None:
    rows = [[f"{quote}{text}{quote}" for text in ("姓名", "住址", *["列"] * 2998)], ["某", "村", *["x"] * 2998]]
    error = refused(write_text("\n".join(map(delimiter.join, rows)) + "\n"))
    assert error.code == "too_big"
    assert "3000列" in error.message


def test_a_quote_does_not_hide_columns(write_text: Make) -> None:
    inside = 'x"",' * 50_000  # longer than a field may be: the quotes are taken for characters
    assert refused(write_text(f'姓名,住址\n"{inside}",村\n某,村\n')).code == "too_big"


def test_empty_columns_at_the_right_are_no_columns(write_text: Make) -> None:
    """A spreadsheet saves a delimiter for every column that was ever formatted."""
    grid = read_file(write_text("\n".join(line + "," * 16_000 for line in ("姓名,住址", '某,"村,组"', "又,")))).grids[0]
    assert grid.cells.at[2, 1] == "村,组"
    assert grid.cells.shape[1] <= load_settings().limits.columns


def test_rows_and_cells_of_a_text_are_limited(write_text: Make) -> None:
    path = write_text("姓名,住址\n" + "某,村\n" * 500 + "某" + ",x" * 400 + "\n")
    assert "502行" in refused(path, limits(rows=501)).message
    assert "502行×401列" in refused(path, limits(cells=200_000)).message  # 1,403 fields, which filled up are 201,302


def test_time_and_memory_of_a_text_are_limited(write_text: Make) -> None:
    path = write_text("姓名,住址\n" + "某某,某村某组\n" * 800_000)
    assert refused(path, limits(memory_bytes=120 << 20)).code == "memory"
    assert refused(path, limits(seconds=0.05)).code == "time"


@pytest.mark.parametrize("page", ["<td rowspan=1000 colspan=1000>x</td>" * 50, "<td>x</td>" * 3000])
def test_spans_of_a_page_do_not_multiply(page: str, write_text: Make) -> None:
    assert refused(write_text(f"<table>{f'<tr>{page}</tr>' * 200}</table>", name="a.html")).code == "too_big"


@pytest.mark.parametrize("tag", ["div", "b", "table"])
def test_deep_pages_end_in_a_sentence(tag: str, write_text: Make) -> None:
    depth = 50_000
    cell = f"{f'<{tag}>' * depth}{NAME}{f'</{tag}>' * depth}"
    text = f"<html><table><tr><td>姓名</td></tr><tr><td>{cell}</td></tr></table></html>"
    assert refused(write_text(text, "utf-8", "a.html")).code in ("damaged_file", "empty", "no_rows", "not_a_table")


def test_a_page_that_defines_entities_is_refused(write_text: Make) -> None:
    laughs = "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    text = f'<!DOCTYPE html [<!ENTITY a "哈">{laughs}]><table><tr><td>姓名</td></tr><tr><td>&j;</td></tr></table>'
    assert refused(write_text(text, "utf-8", "a.html")).code == "entities"


def test_a_line_of_a_million_characters_is_read(write_text: Make) -> None:
    cells = read_file(write_text("姓名,住址\n" + "村" * 1_000_000 + ",x\n某,村\n")).grids[0].cells
    assert (cells.shape, len(str(cells.iat[1, 0]))) == ((3, 2), 1_000_000)


@pytest.fixture(params=["pipe", "device", "socket", "folder", "link to a pipe"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "名册.csv"
    if os.name == "nt" and request.param != "folder":
        pytest.skip("there is no such thing")
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "device":
        return Path("/dev/zero")
    elif request.param == "socket":
        short = Path(os.path.relpath(path))  # an address may have hardly more than a hundred bytes
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(short) if len(str(short)) < len(str(path)) else str(path))
    elif request.param == "folder":
        path.mkdir()
    else:
        os.mkfifo(tmp_path / "p")
        path.symlink_to(tmp_path / "p")
    return path


def test_only_files_are_opened(no_file: Path) -> None:
    assert refused(no_file).code == "not_a_file"
    with pytest.raises(Refusal):
        read_within(no_file, 10)
    with pytest.raises(Refusal):
        list(pieces(no_file))


def test_a_link_to_a_file_is_read_as_the_file(write_text: Make, tmp_path: Path) -> None:
    (tmp_path / "链接.csv").symlink_to(write_text("姓名,住址\n某,村\n"))
    assert read_file(tmp_path / "链接.csv").grids[0].cells.shape == (2, 2)


def test_a_file_that_grows_while_it_is_read_comes_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * (3 << 20))
    read = 0
    for piece in pieces(path):
        read += len(piece)
        with path.open("ab") as more:
            more.write(piece)
    assert read == 3 << 20


def test_no_more_is_read_than_a_file_may_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 11)
    assert read_within(path, 11) == b"x" * 11
    with pytest.raises(Refusal) as caught:
        read_within(path, 10)
    assert caught.value.code == "too_big"


def test_texts_share_a_process_and_workbooks_do_not(write_text: Make, write_xlsx: Make) -> None:
    workers.end_idle()
    path = write_text("姓名,住址\n某,村\n")
    read_file(path)
    (first,) = workers._idle
    read_file(path)
    assert workers._idle == [first]
    read_file(write_xlsx([["姓名"], ["某"]]))
    assert not workers._idle, "what has read a workbook reads nothing else"


def test_a_process_that_died_while_it_waited_is_replaced(write_text: Make) -> None:
    path = write_text("姓名,住址\n某,村\n")
    read_file(path)
    (waiting,) = workers._idle
    waiting._process.kill()
    waiting._process.wait()
    assert read_file(path).grids[0].cells.shape == (2, 2)
