"""The process that parses: started by `workers.py`, with limits on memory and time, and thrown away after one file; only
after a small plain text it waits for the next order.

It reads its order (a line of JSON) from standard input, so that a password never stands on a command line, and answers on
standard output. It prints nothing else: an exception's text could quote a cell.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.resources.reading.bounds import ParserBounds, check_size
from pipelines.resources.reading.opening import read_within
from pipelines.resources.reading.refusals import refusal, too_big
from pipelines.resources.reading.shapes import Parsed, Refusal
from pipelines.resources.reading.sniff import family


@dataclass(frozen=True)
class ReadOrder:
    """What the parent asks for; `careful` is said the second time, when the process died the first time.

    `archive`: the file may be a zip of files; asked for is the list of its members, or, from 0 on, the content of one `member`.
    """

    path: str
    limits: dict[str, float]
    password: str | None = None
    heading_words: tuple[str, ...] = ()
    null_words: tuple[str, ...] = ()
    careful: bool = False
    archive: bool = False
    member: int = -1

    @property
    def bounds(self) -> ParserBounds:
        """The limits."""
        return ParserBounds(**self.limits)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ChildAnswer:
    """The bytes for the parent (the file, or why it is refused), and whether this process may read another file."""

    content: bytes
    stays: bool = False


def parse(order: ReadOrder, data: bytes) -> Parsed:
    """Reads one file.

    Raises:
        Refusal: For every reason the file itself gives.
        MemoryError: It needs more than the process may have.
    """
    # A parser is imported only when its format is there: starting costs more than reading a small file.
    bounds, kind = order.bounds, family(data[:4096])
    if kind == "text":
        from pipelines.resources.reading.decode import decode
        from pipelines.resources.reading.delimited import parse_delimited

        decoded = decode(data, order.heading_words)
        parsed = parse_delimited(decoded.text, bounds, order.null_words)
        parsed.encoding, parsed.notices = decoded.encoding, decoded.notices + parsed.notices
        return parsed
    if kind == "ole" and order.password:
        from pipelines.resources.reading.locked import unlock

        data, kind = unlock(data, order.password)

    if kind == "zip":
        parsed = _parse_zip(data, order)
    elif kind == "ole":
        from pipelines.resources.reading.xls import parse_xls

        parsed = parse_xls(data, bounds)
    else:
        from pipelines.resources.reading.markup import parse_markup

        parsed = parse_markup(data, bounds, order.heading_words)

    for sheet in parsed.sheets:
        sheet.trim()
        check_size(sheet.height, len(sheet.columns), bounds)
    rows = sum(sheet.height for sheet in parsed.sheets)
    if rows > bounds.rows:
        raise too_big("各表行数合计", f"{rows}行", f"{bounds.rows}行")
    return parsed


def _parse_zip(data: bytes, order: ReadOrder) -> Parsed:
    import io
    import zipfile
    import zlib

    from pipelines.resources.reading.sniff import zip_container
    from pipelines.resources.reading.zip_guard import check_sizes

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_sizes(archive, order.bounds)
            if zip_container(archive) == "ods":
                from pipelines.resources.reading.ods import parse_ods

                return parse_ods(archive, order.bounds)
            from pipelines.resources.reading.xlsx import parse_xlsx

            return parse_xlsx(data, archive, order.bounds, order.careful)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        # The list of contents stands at the very end of a zip file; without it the end is missing.
        is_cut = b"PK\x05\x06" not in data[-66_000:]
        raise refusal("truncated" if is_cut else "damaged_file") from None


def limit_process(bounds: ParserBounds) -> None:
    """Sets the limits of this process for the next file, where the system has them (Windows does not: there the parent's
    clock is the only one).
    """
    with suppress(ImportError):
        import resource

        # The system counts the processor time of the whole process, which may have read other files before this one.
        used = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_AS, bounds.memory_bytes)
        _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + bounds.seconds) + 1)
        _lower(resource.RLIMIT_CORE, 0)  # an image of the memory would hold what was read


def _lower(limit: int, value: int) -> None:
    """Sets what holds now; what may be set at most stays, for the next order may be another."""
    import resource

    most = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def answer(order: ReadOrder) -> ChildAnswer:
    """What comes of one file."""
    from pipelines.resources.reading.wire import pack, pack_refusal

    try:
        data = read_within(Path(order.path), order.bounds.file_bytes)
        if order.archive:
            from pipelines.resources.reading.archive import unpacked

            return ChildAnswer(unpacked(data, order.bounds, order.member, order.password))
        stays = len(data) <= order.bounds.kept_bytes and family(data[:4096]) == "text"
        return ChildAnswer(pack(parse(order, data)), stays)
    except Refusal as error:
        return ChildAnswer(pack_refusal(error))
    except (MemoryError, ImportError):
        # With hardly any memory left it is the loading of a library that fails.
        return ChildAnswer(pack_refusal(refusal("memory")))
    except OSError:
        return ChildAnswer(pack_refusal(refusal("missing")))
    except Exception:
        # Whatever a parser trips over in a broken file: the clerk needs the next step, and its text may quote the file.
        return ChildAnswer(pack_refusal(refusal("damaged_file")))


def main() -> None:
    """Entry of the process: an order, an answer, and so on while the files leave nothing behind."""
    from pipelines.resources.reading.wire import framed

    gc.disable()  # millions of short-lived cells, no cycles among them
    stays = True
    while stays and (line := sys.stdin.buffer.readline()):
        order = ReadOrder(**json.loads(line))
        limit_process(order.bounds)
        done = answer(order)
        stays = done.stays
        for part in framed(done.content, stays):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        del done
    os._exit(0)  # nothing is left to tidy up, and freeing millions of strings one by one takes half a second


if __name__ == "__main__":
    main()
