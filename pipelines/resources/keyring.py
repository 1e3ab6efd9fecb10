"""Opening passwords of delivered files, in this process's memory only (rules/bad-inputs.md#input-3): never on a command line, in a log or on disk.

Belongs here: remembering what a person typed until the process ends. Not here: asking (the command line), opening (`reading`).
"""

from __future__ import annotations

_known: dict[str, str] = {}


def remember(sha256: str, password: str) -> None:
    """Keep the password of the file with this fingerprint."""
    _known[sha256] = password


def password_of(sha256: str) -> str | None:
    """The password of the file with this fingerprint, None when nobody typed one."""
    return _known.get(sha256)


def forget() -> None:
    """Forget all of them."""
    _known.clear()
