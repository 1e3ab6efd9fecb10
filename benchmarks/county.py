"""A generated county that knows its truth: standard records of four departments with the error habits of rules/names.md#names and its like.

For tests and benchmarks of linking; it imports nothing of the product. Families with siblings and twins, namesakes,
homophones, look-alikes, former names, nicknames, lunar birthdays, missing, mistyped, damaged, masked, borrowed and
obsolete numbers, people living away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WORDS = yaml.safe_load(Path(__file__).with_name("county_words.yaml").read_text(encoding="utf-8"))
SURNAMES, GIVEN_ONE, GIVEN_TWO = (_WORDS[key] for key in ("surnames", "given_one", "given_two"))
HOMOPHONES, LOOK_ALIKES, UIGHUR = (_WORDS[key] for key in ("homophones", "look_alikes", "uighur"))
TRANSLITERATION = _WORDS["transliteration"]


@dataclass(frozen=True)
class Habits:
    """Rates of error per department row (or per child); `careless` multiplies the row rates."""

    children: int = 2000
    seed: int = 1
    careless: float = 1.0
    twins: float = 0.012
    siblings: float = 0.25
    minority: float = 0.02
    without_number: float = 0.02
    doubles: float = 0.004
    departments: dict[str, float] = field(
        default_factory=lambda: {"public_security": 0.94, "education": 0.62, "civil_affairs": 0.18, "disability": 0.04}
    )


@dataclass
class Child:
    truth: int
    name: str
    sex: str
    born: date
    number: str
    old_number: str
    former: str
    family: Family
    twin: bool


@dataclass
class Family:
    father: str
    mother: str
    father_id: str
    mother_id: str
    phones: list[str]
    town: int
    village: int
    away: tuple[int, int] | None
    household: str
    surname: str
    nation: str
    grandparent: str
    children: list[Child] = field(default_factory=list)


class County:
    """Makes families, then one department's rows of their children after another."""

    def __init__(self, habits: Habits) -> None:
        self.habits = habits
        self.rng = np.random.default_rng(habits.seed)
        self.serials: dict[tuple[str, str, str], int] = {}
        self.towns = max(4, min(24, habits.children // 1500))
        weight = 1.0 / np.arange(1, len(SURNAMES) + 1) ** 0.75
        self.surname_weight = weight / weight.sum()
        given = 1.0 / np.arange(1, len(GIVEN_TWO) + 1) ** 0.35
        self.given_weight = given / given.sum()
        self.families: list[Family] = []
        self.count = 0
        while self.count < habits.children:
            self.families.append(self._family())

    def chance(self, rate: float) -> bool:
        return bool(self.rng.random() < rate)

    def pick(self, items: Any) -> Any:
        return items[int(self.rng.integers(len(items)))]

    def number(self, born: date, sex: str) -> str:
        area = self.pick(("410323", "410323", "410323", "410323", "410305", "411221"))
        key = (area, f"{born:%Y%m%d}", sex)
        self.serials[key] = self.serials.get(key, int(self.rng.integers(0, 200))) + 1
        order = (self.serials[key] * 2 + (1 if sex == "1" else 0)) % 1000
        first = f"{area}{born:%Y%m%d}{order:03d}"
        return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]

    def person_name(self, surname: str, sex: str) -> str:
        del sex
        if self.chance(0.13):
            return surname + self.pick(GIVEN_ONE)
        if self.chance(0.35):  # most names are not fashionable ones
            return surname + self.pick(GIVEN_ONE) + self.pick(GIVEN_ONE)
        return surname + GIVEN_TWO[int(self.rng.choice(len(GIVEN_TWO), p=self.given_weight))]

    def minority_name(self) -> str:
        return self.pick(UIGHUR) + "·" + self.pick(UIGHUR)

    def surname(self) -> str:
        return SURNAMES[int(self.rng.choice(len(SURNAMES), p=self.surname_weight))]

    def day(self, low: int, high: int) -> date:
        return date(low, 1, 1) + timedelta(days=int(self.rng.integers((date(high, 12, 31) - date(low, 1, 1)).days)))

    def _family(self) -> Family:
        minority = self.chance(self.habits.minority)
        surname, other = self.surname(), self.surname()
        father = self.minority_name() if minority else self.person_name(surname, "1")
        mother = self.minority_name() if minority else self.person_name(other, "2")
        town = int(self.rng.integers(self.towns))
        family = Family(
            father=father,
            mother=mother,
            father_id=self.number(self.day(1975, 1993), "1"),
            mother_id=self.number(self.day(1977, 1995), "2"),
            phones=[f"1{self.rng.integers(30, 99)}{self.rng.integers(10**7, 10**8)}" for _ in range(2)],
            town=town,
            village=int(self.rng.integers(14)),
            away=(int(self.rng.integers(self.towns)), int(self.rng.integers(14))) if self.chance(0.36) else None,
            household=f"{self.rng.integers(10**8, 10**9)}",
            surname=surname,
            nation="05" if minority else "01",
            grandparent=self.person_name(surname, "1"),
        )
        size = 1 + (1 if self.chance(self.habits.siblings) else 0) + (1 if self.chance(0.04) else 0)
        for _ in range(size):
            born = self.day(2008, 2025)
            self._birth(family, born, minority, twin=False)
            if self.chance(self.habits.twins):
                family.children[-1].twin = True
                self._birth(family, born, minority, twin=True)
        return family

    def _birth(self, family: Family, born: date, minority: bool, twin: bool) -> None:
        sex = "1" if self.chance(0.53) else "2"
        name = (
            self.minority_name().split("·")[0] + "·" + family.father.split("·")[0]
            if minority
            else self.person_name(family.surname, sex)
        )
        if twin:
            sex = family.children[-1].sex if self.chance(0.7) else sex
            elder = family.children[-1].name
            if not minority and self.chance(0.5):  # twins share a character (rules/names.md#n17), sometimes the sound
                name = elder[:-1] + self.pick(GIVEN_ONE) if self.chance(0.85) else self.homophone(elder)
            while name == elder:
                name = elder[:1] + self.pick(GIVEN_TWO) if not minority else self.minority_name()
        registered = not self.chance(self.habits.without_number)
        number = self.number(born, sex) if registered else ""
        old = (
            self.number(born + timedelta(days=int(self.rng.integers(1, 40))), sex)
            if registered and self.chance(0.004)
            else ""
        )
        former = self.person_name(family.surname, sex) if not minority and self.chance(0.01) else ""
        family.children.append(Child(self.count, name, sex, born, number, old, former, family, twin))
        self.count += 1

    def homophone(self, name: str) -> str:
        places = [(i, group) for i, c in enumerate(name) if i > 0 for group in HOMOPHONES if c in group]
        if not places:
            return name
        at, group = self.pick(places)
        return name[:at] + self.pick([c for c in group if c != name[at]]) + name[at + 1 :]

    def records(self) -> pd.DataFrame:
        rows: list[dict[str, Any]] = []
        for department, share in self.habits.departments.items():
            serial = 0
            for family in self.families:
                for child in family.children:
                    if not self.chance(share if child.number or department != "public_security" else 0.0):
                        continue
                    times = 2 if self.chance(self.habits.doubles * (2 if department == "civil_affairs" else 1)) else 1
                    for _ in range(times):
                        serial += 1
                        rows.append(self.row(child, department, serial))
        return pd.DataFrame(rows).fillna("")

    def row(self, child: Child, department: str, serial: int) -> dict[str, Any]:
        code = {"public_security": "PS", "education": "ED", "civil_affairs": "CA", "disability": "DI"}.get(
            department, department[:2].upper()
        )
        row: dict[str, Any] = {
            "record_id": f"{code}-{self.habits.seed:010x}-1-{serial}",
            "period": "2026Q3",
            "department": department,
            "truth": child.truth,
            "row": serial,
            "file": f"{code}.xlsx",
            "sheet": "Sheet1",
            "sex": child.sex,
            "nation": child.family.nation,
        }
        rate = {"public_security": 0.15, "education": 0.7, "civil_affairs": 1.6, "disability": 1.0}.get(
            department, 1.0
        ) * self.habits.careless
        row |= (
            self._name(child, department, rate)
            | self._born(child, department, rate)
            | self._number(child, department, rate)
        )
        row |= self._people(child, department, rate) | self._place(child, department)
        if self.chance(0.003 * rate):
            row["sex"] = {"1": "2", "2": "1"}[child.sex]
        return row

    def _name(self, child: Child, department: str, rate: float) -> dict[str, str]:
        name, former = (
            child.name,
            child.former if department in ("public_security", "education") and self.chance(0.7) else "",
        )
        if child.former and department in ("civil_affairs", "disability") and self.chance(0.6):
            name, former = child.former, ""
        if self.chance(0.03 * rate):
            name = self.homophone(name)
        elif self.chance(0.008 * rate):
            for pair in LOOK_ALIKES:
                if name[-1] in pair:
                    name = name[:-1] + pair[1 - pair.index(name[-1])]
        elif self.chance(0.004 * rate):
            name = name[:-1] + "?"
        elif self.chance(0.004 * rate):
            name = name[:2] if len(name) == 3 else name
        elif self.chance(0.003 * rate):
            name = name[0] + name[:0:-1]
        elif self.chance(0.004 * rate):
            name = self.surname() + name[1:] if "·" not in name else name
        elif department == "civil_affairs" and self.chance(0.01 * rate):
            name = self.pick(("小" + name[-1], name[-1] * 2, "毛毛", "宝宝", self.pick("大小二") + self.pick("宝妞虎")))
        if "·" in name and self.chance(0.15):
            name = name.split("·")[0] if self.chance(0.3) else name.replace("·", "")
            for one, other in TRANSLITERATION:
                name = name.replace(one, other)
        return {"name": name, "former_name": former}

    def _born(self, child: Child, department: str, rate: float) -> dict[str, str]:
        born, text, precision = child.born, child.born.isoformat(), "day"
        if department in ("civil_affairs", "disability") and self.chance(0.03 * rate):
            from borax.calendars.lunardate import LunarDate

            lunar = LunarDate.from_solar(born)
            text = f"{lunar.year}-{lunar.month:02d}-{lunar.day:02d}"
        elif self.chance(0.006 * rate):
            text = (born + timedelta(days=self.pick((-1, 1, 10, -10, 30, -30, 365, -365)))).isoformat()
        elif born.day <= 12 and self.chance(0.003 * rate):
            text = f"{born.year}-{born.day:02d}-{born.month:02d}"
        elif department == "disability" and self.chance(0.06):
            text, precision = f"{born:%Y-%m}", "month"
        elif self.chance(0.004 * rate):
            text = f"{born.year}-01-01"
        elif self.chance(0.008 * rate):
            text, precision = "", ""
        return {"birth_date": text, "birth_precision": precision}

    def _number(self, child: Child, department: str, rate: float) -> dict[str, str]:
        number, raw, status = child.number, child.number, "valid" if child.number else "missing"
        if child.old_number and department in ("education", "disability") and self.chance(0.6):
            number = raw = child.old_number
        if number and department != "public_security":
            number, raw, status = self._spoil(child, number, rate)
        out = {"id_no": number if status == "valid" else "", "id_no_raw": raw, "id_no_status": status}
        if department == "education":
            kind = "G" if child.number and self.chance(0.95) else "L"
            out |= {
                "student_no": kind
                + (child.old_number or child.number or f"410323{child.born:%Y%m%d}{self.rng.integers(1000, 9999)}"),
                "student_no_kind": kind,
            }
            out["student_no_id"] = out["student_no"][1:] if kind == "G" else ""
        if department == "disability" and child.number and self.chance(0.9):
            out |= {
                "disability_no": (child.old_number or child.number) + "43",
                "disability_no_id": child.old_number or child.number,
            }
        return out

    def _spoil(self, child: Child, number: str, rate: float) -> tuple[str, str, str]:
        if self.chance(0.06 * rate):
            return "", "", "missing"
        if self.chance(0.01 * rate):
            at = int(self.rng.integers(6, 18))
            wrong = (
                number[:at]
                + str((int(number[at]) + 1 + int(self.rng.integers(8))) % 10 if number[at] != "X" else 1)
                + number[at + 1 :]
            )
            return "", wrong, "bad_check"
        if self.chance(0.004 * rate):
            at = int(self.rng.integers(6, 17))
            return "", number[:at] + number[at + 1 :], "bad_length"
        if not number.endswith("X") and self.chance(0.008 * rate):
            return "", number[:15] + "000", "damaged"
        if self.chance(0.004 * rate):
            return "", number[:6] + "********" + number[14:], "masked"
        others = [other.number for other in child.family.children if other is not child and other.number]
        if others and self.chance(0.006 * rate):
            stolen = self.pick(others)
            return stolen, stolen, "valid"
        if self.chance(0.003 * rate):
            return "", child.family.mother_id, "adult"
        return number, number, "valid"

    def _people(self, child: Child, department: str, rate: float) -> dict[str, str]:
        family, out = child.family, {}
        keep = 1 - min(0.9, 0.08 * rate)
        if department in ("public_security", "education") or self.chance(0.8):
            if self.chance(keep):
                out |= {"father_name": family.father, "father_id": family.father_id if self.chance(0.6) else ""}
            if self.chance(keep):
                out |= {"mother_name": family.mother, "mother_id": family.mother_id if self.chance(0.6) else ""}
        if department in ("civil_affairs", "disability"):
            out["guardian_name"] = family.grandparent if self.chance(0.5) else self.pick((family.father, family.mother))
        if self.chance(0.02 * rate):
            for column in [name for name in out if name.endswith("_name")]:
                out[column] = self.homophone(out[column])
        if department != "public_security" and self.chance(0.85):
            out["phone"] = (
                self.pick(family.phones)
                if not self.chance(0.15)
                else f"1{self.rng.integers(30, 99)}{self.rng.integers(10**7, 10**8)}"
            )
        return out

    def _place(self, child: Child, department: str) -> dict[str, str]:
        family, out = child.family, {}
        home = (family.town, family.village)
        here = family.away or home
        if department != "education" or self.chance(0.5):
            out |= {
                "hukou_town": f"镇{home[0]}",
                "hukou_village": f"镇{home[0]}村{home[1]}",
                "hukou_addr": f"洛宁县镇{home[0]}村{home[1]}{family.household[-2:]}号",
            }
        if department != "public_security":
            out |= {"live_town": f"镇{here[0]}", "live_village": f"镇{here[0]}村{here[1]}"}
        if department == "public_security" or (department == "civil_affairs" and self.chance(0.3)):
            out["household_no"] = family.household
        if department in ("education", "civil_affairs"):
            out["school"] = f"镇{here[0]}{'中心小学' if child.born.year > 2012 else '初级中学'}"
        return out


def make_county(habits: Habits) -> pd.DataFrame:
    """Standard records with the column `truth`; shuffled, so that nothing can lean on their order."""
    return County(habits).records().sample(frac=1, random_state=habits.seed).reset_index(drop=True)
