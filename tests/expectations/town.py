"""A small made-up town for tests: standard records and links written by hand, child files and findings out.

Only building belongs here; facts are asserted in the tests. Names and numbers are invented.
"""

import json
from datetime import date
from typing import Any

import pandas as pd

from assets.childfile.build import ChildFiles, FileContext, build_child_files
from expectations.jurisdictions.profile import Profile, load_profile
from expectations.lists.files import EarlierPeriod
from expectations.lists.findings import compute_findings
from matching.reading.citizen import check_character

CA, ED, PS, DI = "civil_affairs", "education", "public_security", "disability"
FIELDS_TEXT = """
name former_name id_type id_no student_no disability_no sex birth_date nation overseas hukou_class
hukou_nature hukou_area_code hukou_addr live_addr town village cancel_kind cancel_date death_date
moved_out_date population_status father_name father_id mother_name mother_id guardian_name guardian_rel
phone school grade class_no enrolment_status study_status entry_month status_date left_behind migrant
category aid pay_end report_date roll_status exit_date exit_reason disability_type disability_level
card_status living_allowance care_allowance id_no_raw id_no_status id_no_birth id_no_sex student_no_kind
live_town live_village hukou_town hukou_village hukou_county household_no father_status mother_status
visit_date child_worker layout child_no present suspended_until attendance_mode not_enrolled_reason
agreement has_carer care_reason away_since father_away_since mother_away_since guardianship single_parent orphan_flag contact_kind screening rehab issues
pay_start amount remark dilemma_type health illness pupil_source guardian_id birth_precision
person_status term_from term_to post persuasion returned_on struck_off_on live_county stated_county county
"""
FIELDS = FIELDS_TEXT.split()


def number(birth: str, order: int, area: str = "620722") -> str:
    """A citizen number with a right check character."""
    body = f"{area}{birth.replace('-', '')}{order:03d}"
    return body + check_character(body)


class Town:
    """Collects records, links and pairs."""

    def __init__(self, period: str = "2026Q3", as_of: date = date(2026, 9, 30), place: str = "minle") -> None:
        self.period, self.as_of = period, as_of
        self.profile: Profile = load_profile(place)
        self.records: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []
        self.pairs: list[dict[str, Any]] = []
        self.earlier: tuple[EarlierPeriod, ...] = ()

    def add(self, department: str, child: int, **fields: Any) -> str:
        """One record of a child; number and birth date are those of child `child` unless given."""
        at = len(self.records) + 2
        birth = fields.pop("birth_date", "2016-03-10")
        values = {"name": f"张某{chr(0x4E00 + child)}", "birth_date": birth, "sex": "2", "father_name": "张父"}
        values |= {"id_no": number(birth, 2 * child) if len(birth) == 10 else ""}
        method, probability = fields.pop("method", "number"), fields.pop("probability", 1.0)
        values |= fields
        if values["id_no"]:
            values = {
                "id_no_status": "valid",
                "id_no_birth": _birth(values["id_no"]),
                "id_no_sex": values["sex"],
            } | values
        record_id = f"{department[:2].upper()}-{at}"
        place = {
            "record_id": record_id,
            "department": department,
            "file": f"{department}.xlsx",
            "sheet": "S",
            "row": at,
        }
        self.records.append(dict.fromkeys(FIELDS, "") | place | values)
        link = {
            "record_id": record_id,
            "child_id": f"T2026Q3-{child:06d}",
            "method": method,
            "probability": probability,
        }
        self.links.append(link)
        return record_id

    def adult(self, department: str, layout: str, **fields: Any) -> str:
        """A record about an adult, which is linked to no child."""
        at = len(self.records) + 2
        place = {"record_id": f"{department[:2].upper()}-{at}", "department": department, "layout": layout}
        place |= {"file": f"{department}.xlsx", "sheet": "S", "row": at}
        self.records.append(dict.fromkeys(FIELDS, "") | place | fields)
        return str(place["record_id"])

    def near(
        self,
        one: str,
        other: str,
        grade: str = "review",
        reason: str = "姓名读音相同、出生日期不同",
        probability: float = 0.4,
    ) -> None:
        """A pair of records that was close but not linked."""
        pair = {"record_a": one, "record_b": other, "grade": grade, "probability": probability, "reason": reason}
        self.pairs.append(pair)

    def files(self) -> ChildFiles:
        columns = ["record_a", "record_b", "grade", "probability", "reason"]
        pairs = pd.DataFrame(self.pairs, columns=columns)
        context = FileContext(self.period, self.as_of, self.profile)
        return build_child_files(pd.DataFrame(self.records), pd.DataFrame(self.links), pairs, context)

    def findings(self, code: str = "", delivered: tuple[str, ...] = (CA, ED, PS, DI)) -> pd.DataFrame:
        return compute_findings(self.files(), self._only(code), delivered, self.earlier)

    def _only(self, code: str) -> Profile:
        """The profile with the other lists switched off (all lists when no code is given)."""
        rules = {
            name: rule.model_copy(update={"active": code in ("", name)}) for name, rule in self.profile.lists.items()
        }
        return self.profile.model_copy(update={"lists": rules}) if code else self.profile

    def listed(self, code: str) -> dict[int, str]:
        """Child number -> grade of the children on one list."""
        found = self.findings(code)
        return {int(child[-6:]): grade for child, grade in zip(found["child_id"], found["grade"], strict=True)}

    def reason(self, code: str) -> str:
        """The sentence of the only finding of a list."""
        return str(self.findings(code)["reason"].item())

    def change(self, path: str, value: Any) -> None:
        """Set one value of the profile."""
        section, key = path.split(".")
        part = getattr(self.profile, section)
        setting = getattr(part, key).model_copy(update={"value": value})
        self.profile = self.profile.model_copy(update={section: part.model_copy(update={key: setting})})


def _birth(id_no: str) -> str:
    return f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}"


def evidence(findings: pd.DataFrame) -> list[Any]:
    """The parsed `records` of the first finding."""
    parsed: list[Any] = json.loads(findings["records"].iloc[0])
    return parsed
