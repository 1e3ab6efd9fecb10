"""Who on this machine may read what we write: the owner of the workspace alone, or a group of the system that the settings name.

Belongs here: the mask for new files, closing what an earlier version left open. Not here: opening passwords of what leaves
(`passwords`). Windows has no such modes: there the folder's own permissions decide, and nothing is done here.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

POSIX = os.name == "posix"
_OWNER_ONLY, _WITH_GROUP = 0o077, 0o027
_INBOX = "inbox"


class AccessError(Exception):
    """The group of the settings cannot be used; the text is a Chinese sentence."""


@dataclass(frozen=True)
class Readers:
    """Who may read besides the owner: a group by its number, or nobody."""

    group: int | None = None

    @property
    def mask(self) -> int:
        """What is taken from the mode of everything new."""
        return _OWNER_ONLY if self.group is None else _WITH_GROUP

    def folder_mode(self) -> int:
        """The mode of a folder; what is made in it belongs to the folder's group, not to the maker's first one."""
        return 0o700 if self.group is None else stat.S_ISGID | 0o750

    def file_mode(self, mode: int) -> int:
        """The mode of a file that has `mode`: the owner's part stays, a group may read what the owner may."""
        owner = mode & 0o700
        return owner if self.group is None else owner | (owner & 0o500) >> 3


def readers(group: str) -> Readers:
    """The readers that a group's name stands for; "" is nobody.

    Raises:
        AccessError: there is no such group, or we are not in it.
    """
    if not group or not POSIX:
        return Readers()
    import grp

    try:
        number = grp.getgrnam(group).gr_gid
    except KeyError:
        raise AccessError(
            f"tongbi.toml 里的 group 写的用户组“{group}”本机没有：请改正，或留空（只有本人可读）。"
        ) from None
    # Root may give files to any group; anybody else only to one of their own.
    if os.geteuid() and number not in {os.getegid(), *os.getgroups()}:
        raise AccessError(f"当前用户不在 tongbi.toml 里 group 写的用户组“{group}”中：请加入该组后重新登录，或留空。")
    return Readers(number)


def close_to_others(allowed: Readers | None = None) -> None:
    """Whatever this process and its children write from here on is for the owner, and for the group where there is one."""
    if POSIX:
        os.umask((allowed or Readers()).mask)


def tighten(root: Path, allowed: Readers) -> int:
    """Close everything in a workspace to others; links are not followed, what belongs to somebody else is left.

    Returns:
        How many files and folders others could read until now; without those that people put into the inbox, which come as
        open as they were elsewhere.
    """
    if not POSIX:
        return 0
    inbox = root / _INBOX
    closed = [root] if _close(root, allowed) else []
    for folder, folders, files in os.walk(root):  # does not go through links
        closed += [path for name in (*folders, *files) if _close(path := Path(folder, name), allowed)]
    return sum(1 for path in closed if path == inbox or inbox not in path.parents)


def _close(path: Path, allowed: Readers) -> bool:
    """Whether it was open to others and is no more."""
    try:
        state = path.lstat()
        mode = _mode_for(state, allowed)
        if mode is None or (stat.S_IMODE(state.st_mode) == mode and allowed.group in (None, state.st_gid)):
            return False
        # Through the opened file: between looking and changing, the name could be made to lead out of the workspace.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False

    try:
        state = os.fstat(number)
        mode = _mode_for(state, allowed)
        if mode is None:
            return False
        if allowed.group not in (None, state.st_gid):
            os.fchown(number, -1, allowed.group)  # before the mode: it takes the bit that hands the group on
        os.fchmod(number, mode)
    except OSError:  # somebody else's file
        return False
    finally:
        os.close(number)
    return bool(stat.S_IMODE(state.st_mode) & 0o777 & ~mode)


def _mode_for(state: os.stat_result, allowed: Readers) -> int | None:
    """The mode that a folder or a file should have; None for what is neither."""
    if stat.S_ISDIR(state.st_mode):
        return allowed.folder_mode()
    return allowed.file_mode(stat.S_IMODE(state.st_mode)) if stat.S_ISREG(state.st_mode) else None


def owner_only(path: Path) -> None:
    """Close one file to everybody else: what is written outside the workspace lies in folders that we do not know."""
    if POSIX:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
