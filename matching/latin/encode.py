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

    from matching.arrays import Ints
    from matching.latin.model import Kind, LatinModel


_SEPARATED = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?:[T\s].*)?")
_NOT_WORD = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class FieldValues:
    """One field: the code of each record's value (0 is missing) and the distinct cleaned texts, `texts[0]` is ``""``."""

    code: Ints
    texts: NDArray[np.object_]


@dataclass(frozen=True)
class LatinRecords:
    """The records: the fields they have, in the model's order; the source of each record."""

    values: dict[str, FieldValues]
    source: Ints

    def __len__(self) -> int:
        return len(self.source)


def encode(records: pd.DataFrame, source: Sequence[str], model: LatinModel) -> LatinRecords:
    """Code the columns of `records` that the model knows; `source` names where each record comes from."""
    values: dict[str, FieldValues] = {}
    for name in (name for name in model.fields if name in records.columns):
        clean = _CLEAN[model.fields[name].kind]
        code, distinct = pd.factorize(as_text(records[name]).to_numpy(dtype=object))
        cleaned = np.array(["", *(clean(str(text)) for text in distinct)], dtype=object)
        again, texts = pd.factorize(cleaned)  # "" comes first and is 0
        values[name] = FieldValues(again[1:][code].astype(np.int64), texts)
    return LatinRecords(_shared(values, model), pd.factorize(np.asarray(source, dtype=object))[0].astype(np.int64))


def _shared(values: dict[str, FieldValues], model: LatinModel) -> dict[str, FieldValues]:
    """Partners share one table of texts, so that equal words have equal codes."""
    out = dict(values)
    for name, own in values.items():
        partner = model.fields[name].partner
        if partner in values and out[name] is own:  # two fields name each other: they are put together once
            other = values[partner]
            code, texts = pd.factorize(np.concatenate([own.texts, other.texts]))
            out[name] = FieldValues(code[own.code].astype(np.int64), texts)
            out[partner] = FieldValues(code[len(own.texts) :][other.code].astype(np.int64), texts)
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
    parts = _SEPARATED.fullmatch(text.strip())
    if parts is None:
        return _digits(text)[:8]
    first, month, last = parts.groups()
    year, day = (first, last) if len(first) == 4 else (last, first)
    return year.zfill(4) + month.zfill(2) + day.zfill(2)


_CLEAN: dict[Kind, Callable[[str], str]] = {"text": plain, "date": _date, "number": _digits, "code": plain}


def key_codes(e: LatinRecords, key: Sequence[str]) -> Ints | None:
    """One code per record for a key of the model (0: some part is missing); None when the records lack a field."""
    total = np.zeros(len(e), dtype=np.int64)
    known = np.ones(len(e), dtype=bool)
    for part in key:
        name, mark = part.rstrip("~^"), part[-1]
        if name not in e.values:
            return None
        values = e.values[name]
        code = values.code
        if mark in "~^":
            texts = values.texts
            short = sound(texts) if mark == "~" else np.array([text[:4] for text in texts], dtype=object)
            distinct, _ = pd.factorize(np.concatenate([np.array([""], dtype=object), short]))  # "" is 0
            code = distinct[1:][values.code].astype(np.int64)
        known &= code != 0
        # Numbered anew after every part: the product of all parts' sizes need not fit into an integer.
        total = pd.factorize(total * (int(code.max(initial=0)) + 1) + code)[0].astype(np.int64)
    return np.where(known, total + 1, 0)


def sound(texts: NDArray[np.object_]) -> NDArray[np.object_]:
    """NYSIIS of each text, by recordlinkage."""
    from recordlinkage.preprocessing import phonetic

    codes = phonetic(pd.Series(texts, dtype=object), method="nysiis")
    sounds: NDArray[np.object_] = as_text(codes).to_numpy(dtype=object)
    return sounds
