"""A delivery as integer tables for SQL: records, names with their characters, and which characters are related.

Belongs here: columns from `Encoded`. Does not belong here: statements over them (`keys`, `fields`, `name_cases`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.blocking.keys import Parts
from matching.blocking.parts import SPLITS, window_order
from matching.comparing.compare import carried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model
    from matching.names.levels import NameSet
    from matching.shapes import Encoded

    Columns = dict[str, NDArray[Any]]

FLAT = ("source", "roll", "name", "former", "birth", "lunar", "precision", "sex", "nation", "household", "school")
_BLANK = 2
"""Numbers of a name's characters below it are the end and the wildcard."""


@dataclass(frozen=True)
class Tables:
    """The tables of one delivery.

    Attributes:
        keys: per record the parts of the keys, what splits blocks, the order of windows, whether its number is damaged.
        records: per record every compared code, the name's characters among them.
        relation: `code` (first character × `characters` + second) and `bits` of related characters.
        width, characters: longest short name, and how many numbers its characters have.
        widths: columns of each set of `records`.
    """

    keys: Columns
    records: Columns
    relation: Columns
    width: int
    characters: int
    widths: dict[str, int]


def make_tables(e: Encoded, model: Model) -> Tables:
    """All tables of a delivery; rows in the order of `e`."""
    sets = e.sets
    records: Columns = {"rid": np.arange(len(e), dtype=np.int32)}
    records |= {name: getattr(e, name).astype(np.int32) for name in FLAT}
    records |= {"derived": e.derived.astype(np.int8), "carried": carried(e), "damaged": sets.damaged.astype(np.int8)}
    for name, table in sets.tables.items():
        records |= {f"{name}_{place + 1}": table[:, place].astype(np.int32) for place in range(table.shape[1])}
    names = name_columns(e.names.names)
    records |= {name: column[e.name] for name, column in names.items()}
    widths = {name: table.shape[1] for name, table in sets.tables.items()}
    codes = e.names.names.codes
    # Sparse: few couples of characters are related, and what a character is to itself, to the wildcard and to the end follows
    # from the numbers.
    left, right = np.nonzero(codes.relation)
    kept = (left >= _BLANK) & (right >= _BLANK) & (left != right)
    left, right = left[kept], right[kept]
    relation = {
        "code": left.astype(np.int64) * len(codes.relation) + right,
        "bits": codes.relation[left, right].astype(np.int32),
    }
    return Tables(key_columns(e, model), records, relation, codes.characters.shape[1], len(codes.relation), widths)


def key_columns(e: Encoded, model: Model) -> Columns:
    """The parts of the model's keys, `<part>_<number>` each, and what splitting and windows need."""
    parts = Parts(e)
    out: Columns = {
        "rid": np.arange(len(e), dtype=np.int32),
        "place": window_order(e),
        "broken": (e.damaged != "").astype(np.int8),
    }
    for spec in model.keys.values():
        for name in {name for line in spec.of for name in line}:
            out |= {f"{name}_{place + 1}": column for place, column in enumerate(parts.of(name))}
        out[f"split_{spec.split}"] = SPLITS[spec.split](e)
    return out


def name_columns(names: NameSet) -> Columns:
    """Per distinct name: characters `c1` (as written) and `h1`… (as heard), lengths, and what makes it a name for the table of pairs.

    `bag` is one code for the characters in any order; `odd` names are never judged by the statement: long ones, and short forms that
    may be milk names.
    """
    codes = names.codes
    rows = np.flatnonzero(names.place >= 0)
    out: Columns = {}

    def spread(values: NDArray[np.generic]) -> NDArray[np.int32]:
        table = np.zeros(len(names.texts), dtype=np.int32)
        table[rows] = values
        return table

    width = codes.characters.shape[1]
    out["c1"] = spread(codes.characters[:, 0]) if len(rows) else spread(np.zeros(0, dtype=np.int32))
    for place in range(width):
        out[f"h{place + 1}"] = spread(codes.heard[:, place])
    # Two names of the same characters in another order have one bag: compared as one number instead of character by character.
    _, bag = np.unique(np.sort(codes.characters, axis=1), axis=0, return_inverse=True)
    out |= {"size": spread(codes.length), "surname": spread(codes.surname), "bag": spread(bag.reshape(-1))}
    first, second = codes.characters[:, 0], codes.characters[:, min(1, width - 1)]
    # A doubled character or a first one such as 小 makes it a short form, which the reference compares by other tests.
    milk = (codes.length == 2) & ((first == second) | codes.nick_prefix[first])
    out["odd"] = (spread(milk.astype(np.int32)) > 0) | names.long
    out |= {"nick": names.nick, "empty": names.empty, "sure": names.sure}
    return {name: column.astype(np.int8) if column.dtype == bool else column for name, column in out.items()}
