"""Bytes of a text file to text: BOM, then UTF-8, then GB18030, then the proof by heading words. Delimiters and fields are not our matter."""

import codecs
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from pipelines.resources.reading.cells import map_private
from pipelines.resources.reading.refusals import mixed_encoding, not_a_table, refusal
from pipelines.resources.reading.shapes import WARN, Notice, Refusal

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADING_LINES = 30
# A line of GBK that is by accident also Chinese UTF-8 is very rare, one that besides leaves GB 2312 when read as
# GBK rarer than any file is long.
_NOT_CHINESE = re.compile("[^\x00-\x7f\u3000-\u303f\u3400-\u9fff\uff00-\uffef\u2014-\u2026\u00b7]")
_TWO_HAN = re.compile("[\u3400-\u9fff].*?[\u3400-\u9fff]")


@dataclass
class Decoded:
    """Text, the encoding it was in, and what to say about it."""

    text: str
    encoding: str
    notices: list[Notice] = field(default_factory=list)


def decode(data: bytes, heading_words: Collection[str] = ()) -> Decoded:
    """Decodes a text file; lines end in `\\n` afterwards, private code points are mapped, NUL bytes are gone.

    Args:
        data: The whole file.
        heading_words: Words of which any heading has one; they tell Big5 from GB18030, which decodes Big5 bytes
            without complaint.

    Raises:
        Refusal: Mixed or unknown encodings (with the line numbers), a file cut inside a character, a file of
            bytes that are no text.
    """
    decoded = _by_mark(data) or _by_zeros(data) or _by_trial(data, heading_words)
    text = decoded.text
    if "\0" in text:
        count = text.count("\0")
        if count > 100 and count > len(text) // 10:
            raise not_a_table("binary")
        line = text.count("\n", 0, text.index("\0")) + 1
        message = f"文件中有{count}个空字节（NUL），首次出现在第{line}行，已去掉。"
        decoded.notices.append(Notice("nul", WARN, "", line, 0, message, "请核对该行；多半是导出程序的毛病。"))
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    decoded.text = map_private(text.removeprefix("\ufeff"))
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(name), "utf-8-sig" if name == "utf-8" else name)
            except UnicodeDecodeError as error:
                # A mark of UTF-8 before GB18030 lines happens when files are pasted together.
                raise _explain(data, error, name) from None
    return None


def _by_zeros(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: digits, delimiters and line ends have a zero in every second byte, always on the same side."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(data) % 2 or max(even, odd) < max(4, len(head) // 20) or min(even, odd) * 10 > max(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        return Decoded(data.decode(name), name)
    except UnicodeDecodeError:
        return None


def _by_trial(data: bytes, heading_words: Collection[str]) -> Decoded:
    # Strict decoders in this order and no detector: those guess short GB18030 with rare characters wrong (rules/packages.md#p4).
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if _is_cut(data, error) and not data[: error.start].isascii():
            raise refusal("truncated") from None
        failed = error
    big5 = _as_big5(data, heading_words)
    if big5:
        return big5
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _explain(data, error, "gb18030") from None
    # One line of UTF-8 in a GB18030 file decodes silently into nonsense; only a look at each line finds it.
    strange = [number for number, line in _lines(data) if _is_chinese_utf8(line)]
    if strange:
        raise _explain(data, failed, "gb18030")
    return Decoded(text, "gb18030")


def _as_big5(data: bytes, heading_words: Collection[str]) -> Decoded | None:
    """Big5, where the heading makes sense only so: GB18030 decodes its bytes without complaint, into nonsense."""
    head = b"\n".join(data.split(b"\n", _HEADING_LINES)[:_HEADING_LINES])
    if not heading_words or _has(head.decode("gb18030", "replace"), heading_words):
        return None
    if not _has(head.decode("big5hkscs", "replace"), heading_words):
        return None
    try:
        text = data.decode("big5hkscs")
    except UnicodeDecodeError:
        return None
    message = "文件是繁体编码（Big5），已按繁体读取。"
    return Decoded(text, "big5", [Notice("big5", WARN, "", 0, 0, message, "请核对姓名和地址中的字是否正确。")])


def _has(text: str, words: Collection[str]) -> bool:
    return any(word in text for word in words)


def _lines(data: bytes) -> list[tuple[int, bytes]]:
    return [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if not line.isascii()]


def _is_chinese_utf8(line: bytes) -> bool:
    text = _try(line, "utf-8")
    return bool(text and not _NOT_CHINESE.search(text) and _TWO_HAN.search(text) and not _try(line, "gb2312"))


def _is_cut(data: bytes, error: UnicodeDecodeError) -> bool:
    """Whether decoding failed only because the file ends inside a character."""
    return error.end >= len(data) - 3 and any(
        word in error.reason for word in ("unexpected end", "incomplete", "truncated")
    )


def _try(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _explain(data: bytes, error: UnicodeDecodeError, encoding: str) -> Refusal:
    """The refusal for undecodable data: cut at the end, no text at all, or lines in another encoding than most."""
    if _is_cut(error.object, error):
        return refusal("truncated")
    if error.encoding.startswith("utf-16"):
        return refusal("damaged_file")
    # The clerk needs the lines: of two encodings pasted together the rarer one is what somebody added.
    kinds: dict[str, list[int]] = {"utf-8": [], "gb18030": [], "neither": []}
    for number, line in _lines(data.removeprefix(codecs.BOM_UTF8)):
        kind = "utf-8" if _is_chinese_utf8(line) or (encoding == "utf-8" and _try(line, "utf-8")) else ""
        kinds[kind or ("gb18030" if _try(line, "gb18030") else "neither")].append(number)
    if len(kinds["neither"]) > len(kinds["utf-8"]) + len(kinds["gb18030"]):
        return not_a_table("binary")
    fewer = min(kinds["utf-8"], kinds["gb18030"], key=len)
    lines = sorted(fewer + kinds["neither"])
    return mixed_encoding(lines, len(lines))
