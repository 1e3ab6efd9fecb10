"""What the departments write down of a province: standard rows with their slips, blanks and copies, and the truth beside them (rules/names.md#names, rules/dates.md#dates, rules/places-and-people.md#guardians).

Belongs here: which row gets which slip, columns of a department. Does not belong here: what is true (`people`), what one slip does (`slips`).
Errors come together: a row's rate is the department's times its clerk's times the row's own (a hurried line), never drawn field by field alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.linkage import slips
from benchmarks.linkage.people import NATIONS, Province, check_digits
from benchmarks.linkage.words import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.linkage.habits import Department

    Chars = NDArray[np.uint32]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Texts = NDArray[np.object_]

AGE_DAYS = 365.25
_CODES = {"public_security": "PS", "education": "ED", "civil_affairs": "CA", "disability": "DI"}
PEOPLE = ("father_name", "mother_name", "guardian_name")
COLUMNS = (
    *("record_id", "period", "department", "layout", "file", "sheet", "row", "truth", "errors"),
    *("name", "former_name", "birth_date", "birth_precision", "sex", "nation"),
    *("id_no", "id_no_raw", "id_no_status", "student_no", "student_no_kind", "student_no_id", "disability_no"),
    *("disability_no_id", "birth_cert_no", "father_name", "father_id", "mother_name", "mother_id", "guardian_name"),
    *("phone", "hukou_town", "hukou_village", "hukou_addr", "live_town", "live_village", "household_no", "school"),
)


def text(chars: Chars) -> Texts:
    """Code points, shape (rows, width), as texts."""
    width = chars.shape[1]
    return np.ascontiguousarray(chars).view(f"<U{width}").ravel().astype(object)


def number_chars(number: Ints) -> Chars:
    """17-digit numbers as 18 characters; rows of zeros for none."""
    digits = number[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10 + 48
    out = np.concatenate([digits.astype(np.uint32), check_digits(number)[:, None]], axis=1)
    out[number == 0] = 0
    return out


class Ledger:
    """One department's rows of one county."""

    def __init__(self, province: Province, department: Department) -> None:
        self.p, self.d, self.rng = province, department, province.rng
        c, f = province.children, province.families
        self.who, self.layout = self._covered()
        self.n = len(self.who)
        self.family = c.family[self.who]
        clerk = self.rng.gamma(0.8, 1 / 0.8, 4000)[(f.home[self.family] * 7 + len(department.code)) % 4000]
        hurried = np.where(self.rng.random(self.n) < 0.12, 4.0, 0.6)
        self.rate = province.habits.careless * department.slip * np.clip(clerk, 0.1, 4) * hurried
        self.left_out = province.habits.blank * department.blank * np.clip(clerk, 0.3, 3)
        self.kinds: list[tuple[str, Mask]] = []
        self.out: dict[str, Any] = {}

    def _covered(self) -> tuple[Ints, Texts]:
        c, rng = self.p.children, self.rng
        age = ((len(c) and 6575) - c.born) // AGE_DAYS
        share = np.zeros(len(c))
        for low, high, cover in self.d.cover:
            share[(age >= low) & (age <= high)] = cover
        if self.d.code == "public_security":
            share[c.number == 0] = 0
        inside = rng.random(len(c)) < share
        parts, layouts = [], []
        for layout, part in self.d.layouts:
            rows = np.flatnonzero(inside & (rng.random(len(c)) < part))
            again = rows[rng.random(len(rows)) < self.d.doubles]
            parts += [rows, again]
            layouts += [np.full(len(rows) + len(again), layout, dtype=object)]
        return np.concatenate(parts), np.concatenate(layouts)

    def hit(self, rate: float, kind: str, only: Mask | None = None) -> Ints:
        """Rows in which a slip happens; noted under `kind`."""
        mask = self.rng.random(self.n) < rate * self.rate
        if only is not None:
            mask &= only
        self.kinds.append((kind, mask))
        return np.flatnonzero(mask)

    def keeps(self, share: float) -> Mask:
        """Rows in which a column is filled in, when `share` of the rows of an ordinary clerk leave it blank."""
        kept: Mask = self.rng.random(self.n) >= np.minimum(share * self.left_out, 0.95)
        return kept

    def frame(self, serial: int) -> pd.DataFrame:
        """All rows as a standard frame (docs/data-shapes.md 3), with `truth` and `errors`; `serial` numbers the first row."""
        self._names()
        self._births()
        self._numbers()
        self._parents()
        self._places()
        sex = self.p.children.sex[self.who].copy()
        wrong = self.hit(0.003, "sex")
        sex[wrong] = 3 - sex[wrong]
        code = _CODES.get(self.d.code, self.d.code[:2].upper())
        rows = np.arange(serial, serial + self.n)
        frame = pd.DataFrame(self.out, index=range(self.n)).reindex(columns=list(COLUMNS), fill_value="")
        frame["record_id"] = [f"{code}-{self.p.part:04d}a{self.p.habits.careless:.0f}-1-{row}" for row in rows]
        frame["period"], frame["department"], frame["layout"] = "2026Q3", self.d.code, self.layout
        frame["file"], frame["sheet"], frame["row"] = f"{code}.xlsx", "Sheet1", rows.astype(np.int32)
        frame["truth"] = self.p.first + self.who
        frame["errors"] = self._errors()
        frame["sex"] = np.where(self.keeps(0.01), sex.astype(str), "")
        nation = np.array(NATIONS, dtype=object)[self.p.families.nation[self.family]]
        frame["nation"] = np.where(self.keeps(0.15), nation, "")
        return frame

    def _errors(self) -> Texts:
        out = np.full(self.n, "", dtype=object)
        for kind, mask in self.kinds:
            out[mask] += kind + "|"
        return out

    def _names(self) -> None:
        c, words, rng = self.p.children, self.p.words, self.rng
        name = c.name[self.who].copy()
        other = (c.renamed[self.who] > 0) & (rng.random(self.n) < 0.45)
        former = np.zeros_like(name)
        if "former" in self.d.knows:
            known = (c.renamed[self.who] == 1) & ~other & (rng.random(self.n) < 0.5)
            former[known] = c.other_name[self.who[known]]
        name[other] = c.other_name[self.who[other]]
        self.kinds.append(("renamed", other))
        han = self.p.families.nation[self.family] == 0
        for rate, kind, swaps in (
            (0.028, "sound", words.sound),
            (0.006, "fuzzy", words.fuzzy),
            (0.008, "shape", words.shape),
        ):
            rows = self.hit(rate, kind, han)
            name[rows] = slips.wrong_character(rng, name[rows], swaps)
        rare = np.isin(name, words.rare).any(axis=1)
        plain = self.hit(0.25, "rare_plain", rare)
        name[plain] = np.where(
            np.isin(name[plain], words.rare), words.plain.draw(rng, name[plain].ravel()).reshape(-1, WIDTH), name[plain]
        )
        for rate, kind, mask in ((0.15, "rare_lost", rare), (0.002, "lost", han)):
            rows = self.hit(rate, kind, mask)
            name[rows] = slips.lost_character(rng, name[rows])
        rows = self.hit(0.003, "dropped", han)
        name[rows] = slips.dropped(rng, name[rows])
        rows = self.hit(0.002, "swapped", han)
        name[rows] = slips.swapped(name[rows])
        rows = self.hit(0.2, "minority", ~han)
        name[rows] = slips.minority(rng, name[rows])
        if "guardian" in self.d.knows:
            rows = self.hit(0.005, "nickname")
            name[rows] = slips.nickname(rng, name[rows])
        self.out |= {"name": text(name), "former_name": text(former)}

    def _births(self) -> None:
        c, rng = self.p.children, self.rng
        born = c.born[self.who]
        date, precision = slips.dates(born).astype(object), np.full(self.n, "day", dtype=object)
        lunar = self.p.families.lunar[self.family] & (rng.random(self.n) < self.d.lunar)
        date[lunar] = slips.lunar_dates(born[lunar])
        self.kinds.append(("lunar", lunar))
        rows = self.hit(0.009, "birth")
        date[rows], precision[rows] = slips.wrong_dates(rng, born[rows])
        known = self.keeps(0.006)
        self.kinds.append(("no_birth", ~known))
        self.out |= {"birth_date": np.where(known, date, ""), "birth_precision": np.where(known, precision, "")}

    def _numbers(self) -> None:
        c, f, rng, n = self.p.children, self.p.families, self.rng, self.n
        own, old, kin = c.number[self.who], c.old_number[self.who], c.sibling_number[self.who]
        stale = (old > 0) & (rng.random(n) < (0.1 if self.d.code == "public_security" else 0.5))
        number = np.where(stale, old, own)
        self.kinds.append(("stale", stale))
        hand = self.d.code != "public_security"
        missing = ~self.keeps(self.p.habits.numberless) if hand else np.zeros(n, dtype=bool)
        self.kinds.append(("no_number", missing | (own == 0)))
        taken = self.hit(0.004, "sibling_number", (kin > 0) & hand)
        number[taken] = kin[taken]
        unregistered = (own == 0) & (kin > 0) & (rng.random(n) < 0.06)
        number[unregistered] = kin[unregistered]
        number[missing & ~unregistered] = 0
        self.kinds.append(("borrowed", unregistered))
        chars = np.concatenate([number_chars(number), np.zeros((n, 2), dtype=np.uint32)], axis=1)
        status = np.where(number > 0, "valid", "missing").astype("<U12")
        rows = self.hit(0.014, "bad_number", (number > 0) & hand)
        chars[rows], status[rows] = slips.spoiled_numbers(rng, chars[rows, :18])
        rows = self.hit(0.003, "parent_number", (number > 0) & hand)
        chars[rows, :18], status[rows] = number_chars(f.mother_no[self.family[rows]]), "adult"
        raw = text(chars)
        self.out |= {
            "id_no": np.where(status == "valid", raw, ""),
            "id_no_raw": raw,
            "id_no_status": status.astype(object),
        }
        self._papers(np.where(stale | ((old > 0) & (rng.random(n) < 0.5)), old, own))

    def _papers(self, issued: Ints) -> None:
        """Student numbers, certificates and birth papers; they carry the number of the day they were issued (rules/identifiers.md#student-number, #certificate-number)."""
        rng, n, has = self.rng, self.n, issued > 0
        plain = text(number_chars(issued))
        if "student" in self.d.knows:
            real = has & (rng.random(n) < 0.93)
            made = 410_101 * 10**12 + self.p.children.born[self.who] * 10**6 + rng.integers(0, 10**6, n)
            kind = np.where(real, "G", np.where(has, "L", "J")).astype(object)
            known = self.keeps(max(0.05, self.p.habits.numberless * 0.6))
            self.out["student_no"] = np.where(known, kind + np.where(real, plain, made.astype(str)), "")
            self.out["student_no_kind"] = np.where(known, kind, "")
            self.out["student_no_id"] = np.where(known & real, plain, "")
        if "certificate" in self.d.knows:
            held = has & self.keeps(max(0.1, self.p.habits.numberless * 0.6))
            self.out["disability_no"] = np.where(held, plain + rng.integers(11, 74, n).astype(str).astype(object), "")
            self.out["disability_no_id"] = np.where(held, plain, "")
        if "birth_paper" in self.d.knows:
            paper = self.p.children.paper[self.who]
            held = rng.random(n) < np.where(self.d.code == "health", 0.8, np.where(has, 0.05, 0.3))
            self.out["birth_cert_no"] = np.where(held, "P" + paper.astype(str).astype(object), "")

    def _parents(self) -> None:
        f, rng, words = self.p.families, self.rng, self.p.words
        step = f.step[self.family]
        if "parents" in self.d.knows:
            father = np.where(
                (step & (rng.random(self.n) < 0.6))[:, None], f.stepfather[self.family], f.father[self.family]
            )
            blank = self.keeps(0.1), self.keeps(0.08)
            for column, name, number, known in (
                ("father", father, f.father_no, blank[0]),
                ("mother", f.mother[self.family], f.mother_no, blank[1]),
            ):
                rows = self.hit(0.015, column)
                name = name.copy()
                name[rows] = slips.wrong_character(rng, name[rows], words.sound, 0.1)
                self.out[f"{column}_name"] = np.where(known, text(name), "")
                if "parents_no" in self.d.knows:
                    held = known & ~(step & (column == "father")) & (rng.random(self.n) < 0.55)
                    self.out[f"{column}_id"] = np.where(held, text(number_chars(number[self.family])), "")
            self.kinds.append(("no_parents", ~blank[0] & ~blank[1]))
        if "guardian" in self.d.knows:
            choice = rng.random(self.n)[:, None]
            either = np.where(choice < 0.75, f.father[self.family], f.mother[self.family])
            guardian = np.where(choice < 0.5, f.elder[self.family], either)
            rows = self.hit(0.02, "guardian")
            guardian[rows] = slips.wrong_character(rng, guardian[rows], words.sound, 0.1)
            self.out["guardian_name"] = np.where(self.keeps(0.05), text(guardian), "")
        if "phone" in self.d.knows:
            phone = f.phones[self.family, rng.integers(0, 2, self.n)]
            fresh = rng.random(self.n) < 0.2
            phone = np.where(fresh, rng.integers(13_000_000_000, 19_999_999_999, self.n), phone)
            self.out["phone"] = np.where(self.keeps(0.12), phone.astype(str).astype(object), "")

    def _places(self) -> None:
        f, rng = self.p.families, self.rng
        moved = rng.random(self.n) < 0.03
        home, away = f.home[self.family], f.away[self.family]
        home = np.where(moved, rng.integers(0, self.p.towns, self.n) * 100 + rng.integers(1, 16, self.n), home)
        self.kinds.append(("moved", moved))
        for column, place, known in (("hukou", home, self.keeps(0.05)), ("live", away, self.keeps(0.06))):
            if column not in self.d.knows:
                continue
            town, village = self._place_names(place)
            some = known & (rng.random(self.n) < 0.93)
            self.out |= {f"{column}_town": np.where(known, town, ""), f"{column}_village": np.where(some, village, "")}
            if column == "hukou":
                house = f.house[self.family].astype(str).astype(object)
                self.out["hukou_addr"] = np.where(some & (rng.random(self.n) < 0.7), village + house + "号", "")
        if "household" in self.d.knows:
            self.out["household_no"] = f.household[self.family].astype(str).astype(object)
        if "school" in self.d.knows:
            town, _ = self._place_names(away)
            stage = np.where(
                self.p.children.born[self.who] > 5100,
                "中心幼儿园",
                np.where(self.p.children.born[self.who] > 2200, "中心小学", "初级中学"),
            )
            self.out["school"] = np.where(self.keeps(0.08), town + stage.astype(object), "")

    def _place_names(self, place: Ints) -> tuple[Texts, Texts]:
        town = (place // 100 + self.p.part * 40).astype(str).astype(object) + "镇"
        return town, town + (place % 100).astype(str).astype(object) + "村"
