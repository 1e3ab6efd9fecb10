"""What a file is, by its first bytes and its parts, never by its extension (rules/bad-inputs.md#input-4, #input-5). Nothing is parsed here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.resources.reading.refusals import not_a_table, refusal
from pipelines.resources.reading.shapes import WARN, Notice

if TYPE_CHECKING:
    import zipfile

_STRANGERS: list[tuple[bytes, str]] = [
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3", "database"),
    (b"\x00\x01\x00\x00Standard ", "database"),
    (b"MIME-Version:", "mhtml"),
]
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENDINGS: dict[str, set[str]] = {
    "xlsx": {".xlsx"},
    "xlsm": {".xlsm"},
    "xls": {".xls", ".et"},
    "ods": {".ods"},
    "csv": {".csv", ".txt"},
    "tsv": {".tsv", ".txt", ".csv"},
    "html": {".html", ".htm"},
    "xmlss": {".xml"},
}
_KNOWN_ENDINGS = {ending for endings in _ENDINGS.values() for ending in endings}
_NAMES = {
    "xlsx": "xlsx工作簿",
    "xlsm": "带宏的xlsm工作簿",
    "xls": "xls工作簿",
    "ods": "ods表格",
    "csv": "逗号等符号分隔的文本",
    "tsv": "制表符分隔的文本",
    "html": "网页表格",
    "xmlss": "XML表格",
}


def family(head: bytes) -> str:
    """`ole`, `zip`, `markup` or `text`, from the first bytes of the file (a few kilobytes are enough).

    Raises:
        Refusal: The file is empty, or of a kind that holds no table.
    """
    if not head:
        raise refusal("empty")
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(b"PK"):
        return "zip"
    for magic, kind in _STRANGERS:
        if head.startswith(magic):
            raise not_a_table(kind)
    # Without zeros and marks, so that a page in UTF-16 is one, too.
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return "markup" if re.match(rb"<[!?/a-zA-Z]", start) else "text"


def zip_container(archive: zipfile.ZipFile) -> str:
    """`xlsx`, `xlsm` or `ods`, from the parts of a zip file.

    Raises:
        Refusal: It is another kind of zip file.
    """
    # Programs write the names of parts in either case.
    names = {name.lower() for name in archive.namelist()}
    if "content.xml" in names and "mimetype" in names:
        kind = archive.read("mimetype")[:200]
        if b"spreadsheet" in kind:
            return "ods"
        raise not_a_table("word")
    if "xl/workbook.bin" in names:
        raise not_a_table("xlsb")
    if any(name.startswith("word/") for name in names):
        raise not_a_table("word")
    if any(name.startswith("ppt/") for name in names):
        raise not_a_table("slides")
    if "[content_types].xml" not in names:
        raise not_a_table("zip")
    return "xlsm" if any(name.endswith("vbaproject.bin") for name in names) else "xlsx"


def extension_notice(path: Path, container: str) -> list[Notice]:
    """A 提示 when the name promises another container than the content is."""
    ending = path.suffix.lower()
    if ending in _ENDINGS[container]:
        return []
    # A name such as 名册.张三 has no ending of a file.
    named = "没有后缀" if not ending else f"的后缀是“{ending}”" if ending in _KNOWN_ENDINGS else "的后缀不是表格的"
    text = f"文件名{named}，内容其实是{_NAMES[container]}，已按实际内容读取。"
    return [Notice("extension", WARN, "", 0, 0, text, "请核对数据是否齐全；建议导出单位改用xlsx。")]
