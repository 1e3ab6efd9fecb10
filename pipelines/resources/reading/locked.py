"""Files with an opening password (rules/bad-inputs.md#input-3): the bytes inside, in memory only. The password is never written anywhere."""

import io

import msoffcrypto  # type: ignore[import-untyped]
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError  # type: ignore[import-untyped]

from pipelines.resources.reading.refusals import refusal
from pipelines.resources.reading.sniff import family


def unlock(data: bytes, password: str) -> tuple[bytes, str]:
    """Decrypts an Office file; one that is not locked comes back as it is.

    Returns:
        The bytes and their family (`sniff.family`).

    Raises:
        Refusal: The password is wrong, or the lock is of a kind that cannot be opened.
    """
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not file.is_encrypted():
            return data, "ole"
        inside = io.BytesIO()
        file.load_key(password=password)
        file.decrypt(inside)
    except (InvalidKeyError, DecryptionError):
        raise refusal("wrong_password") from None
    except (FileFormatError, OSError):
        raise refusal("truncated") from None
    content = inside.getvalue()
    return content, family(content[:4096])
