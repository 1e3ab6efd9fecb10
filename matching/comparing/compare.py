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

    from matching.arrays import Mask, Rows
    from matching.model import Model
    from matching.shapes import Encoded, Pairs


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
        # A birth that was read out of a number agrees with that number by construction: counted beside it, one fact would weigh twice.
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
        """Two rows of one list, of two kinds of list of one department, or of two departments."""
        spec, e = self._model.fields["origin"], self._e
        out = np.where(e.roll[a] == e.roll[b], spec.code("inside"), spec.code("roll")).astype(np.int8)
        out[e.source[a] != e.source[b]] = spec.code("cross")
        return out

    def _namesakes(self, a: Rows, b: Rows, name: NDArray[np.int8]) -> NDArray[np.int8]:
        """How many children carry the name, where the names agree."""
        spec, limit = self._model.fields["namesakes"], self._model.namesakes
        # Equal in sound is equal in name here, so the two spellings may be carried differently often: the commoner one decides,
        # since a rare misspelling of 王梓涵 makes nobody rare.
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
    # Birth dates stand for children: rows would count one child once for every department that has it.
    # Name and birth share one integer, so that one sort finds the distinct couples.
    both = np.sort(name << 32 | e.birth)
    names = both[np.append(both[1:] != both[:-1], True)[: len(both)]] >> 32
    return np.bincount(names, minlength=len(e.names)).astype(np.int32)[name]


def group_table(model: Model, field: str, *accepted: int) -> Mask:
    """Which level codes of a field are in these groups (0 missing, 1 agree, 2 near, 3 differ)."""
    return np.array([GROUPS[level.group] in accepted for level in model.spec(field).levels.values()])


def groups(levels: Levels, field: str, model: Model) -> NDArray[np.int8]:
    """The group codes (0 missing, 1 agree, 2 near, 3 differ) of a field's levels."""
    table = np.array([GROUPS[level.group] for level in model.spec(field).levels.values()], dtype=np.int8)
    return table[levels[field]]


def at_levels(levels: Levels, field: str, model: Model, *names: str) -> Mask:
    """Which pairs stand at one of these levels of a field."""
    return np.isin(levels[field], [model.code(field, name) for name in names])


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
        Twin evidence per record: how many pairs of its birth group look like twins.
    """
    same_group = _same_birth_group(levels, model)
    evidence = twin_pairs(pairs, levels, model)
    if twins is None:
        # Twins are a fact about the family: what one department has side by side holds in every row of the birth group, also
        # between two other departments that have one row each (docs/decisions/twins-and-siblings.md).
        rows = np.flatnonzero(same_group)
        birth_group = components(len(e), pairs.left[rows], pairs.right[rows])
        twins = np.bincount(birth_group[pairs.left[evidence]], minlength=len(e))[birth_group]
    own = evidence.astype(np.int64)  # a pair is no evidence about itself
    others = (twins[pairs.left] - own > 0) | (twins[pairs.right] - own > 0)
    spec = model.fields["family"]
    family = np.where(others, spec.code("twins"), spec.code("single")).astype(np.int8)
    family[~same_group] = spec.code("missing")
    levels["family"] = family
    return twins


def _same_birth_group(levels: Levels, model: Model) -> Mask:
    """Born on one day to one guardian: one child, or twins."""
    same: Mask = (groups(levels, "birth", model) == 1) & (groups(levels, "people", model) == 1)
    return same


def twin_pairs(pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Two records of one list, or two valid numbers, born on one day to one guardian under two names
    (rules/names.md#n17).
    """
    # A missing part or another transliteration of a minority name is the same name, however much of it is written.
    other_name = ~at_levels(levels, "name", model, "missing", *SAME_NAMES, "former_name", *_PARTS)
    own_number = at_levels(levels, "number", model, "same", "derived", "document", "slip")
    inside = levels["origin"] == model.code("origin", "inside")
    apart = (inside & ~own_number) | (levels["number"] == model.number.code("differ"))
    # Outside one list a differing sex is rather a slip of the column than a brother and a sister of one sound: read as
    # twins everywhere it cost 55 true pairs for 6 wrong ones (docs/decisions/twins-and-siblings.md).
    other_sex = levels["sex"] == model.code("sex", "differ")
    twins: Mask = _same_birth_group(levels, model) & ((other_name & apart) | (other_sex & apart & inside))
    return twins
