"""A zip with the old encryption, which Python reads and does not write: the test's own writer of one.

Belongs here: those bytes. Does not belong here: what is expected of such a file.
"""

from __future__ import annotations

import zlib
from pathlib import Path


def locked(path: Path, content: bytes, password: bytes) -> Path:
    """A zip with the old encryption, which Python reads and does not write."""
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = table[(keys[0] ^ byte) & 0xFF] ^ (keys[0] >> 8)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = table[(keys[2] ^ (keys[1] >> 24)) & 0xFF] ^ (keys[2] >> 8)

    def encrypt(plain: bytes) -> bytes:
        secret = bytearray()
        for byte in plain:
            part = keys[2] | 2
            secret.append(byte ^ ((part * (part ^ 1)) >> 8) & 0xFF)
            update(byte)
        return bytes(secret)

    for byte in password:
        update(byte)
    check = zlib.crc32(content)
    secret = encrypt(b"x" * 11 + bytes([check >> 24]) + content)
    facts = (
        (1).to_bytes(2, "little"),
        check.to_bytes(4, "little"),
        len(secret).to_bytes(4, "little"),
        len(content).to_bytes(4, "little"),
    )
    name = b"a.csv"
    common = facts[0] + b"\0\0" + b"\0\0\0\0" + facts[1] + facts[2] + facts[3] + len(name).to_bytes(2, "little")
    local = b"PK\x03\x04" + b"\x14\0" + common + b"\0\0" + name + secret
    central = (
        b"PK\x01\x02" + b"\x14\0\x14\0" + common + b"\0\0" + b"\0\0" + b"\0\0" + b"\0\0" + b"\0" * 4 + b"\0" * 4 + name
    )
    end = (
        b"PK\x05\x06"
        + b"\0" * 4
        + b"\x01\0\x01\0"
        + len(central).to_bytes(4, "little")
        + len(local).to_bytes(4, "little")
        + b"\0\0"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(local + central + end)
    return path
