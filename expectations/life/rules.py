"""The rules of a finding's life, read from `life.yaml`: words of the states, outcomes of answers, telling fields.

Belongs here: the file's model and the look-ups in it. Not here: what happens in a period (`step`), the lists' answers
(`expectations.lists.catalogue`).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from expectations.life.limits import until_in
from expectations.life.states import KEPT, PERIOD_KINDS
from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("life.yaml")
State = Literal["new", "assigned", "verifying", "confirmed", "rejected", "acting", "closed", "reopened"]
Count = Literal["listed", "asked", "quiet"]
Outcome = Literal["explained", "done", "acting", "confirmed", "verifying"]


class LifeRules(Rules):
    """Model of `life.yaml`."""

    states: dict[State, str] = Field(min_length=8)
    open: list[State]
    counts: dict[Count, str] = Field(min_length=3)
    staying: dict[str, list[str]]
    leaving: dict[str, list[str]]
    settled: str
    earlier: dict[Literal["open", "done"], str] = Field(min_length=2)
    outcomes: dict[Outcome, State] = Field(min_length=5)
    default: Outcome
    answers: dict[Outcome, list[str]]
    words: dict[Outcome, list[str]]
    lists: dict[str, dict[Outcome, list[str]]] = Field(default_factory=dict)
    until: dict[str, list[str]] = Field(default_factory=dict)
    places: dict[str, list[str]] = Field(default_factory=dict)
    place_words: list[str] = Field(default_factory=list)
    entry_right: dict[str, list[str]] = Field(default_factory=dict)
    outgrows: dict[str, str] = Field(default_factory=dict, description="list -> the setting whose age ends it")
    telling: list[str]
    telling_by_list: dict[str, list[str]]
    values_only: list[str] = Field(default_factory=list)
    of_places: list[str] = Field(default_factory=list)
    made_of: dict[str, list[str]] = Field(default_factory=dict)
    field_words: dict[str, str]

    @model_validator(mode="after")
    def _check(self) -> "LifeRules":
        every = [answer for answers in self.answers.values() for answer in answers]
        twice = sorted({answer for answer in every if every.count(answer) > 1})
        if twice:
            raise ValueError(f"answers 中同一答复写了两次：{'、'.join(twice)}")
        kinds = sorted(kind for fates in (self.staying, self.leaving) for named in fates.values() for kind in named)
        # A kind without a word would be a line that no sum holds; the kind `kept` is the count `quiet`.
        if kinds != sorted(PERIOD_KINDS - {KEPT}):
            raise ValueError(f"staying、leaving 应当把每种去向恰好写一次：{'、'.join(sorted(PERIOD_KINDS - {KEPT}))}")
        telling = {*self.telling, *(field for fields in self.telling_by_list.values() for field in fields)}
        if telling - set(self.field_words):
            raise ValueError(f"field_words 缺少：{'、'.join(sorted(telling - set(self.field_words)))}")
        return self

    def is_open(self, state: str) -> bool:
        """Whether a finding in this state is still somebody's work."""
        return state in self.open

    def say(self, state: str) -> str:
        """The state as people read it."""
        return next((word for code, word in self.states.items() if code == state), state)

    def fate(self, kind: str) -> str:
        """What became of a line, in words, by the kind of what the period says of it; `settled` where it says nothing."""
        words = {**self.staying, **self.leaving}
        return next((word for word, kinds in words.items() if kind in kinds), self.settled)

    def outcome(self, code: str, answer: str, note: str | None = None) -> Outcome:
        """What an answer on a list does: named for the list, named for all, by its first words, else the default.

        Args:
            code: the list.
            answer: the word of its dropdown.
            note: what stands in 说明 beside it; an answer that settles nothing without a day or a place there is the default. None: the
                word alone is asked about.
        """
        if note is not None and self.lacks(code, answer, note):
            return self.default
        for named in (self.lists.get(code, {}), self.answers):
            for outcome, answers in named.items():
                if answer in answers:
                    return outcome
        for outcome, words in self.words.items():
            if answer.startswith(tuple(words)):
                return outcome
        return self.default

    def names(self, code: str, answer: str) -> bool:
        """Whether it is written down what an answer on a list does; an answer that is not named does what `default` says."""
        named = [answers for rules in (self.lists.get(code, {}), self.answers) for answers in rules.values()]
        begins = tuple(word for words in self.words.values() for word in words)
        return any(answer in answers for answers in named) or answer.startswith(begins)

    def lacks(self, code: str, answer: str, note: str) -> bool:
        """Whether 说明 lacks the day, or the place, without which the answer settles nothing (rules/lists.md#entrants)."""
        if answer in self.until.get(code, ()):
            return until_in(note) is None
        return answer in self.places.get(code, ()) and not self.names_place(note)

    def names_place(self, note: str) -> bool:
        """Whether 说明 names a place or a school; that somebody was telephoned names none."""
        return any(word in note for word in self.place_words)

    def stands_by(self, code: str, answer: str) -> bool:
        """Whether a department says by this answer that its own entry is right, so that another one's is asked about."""
        return answer in self.entry_right.get(code, ())

    def ended(self, code: str, answer: str, note: str, as_of: date) -> bool:
        """Whether the day until which an answer holds has passed."""
        until = until_in(note) if answer in self.until.get(code, ()) else None
        return until is not None and until < as_of

    def fields(self, code: str, field: str) -> tuple[str, ...]:
        """The fields whose values are the evidence of a finding on a list (`field`: the one it is about, or "")."""
        telling = self.telling_by_list.get(code, self.telling)
        return tuple(dict.fromkeys([*telling, *(self.made_of.get(field, [field]) if field else [])]))

    def word(self, field: str, others: Mapping[str, str]) -> str:
        """A field's Chinese name; `others` knows those that the rules do not name."""
        return self.field_words.get(field) or others.get(field, field)


@cache
def life_rules() -> LifeRules:
    """The validated rules. Raises `RuleFileError` naming file and key."""
    return read_rules(FILE, LifeRules)
