"""The levels of every field but the name as integer `CASE` expressions over two records `a` and `b`, and the pattern number.

Belongs here: the same tests as in `matching.comparing.levels`, in SQL. Does not belong here: names (`name_cases`), joins and statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.comparing.candidates import pattern_fields
from matching.comparing.sql.dialect import case, count, either, every
from matching.comparing.sql.name_cases import HARD, bit_columns, name_case, name_columns, relation_joins

if TYPE_CHECKING:
    from matching.comparing.sql.dialect import Dialect
    from matching.comparing.sql.tables import Tables
    from matching.model import ComparedField, Model


PAIRED = "FROM pairs p JOIN records a ON a.rid = p.left_rid JOIN records b ON b.rid = p.right_rid"


class FieldSql:
    """Compiles a model's fields for one delivery's tables."""

    def __init__(self, model: Model, tables: Tables, dialect: Dialect) -> None:
        self._model = model
        self._tables = tables
        self._dialect = dialect

    def levels(self) -> dict[str, str]:
        """The level codes of the fields that need only the two records."""
        spec = self._model.spec
        phone = [
            (self._shared("phones"), spec("phone").code("same")),
            (self._known("phones"), spec("phone").code("differ")),
        ]
        origin = [
            ("a.source <> b.source", spec("origin").code("cross")),
            ("a.roll = b.roll", spec("origin").code("inside")),
        ]
        return {
            "birth": self._birth(spec("birth")),
            **{field: self._flat(field, spec(field)) for field in ("sex", "household", "school", "nation")},
            "people": self._people(spec("people")),
            "phone": case(phone, spec("phone").code("missing")),
            "place": self._place(spec("place")),
            "origin": case(origin, spec("origin").code("roll")),
            "number": self._number(spec("number")),
        }

    def pattern(self) -> str:
        """The pattern number over the columns that `levels` names."""
        out = "0"
        for field in pattern_fields(self._model):
            out = f"({out} * {len(self._model.spec(field).levels)} + level_{field})"
        return f"CAST({out} AS BIGINT)"

    def compared_query(self) -> str:
        """Every pair with its keys and its pattern, from `pairs`, `records`, `relation` and `hard`."""
        # Nested, not one list: names need the looked-up relations as columns, and the namesakes need the name's level.
        width = self._tables.width
        levels = ", ".join(f"{text} AS level_{field}" for field, text in self.levels().items())
        joined = (
            f"SELECT p.left_rid, p.right_rid, p.key_bits, hard.name AS hard_name, greatest(a.carried, b.carried) AS carried, "
            f"{name_columns(width)}, {bit_columns(width)}, {levels} {PAIRED} {relation_joins(width, self._tables.characters)} "
            "LEFT JOIN hard ON hard.left_rid = p.left_rid AND hard.right_rid = p.right_rid"
        )
        named = f"SELECT *, {name_case(width, self._model.spec('name'))} AS level_name FROM ({joined}) j"
        counted = f"SELECT *, {self._namesakes(self._model.spec('namesakes'))} AS level_namesakes FROM ({named}) n"
        return f"SELECT left_rid, right_rid, key_bits, {self.pattern()} AS pattern FROM ({counted}) c"

    def hard_query(self) -> str:
        """The pairs that the reference must judge: names (`HARD`), and a damaged number against a good one."""
        numbered = {side: self._filled(side, "numbers") for side in "ab"}
        damaged = either(
            f"({bad}.damaged <> 0 AND {numbered[good]} AND NOT {numbered[bad]})" for bad, good in ("ab", "ba")
        )
        return f"SELECT p.left_rid, p.right_rid {PAIRED} WHERE {HARD} OR {damaged}"

    def _places(self, name: str) -> range:
        return range(1, self._tables.widths[name] + 1)

    def _filled(self, side: str, name: str) -> str:
        """The record of this side has a member of the set."""
        return either(f"{side}.{name}_{place} <> 0" for place in self._places(name))

    def _known(self, name: str) -> str:
        """Both records have a member of the set."""
        return every(self._filled(side, name) for side in "ab")

    def _equal(self, name: str) -> list[str]:
        """One test per pair of members."""
        return [
            f"(a.{name}_{left} = b.{name}_{right} AND a.{name}_{left} <> 0)"
            for left in self._places(name)
            for right in self._places(name)
        ]

    def _shared(self, name: str) -> str:
        return either(self._equal(name))

    def _flat(self, field: str, spec: ComparedField) -> str:
        missing = f"(a.{field} = 0 OR b.{field} = 0)"
        return case(
            [(missing, spec.code("missing")), (f"a.{field} = b.{field}", spec.code("same"))], spec.code("differ")
        )

    def _birth(self, spec: ComparedField) -> str:
        div = self._dialect.div
        year = f"{div('a.birth', 10000)} = {div('b.birth', 10000)}"
        months = {side: f"{div(f'{side}.birth', 100)} % 100" for side in "ab"}
        month, day = f"{months['a']} = {months['b']}", "a.birth % 100 = b.birth % 100"
        full, least = "(a.precision = 3 AND b.precision = 3)", "least(a.precision, b.precision)"
        same_witness = either(
            every(
                (
                    f"{derived}.derived = 1",
                    either(f"{other}.numbers_{place} = {derived}.numbers_1" for place in self._places("numbers")),
                )
            )
            for derived, other in ("ab", "ba")
        )
        lunar = "((a.lunar = b.birth AND b.birth > 0) OR (b.lunar = a.birth AND a.birth > 0))"
        weak = "(a.birth % 10000 = 101 OR b.birth % 10000 = 101)"
        swapped = every((full, year, f"{months['a']} = b.birth % 100", f"a.birth % 100 = {months['b']}"))
        slipped = either((every((full, f"{count((year, month, day))} = 2")), every((full, self._neighbours()))))
        # The first test that holds decides, so the strongest stand first: the order of `levels.birth` turned round.
        tests = [
            (either((same_witness, f"{least} = 0", f"({least} = 1 AND {year})")), "missing"),
            (every((full, "a.birth = b.birth")), "same"),
            (every((full, lunar)), "lunar"),
            (every((full, year, weak)), "weak"),
            (every((f"{least} = 2", year, month)), "coarse"),
            (swapped, "swapped"),
            (slipped, "one_part"),
            (year, "year"),
        ]
        return case([(test, spec.code(level)) for test, level in tests], spec.code("differ"))

    def _neighbours(self) -> str:
        """Last and first day of neighbouring months."""
        div = self._dialect.div
        low, high = "least(a.birth, b.birth)", "greatest(a.birth, b.birth)"
        month = {day: f"({div(day, 10000)} * 12 + {div(day, 100)} % 100)" for day in (low, high)}
        return every((f"{month[high]} - {month[low]} = 1", f"{high} % 100 = 1", f"{low} % 100 >= 28"))

    def _people(self, spec: ComparedField) -> str:
        # Two names stand above a number here, as in `levels.people`, so the number comes second and not first.
        names = count(self._equal("people"))
        role = either(f"(a.people_{place} <> 0 AND b.people_{place} <> 0)" for place in (1, 2))
        tests = [
            (f"{names} >= 2", "two"),
            (self._shared("people_no"), "number"),
            (f"NOT {self._known('people')}", "missing"),
            (f"{names} = 1", "one"),
            (self._shared("sounds"), "sound"),
            (role, "differ"),
        ]
        return case([(test, spec.code(level)) for test, level in tests], spec.code("apart"))

    def _place(self, spec: ComparedField) -> str:
        # A house comes before "missing": where no town is legible, an equal address is still one.
        towns, town = self._known("towns"), self._shared("towns")
        tests = [
            (self._shared("houses"), "house"),
            (f"NOT ({towns} OR {self._known('villages')})", "missing"),
            (every((self._shared("villages"), f"({town} OR NOT {towns})")), "village"),
            (town, "town"),
        ]
        return case([(test, spec.code(level)) for test, level in tests], spec.code("differ"))

    def _namesakes(self, spec: ComparedField) -> str:
        """Over the name's level, which the statement has as a column."""
        # `carried` is the greater of the two sides', as in `compare`: whoever is spelt rarely is not rare.
        limit, names = self._model.namesakes, self._model.spec("name").levels
        agreeing = ", ".join(str(code) for code, level in enumerate(names.values()) if level.group == "agree")
        tests = [
            (f"level_name NOT IN ({agreeing})", "missing"),
            (f"carried <= {limit.rare}", "rare"),
            (f"carried <= {limit.few}", "few"),
        ]
        return case([(test, spec.code(level)) for test, level in tests], spec.code("many"))

    def _number(self, spec: ComparedField) -> str:
        tests = [
            ("(a.numbers_1 = b.numbers_1 AND a.numbers_1 <> 0)", spec.code("same")),
            (self._shared("numbers"), spec.code("derived")),
            (self._shared("documents"), spec.code("document")),
            (self._known("numbers"), spec.code("differ")),
        ]
        return case(tests, "coalesce(hard.damage, 0)")  # with numbers on both sides no damage was looked at
