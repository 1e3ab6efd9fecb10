"""What an answer, an exit or a fact means for a feed: the model of a feed's `leavings` and its checks at load.

Belongs here: the one owner of these meanings, as data. Not here: whose answers there are (`stock`), who leaves by them
(`leaving`), what an answer does to a line of a list (`expectations.life`). Source: rules/lists.md#entrants; rules/people.md#nobody-loses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from expectations.lists.catalogue import load_catalogue
from expectations.rulebook import Rules

STAYS = "stays"
# The only word for a child that a delivery no longer names and nobody has looked at.
UNSEEN = "待核实"
UNTIL = "{until}"
Written = Literal["until", "place"]
Fact = Literal["enrolled", "abroad", "birth_corrected"]


class Effect(Rules):
    """What one answer does to the child's row; `stays` in the file means that nothing of this is written.

    Attributes:
        leaves: the word under which the row leaves, `{until}` for the day; empty: it stays.
        reason: why, as a key of `exit_reason` in `codes.yaml`.
        mark: what a row that stays is marked with.
        needs: what must stand in 说明 for the row to leave: a day (`until`), or where the child is (`place`).
        lacking: the mark of a row that stays because that is not there.
        over: the mark of a row that is back because the day has come.
    """

    leaves: str = ""
    reason: str = ""
    mark: str = ""
    needs: Written | None = None
    lacking: str = ""
    over: str = ""

    @model_validator(mode="before")
    @classmethod
    def _stays(cls, written: Any) -> Any:
        return {} if written == STAYS else written

    def problems(self) -> Iterator[str]:
        """What is wrong with it, in Chinese."""
        if self.needs and not (self.leaves and self.lacking):
            yield "needs 只用于 leaves，并须写明缺少时的标注（lacking）"
        if (UNTIL in self.leaves or self.over) and self.needs != "until":
            yield "写了 {until} 或 over 的，needs 须为 until"
        if (self.needs == "until") and not self.over:
            yield "needs 为 until 的，须写明到期后的标注（over）"
        if UNSEEN in (self.leaves, self.mark):
            yield f"“{UNSEEN}”只表示没有人核实过，不能用作离开的说法"
        if self.mark and self.leaves:
            yield "离开的行不写 mark"


class Leavings(Rules):
    """Whom a feed lets leave; whatever is not written here lets nobody leave.

    Attributes:
        roll: reason for which civil affairs' own ledger ended a child's file -> the word.
        facts: what the data show -> the word.
        answers: list -> answer -> what it does; every answer of a named list is there.
        longest_months: a day further away than this is a typing error and lets nobody leave.
    """

    roll: dict[str, str] = Field(default_factory=dict)
    facts: dict[Fact, str] = Field(default_factory=dict)
    answers: dict[str, dict[str, Effect]] = Field(default_factory=dict)
    longest_months: int = Field(default=24, ge=1)

    def effect(self, code: str, answer: str) -> Effect:
        """What an answer does; one that is not named, such as a word of an older list, does nothing."""
        return self.answers.get(code, {}).get(answer) or Effect()

    @property
    def marks(self) -> bool:
        """Whether any answer marks a row."""
        effects = (effect for named in self.answers.values() for effect in named.values())
        return any(effect.mark or effect.lacking for effect in effects)

    def problems(self, receipt: dict[str, Collection[str]], reasons: Collection[str]) -> list[str]:
        """What is wrong with it, in Chinese.

        Args:
            receipt: list -> words that a receipt may say about its lines.
            reasons: the exit reasons that there are.
        """
        lists = load_catalogue().lists
        problems = [f"leavings.roll 的原因 {name} 不存在" for name in self.roll if name not in reasons]
        for code, effects in self.answers.items():
            where = f"leavings.answers.{code}"
            if code not in lists:
                problems.append(f"{where}：没有这个清单")
                continue
            words = {*lists[code].answers, *receipt.get(code, ())}
            problems += [f"{where} 的“{word}”不是这个清单的答复" for word in effects if word not in words]
            # Every answer, those that do nothing included: a new one cannot slip in without somebody having decided.
            problems += [f"{where} 没有写明答复“{word}”的含义" for word in sorted(words - set(effects))]
            for word, effect in effects.items():
                problems += [f"{where}.{word}：{text}" for text in effect.problems()]
                if effect.reason and effect.reason not in reasons:
                    problems.append(f"{where}.{word} 的原因 {effect.reason} 不存在")
        leaving = [*self.roll.values(), *self.facts.values()]
        return problems + [f"“{word}”不能用作离开的说法" for word in leaving if word in ("", UNSEEN)]
