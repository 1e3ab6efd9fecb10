"""In what state a department's record is, as data: the rules under `states` in its contract.

Belongs here: the model of such a rule and applying it to rows. Not here: any department's rules (`assets/contracts/*.yaml`), what follows
from a state (`assets.childfile.states`). Source: rules/identifiers.md#source-checks, rules/codes.md#enrolment, #leaving, rules/departments.md#police.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from expectations.lists.files import BoolArray

ACTIVE, FILLED = "active", "*"


class StateRule(BaseModel):
    """One line of a department's `states`. The first line that fits a record decides; a record that none fits is `active`.

    Attributes:
        state: the state of a record that fits.
        take: instead of `state`: the field whose code is the state; a record in which it is empty does not fit.
        when: field -> codes, one of which the record has in it; `*` = anything, "" = nothing. All fields must fit.
        words: field -> words, one of which stands in the free text of the field. All fields must fit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    state: str = ""
    take: str = ""
    when: dict[str, list[str]] = Field(default_factory=dict)
    words: dict[str, list[str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_a_state(self) -> StateRule:
        if bool(self.state) == bool(self.take):
            raise ValueError("state（状态）和 take（取哪个字段的代码）须写且只写一个")
        return self

    @property
    def fields(self) -> list[str]:
        """The fields that the rule reads."""
        return [*([self.take] if self.take else []), *self.when, *self.words]

    def fits(self, rows: pd.DataFrame) -> BoolArray:
        """Which rows the rule is about; a field that the rows lack is empty in all of them."""
        mask = np.ones(len(rows), dtype=np.bool_)
        for field, codes in self.when.items():
            mask &= _has_code(_texts(rows, field), codes)
        for field, words in self.words.items():
            texts = _texts(rows, field)
            # Few different texts stand in a column of many rows: each is searched once.
            fitting = [text for text in texts.unique() if any(word in text for word in words)]
            mask &= np.asarray(texts.isin(fitting), dtype=np.bool_)
        return mask & _has_code(_texts(rows, self.take), [FILLED]) if self.take else mask


def states_by(rules: Sequence[StateRule], rows: pd.DataFrame) -> pd.Series[str]:
    """The state of every row of one department, by its rules."""
    states = pd.Series(ACTIVE, index=rows.index, dtype=object)
    undecided = np.ones(len(rows), dtype=np.bool_)
    for rule in rules:
        fitting = undecided & rule.fits(rows)
        states[fitting] = _texts(rows, rule.take)[fitting] if rule.take else rule.state
        undecided &= ~fitting
    return states


def _texts(rows: pd.DataFrame, field: str) -> pd.Series[str]:
    return rows[field] if field in rows.columns else pd.Series("", index=rows.index, dtype=object)


def _has_code(texts: pd.Series[str], codes: Sequence[str]) -> BoolArray:
    return np.asarray(texts.isin(codes) | ((texts != "") & (FILLED in codes)), dtype=np.bool_)
