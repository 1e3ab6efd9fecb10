"""Decision per pair: same, review or different by probability, with the evidence that stands above probability.

Belongs here: edges and grades of single pairs. Does not belong here: whole children (`cluster`), finding people's decisions
(`clerical`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.comparing.compare import OTHER_NAMES, SAME_NAMES, groups
from matching.scoring.estimate import sigmoid_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model
    from matching.shapes import Levels, Pairs

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]

JUDGED_BITS = 100.0
"""Weight of a person's decision: above anything the machine can say."""


@dataclass(frozen=True)
class Evidence:
    """What clustering sees of each pair.

    Attributes:
        weight: bits; `probability` its posterior.
        link: strong enough to join by itself.
        veto: must not be in one child (a person said so, or one department's two records without near-certain
            evidence).
        certain: joined by equal numbers with something else agreeing, or by a person.
        twinlike: looks like twins; speaks against a child that other pairs would put together.
        inside: two rows of one list.
    """

    weight: Floats
    probability: Floats
    link: Mask
    veto: Mask
    certain: Mask
    twinlike: Mask
    inside: Mask


def deterministic(levels: Levels, model: Model) -> Mask:
    """Equal number (own or derived) and a name or birth date that agrees, or is close while the other does not
    speak against it.
    """
    number = model.number
    equal = np.isin(levels["number"], [number.code(level) for level in ("same", "derived", "document")])
    name, birth = groups(levels, "name", model), groups(levels, "birth", model)
    agreeing = (name == 1) | (birth == 1) | ((name == 2) & (birth != 3)) | ((birth == 2) & (name != 3))
    unknown = (name == 0) & (birth == 0)
    other = (name == 3) & _shared_by_two(levels, model)
    found: Mask = equal & (agreeing | unknown) & ~other
    return found


def _shared_by_two(levels: Levels, model: Model) -> Mask:
    """What makes an equal number under another name somebody else's: known twins, or a school's or hospital's number only."""
    document = levels["number"] == model.number.code("document")
    found: Mask = document | (levels["family"] == model.code("family", "twins"))
    return found


def twinlike(levels: Levels, model: Model) -> Mask:
    """Born on one day to one family, no number in common, and a name that a slip of the pen does not explain (rules/names.md#n17).

    Wrong characters sound or look like the right ones; twins share a character on purpose. Where a family is known to have twins, an
    illegible character may be the one in which they differ.
    """
    other = np.isin(levels["name"], [model.code("name", level) for level in ("one_character", "surname_and_one")])
    unclear = (levels["name"] == model.code("name", "wildcard")) & (levels["family"] == model.code("family", "twins"))
    found: Mask = _one_cradle(levels, model) & (other | unclear)
    return found


def _one_cradle(levels: Levels, model: Model) -> Mask:
    """Born on one day to one family, no number in common."""
    birth, people = (groups(levels, field, model) for field in ("birth", "people"))
    unnumbered = ~np.isin(groups(levels, "number", model), (1, 2))
    found: Mask = unnumbered & (birth == 1) & np.isin(people, (1, 2))
    return found


def kinlike(levels: Levels, model: Model) -> Mask:
    """Born on one day to one family, no number in common, and another given name altogether: renamed, or a twin without any other row.

    That neither has another candidate says nothing here: an unregistered twin is in no other list.
    """
    other = np.isin(levels["name"], [model.code("name", level) for level in OTHER_NAMES])
    found: Mask = _one_cradle(levels, model) & other
    return found


def _both_spelt(pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Two spellings of one list, each of which another list has too, with the same birth: nobody slips twice in one way, so they are two
    children (文文 and 雯雯, rules/names.md#n17).
    """
    exact = np.isin(levels["name"], [model.code("name", level) for level in ("same", "variant")])
    exact &= (levels["birth"] == model.code("birth", "same")) & (levels["people"] != model.code("people", "differ"))
    inside = levels["origin"] == model.code("origin", "inside")
    rows = np.flatnonzero(exact & ~inside)
    known = np.zeros(int(max(pairs.left.max(initial=0), pairs.right.max(initial=0))) + 1, dtype=bool)
    known[pairs.left[rows]] = True
    known[pairs.right[rows]] = True
    one_name = [model.code("name", level) for level in ("missing", *SAME_NAMES, "former_name")]
    found: Mask = inside & ~np.isin(levels["name"], one_name) & (groups(levels, "birth", model) == 1)
    return found & known[pairs.left] & known[pairs.right]


def doubtful(levels: Levels, model: Model) -> Mask:
    """Pairs that another child of the family, or a namesake, explains as well: never a link by themselves.

    * Equal numbers (whole, or as far as legible) under different names where no birth date confirms them, or twins are known:
      a sibling's number (rules/identifiers.md#c14); siblings registered together have neighbouring numbers.
    * What looks like twins.
    * Different births without a number, a guardian or a telephone in common: a namesake of the neighbourhood.
    """
    number = model.number
    name, birth, people = (groups(levels, field, model) for field in ("name", "birth", "people"))
    equal = np.isin(levels["number"], [number.code(level) for level in ("same", "derived", "document")])
    sibling = equal & (name == 3) & ((birth != 1) | _shared_by_two(levels, model))
    part = np.isin(levels["number"], [number.code(level) for level in ("slip", "partial")])
    sibling |= part & (name == 3) & (birth != 1)
    held = groups(levels, "number", model)
    namesake = (birth == 3) & ~np.isin(held, (1, 2)) & (people != 1) & (groups(levels, "phone", model) != 1)
    found: Mask = sibling | namesake | twinlike(levels, model)
    return found


def weigh_evidence(pairs: Pairs, levels: Levels, weight: Floats, judged: NDArray[np.int8], model: Model) -> Evidence:
    """Turn weights into evidence.

    Args:
        pairs: the pairs.
        levels: their levels.
        weight: their weights in bits.
        judged: per pair 1 same, -1 different, 0 nobody has judged.
        model: thresholds.
    """
    certain = deterministic(levels, model)
    weight = np.where(certain, np.maximum(weight, model.decide.certain_bits), weight)
    weight = np.where(doubtful(levels, model), np.minimum(weight, model.decide.doubt_bits), weight)
    faint = kinlike(levels, model) & (sigmoid_bits(weight) < model.decide.same)
    weight = np.where(faint, np.minimum(weight, model.decide.kin_bits), weight)
    lone = levels["number"] == model.number.code("borrowed")
    # Equal number and nothing else, or two valid numbers under names that are only near: never a link, a person looks.
    lone |= (levels["number"] == model.number.code("differ")) & (groups(levels, "name", model) == 2)
    weight = np.where(lone, np.minimum(weight, 0.0), weight)
    weight = np.where(judged == 1, JUDGED_BITS, np.where(judged == -1, -JUDGED_BITS, weight))
    probability = sigmoid_bits(weight)
    equal = np.isin(levels["number"], [model.number.code(level) for level in ("same", "derived", "document")])
    double = certain | equal | _near_certain_double(levels, weight, model) | (judged == 1)
    inside = levels["origin"] == model.code("origin", "inside")
    link = (probability >= model.decide.same) & (~inside | double)
    # Two rows of one list that look like one child do not keep a third row from both: it may show that they are a double.
    veto = (inside & ~double & (weight < model.decide.third_bits)) | (judged == -1)
    veto |= ~double & _both_spelt(pairs, levels, model)
    certain = (certain & (judged != -1)) | (judged == 1)  # equal numbers do not outweigh a person
    return Evidence(weight, probability, link, veto, certain, twinlike(levels, model) & ~certain, inside)


def _near_certain_double(levels: Levels, weight: Floats, model: Model) -> Mask:
    """One department's two records are one child without a common number only if name, birth and a third thing
    agree (rules/places-and-people.md#not-errors); a birth date that is incomplete or slipped needs a guardian or a slipped number beside it.
    """
    same_name = np.isin(levels["name"], [model.code("name", level) for level in (*SAME_NAMES, "former_name")])
    third = np.zeros(len(weight), dtype=bool)
    for field in ("people", "phone", "household"):
        third |= groups(levels, field, model) == 1
    third |= np.isin(levels["number"], [model.number.code(level) for level in ("slip", "partial")])
    near = levels["place"] == model.code("place", "village")
    third |= levels["place"] == model.code("place", "house")
    third = (third & (weight >= model.decide.double_bits)) | (near & (weight >= model.decide.double_place_bits))
    clash = np.isin(levels["number"], [model.number.code(level) for level in ("differ", "borrowed")])
    clash |= levels["sex"] == model.code("sex", "differ")
    birth, people = groups(levels, "birth", model), groups(levels, "people", model)
    slipped = np.isin(levels["number"], [model.number.code(level) for level in ("slip", "partial")])
    born = (birth == 1) | ((slipped | (people == 1)) & (birth != 3))
    like_name = (levels["number"] == model.number.code("slip")) & (groups(levels, "name", model) == 2) & (people == 1)
    parts = np.isin(
        levels["name"], [model.code("name", level) for level in ("minority_partial", "minority_transliterated")]
    )
    like_name |= slipped & parts & (people == 1)
    found: Mask = (same_name | like_name) & born & third & ~clash
    return found
