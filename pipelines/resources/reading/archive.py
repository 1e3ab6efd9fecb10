"""Zips of files (rules/bad-inputs.md#input-7): which files are inside, and the bytes of one of them, as the reading process gives them.

Belongs here: telling a zip of files from a workbook, the limits, the names inside, both sides of the question. Does not belong here:
where the bytes are kept (`store`), what lies in the inbox (`inbox`). No name from inside ever becomes a path.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.opening import open_regular
from pipelines.resources.reading.refusals import bomb, refusal, too_big
from pipelines.resources.reading.shapes import Refusal
from pipelines.resources.reading.wire import pack_refusal

if TYPE_CHECKING:
    from pipelines.resources.reading.limits import Limits

_MEGABYTE = 1 << 20
_UTF8_NAME, _LOCKED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_AES = 99
# What the first entry of a workbook or document is called, whichever program wrote it.
_OFFICE = (
    b"[content_types].xml",
    b"_rels/",
    b"xl/",
    b"word/",
    b"ppt/",
    b"docprops/",
    b"mimetype",
    b"customxml/",
)
_HEADER = 30


@dataclass(frozen=True)
class Member:
    """One file in a zip: its place in the list, its name with `/` between folders, its size in bytes; `link`: it only points to another file."""

    index: int
    name: str
    size: int
    link: bool = False


def may_be_archive(path: Path) -> bool:
    """Whether a file may be a zip of files, by the first entry's name: a workbook begins with parts that have names of their own."""
    with suppress(OSError, Refusal), open_regular(path) as stream:
        head = stream.read(_HEADER + 64)
        if head.startswith(b"PK\x05\x06"):
            return True
        return head.startswith(b"PK\x03\x04") and not head[_HEADER:].lower().startswith(_OFFICE)
    return False


def members_of(path: Path, limits: Limits, password: str | None = None) -> list[Member] | None:
    """The files inside a zip, without folders; None when it is a workbook or a document after all.

    Raises:
        Refusal: it is damaged, locked, or passes a limit.
    """
    head = json.loads(_asked(path, limits, -1, password))
    return None if head["members"] is None else [Member(**entry) for entry in head["members"]]


def content_of(path: Path, member: Member, limits: Limits, password: str | None = None) -> bytes:
    """The unpacked bytes of one file inside.

    Raises:
        Refusal: it is damaged, or larger than the list said.
    """
    return _asked(path, limits, member.index, password)


def _asked(path: Path, limits: Limits, member: int, password: str | None) -> bytes:
    from pipelines.resources.reading.workers import DiedError, ask

    order = {"path": str(path.resolve()), "limits": limits.model_dump(), "password": password, "archive": True}
    try:
        answer = ask(order | {"member": member}, limits.seconds)
    except DiedError as died:
        raise refusal("time" if died.late else "memory") from None
    line, _, content = answer.partition(b"\n")
    head = json.loads(line)
    if "refusal" in head:
        raise Refusal(*head["refusal"])
    return content if member >= 0 else line


def unpacked(data: bytes, bounds: ParserBounds, member: int, password: str | None) -> bytes:
    """The answer of the reading process: the list (`member` -1), or one member's bytes behind a line of JSON."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if member < 0:
                return json.dumps({"members": _listed(archive, bounds, password)}).encode() + b"\n"
            return b"{}\n" + _content(archive, archive.infolist()[member], bounds, password)
    except Refusal as error:
        return pack_refusal(error)
    except NotImplementedError:
        return pack_refusal(refusal("damaged_file"))
    except (zipfile.BadZipFile, zlib.error, EOFError, IndexError):
        is_cut = b"PK\x05\x06" not in data[-66_000:]
        return pack_refusal(refusal("truncated" if is_cut else "damaged_file"))


def _listed(archive: zipfile.ZipFile, bounds: ParserBounds, password: str | None) -> list[dict[str, object]] | None:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    names = {part.filename.lower() for part in parts}
    if "[content_types].xml" in names or "mimetype" in names:
        return None
    if not parts:
        raise refusal("zip_empty")
    if len(parts) > bounds.members:
        raise too_big("压缩包里的文件数", f"{len(parts)}个", f"{bounds.members}个")
    _check_sizes(parts, bounds)
    members = [Member(at, _name(part), part.file_size, _is_link(part)) for at, part in _placed(archive)]
    if any(_leads_out(member.name) for member in members):
        raise refusal("zip_path")
    _check_lock(archive, parts, password)
    return [asdict(member) for member in members]


def _placed(archive: zipfile.ZipFile) -> Iterator[tuple[int, zipfile.ZipInfo]]:
    return ((at, part) for at, part in enumerate(archive.infolist()) if not part.is_dir())


def _check_sizes(parts: list[zipfile.ZipInfo], bounds: ParserBounds) -> None:
    size = sum(part.file_size for part in parts)
    if size > bounds.unpacked_bytes:
        raise too_big("压缩包解压后的大小", f"{size // _MEGABYTE}MB", f"{bounds.unpacked_bytes // _MEGABYTE}MB")
    largest = max(part.file_size for part in parts)
    if largest > bounds.file_bytes:
        raise too_big("压缩包里一个文件的大小", f"{largest // _MEGABYTE}MB", f"{bounds.file_bytes // _MEGABYTE}MB")
    for part in parts:
        # Each by itself, too: one that unpacks a thousandfold hides behind photographs that do not.
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > bounds.ratio_floor_bytes and ratio > bounds.ratio:
            raise bomb(ratio, bounds.ratio)


def _check_lock(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], password: str | None) -> None:
    locked = [part for part in parts if part.flag_bits & _LOCKED]
    if any(part.compress_type == _AES for part in locked):
        raise refusal("zip_locked")
    if not locked:
        return
    if password is None:
        raise refusal("zip_password")
    try:
        # One byte tells a wrong password in all but one of 256 cases, and the check sum when all of it is read.
        with _opened(archive, locked[0], password) as stream:
            stream.read(1)
    except RuntimeError:
        raise refusal("wrong_password") from None


def _opened(archive: zipfile.ZipFile, part: zipfile.ZipInfo, password: str | None) -> zipfile.ZipExtFile:
    stream = archive.open(part, pwd=password.encode("utf-8") if password and part.flag_bits & _LOCKED else None)
    assert isinstance(stream, zipfile.ZipExtFile)
    return stream


def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo, bounds: ParserBounds, password: str | None) -> bytes:
    """No more than the list promised: what a part says of its size is not believed."""
    try:
        with _opened(archive, part, password) as stream:
            data = stream.read(min(part.file_size, bounds.file_bytes) + 1)
    except RuntimeError:
        raise refusal("wrong_password" if password else "zip_password") from None
    if len(data) > part.file_size:
        raise refusal("damaged_file")
    return data


def _name(part: zipfile.ZipInfo) -> str:
    """The name as it was meant: marked as UTF-8, stated again in the extra field, else UTF-8 or GB18030 without a word about it."""
    if part.flag_bits & _UTF8_NAME:
        return _slashed(part.filename)
    if stated := _unicode_path(part.extra):
        return _slashed(stated)
    try:
        raw = part.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return _slashed(part.filename)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return _slashed(raw.decode(encoding))
    return _slashed(part.filename)


def _unicode_path(extra: bytes) -> str:
    """The name that Info-ZIP's field of the header repeats in UTF-8, behind a version and a check sum."""
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if kind == _UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return ""


def _slashed(name: str) -> str:
    # Windows programs write their own separator.
    return name.replace("\\", "/").replace("\0", "")


def _leads_out(name: str) -> bool:
    return name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts


def _is_link(part: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(part.external_attr >> 16)
