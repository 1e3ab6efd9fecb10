"""Runs the code of docs/library.md and puts what it printed below it: `python docs/make_library.py`.

Belongs here: running a document. Does not belong here: the document's words.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("library.md")
_BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<shown>.*?)```\n", re.DOTALL)


def outputs(page: str) -> list[tuple[str, str]]:
    """What the page shows below each piece of code, and what running it prints; all pieces share their names."""
    names: dict[str, object] = {}
    found = []
    for block in _BLOCK.finditer(page):
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            exec(compile(block["code"], str(PAGE), "exec"), names)
        found.append((block["shown"], heard.getvalue()))
    return found


def renewed(page: str) -> str:
    """The page with what its code prints."""
    printed = iter(outputs(page))
    return _BLOCK.sub(
        lambda block: block[0].replace(f"```text\n{block['shown']}```", f"```text\n{next(printed)[1]}```"), page
    )


def main() -> int:
    """Write the page."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
