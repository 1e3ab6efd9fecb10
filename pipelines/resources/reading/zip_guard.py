"""A zip file is looked at before any parser sees it: declared sizes, ratio, document type definitions. Cells are not our matter."""

import zipfile
from collections.abc import Iterator

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.refusals import bomb, refusal, too_big

_CHUNK = 1 << 22
_MEGABYTE = 1 << 20
_TABOO = (b"<!DOCTYPE", b"<!ENTITY")


def check_sizes(archive: zipfile.ZipFile, bounds: ParserBounds) -> None:
    """Refuses a file that unpacks to too much (rules/bad-inputs.md#input-7); nothing is unpacked for it."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > bounds.unpacked_bytes:
        raise too_big("文件解压后的大小", f"{unpacked // _MEGABYTE}MB", f"{bounds.unpacked_bytes // _MEGABYTE}MB")
    if unpacked > bounds.ratio_floor_bytes:
        ratio = unpacked / max(sum(part.compress_size for part in parts), 1)
        if ratio > bounds.ratio:
            raise bomb(ratio, bounds.ratio)
    if any(part.flag_bits & 1 for part in parts):
        raise refusal("password")


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked bytes of an XML part, piece by piece; refuses document type definitions on the way (rules/bad-inputs.md#input-8).

    Raises:
        Refusal: A definition stands in the part.
        zipfile.BadZipFile: The part is damaged.
    """
    tail = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            # The seam as well: a definition may begin in one piece and end in the next.
            check_markup(tail + chunk[:16], chunk)
            yield chunk
            tail = chunk[-16:]


def check_markup(*pieces: bytes) -> None:
    """Refuses markup with a document type definition; other than ASCII-like encodings, in which one could hide, too."""
    for piece in pieces:
        if b"<!" in piece and any(word in piece for word in _TABOO):
            raise refusal("entities")
        if b"\0" in piece[:64]:
            raise refusal("entities")


def check_parts(archive: zipfile.ZipFile, skip: set[str]) -> None:
    """Looks through every XML part not in `skip` (those are looked through when they are read)."""
    for name in archive.namelist():
        if name not in skip and name.lower().endswith((".xml", ".rels")):
            for _ in chunks(archive, name):
                pass
