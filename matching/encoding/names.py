"""Names as the linkage sees them, once per distinct name: the set that is compared, spellings of one name, and the sounds that
blocking keys are made of.

Belongs here: codes for blocking and equality. Does not belong here: what is known about names (`names.tables`), or judging
two names (`names.levels`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.names.levels import NameSet, name_set
from matching.names.long import spoken
from matching.names.tables import first_reading, fold_all, fuzzy_sound
from matching.shapes import NameTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.arrays import Codes, Hashes

# An odd number near 2**64 divided by the golden ratio: multiplying by it spreads neighbouring syllable codes over all 64 bits.
_ODD = np.uint64(0x9E3779B97F4A7C15)


def encode_names(texts: Sequence[str]) -> NameTable:
    """Code distinct names; `texts[0]` must be `""`, the missing name."""
    names = name_set(texts)
    code = pd.factorize(np.array(fold_all(texts), dtype=object))[0]
    first = np.full(len(texts), len(texts), dtype=np.int64)
    np.minimum.at(first, code, np.arange(len(texts)))
    whole, given, surname = _sounds(names)
    return NameTable(names, first[code].astype(np.int32), _compact(whole), _compact(given), _compact(surname))


def _sounds(names: NameSet) -> tuple[Hashes, ...]:
    """Whole name, given name and surname as sounds; a name of two characters may be one without surname."""
    codes = names.codes
    short = np.flatnonzero(names.place >= 0)
    heard = codes.sound[codes.heard].astype(np.uint64)
    wild = ~names.sure[short]
    packed = _pack(heard)
    reach = np.arange(heard.shape[1])[None, :] + codes.surname[:, None]
    rest = np.where(
        reach < heard.shape[1], np.take_along_axis(heard, np.minimum(reach, heard.shape[1] - 1), axis=1), np.uint64(0)
    )
    size = codes.length - codes.surname
    named = np.where(size >= 2, _pack(rest), np.where(codes.length == 2, packed, np.uint64(0)))
    whole, given, surname = (np.zeros(len(names.texts), dtype=np.uint64) for _ in range(3))
    # A lost character has no sound and would not count: 张?明 would sound like 张明.
    whole[short] = np.where(wild, np.uint64(0), packed)
    given[short] = np.where(wild, np.uint64(0), named)
    surname[short] = heard[:, 0] * _ODD
    for row in np.flatnonzero((names.place < 0) & ~names.empty).tolist():
        whole[row] = np.uint64(hash_text(spoken(names.texts[row])))
        surname[row] = np.uint64(hash_text(fuzzy_sound(first_reading(names.texts[row][0]))))
    return whole, given, surname


def hash_text(text: str) -> int:
    """A 64-bit code of a text, the same in every process (FNV-1a)."""
    # Not Python's own hash: that one is salted in each process, and the same delivery must give the same keys tomorrow.
    code = 0xCBF29CE484222325
    for byte in text.encode():
        code = (code ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return code


def _pack(sounds: Hashes) -> Hashes:
    """One code per row of syllables, read from the left; the zeros behind the end do not count."""
    out = np.zeros(len(sounds), dtype=np.uint64)
    with np.errstate(over="ignore"):  # running over is how the hash mixes
        for place in range(sounds.shape[1]):
            here = sounds[:, place]
            out = np.where(here > 0, (out * np.uint64(4096) + here) * _ODD, out)
    return out


def _compact(values: Hashes) -> Codes:
    """Consecutive codes from 1, 0 stays 0."""
    distinct, back = np.unique(values, return_inverse=True)
    codes = np.where(distinct == 0, 0, np.arange(1, len(distinct) + 1)).astype(np.int32)
    return np.asarray(codes[back], dtype=np.int32)
