"""Names in SQL: short names character by character, related characters from a table, all others looked up.

Belongs here: the tests of `matching.names.levels` for two short names whose surnames are of one length. Does not belong here: pairs
of names that need more (`HARD`): the reference judges them, and the statement looks their level up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.comparing.sql.dialect import case, count, either, every
from matching.names.codes import ALIKE, END, SAME, SHAPE, SOUND, WILD
from matching.names.levels import LEVELS

if TYPE_CHECKING:
    from matching.model import ComparedField

HARD = (
    "((a.odd = 1 OR b.odd = 1 OR a.surname <> b.surname) AND a.empty = 0 AND b.empty = 0 AND NOT (a.name = b.name AND a.sure = 1) "
    "OR a.former <> 0 OR b.former <> 0)"
)
"""Pairs whose names the statement does not judge: long names, short forms, surnames of different length, former names."""


def bits(place: int) -> str:
    """The relation of the two characters at a place; equal ones need no look into the table."""
    a, b = f"a.h{place}", f"b.h{place}"
    tests = [
        (f"{a} = {b}", f"(CASE {a} WHEN 0 THEN {END} WHEN 1 THEN {WILD} ELSE {SAME} END)"),
        (f"({a} = 0 OR {b} = 0)", "0"),
        (f"({a} = 1 OR {b} = 1)", str(WILD)),
    ]
    lines = " ".join(f"WHEN {test} THEN {value}" for test, value in tests)
    return f"CASE {lines} ELSE coalesce(r{place}.bits, 0) END"


def relation_joins(width: int, characters: int) -> str:
    """The look-ups of `bits`, only where two different characters stand."""
    return " ".join(
        f"LEFT JOIN relation r{place} ON r{place}.code = CASE WHEN a.h{place} <> b.h{place} AND a.h{place} > 1 AND b.h{place} > 1 "
        f"THEN CAST(a.h{place} AS BIGINT) * {characters} + b.h{place} END"
        for place in range(1, width + 1)
    )


def bit_columns(width: int) -> str:
    """`bits1`… for the select list."""
    return ", ".join(f"{bits(place)} AS bits{place}" for place in range(1, width + 1))


def name_columns(width: int) -> str:
    """The columns of both names that `name_case` looks at, for the select list."""
    names = (
        "name",
        "sure",
        "empty",
        "size",
        "surname",
        "bag",
        "nick",
        "c1",
        *(f"h{place}" for place in range(1, width + 1)),
    )
    return ", ".join(f"{side}.{name} AS {side}_{name}" for side in "ab" for name in names)


def name_case(width: int, spec: ComparedField) -> str:
    """The name's level in the model's codes, over `name_columns`, `bits1`… and `hard_name`."""
    code = {level: spec.code(level) for level in LEVELS}
    return (
        f"CASE WHEN hard_name IS NOT NULL THEN hard_name WHEN a_empty = 1 OR b_empty = 1 THEN {code['missing']} "
        f"WHEN a_name = b_name AND a_sure = 1 THEN {code['same']} ELSE {_short(width, code)} END"
    )


def _short(width: int, code: dict[str, int]) -> str:
    # The order of `names.levels` turned round: several tests hold for most near names, here the first is the level, there the last.
    places = range(1, width + 1)
    equal, size = "a_size = b_size", "a_size"

    def has(place: int, mask: int) -> str:
        return f"(bits{place} & {mask}) > 0"

    def throughout(mask: int) -> str:
        return every(has(place, mask) for place in places)

    misses = count(f"NOT {has(place, ALIKE)}" for place in places)
    shaped = count(every((f"NOT {has(place, ALIKE)}", has(place, SHAPE))) for place in places)
    wild = either(has(place, WILD) for place in places)
    first = every((has(1, ALIKE), f"NOT {has(1, WILD | END)}"))
    missed = case([(f"NOT {has(place, ALIKE)}", place) for place in places], 0)
    tests = [
        (every((equal, throughout(SAME | END))), "variant"),
        (every((equal, either(has(place, SAME) for place in places), throughout(SAME | WILD | END))), "wildcard"),
        (every((equal, f"{size} >= 2", throughout(SAME | SOUND | WILD | END))), "same_sound"),
        (every((equal, f"{size} >= 2", throughout(ALIKE))), "fuzzy_sound"),
        (
            every((equal, f"{size} >= 2", f"{misses} > 0", f"{misses} = {shaped}", f"{misses} * 2 <= {size}")),
            "look_alike",
        ),
        (every((equal, f"{size} >= 3", f"{misses} = 1", f"({missed}) > a_surname", f"NOT {wild}")), "one_character"),
        (every((equal, f"{size} >= 2", "a_bag = b_bag")), "swapped"),
        (_dropped(width), "dropped"),
        (every((f"NOT {first}", _given_same(width))), "given_only"),
        ("(a_nick = 1 OR b_nick = 1)", "nickname"),
        (every((first, _shares_given(width))), "surname_and_one"),
        (first, "surname_only"),
    ]
    return case([(test, code[level]) for test, level in tests], code["different"])


def _character(side: str, place: int, width: int) -> str:
    """The character as written; 0 behind the end."""
    if place > width:
        return "0"
    return f"{side}_c1" if place == 1 else f"{side}_h{place}"


def _dropped(width: int) -> str:
    """One name is the other without one character; at least two are left."""

    # Written out for each place that may be gone: an edit distance in SQL would count bytes (rules/linkage.md#bytes).
    def without(long: str, short: str) -> str:
        ways = [
            every(
                f"{_character(long, place + (place >= gone), width)} = {_character(short, place, width)}"
                for place in range(1, max(width, 2))
            )
            for gone in range(1, width + 1)
        ]
        return every((f"{long}_size = {short}_size + 1", f"{short}_size >= 2", either(ways)))

    return either((without("a", "b"), without("b", "a")))


def _given_same(width: int) -> str:
    """Given names of two or more characters alike by character or sound; surnames of one length."""
    places = [
        every((f"a_surname < {place}", f"a_size >= {place}", f"(bits{place} & {SAME | SOUND}) = 0"))
        for place in range(2, width + 1)
    ]
    if not places:
        return "FALSE"
    return every(("a_size = b_size", "a_size - a_surname >= 2", f"NOT {either(places)}"))


def _shares_given(width: int) -> str:
    """A character of the one given name is in the other's, at any place."""
    places = range(2, width + 1)
    tests = [f"(a_h{left} = b_h{right} AND a_h{left} > 1)" for left in places for right in places]
    return either(tests) if tests else "FALSE"
