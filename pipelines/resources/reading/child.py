"""The process that parses: started by `reader.py` for everything but plain text, with limits on memory and time, and
thrown away after.

It reads its order (JSON) from standard input, so that a password never stands on a command line, and answers on
standard output. It prints
nothing else: an exception's text could quote a cell.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.resources.reading.bounds import Bounds, check_size
from pipelines.resources.reading.refusals import refusal, too_big
from pipelines.resources.reading.shapes import Parsed, Refusal
from pipelines.resources.reading.sniff import family


@dataclass(frozen=True)
class Order:
    """What the parent asks for; `careful` is said the second time, when the process died the first time."""

    path: str
    limits: dict[str, float]
    password: str | None = None
    heading_words: tuple[str, ...] = ()
    careful: bool = False

    @property
    def bounds(self) -> Bounds:
        """The limits."""
        return Bounds(**self.limits)  # type: ignore[arg-type]


def parse(order: Order) -> Parsed:
    """Reads one file that is no plain text.

    Raises:
        Refusal: For every reason the file itself gives.
        MemoryError: It needs more than the process may have.
    """
    data, bounds = Path(order.path).read_bytes(), order.bounds
    kind = family(data[:4096])
    if kind == "ole" and order.password:
        from pipelines.resources.reading.locked import unlock

        data, kind = unlock(data, order.password)
    try:
        parsed = _parse(data, kind, order)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        raise refusal("truncated" if kind == "zip" and _is_cut_zip(data) else "damaged_file") from None
    for sheet in parsed.sheets:
        sheet.trim()
        check_size(sheet.height, len(sheet.columns), bounds)
    rows = sum(sheet.height for sheet in parsed.sheets)
    if rows > bounds.rows:
        raise too_big("各表行数合计", f"{rows}行", f"{bounds.rows}行")
    return parsed


def _parse(data: bytes, kind: str, order: Order) -> Parsed:
    """Imports a parser only when its format is there: starting costs more than reading a small file."""
    if kind == "zip":
        return _parse_zip(data, order)
    if kind == "ole":
        from pipelines.resources.reading.xls import parse_xls

        return parse_xls(data, order.bounds)
    from pipelines.resources.reading.markup import parse_markup

    return parse_markup(data, order.bounds, order.heading_words)


def _parse_zip(data: bytes, order: Order) -> Parsed:
    from pipelines.resources.reading.sniff import zip_container
    from pipelines.resources.reading.zip_guard import check_sizes

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_sizes(archive, order.bounds)
        if zip_container(archive) == "ods":
            from pipelines.resources.reading.ods import parse_ods

            return parse_ods(archive, order.bounds)
        from pipelines.resources.reading.xlsx import parse_xlsx

        return parse_xlsx(data, archive, order.bounds, order.careful)


def _is_cut_zip(data: bytes) -> bool:
    """The list of contents stands at the very end of a zip file; without it the end is missing."""
    return b"PK\x05\x06" not in data[-66_000:]


def limit_process(bounds: Bounds) -> None:
    """Sets the limits of this process where the system has them (Windows does not: there the parent's clock is the
    only one).
    """
    with suppress(ImportError):
        import resource

        seconds = int(bounds.seconds) + 1
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory_bytes, bounds.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(order: Order) -> bytes:
    """The bytes for the parent: the file, or why it is refused."""
    from pipelines.resources.reading.wire import pack, pack_refusal

    try:
        return pack(parse(order))
    except Refusal as error:
        return pack_refusal(error)
    except (MemoryError, ImportError):
        # With hardly any memory left it is the loading of a library that fails.
        return pack_refusal(refusal("memory"))
    except Exception:
        # Whatever a parser trips over in a broken file: the clerk needs the next step, and its text may quote the file.
        return pack_refusal(refusal("damaged_file"))


def main() -> None:
    """Entry of the process."""
    order = Order(**json.load(sys.stdin))
    limit_process(order.bounds)
    gc.disable()  # millions of short-lived cells, no cycles among them
    sys.stdout.buffer.write(answer(order))
    sys.stdout.flush()
    os._exit(0)  # nothing is left to tidy up, and freeing millions of strings one by one takes half a second


if __name__ == "__main__":
    main()
