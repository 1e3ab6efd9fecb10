"""Comparison: candidate pairs to small-integer levels, one array per field of `model.yaml`.

Belongs here: calling the level functions, and the two fields that need the whole delivery (namesakes, twins). Does
not belong here: one field's tests (`levels/`), weights (`weigh`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.arrays import components
from matching.comparing.levels.birth import Births, birth_levels
from matching.comparing.levels.name import name_levels
from matching.comparing.levels.number import number_levels
from matching.comparing.levels.people import people_levels
from matching.comparing.levels.place import flat_levels, phone_levels, place_levels
from matching.encoding.derived import same_witness
from matching.model import GROUPS
from matching.shapes import Levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model
    from matching.shapes import Encoded, Pairs

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int32]

SAME_NAMES = ("same", "variant", "wildcard")
"""Name levels at which two records carry one name."""
OTHER_NAMES = ("one_character", "surname_and_one", "surname_only", "different")
"""Name levels that no slip of the pen explains: wrong characters sound or look like the right ones, brothers share one on purpose."""
_PARTS = ("minority_partial", "minority_transliterated")
CHUNK = 1_000_000
"""Pairs compared at a time: bounds the memory of the comparison."""


def compare(e: Encoded, pairs: Pairs, model: Model) -> Levels:
    """Levels of every field for every pair, the child's number among them.

    Returns:
        Field name to an `int8` array, one level code per pair; `family` comes from `add_context`.
    """
    comparer = Comparer(e, model)
    starts = range(0, max(len(pairs), 1), CHUNK)
    parts = [comparer.levels(pairs.left[s : s + CHUNK], pairs.right[s : s + CHUNK]) for s in starts]
    return {field: np.concatenate([part[field] for part in parts]) for field in parts[0]}


class Comparer:
    """The comparison of one delivery: what depends on single records is made once."""

    def __init__(self, e: Encoded, model: Model) -> None:
        self._e = e
        self._model = model
        self._births = Births(e.birth, e.lunar, e.precision)
        self._sets = e.sets
        self.carried = carried(e)

    def levels(self, a: Rows, b: Rows) -> Levels:
        """Levels of the pairs (a, b), as `compare` gives them."""
        e, fields, sets = self._e, self._model.fields, self._sets
        birth = birth_levels(self._births.take(a), self._births.take(b), fields["birth"])
        birth[same_witness(e, a, b)] = fields["birth"].code("missing")
        name = name_levels(e.names, (e.name[a], e.name[b]), (e.former[a], e.former[b]), fields["name"])
        return {
            "name": name,
            "birth": birth,
            "sex": flat_levels(e.sex, a, b, fields["sex"]),
            "people": people_levels(sets, a, b, fields["people"]),
            "phone": phone_levels(sets, a, b, fields["phone"]),
            "place": place_levels(sets, a, b, fields["place"]),
            "household": flat_levels(e.household, a, b, fields["household"]),
            "school": flat_levels(e.school, a, b, fields["school"]),
            "nation": flat_levels(e.nation, a, b, fields["nation"]),
            "namesakes": self._namesakes(a, b, name),
            "origin": self._origin(a, b),
            "number": number_levels(e, sets, (a, b), self._model.number),
        }

    def _origin(self, a: Rows, b: Rows) -> NDArray[np.int8]:
        spec, e = self._model.fields["origin"], self._e
        out = np.where(e.roll[a] == e.roll[b], spec.code("inside"), spec.code("roll")).astype(np.int8)
        out[e.source[a] != e.source[b]] = spec.code("cross")
        return out

    def _namesakes(self, a: Rows, b: Rows, name: NDArray[np.int8]) -> NDArray[np.int8]:
        """How many children carry the name, where the names agree."""
        spec, limit = self._model.fields["namesakes"], self._model.namesakes
        count = np.maximum(self.carried[a], self.carried[b])
        table = np.full(limit.few + 2, spec.code("few"), dtype=np.int8)
        table[: limit.rare + 1] = spec.code("rare")
        table[-1] = spec.code("many")
        out = table[np.minimum(count, limit.few + 1)]
        out[~group_table(self._model, "name", 1)[name]] = spec.code("missing")
        return out


def carried(e: Encoded) -> NDArray[np.int32]:
    """For each record, under how many birth dates its name stands in this delivery."""
    if e.carried is not None:
        return e.carried
    name = e.names.folded[e.name].astype(np.int64)
    both = np.sort(name << 32 | e.birth)
    names = both[np.append(both[1:] != both[:-1], True)[: len(both)]] >> 32
    return np.bincount(names, minlength=len(e.names)).astype(np.int32)[name]


def group_table(model: Model, field: str, *wanted: int) -> Mask:
    """Which level codes of a field are in these groups (0 missing, 1 agree, 2 near, 3 differ)."""
    return np.array([GROUPS[level.group] in wanted for level in model.spec(field).levels.values()])


def groups(levels: Levels, field: str, model: Model) -> NDArray[np.int8]:
    """The group codes (0 missing, 1 agree, 2 near, 3 differ) of a field's levels."""
    table = np.array([GROUPS[level.group] for level in model.spec(field).levels.values()], dtype=np.int8)
    return table[levels[field]]


def add_context(
    e: Encoded, pairs: Pairs, levels: Levels, model: Model, twins: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Add the level `family`, which depends on the other pairs of the delivery.

    Args:
        e: the records.
        pairs: the pairs that `levels` describes.
        levels: completed in place.
        model: the levels' codes.
        twins: for pairs outside the candidates, the twin evidence per record that the candidates gave.

    Returns:
        Twin evidence per record: how many pairs of its cradle look like twins.
    """
    evidence = twin_pairs(pairs, levels, model)
    if twins is None:
        cradle = _cradles(len(e), pairs, _same_cradle(levels, model))
        twins = np.bincount(cradle[pairs.left[evidence]], minlength=len(e))[cradle]
    own = evidence.astype(np.int64)  # a pair is no evidence about itself
    others = (twins[pairs.left] - own > 0) | (twins[pairs.right] - own > 0)
    spec = model.fields["family"]
    out = np.where(others, spec.code("twins"), spec.code("single")).astype(np.int8)
    out[~_same_cradle(levels, model)] = spec.code("missing")
    levels["family"] = out
    return twins


def _same_cradle(levels: Levels, model: Model) -> Mask:
    """Born on one day to one guardian: one child, or twins."""
    same: Mask = (groups(levels, "birth", model) == 1) & (groups(levels, "people", model) == 1)
    return same


def _cradles(n: int, pairs: Pairs, same: Mask) -> NDArray[np.int64]:
    """Number of each record's cradle: twins that one department has side by side are twins in all rows of the family."""
    rows = np.flatnonzero(same)
    return components(n, pairs.left[rows], pairs.right[rows])


def twin_pairs(pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Two records of one list, or two valid numbers, born on one day to one guardian under two names
    (rules/names.md#n17).
    """
    name = model.fields["name"]
    other_name = ~np.isin(
        levels["name"], [name.code(level) for level in ("missing", *SAME_NAMES, "former_name", *_PARTS)]
    )
    own_number = np.isin(
        levels["number"], [model.number.code(level) for level in ("same", "derived", "document", "slip")]
    )
    inside = levels["origin"] == model.code("origin", "inside")
    apart = (inside & ~own_number) | (levels["number"] == model.number.code("differ"))
    other_sex = levels["sex"] == model.code("sex", "differ")
    found: Mask = _same_cradle(levels, model) & ((other_name & apart) | (other_sex & apart & inside))
    return found
