"""Files that begin with `<`: decoded like text, then read as XML Spreadsheet or as a page with tables."""

from collections.abc import Collection

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.decode import decode
from pipelines.resources.reading.html_table import parse_html
from pipelines.resources.reading.refusals import refusal
from pipelines.resources.reading.shapes import Parsed
from pipelines.resources.reading.xml_spreadsheet import is_xml_spreadsheet, parse_xml_spreadsheet

_HEAD = 8192


def parse_markup(data: bytes, bounds: ParserBounds, heading_words: Collection[str]) -> Parsed:
    """Reads markup; the encoding it declares is not believed, exporters write `utf-8` over GBK (rules/files.md#ff1).

    Raises:
        Refusal: Undecodable, entities, no table, broken off, or too large.
    """
    decoded = decode(data, heading_words)
    text = decoded.text
    # Every page begins with `<!DOCTYPE html>`, so only XML is refused for one; an entity is refused anywhere (rules/bad-inputs.md#input-8).
    if "<!ENTITY" in text:
        raise refusal("entities")
    if is_xml_spreadsheet(text[:_HEAD]):
        if "<!DOCTYPE" in text[:_HEAD]:
            raise refusal("entities")
        parsed = parse_xml_spreadsheet(text, bounds)
    else:
        parsed = parse_html(text, bounds)
    parsed.encoding = decoded.encoding
    parsed.notices = decoded.notices + parsed.notices
    return parsed
