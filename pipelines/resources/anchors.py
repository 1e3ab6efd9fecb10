"""What of the audit chain lies outside the workspace: its key, and the anchor that says how far the chain was when it was last seen.

Belongs here: where they lie, reading and writing them. Does not belong here: what a chain is (`audit`), comparing (`chain`). Whoever can write the
workspace must not be able to choose another key unseen: the anchor in the person's own configuration is asked whatever `tongbi.toml` says, and it
knows the key by its fingerprint.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.resources.files import write_text

FOLDER_VARIABLE = "TONGBI_KEYS"
KEY_BYTES = 32
_OWNER_ONLY, _OWNER_FOLDER = 0o600, 0o700


class KeyFileError(Exception):
    """The key is missing, is no key, or cannot be kept; the text is a Chinese sentence with what to do."""


@dataclass(frozen=True)
class ChainKey:
    """A secret and the words by which it is known without telling it."""

    secret: bytes
    path: Path

    @property
    def fingerprint(self) -> str:
        """Sixteen digits that name the key and do not give it away."""
        return hmac.digest(self.secret, b"tongbi audit key", "sha256").hex()[:16]


@dataclass(frozen=True)
class Anchor:
    """How far a chain was when it was last seen at a place: number and hash of its last line, and of the views' last line."""

    chain: str
    key: str
    place: str
    number: int = 0
    hash: str = ""
    at: str = ""
    views: int = 0
    views_hash: str = ""


@dataclass(frozen=True)
class KeyPlaces:
    """Where keys and anchors lie for one workspace.

    Attributes:
        root: the workspace.
        keys: folder of the key, as the environment or `tongbi.toml` says.
        own: folder of the person's own configuration, which no file of the workspace can move.
    """

    root: Path
    keys: Path
    own: Path

    @classmethod
    def of(cls, root: Path, stated: str = "") -> KeyPlaces:
        """The places of a workspace.

        Raises:
            KeyFileError: the key would lie in the workspace, where it protects nothing.
        """
        own = own_folder()
        keys = own if os.environ.get(FOLDER_VARIABLE) or not stated else root / Path(stated).expanduser()
        places = cls(root.resolve(), keys.resolve(), own.resolve())
        for folder in (places.keys, places.own):
            if folder == places.root or places.root in folder.parents:
                raise KeyFileError(
                    f"审计密钥的文件夹 {folder} 在工作区里面，这样起不到保护作用：请在 tongbi.toml 的 keys "
                    f"或环境变量 {FOLDER_VARIABLE} 里写工作区以外的文件夹。"
                )
        return places

    def key_path(self, chain: str) -> Path:
        """The key's file."""
        return self.keys / f"{chain}.key"

    def read_key(self, chain: str) -> ChainKey:
        """The chain's key.

        Raises:
            KeyFileError: it is not there, cannot be read, or is no key.
        """
        path = self.key_path(chain)
        try:
            secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as fault:
            reason = "找不到" if isinstance(fault, FileNotFoundError) else "读不出来"
            raise KeyFileError(lost_sentence(path, reason)) from None
        if len(secret) != KEY_BYTES:
            raise KeyFileError(lost_sentence(path, "不完整"))
        return ChainKey(secret, path)

    def make_key(self, chain: str) -> ChainKey:
        """A new key, readable by its owner only; a key that is there is never overwritten.

        Raises:
            KeyFileError: the folder cannot be written.
        """
        key = ChainKey(secrets.token_bytes(KEY_BYTES), self.key_path(chain))
        try:
            self.keys.mkdir(parents=True, exist_ok=True, mode=_OWNER_FOLDER)
            # Its mode is given when it is made: closed a moment later, it could have been read meanwhile.
            number = os.open(key.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            with os.fdopen(number, "w", encoding="ascii") as file:
                file.write(key.secret.hex())
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            raise KeyFileError(
                f"审计密钥写不进 {self.keys}（{fault.strerror or type(fault).__name__}），没有开始：请让当前用户能写这个文件夹，"
                f"或在环境变量 {FOLDER_VARIABLE}、tongbi.toml 的 keys 里写另一个工作区以外的文件夹。"
            ) from None
        return key

    def anchors(self, chain: str = "") -> list[Anchor]:
        """The anchors of this workspace's place, of one chain or of any, beside the key and in the person's own folder."""
        name = f"{_place_name(self.root)}.anchor"
        folders = dict.fromkeys((self.own, self.keys))
        # Without a chain's id all that were ever begun at this place: a workspace may have been removed and another put there.
        paths = [folder / f"{chain}-{name}" for folder in folders] if chain else []
        paths = paths or [path for folder in folders for path in sorted(folder.glob(f"*-{name}"))]
        read = [_read_anchor(path) for path in paths]
        return [anchor for anchor in read if anchor is not None and anchor.place == str(self.root)]

    def elsewhere(self, chain: str) -> list[Anchor]:
        """The anchors of the same chain at other places: copies of the workspace, or where it was before."""
        paths = [path for folder in dict.fromkeys((self.own, self.keys)) for path in folder.glob(f"{chain}-*.anchor")]
        read = [_read_anchor(path) for path in paths]
        return [anchor for anchor in read if anchor is not None and anchor.place != str(self.root)]

    def write_anchor(self, anchor: Anchor) -> None:
        """Keep an anchor beside the key and in the person's own folder; one of the two is enough.

        Raises:
            KeyFileError: it could be written nowhere.
        """
        folders, reasons = dict.fromkeys((self.own, self.keys)), []
        for folder in folders:
            path = folder / f"{anchor.chain}-{_place_name(self.root)}.anchor"
            try:
                write_text(path, json.dumps(asdict(anchor), ensure_ascii=False, sort_keys=True))
                path.chmod(_OWNER_ONLY)
            except OSError as fault:
                reasons.append(f"{folder}：{fault.strerror or type(fault).__name__}")
        if len(reasons) == len(folders):
            raise KeyFileError(
                f"审计链的位置记不下来（{'；'.join(reasons)}）：请让当前用户能写这个文件夹，然后重新运行。"
            )

    def drop_anchor(self, anchor: Anchor) -> None:
        """Remove an anchor of this place."""
        for folder in dict.fromkeys((self.own, self.keys)):
            (folder / f"{anchor.chain}-{_place_name(self.root)}.anchor").unlink(missing_ok=True)


def own_folder() -> Path:
    """The folder for keys of whoever works here: TONGBI_KEYS, else `tongbi` in the user's configuration."""
    stated = os.environ.get(FOLDER_VARIABLE)
    if stated:
        return Path(stated)
    base = os.environ.get("XDG_CONFIG_HOME") or (os.environ.get("APPDATA") if os.name == "nt" else "")
    return (Path(base) if base else Path.home() / ".config") / "tongbi"


def lost_sentence(path: Path, reason: str) -> str:
    """What to say when a key is gone (rules/bad-inputs.md#input-46)."""
    return (
        f"审计密钥 {path} {reason}，没有开始：没有密钥就不能核对、也不能续写审计记录。请从封存的副本放回这个文件"
        f"（或用环境变量 {FOLDER_VARIABLE} 指明它所在的文件夹）；确实丢失的，由负责人运行 "
        "tongbi audit accept --new-key --by 姓名 --reason 说明，另起一条审计链，此事永久留痕。"
    )


def _place_name(root: Path) -> str:
    return hashlib.sha256(str(root).encode()).hexdigest()[:16]


def _read_anchor(path: Path) -> Anchor | None:
    """An anchor's file; None when another program's file lies there, or it is damaged."""
    try:
        return Anchor(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
