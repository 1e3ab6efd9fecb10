"""Which rows of a department suffer which mistakes, and carrying them out.

The mistakes themselves are in `spoil_names`, `spoil_numbers`, `spoil_dates`.

An error belongs to a record, not to a quarter: some are there from the start and stay, some are corrected
after the first period, some are new.
Beside what was written, `*_meant` keeps what a careful reader of the row understands; the truth of the lists
is computed from that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
import pandas as pd

from demo_county.dice import Flags
from demo_county.knowledge import Scene
from demo_county.settings import words
from demo_county.spoil_dates import MISDATINGS
from demo_county.spoil_names import REWRITINGS
from demo_county.spoil_numbers import DAMAGES


@dataclass
class Clerks:
    """The clerks of one department in one period.

    Attributes:
        department: key of the error rates.
        scene: dice, profile and period.
        frame: the records; changed in place.
        group: for every row the sheet it is typed in (township or school): careless clerks have whole sheets.
    """

    department: str
    scene: Scene
    frame: pd.DataFrame
    group: pd.Series

    def __post_init__(self) -> None:
        profile, dice = self.scene.profile, self.scene.dice
        self.rates = profile.errors[self.department]
        # By child and record, not by row number: the same record suffers the same mistakes in every period.
        self.key = self.frame["kid"].to_numpy(dtype=np.int64) * 8 + self.frame["copy"].to_numpy(dtype=np.int64)
        careless = dice.happens(
            self.group.to_numpy(dtype=np.int64), f"{self.department} careless", profile.careless_share
        )
        self.factor = np.where(careless, profile.careless_factor, 1.0)
        self.errors: list[list[str]] = [[] for _ in range(len(self.frame))]
        for column in ("name", "id_no", "birth"):
            self.frame[column + "_meant"] = self.frame[column]
        self.frame["birth_text"] = ""

    def strikes(self, error: str, among: Flags | None = None) -> Flags:
        """Tell which rows suffer an error now."""
        rate, dice, profile = self.rates.get(error, 0.0), self.scene.dice, self.scene.profile
        factor = 1.0 if among is not None else self.factor  # shares of a few rows are absolute
        struck = dice.happens(
            self.key, f"{self.department} {error}", np.minimum(1.0, rate * factor) * np.ones(len(self.key))
        )
        # One draw for both periods: the lowest share is new in the second, the highest is corrected before it.
        when = dice.uniform(self.key, f"{self.department} {error} when")
        struck &= when >= profile.fresh if self.scene.first else when <= 1 - profile.corrected
        return struck if among is None else struck & among

    def note(self, rows: Flags, error: str) -> None:
        """Write an error into the truth of the given rows."""
        for i in np.flatnonzero(rows):
            self.errors[i].append(error)

    def chance(self, i: int, error: str) -> Random:
        """Return the chance that belongs to one row and error."""
        return Random(f"{self.scene.dice.seed}:{self.department}:{error}:{self.key[i]}")

    def names(self, special: Flags) -> None:
        """Rewrite names; at most one rewriting per row. `special` rows (another person's cell) are left alone."""
        frame = self.frame
        written, meant = frame["name"].to_numpy(dtype=object).copy(), frame["name_meant"].to_numpy(dtype=object).copy()
        former = (frame["former_name"] != "").to_numpy()
        old = self.strikes("former_name", former)
        written[old] = meant[old] = frame["former_name"].to_numpy(dtype=object)[old]
        self.note(old, "former_name")
        done = old | special
        rare = np.array([any(char in words().rare for char in name) for name in written], dtype=bool)
        dotted = np.array(["·" in name for name in written], dtype=bool)
        for error, (rewrite, changes) in REWRITINGS.items():
            among = None
            if error in ("rare_simple", "unknown_char", "pinyin_bracket"):
                among = rare
            elif error in ("dot", "name_part", "transliteration"):
                among = dotted
            for i in np.flatnonzero(self.strikes(error, among) & ~done).tolist():
                new = rewrite(str(written[i]), self.chance(i, error))
                if not new or new == written[i]:
                    continue
                written[i], done[i] = new, True
                # 某某, 之子: a word for "no name yet" says nothing about the name (rules/names.md#n13)
                meant[i] = "" if "某" in new else new if changes else meant[i]
                self.errors[i].append(error)
        frame["name"], frame["name_meant"] = written, meant

    def numbers(self, people: pd.DataFrame) -> None:
        """Damage citizen numbers; at most one damage per row.

        `people` gives old numbers and siblings' numbers by kid.
        """
        frame = self.frame
        written = frame["id_no"].to_numpy(dtype=object).copy()
        meant = written.copy()
        extra = people.loc[frame["kid"], ["old_id", "renumbered", "sibling_id"]]
        old = self.strikes("obsolete_id", extra["renumbered"].to_numpy(dtype=bool) & (written != ""))
        written[old] = meant[old] = extra["old_id"].to_numpy(dtype=object)[old]
        self.note(old, "obsolete_id")
        done = old.copy()
        columns = {
            c: frame[c].to_numpy(dtype=object)
            for c in ("father_id", "mother_id", "guardian_id", "dis_card")
            if c in frame
        }
        columns["sibling_id"] = extra["sibling_id"].to_numpy(dtype=object)
        unregistered = (frame["hukou"] == "none").to_numpy()
        for error, (damage, keeps) in DAMAGES.items():
            struck = self.strikes(error) & (written != "")
            # the typical number of a child without one (rules/identifiers.md#c14)
            if error == "borrowed_parent_id" and error in self.rates:
                struck |= unregistered & self.scene.dice.happens(self.key, f"{self.department} borrowed", 0.3)
            for i in np.flatnonzero(struck & ~done).tolist():
                row = {c: str(values[i]) for c, values in columns.items()}
                new = damage(str(written[i]), row, self.chance(i, error))
                if not new or new == written[i]:
                    continue
                written[i], done[i] = new.replace("\0", ""), True  # "" would have meant: cannot happen here
                meant[i] = meant[i] if keeps == "own" else new if keeps == "other" else ""
                self.errors[i].append(error)
        frame["id_no"], frame["id_no_meant"] = written, meant

    def births(self) -> None:
        """Misdate births; at most one mistake per row."""
        frame = self.frame
        days = frame["birth"].to_numpy(dtype="datetime64[D]").astype(object)
        written, meant = frame["birth_text"].to_numpy(dtype=object).copy(), days.copy()
        done = np.zeros(len(frame), dtype=bool)
        for error, misdate in MISDATINGS.items():
            for i in np.flatnonzero(self.strikes(error) & ~done).tolist():
                text, day = misdate(days[i], self.chance(i, error))
                if not text and day == days[i]:
                    continue
                written[i], meant[i], done[i] = text, day, True
                self.errors[i].append(error)
        frame["birth_text"], frame["birth_meant"] = written, meant
        # The typed day stands for the true one from here on (a file writes it in its own style), unless none is meant.
        frame["birth"] = [day if day is not None else true for day, true in zip(meant, days, strict=True)]

    def facts(self) -> None:
        """Mistake sex and ethnic group."""
        frame = self.frame
        wrong = self.strikes("sex")
        frame["sex"] = np.where(wrong, np.where(frame["sex"] == "男", "女", "男"), frame["sex"])
        self.note(wrong, "sex")
        wrong = self.strikes("nation")
        frame["nation"] = np.where(wrong, np.where(frame["nation"] == "汉族", "回族", "汉族"), frame["nation"])
        self.note(wrong, "nation")

    def swapped_columns(self) -> Flags:
        """The name stands in the number's column and the number in the name's (rules/identifiers.md#c19)."""
        frame = self.frame
        rows = self.strikes("id_swapped_column") & (frame["id_no"] != "").to_numpy()
        name, number = frame["name"].to_numpy(dtype=object).copy(), frame["id_no"].to_numpy(dtype=object).copy()
        frame["name"], frame["id_no"] = np.where(rows, number, name), np.where(rows, name, number)
        frame.loc[rows, ["name_meant", "id_no_meant"]] = ""
        self.note(rows, "id_swapped_column")
        return rows

    def cards(self) -> None:
        """Lose the re-issue suffix of a certificate number; let the level column differ from its digit (rules/identifiers.md#certificate-number, rules/lists.md#l24)."""
        frame = self.frame
        renewed = frame["dis_card"].str[20:21] == "B"
        lost = self.strikes("card_suffix_lost", renewed.to_numpy(dtype=bool))
        self._replace(lost, {"dis_card": frame["dis_card"].str[:20]}, "card_suffix_lost")
        # the neighbour on the same side of "severe", so that it stays clear who is owed which allowance
        neighbour = frame["dis_level"].map({"一级": "二级", "二级": "一级", "三级": "四级", "四级": "三级"}).fillna("")
        self._replace(self.strikes("card_level_conflict"), {"dis_level": neighbour}, "card_level_conflict")

    def around(self, people: pd.DataFrame) -> None:
        """Change what stands around the child: guardians, phones, addresses (rules/places-and-people.md#addresses, #guardians)."""
        frame = self.frame
        # No slip: half of a department's records name the stepfather, the others the father, and both are right.
        step = frame["stepfather"].to_numpy(dtype=bool) & self.scene.dice.happens(
            self.key, f"{self.department} step", 0.5
        )
        self._replace(step, {"father_name": frame["step_name"], "father_id": frame["step_id"]}, "stepfather")
        mother = {
            "guardian_name": frame["mother_name"],
            "guardian_id": frame["mother_id"],
            "guardian_rel": pd.Series("母亲", index=frame.index),
        }
        self._replace(
            self.strikes("guardian_changed") & (frame["mother_name"] != "").to_numpy(), mother, "guardian_name"
        )
        blank = pd.Series("", index=frame.index)
        self._replace(
            self.strikes("guardian_missing"),
            dict.fromkeys(("father_name", "father_id", "guardian_id"), blank),
            "guardian_missing",
        )
        self._replace(
            self.strikes("parents_missing"),
            dict.fromkeys(("father_name", "father_id", "mother_name", "mother_id"), blank),
            "parents_missing",
        )
        # One number for all that it strikes in a township, as of a clerk who types her own.
        shared = frame["town_no"].map(lambda town: f"1399365{1000 + int(town) * 37}")
        self._replace(self.strikes("phone_shared"), {"phone": shared, "guardian_phone": shared}, "phone_shared")
        other = people.loc[frame["kid"], "grandma_phone"].set_axis(frame.index)
        self._replace(self.strikes("phone_changed"), {"phone": other, "guardian_phone": other}, "phone_changed")
        city = pd.Series(
            self.scene.dice.pick(
                self.key, "city", ["县城和谐家园3号楼", "县城锦绣苑", "新疆乌鲁木齐市打工", "父母打工地", "外婆家"]
            ),
            index=frame.index,
        )
        self._replace(self.strikes("address_elsewhere"), {"live_addr": city}, "address")
        old = self.strikes("guardian_id15")
        self._replace(
            old,
            {"guardian_id": frame["guardian_id"].map(lambda n: n[:6] + n[8:17] if n[6:8] == "19" else n)},
            "guardian_id15",
        )

    def _replace(self, rows: Flags, values: dict[str, pd.Series], error: str) -> None:
        if not rows.any():
            return
        for column, new in values.items():
            if column in self.frame:
                self.frame[column] = np.where(rows, new, self.frame[column])
        self.note(rows, error)

    def finish(self) -> pd.DataFrame:
        """Return the frame with its errors joined into one text per row."""
        self.frame["errors"] = ["|".join(errors) for errors in self.errors]
        return self.frame


def spoil(department: str, frame: pd.DataFrame, group: str, scene: Scene, people: pd.DataFrame) -> pd.DataFrame:
    """Let a department's clerks type its records.

    Args:
        department: key of the error rates (civil_affairs, education, public_security, disability).
        frame: records of `knowledge` or `welfare`.
        group: column that says in whose sheet a row stands.
        scene: dice, profile and period.
        people: by kid: old_id, renumbered, sibling_id, grandma_phone.

    Returns:
        The frame with errors in it, labels in `errors`, and `name_meant`, `id_no_meant`, `birth_meant`.
    """
    clerks = Clerks(department, scene, frame.reset_index(drop=True).copy(), frame[group].reset_index(drop=True))
    # Numbers before the columns change places, names after it: what stands in the name's column then is no name to misspell.
    clerks.numbers(people)
    swapped = clerks.swapped_columns()
    clerks.names(swapped)
    clerks.births()
    clerks.facts()
    clerks.around(people)
    if "dis_card" in clerks.frame:
        clerks.cards()
    return clerks.finish()


def write_dates(frame: pd.DataFrame, column: str, style: Callable[[dt.date], str]) -> list[str]:
    """Write a column of days in one style; never-days become empty."""
    # Each day once: tens of thousands of children share a few thousand days.
    days = pd.Series(frame[column]).to_numpy(dtype="datetime64[D]")
    distinct, where = np.unique(days, return_inverse=True)
    written = [style(day) if day.year < 2190 else "" for day in distinct.astype(object)]
    return [written[i] for i in where]


def with_births(frame: pd.DataFrame, style: Callable[[dt.date], str]) -> pd.DataFrame:
    """Write the births in a sheet's style; what a mistake has written already stays as it is."""
    written = np.where(frame["birth_text"] == "", write_dates(frame, "birth", style), frame["birth_text"])
    return frame.assign(birth_text=written)
