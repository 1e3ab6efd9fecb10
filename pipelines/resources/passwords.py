"""Passwords of outgoing workbooks, one per recipient, from `passwords.csv` in the workspace (rules/law.md#exports).

The file is the second channel: it is never copied, printed, logged or put on a command line. Not here: passwords of
delivered files that a person types (`keyring`).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.resources.reading.opening import read_within
from pipelines.resources.workspace import WorkspaceError

NAME = "passwords.csv"
DEFAULT = "其他"
HEADINGS = ("单位", "密码")
SHORTEST = 8
LARGEST = 1 << 20
"""Bytes of such a file; a county has some dozens of recipients."""


@dataclass(frozen=True)
class Passwords:
    """Recipient -> password; its texts never show in a representation."""

    by_recipient: dict[str, str] = field(default_factory=dict, repr=False)

    def of(self, recipient: str) -> str:
        """The recipient's own password, else the default one, else ""."""
        return self.by_recipient.get(recipient) or self.by_recipient.get(DEFAULT, "")

    @property
    def all(self) -> tuple[str, ...]:
        """Every password, for opening what comes back."""
        return tuple(dict.fromkeys(self.by_recipient.values()))

    def __bool__(self) -> bool:
        return bool(self.by_recipient)


def read_passwords(root: Path) -> Passwords:
    """The workspace's passwords; none when it has no such file.

    Raises:
        WorkspaceError: the file has not the two columns, or a password is too short; no password stands in the message.
    """
    path = root / NAME
    if not path.is_file():
        return Passwords()
    data = read_within(path, LARGEST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:  # a spreadsheet program on a Chinese machine saves GB 18030
        text = data.decode("gb18030", errors="replace")
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text)) if any(row)]
    if not rows or tuple(rows[0][:2]) != HEADINGS or any(len(row) < 2 for row in rows):
        raise WorkspaceError(
            f"{NAME} 写法有误：第一行写“单位,密码”，以下每行一个单位；单位写“{DEFAULT}”的为其余单位共用。"
        )
    by_recipient = {row[0]: row[1] for row in rows[1:]}
    short = [name for name, password in by_recipient.items() if len(password) < SHORTEST]
    if short:
        raise WorkspaceError(f"{NAME} 里{'、'.join(short)}的密码不足{SHORTEST}位：请改正后再运行。")
    return Passwords(by_recipient)
