"""Opening passwords on everything that leaves: every workbook of a period's folder is locked for its recipient.

Belongs here: which password a file gets, and locking it whole or not at all. Not here: where passwords are kept
(`pipelines.resources.passwords`), what a workbook holds.
"""

from __future__ import annotations

import io
from pathlib import Path

from assets.protected import FOLDER
from pipelines.resources.files import replacing
from pipelines.resources.passwords import Passwords

# Folders whose files are named after the unit, and folders named after it.
_NAMED_FILES = ("乡镇", "部门", "校核纠错", "比对查询")
_NAMED_FOLDERS = (FOLDER,)


def lock_folder(folder: Path, passwords: Passwords) -> int:
    """Lock every workbook below a folder for which there is a password; returns how many."""
    if not passwords:
        return 0
    locked = 0
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".xlsx", ".docx") and path.is_file()):
        password = passwords.of(recipient_of(path.relative_to(folder)))
        if password:
            lock_file(path, password)
            locked += 1
    return locked


def recipient_of(path: Path) -> str:
    """Whom a file of the outbox is for: 乡镇/顺化镇_2026Q3_核查清单.xlsx -> 顺化镇; 问题数据/教育/… -> 教育; else nobody."""
    if len(path.parts) > 1 and path.parts[0] in _NAMED_FILES:
        return path.name.partition("_")[0]
    if len(path.parts) > 2 and path.parts[0] in _NAMED_FOLDERS:
        return path.parts[1]
    return path.parts[-2] if len(path.parts) > 1 else ""


def lock_file(path: Path, password: str) -> None:
    """Put an opening password on an Office file (ECMA-376 agile, AES-256)."""
    # Here and not above: its import takes a third of a second, and few places set passwords.
    from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]

    inside = OOXMLFile(io.BytesIO(path.read_bytes()))
    with replacing(path) as aside, aside.open("wb") as target:
        inside.encrypt(password, target)
