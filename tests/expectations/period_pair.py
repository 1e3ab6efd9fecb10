"""Two periods of a made-up town, written by hand: what the period before held, and the coverage of the one after it.

Only building belongs here; facts are asserted in the tests.
"""

from collections.abc import Collection
from functools import cached_property

from town import CA, DI, ED, Town

from expectations.coverage.build import Deliveries, build_coverage
from expectations.coverage.fields import FieldQuestion
from expectations.coverage.shapes import Coverage, Past
from expectations.coverage.units import CoverageContext
from expectations.lists.files import ChildFiles


class PeriodPair:
    """Collects the records of both periods; children keep their numbers.

    Args:
        town: the town as it is now; its profile judges.
        fields: the columns that are looked at, `department.field`.
    """

    def __init__(self, town: Town, fields: tuple[str, ...] = ()) -> None:
        self.now, self.before, self.fields = town, Town(place="default"), fields

    @cached_property
    def files(self) -> ChildFiles:
        """The child files of the period now; whoever asks adds nothing more."""
        return self.now.files()

    def pupil(self, child: int, school: str, is_back: bool) -> None:
        """A pupil of the period before, who is in the register again or not."""
        for town in (self.before, self.now) if is_back else (self.before,):
            town.add(ED, child, layout="register", school=school, enrolment_status="in")

    def on_roll(self, child: int, agreement: str, agreement_now: str) -> None:
        """A left-behind child of both periods, and what its cell of the agreement held."""
        for town, cell in ((self.before, agreement), (self.now, agreement_now)):
            town.add(CA, child, layout="ledger", category="left_behind", agreement=cell)

    def certified(self, child: int) -> None:
        """A child with a certificate of disability, in the period before only."""
        self.before.add(DI, child, layout="certificates", disability_level="3")

    def coverage(self, before: str, *now: str) -> Coverage:
        """The coverage, where this department came before and these came now."""
        return self.coverage_of_sources({before}, set(now) | {before})

    def coverage_of_sources(self, before: Collection[str], now: Collection[str]) -> Coverage:
        """The coverage, where these departments came before and those came now."""
        past = Past()
        if self.before.records:
            earlier = self.before.files()
            past = Past(earlier.records, Past().units, frozenset(before))
        expected = frozenset(self.now.profile.gate.expected.value or [])
        came = Deliveries(frozenset(now), FieldQuestion(self.fields, {}, ()), expected)
        return build_coverage(self.files, past, came, CoverageContext(self.now.profile, {}, frozenset(), {}))
