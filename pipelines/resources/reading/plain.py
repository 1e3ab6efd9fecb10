"""Files of plain text (CSV, TSV), inside the child process: decoded, then split. Encodings and delimiters have modules of
their own.
"""

from collections.abc import Collection

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.decode import decode
from pipelines.resources.reading.delimited import parse_delimited
from pipelines.resources.reading.shapes import Parsed


def parse_plain(
    data: bytes, bounds: ParserBounds, heading_words: Collection[str] = (), null_words: Collection[str] = ()
) -> Parsed:
    """Reads delimited text.

    Raises:
        Refusal: Undecodable, broken off, or larger than the limits allow.
    """
    decoded = decode(data, heading_words)
    parsed = parse_delimited(decoded.text, bounds, null_words)
    parsed.encoding, parsed.notices = decoded.encoding, decoded.notices + parsed.notices
    return parsed
