"""Latin records as integers: every field's cleaned values once, and the values of the blocking keys.

Belongs here: cleaning and coding. Does not belong here: judging two values (`compare`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from matching.latin.model import Kind, LatinModel

    Ints = NDArray[np.int64]

_SEPARATED = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?:[T\s].*)?")
_NOT_WORD = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Values:
    """One field: the code of each record's value (0 is missing) and the distinct cleaned texts, `texts[0]` is ``""``."""

    code: Ints
    texts: NDArray[np.object_]


@dataclass(frozen=True)
class Encoded:
    """The records: the fields they have, in the model's order; the source of each record."""

    values: dict[str, Values]
    source: Ints

    def __len__(self) -> int:
        return len(self.source)


def encode(records: pd.DataFrame, source: Sequence[str], model: LatinModel) -> Encoded:
    """Code the columns of `records` that the model knows; `source` names where each record comes from."""
    known = [name for name in model.fields if name in records.columns]
    values = {name: _values(records[name], _CLEAN[model.fields[name].kind]) for name in known}
    return Encoded(_shared(values, model), pd.factorize(np.asarray(source, dtype=object))[0].astype(np.int64))


def _values(cells: pd.Series, clean: Callable[[str], str]) -> Values:
    code, distinct = pd.factorize(as_text(cells).to_numpy(dtype=object))
    cleaned = np.array(["", *(clean(str(text)) for text in distinct)], dtype=object)
    again, texts = pd.factorize(cleaned)  # "" comes first and is 0
    return Values(again[1:][code].astype(np.int64), texts)


def _shared(values: dict[str, Values], model: LatinModel) -> dict[str, Values]:
    """Partners share one table of texts, so that equal words have equal codes."""
    out = dict(values)
    for name, found in values.items():
        partner = model.fields[name].partner
        if partner in values and out[name] is found:
            size = len(found.texts)
            other = values[partner]
            code, texts = pd.factorize(np.concatenate([found.texts, other.texts]))
            out[name] = Values(code[found.code].astype(np.int64), texts)
            out[partner] = Values(code[size:][other.code].astype(np.int64), texts)
    return out


def plain(text: str) -> str:
    """Lower case without accents and punctuation, one blank between words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare.casefold()).strip()


def _digits(text: str) -> str:
    """Letters and digits only; the `.0` of a number that was a float goes."""
    return _NOT_WORD.sub("", re.sub(r"\.0$", "", text.strip()).casefold())


def _date(text: str) -> str:
    """Eight digits, year first, whatever stands between them; what is no date stays as its digits."""
    found = _SEPARATED.fullmatch(text.strip())
    if found is None:
        return _digits(text)[:8]
    one, month, last = found.groups()
    year, day = (one, last) if len(one) == 4 else (last, one)
    return year.zfill(4) + month.zfill(2) + day.zfill(2)


_CLEAN: dict[Kind, Callable[[str], str]] = {"text": plain, "date": _date, "number": _digits, "code": plain}


def key_codes(e: Encoded, key: Sequence[str]) -> Ints | None:
    """One code per record for a key of the model (0: some part is missing); None when the records lack a field."""
    total = np.zeros(len(e), dtype=np.int64)
    known = np.ones(len(e), dtype=bool)
    for part in key:
        name = part.rstrip("~^")
        if name not in e.values:
            return None
        code = _part_codes(e.values[name], part[-1])
        known &= code != 0
        total = pd.factorize(total * (int(code.max(initial=0)) + 1) + code)[0].astype(np.int64)
    return np.where(known, total + 1, 0)


def _part_codes(values: Values, mark: str) -> Ints:
    if mark == "~":
        sounds = sound(values.texts)
    elif mark == "^":
        sounds = np.array([text[:4] for text in values.texts], dtype=object)
    else:
        return values.code
    code, _ = pd.factorize(np.concatenate([np.array([""], dtype=object), sounds]))
    return code[1:][values.code].astype(np.int64)


def sound(texts: NDArray[np.object_]) -> NDArray[np.object_]:
    """NYSIIS of each text, by recordlinkage."""
    from recordlinkage.preprocessing import phonetic

    found = phonetic(pd.Series(texts, dtype=object), method="nysiis")
    heard: NDArray[np.object_] = as_text(found).to_numpy(dtype=object)
    return heard
