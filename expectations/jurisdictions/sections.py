"""The sections of a place's profile: every setting with its clause and source.

Belongs here: the shape of each section (rules/definitions.md#definitions, rules/jurisdictions.md#rows, #profile). Not here: loading and merging (`profile`), values (the
YAML files beside this one), what follows from a value (`expectations.lists`, `duties`).
"""

from typing import Any, Generic, Literal, TypeVar

from pydantic import Field, PositiveFloat, PrivateAttr, field_validator, model_validator

from expectations.jurisdictions.labels import labels
from expectations.rulebook import RuleFileError, Rules

T = TypeVar("T")
MonthDay = str
# The benefits whose amount can be stated: a misspelt one would be a standard that nothing uses.
Benefit = Literal[
    "orphan_allowance",
    "orphan_in_institution",
    "de_facto_allowance",
    "minimum_living",
    "destitute",
    "living_allowance",
    "care_allowance",
]
# How often: `P1W`, `P1M`, `P3M`, `P6M`, `P1Y`.
Duration = str
# A place may show less of a number, never more than this, and never a citizen's number whole.
MOST_SHOWN = 8
ALWAYS_MASKED = frozenset({"id_no", "father_id", "mother_id", "guardian_id", "payee_id"})


class UnknownSettingError(RuleFileError):
    """A list needs a value that this place has not decided."""


class Setting(Rules, Generic[T]):
    """One value with the clause beside it; `value` is null where the papers are silent and the bureau must decide."""

    value: T | None
    clause: str = ""
    source: str = ""
    # Where it stands, `section.key` and the file; a refusal names both. Told by the profile, since a setting does not know its own key.
    _path: str = PrivateAttr("")
    _file: str = PrivateAttr("")

    def __eq__(self, other: object) -> bool:
        """Equal by what is decided and why, wherever it stands."""
        if not isinstance(other, Setting):
            return NotImplemented
        return (self.value, self.clause, self.source) == (other.value, other.clause, other.source)

    @property
    def path(self) -> str:
        """Its key, `section.key`; "" outside a profile."""
        return self._path

    def stands_at(self, path: str, file: str = "") -> None:
        """Tell the setting its key and the file of its profile."""
        self._path, self._file = path, file or self._file

    def known(self) -> T:
        """The value.

        Raises:
            UnknownSettingError: the place has not decided it; names the file, the setting in words and its key.
        """
        if self.value is None:
            file = f"规则文件 {self._file} " if self._file else "本地规则文件"
            named = f"“{labels().setting(self._path)}”（{self._path}）" if self._path else "有一项参数"
            raise UnknownSettingError(f"{file}中{named}尚未确定（value: null），请民政局确定后填入。")
        return self.value


class Place(Rules):
    """Which county it is, and what becomes of another's rows (rules/places-and-people.md#own-county, #several-counties).

    `area_code` null: inferred from the household register where one county is far the most frequent there, and said. `own_codes`: further
    codes that are the own county as well. `other_counties`: county -> `drop` (its rows are counted and not compared) or `known` (its
    registers say where own children are). `second_county`: from how many `rows`, and which `share` of a department's, another county is
    asked about; from which share of the most frequent county on (`comparable`) none is chosen; which share of the rows of a school or a
    township's roll makes it another county's (`unit`).
    """

    area_code: Setting[str]
    own_codes: Setting[list[str]]
    former_area_codes: Setting[list[str]]
    other_counties: Setting[dict[str, Literal["drop", "known"]]]
    second_county: Setting[dict[Literal["rows", "share", "comparable", "unit"], float]]
    county_name: Setting[str]


class Rhythm(Rules):
    """How often departments are compared and children seen by the child worker (rules/jurisdictions.md#row-1, #row-4 to #row-6).

    `extra_visits` names the occasions of one more visit (keys of `holidays`, and weather). What volunteers, teachers or a rescue
    station owe, and what is reported, checked and held, are `duties`.
    """

    period_kind: Setting[Literal["quarter", "month"]]
    compare_every: Setting[Duration]
    contact_every: Setting[Duration]
    visit_every: Setting[Duration]
    street_child_revisit: Setting[Duration]
    extra_visits: Setting[list[str]]
    holidays: Setting[dict[str, tuple[MonthDay, MonthDay]]]
    more_visits_for: Setting[list[str]]


class Comparison(Rules):
    """Who compares what, for whom first, and which books are kept besides (rules/jurisdictions.md#row-2, #row-3, #row-15, #row-20, #row-23).

    `parties` are departments that the paper names; `groups` the classes of children compared, `priority` those that come first; `police_mode`
    says whether the police hand over the register or answer a query; `ledgers` are further books (`rural_single_parent`,
    `virtual_special_school`, `street_trafficked`, `migrant`); `zero_lists` the lists counted down to zero; `systems` the systems fed.
    """

    parties: Setting[list[str]]
    groups: Setting[list[str]]
    priority: Setting[list[str]]
    police_mode: Setting[Literal["export", "answer_file"]]
    ledgers: Setting[list[str]]
    special_school_words: Setting[list[str]]
    zero_lists: Setting[list[str]]
    systems: Setting[list[str]]
    least_found: Setting[dict[str, float]] = Field(
        description="department -> share of the children others know that its first delivery must hold; left out: not asked"
    )
    key_field: Setting[Literal["id_no"]]  # any other is refused: the linkage knows no other


class CoverageBounds(Rules):
    """When so few children came that their source cannot have shown the others (rules/coverage.md#model).

    `least_kept` and `below` are shares, `tail` a probability, `spread` the least intraclass correlation between units; `usually_filled` is the share
    of cells from which on a blank one is a cell that nobody filled, and no answer.
    """

    smallest_unit: Setting[int]
    tail: Setting[PositiveFloat]
    below: Setting[PositiveFloat]
    spread: Setting[PositiveFloat]
    least_kept: Setting[PositiveFloat]
    usually_filled: Setting[PositiveFloat]


class GateBounds(Rules):
    """What makes an edition wait for a person, and who may release it (rules/coverage.md#gate).

    `growth` and `least_growth`: a list that is so many times as long as before, and so many lines longer; `first_share`: list -> the share of the
    children that it can be of which a first period believes; `same_children`: two files that share so many of their children are one file twice.
    """

    second_person: Setting[bool]
    growth: Setting[PositiveFloat]
    least_growth: Setting[int]
    first_share: Setting[dict[str, PositiveFloat]]
    same_children: Setting[PositiveFloat]
    expected: Setting[list[str]] = Field(
        description="departments and kinds of files that every period brings; null: those of the period before"
    )


class Schooling(Rules):
    """Compulsory education (rules/definitions.md#school-age, #school-events)."""

    entry_age: Setting[int]
    years: Setting[int]
    primary_years: Setting[int]
    cutoff: Setting[MonthDay] = Field(
        description="last birthday, MM-DD, that enters school in the year of the entry age"
    )
    year_start: Setting[MonthDay]
    band: Setting[tuple[int, int]]
    band_outside: Setting[bool] = Field(
        description="whether children inside the band but outside the legal cohort are listed"
    )
    suspended: Setting[list[str]]
    suspension_months: Setting[int]
    absence_excused: Setting[list[str]]
    physical_reasons: Setting[list[str]]
    delayed: Setting[list[str]]
    delay_years: Setting[int]
    placement_levels: Setting[list[str]]
    waiting_placement: Setting[list[str]]
    push_entrants: Setting[bool]
    push_months_before: Setting[int]
    transfer_window_days: Setting[int]
    record_window_days: Setting[int]
    transferred: Setting[list[str]]
    enrolled: Setting[list[str]]
    dropped_out: Setting[list[str]]
    studies_elsewhere: Setting[list[str]]
    taught_at_home: Setting[list[str]]
    not_yet_at_school: Setting[list[str]]
    said_left: Setting[list[str]] = Field(description="what another department's word must be to contradict 在读")
    said_at_school: Setting[list[str]]


class LeftBehind(Rules):
    """Left-behind children: civil affairs' meaning and education's meaning differ (rules/definitions.md#left-behind, #left-behind-school)."""

    below_age: Setting[int]
    months_away: Setting[int]
    rural_only: Setting[bool]
    school_marks: Setting[list[str]]
    urban_marks: Setting[list[str]]
    both_away_words: Setting[list[str]]
    one_away_words: Setting[list[str]]
    both_unable_words: Setting[list[str]]
    parent_home_words: Setting[list[str]]
    other_guardian_words: Setting[list[str]]
    agreement_also: Setting[list[str]]
    new_delegate_words: Setting[list[str]]
    no_carer_words: Setting[list[str]]
    neglect_months: Setting[int]
    watched_below: Setting[int]
    agreement_target: Setting[float]
    visited_categories: Setting[list[str]]


class Difficulty(Rules):
    """Children in difficulty, orphans, de facto unattended (rules/definitions.md#difficulty, #orphans)."""

    below_age: Setting[int]
    categories: Setting[list[str]]
    dead_states: Setting[list[str]]
    unable_states: Setting[list[str]]
    proven_states: Setting[list[str]]
    least_months: Setting[int]
    orphan_roll: Setting[list[str]]
    destitute_below: Setting[int]
    at_school_below: Setting[int]
    poverty_marks: Setting[list[str]]
    institution_words: Setting[list[str]]


class Allowances(Rules):
    """The two subsidies, rehabilitation and how benefits add up (rules/definitions.md#benefits, #subsidies).

    `paid_as_difference` are the benefits from which `topped_up` is taken off; `stacked` never is. `monthly` are the place's standards, yuan per
    child and month, by the code of the benefit; of 低保 and 特困 the amount per head where no roll states the household's own.
    """

    rehab_below: Setting[int]
    paid_as_difference: Setting[list[str]]
    topped_up: Setting[list[str]]
    stacked: Setting[list[str]]
    monthly: Setting[dict[Benefit, PositiveFloat]]
    care_levels: Setting[list[str]]
    care_types_all: Setting[list[str]]
    care_types_all_levels: Setting[list[str]]
    living_needs: Setting[list[str]]
    living_excluded_by: Setting[list[str]]
    not_in_institution: Setting[list[Literal["care_allowance", "living_allowance"]]]
    card_not_valid: Setting[list[str]]

    def stated(self, benefit: str) -> float | None:
        """The place's standard of a benefit in yuan a month; None where it states none."""
        return next((amount for code, amount in (self.monthly.value or {}).items() if code == benefit), None)

    @field_validator("monthly")
    @classmethod
    def _unstated(cls, monthly: Setting[dict[Benefit, float]]) -> Setting[dict[Benefit, float]]:
        """No standard at all is an undecided setting: files of an earlier state wrote `{}` for it."""
        return monthly if monthly.value else monthly.model_copy(update={"value": None})


class Household(Rules):
    """Household register (rules/definitions.md#register) and who is outside of it."""

    registration_grace_months: Setting[int]
    outside_documents: Setting[list[str]]
    outside_marks: Setting[list[str]]
    explained_states: Setting[list[str]]


class Leaving(Rules):
    """Death and moving out (rules/codes.md#leaving, rules/places-and-people.md#not-errors)."""

    death_lag_days: Setting[int]
    move_lag_days: Setting[int]
    adult_age: Setting[int]
    age_limited: Setting[list[str]]
    at_school: Setting[list[str]]


class Consistency(Rules):
    """Which fields count as inconsistent and which number states as invalid (rules/names.md#names, rules/places-and-people.md#guardians, rules/lists.md#l15, #l18)."""

    fields: Setting[list[str]]
    compatible: Setting[dict[str, list[list[str]]]]
    trust: Setting[dict[str, list[str]]] = Field(description="departments in order of trust per field, and `default`")
    unknown_days: Setting[list[str]] = Field(description="MM-DD that forms hold where only the year is known")
    number_states: Setting[list[str]]
    other_person_names: Setting[list[str]] = Field(
        description="name levels at which an equal number is another person's"
    )
    ledgers_by_category: Setting[bool]
    two_townships: Setting[bool]
    separate_books: Setting[list[str]]
    not_compared: Setting[list[str]]
    milk_name: Setting[str]
    ignored_characters: Setting[str]


class Masking(Rules):
    """What a reader of workbooks, child files and explanations sees of a number (rules/law.md#shown-numbers, #masking).

    `masked_fields` are the fields whose numbers are covered; a citizen's number is always one of them.
    """

    number_head: Setting[int]
    number_tail: Setting[int]
    phone_head: Setting[int]
    phone_tail: Setting[int]
    masked_fields: Setting[list[str]]
    name_masked_in_summary: Setting[bool]

    @property
    def covers_names_in_summary(self) -> bool:
        """Whether names are covered in the county's ledgers and in samples; where nobody has decided it they are."""
        return self.name_masked_in_summary.value is not False

    @field_validator("number_head", "number_tail", "phone_head", "phone_tail", "masked_fields")
    @classmethod
    def _decided(cls, setting: Setting[Any]) -> Setting[Any]:
        """How much of a number is seen cannot stay open: nothing that leaves the house could be written."""
        if setting.value is None:
            raise ValueError("不能留空（value: null），不需要另作规定的请删去这一项，按全国通用执行")
        return setting

    @model_validator(mode="after")
    def _bounded(self) -> "Masking":
        for head, tail in ((self.number_head, self.number_tail), (self.phone_head, self.phone_tail)):
            if min(head.known(), tail.known()) < 0 or head.known() + tail.known() > MOST_SHOWN:
                raise ValueError(f"露出的位数合计应为0至{MOST_SHOWN}位")
        missing = ALWAYS_MASKED - set(self.masked_fields.known())
        if missing:
            raise ValueError(f"masked_fields 必须包含公民身份号码：{'、'.join(sorted(missing))}")
        return self


class IndicatorTargets(Rules):
    """What the place's paper wants to reach: indicator (a key of the report's table) -> year -> target as written (rules/jurisdictions.md#row-27)."""

    targets: Setting[dict[str, dict[int, str]]]


class Workers(Rules):
    """Child workers (rules/jurisdictions.md#row-12)."""

    children_per_worker: Setting[int]
    per_village: Setting[int]
    counted: Setting[list[str]]
    posts: Setting[list[str]]
