"""Decision per pair: same, review or different by probability, with the evidence that stands above probability.

Belongs here: edges and grades of single pairs. Does not belong here: whole children (`cluster`), finding people's decisions
(`clerical`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from matching.comparing.compare import OTHER_NAMES, SAME_NAMES, at_levels, groups
from matching.scoring.estimate import sigmoid_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Floats, Mask
    from matching.model import Model
    from matching.shapes import Levels, Pairs


CLERICAL_BITS = 100.0
"""Weight of a person's decision: above anything the machine can say."""
_EQUAL_NUMBERS = ("same", "derived", "document")
_LEGIBLE_NUMBERS = ("slip", "partial")


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

    def followed_by(self, other: Evidence) -> Evidence:
        """Evidence of two sets of pairs, one behind the other."""
        names = [each.name for each in fields(self)]
        return Evidence(**{name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in names})


def deterministic(levels: Levels, model: Model) -> Mask:
    """Equal number (own or derived) and a name or birth date that agrees, or is close while the other does not
    speak against it.
    """
    equal = at_levels(levels, "number", model, *_EQUAL_NUMBERS)
    name, birth = groups(levels, "name", model), groups(levels, "birth", model)
    agreeing = (name == 1) | (birth == 1) | ((name == 2) & (birth != 3)) | ((birth == 2) & (name != 3))
    # A number alone is a link too where a list has neither names nor births to contradict it.
    unknown = (name == 0) & (birth == 0)
    somebody_else = (name == 3) & _shared_by_two(levels, model)
    certain: Mask = equal & (agreeing | unknown) & ~somebody_else
    return certain


def _shared_by_two(levels: Levels, model: Model) -> Mask:
    """What makes an equal number under another name somebody else's: known twins, or a school's or hospital's number only."""
    document = levels["number"] == model.number.code("document")
    shared: Mask = document | (levels["family"] == model.code("family", "twins"))
    return shared


def twinlike(levels: Levels, model: Model) -> Mask:
    """Born on one day to one family, no number in common, and a name that a slip of the pen does not explain (rules/names.md#n17).

    Wrong characters sound or look like the right ones; twins share a character on purpose. Where a family is known to have twins, an
    illegible character may be the one in which they differ.
    """
    other = at_levels(levels, "name", model, "one_character", "surname_and_one")
    unclear = (levels["name"] == model.code("name", "wildcard")) & (levels["family"] == model.code("family", "twins"))
    alike: Mask = _one_birth_group(levels, model) & (other | unclear)
    return alike


def _one_birth_group(levels: Levels, model: Model) -> Mask:
    """Born on one day to one family, no number in common."""
    birth, people = (groups(levels, field, model) for field in ("birth", "people"))
    unnumbered = ~np.isin(groups(levels, "number", model), (1, 2))
    # For doubts a guardian who sounds alike is family enough; evidence of twins (`compare.twin_pairs`) needs an equal one.
    together: Mask = unnumbered & (birth == 1) & np.isin(people, (1, 2))
    return together


def kinlike(levels: Levels, model: Model) -> Mask:
    """Born on one day to one family, no number in common, and another given name altogether: renamed, or a twin without any other row.

    That neither has another candidate says nothing here: an unregistered twin is in no other list.
    """
    kin: Mask = _one_birth_group(levels, model) & at_levels(levels, "name", model, *OTHER_NAMES)
    return kin


def _two_known_spellings(pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Two spellings of one list, each of which another list has too, with the same birth: nobody slips twice in one way, so they are two
    children (文文 and 雯雯, rules/names.md#n17).
    """
    inside = levels["origin"] == model.code("origin", "inside")
    # Without the other list's spellings a child entered twice after a change of name would be two: 46 missed pairs for 11
    # wrong ones (docs/decisions/twins-and-siblings.md).
    exact = at_levels(levels, "name", model, "same", "variant")
    exact &= (levels["birth"] == model.code("birth", "same")) & (levels["people"] != model.code("people", "differ"))
    rows = np.flatnonzero(exact & ~inside)
    confirmed = np.zeros(int(max(pairs.left.max(initial=0), pairs.right.max(initial=0))) + 1, dtype=bool)
    confirmed[pairs.left[rows]] = True
    confirmed[pairs.right[rows]] = True

    one_name = at_levels(levels, "name", model, "missing", *SAME_NAMES, "former_name")
    two_names: Mask = inside & ~one_name & (groups(levels, "birth", model) == 1)
    return two_names & confirmed[pairs.left] & confirmed[pairs.right]


def doubtful(levels: Levels, model: Model) -> Mask:
    """Pairs that another child of the family, or a namesake, explains as well: never a link by themselves.

    * Equal numbers (whole, or as far as legible) under different names where no birth date confirms them, or twins are known:
      a sibling's number (rules/identifiers.md#c14); siblings registered together have neighbouring numbers.
    * What looks like twins.
    * Different births without a number, a guardian or a telephone in common: a namesake of the neighbourhood.
    """
    name, birth, people = (groups(levels, field, model) for field in ("name", "birth", "people"))
    equal = at_levels(levels, "number", model, *_EQUAL_NUMBERS)
    sibling = equal & (name == 3) & ((birth != 1) | _shared_by_two(levels, model))
    sibling |= at_levels(levels, "number", model, *_LEGIBLE_NUMBERS) & (name == 3) & (birth != 1)
    numbered = np.isin(groups(levels, "number", model), (1, 2))
    namesake = (birth == 3) & ~numbered & (people != 1) & (groups(levels, "phone", model) != 1)
    doubts: Mask = sibling | namesake | twinlike(levels, model)
    return doubts


def weigh_evidence(pairs: Pairs, levels: Levels, weight: Floats, judged: NDArray[np.int8], model: Model) -> Evidence:
    """Turn weights into evidence.

    Args:
        pairs: the pairs.
        levels: their levels.
        weight: their weights in bits.
        judged: per pair 1 same, -1 different, 0 nobody has judged.
        model: thresholds.
    """
    # The later rule stands above the earlier: equal numbers lift, what a sibling or a twin explains too caps, a person decides.
    certain = deterministic(levels, model)
    weight = np.where(certain, np.maximum(weight, model.decide.certain_bits), weight)
    weight = np.where(doubtful(levels, model), np.minimum(weight, model.decide.doubt_bits), weight)
    # Another given name is capped only where it would not link by itself: above, nine in ten are right, and as many as the
    # probability says; below, two thirds (docs/decisions/twins-and-siblings.md).
    faint = kinlike(levels, model) & (sigmoid_bits(weight) < model.decide.same)
    weight = np.where(faint, np.minimum(weight, model.decide.kin_bits), weight)
    lone = levels["number"] == model.number.code("borrowed")
    # Equal number and nothing else, or two valid numbers under names that are only near: never a link, a person looks.
    lone |= (levels["number"] == model.number.code("differ")) & (groups(levels, "name", model) == 2)
    weight = np.where(lone, np.minimum(weight, 0.0), weight)
    weight = np.where(judged == 1, CLERICAL_BITS, np.where(judged == -1, -CLERICAL_BITS, weight))
    probability = sigmoid_bits(weight)

    equal = at_levels(levels, "number", model, *_EQUAL_NUMBERS)
    double = certain | equal | _near_certain_double(levels, weight, model) | (judged == 1)
    inside = levels["origin"] == model.code("origin", "inside")
    link = (probability >= model.decide.same) & (~inside | double)
    # Two rows of one list that look like one child do not keep a third row from both: it may show that they are a double.
    veto = (inside & ~double & (weight < model.decide.third_bits)) | (judged == -1)
    veto |= ~double & _two_known_spellings(pairs, levels, model)
    certain = (certain & (judged != -1)) | (judged == 1)  # equal numbers do not outweigh a person
    return Evidence(weight, probability, link, veto, certain, twinlike(levels, model) & ~certain, inside)


def _near_certain_double(levels: Levels, weight: Floats, model: Model) -> Mask:
    """One department's two records are one child without a common number only if name, birth and a third thing
    agree (rules/places-and-people.md#not-errors); a birth date that is incomplete or slipped needs a guardian or a slipped number beside it.
    """
    legible = at_levels(levels, "number", model, *_LEGIBLE_NUMBERS)
    birth, people = groups(levels, "birth", model), groups(levels, "people", model)

    third = (people == 1) | legible | (levels["place"] == model.code("place", "house"))
    third |= (groups(levels, "phone", model) == 1) | (groups(levels, "household", model) == 1)
    # A village holds two children of one name and one birthday before a house does: there the rest must weigh more.
    near = levels["place"] == model.code("place", "village")
    third = (third & (weight >= model.decide.double_bits)) | (near & (weight >= model.decide.double_place_bits))

    same_name = at_levels(levels, "name", model, *SAME_NAMES, "former_name")
    like_name = (levels["number"] == model.number.code("slip")) & (groups(levels, "name", model) == 2)
    like_name |= legible & at_levels(levels, "name", model, "minority_partial", "minority_transliterated")
    named = same_name | (like_name & (people == 1))
    born = (birth == 1) | ((legible | (people == 1)) & (birth != 3))
    clash = at_levels(levels, "number", model, "differ", "borrowed")
    clash |= levels["sex"] == model.code("sex", "differ")
    double: Mask = named & born & third & ~clash
    return double
