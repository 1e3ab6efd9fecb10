"""What a person is told and asked about counties: which one the data are taken to be of, that nobody chose between two, and what is to be done with
the rows of another one (rules/places-and-people.md#several-counties).

Belongs here: the sentences and when they are due. Not here: how the county of a row is known (`registers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from assets.counties.own import INFERRED, STATED, second_county
from assets.counties.reading import county_rules, county_spoken
from assets.counties.registers import DROP, POLICE, Registers
from expectations.jurisdictions.profile import Place, Profile
from pipelines.resources.deliveries import DeliveryNotice

OTHER_COUNTY, OPEN_COUNTY, INFERRED_COUNTY = "other_county", "open_county", "inferred_county"
CODES = (OTHER_COUNTY, OPEN_COUNTY, INFERRED_COUNTY)
# So many files are named in a sentence; of more the number stands.
_FILES = 6
_LOCAL = "tongbi.toml"


@dataclass(frozen=True)
class CountyWording:
    """How departments and files are called: department -> Chinese name, delivery id -> the name that may be said."""

    departments: Mapping[str, str]
    files: Mapping[str, str]


def county_notices(
    records: pd.DataFrame, registers: Registers, profile: Profile, wording: CountyWording
) -> dict[str, list[DeliveryNotice]]:
    """Department -> what is said and asked. Severity `ask` where an answer changes whom the lists name: the edition waits for it.

    Args:
        records: standard records of all departments, in the order of `registers`.
        registers: whose register each record stands in.
        profile: the place's.
        wording: names.
    """
    by_department: dict[str, list[DeliveryNotice]] = {POLICE: _about_own(registers, profile.place)}
    for department in county_rules().asked:
        # Answers to queries name whoever was asked about, and are no county's register.
        if department == POLICE and profile.comparison.police_mode.value == "answer_file":
            continue
        rows = records["department"] == department
        for county in _substantial(registers, rows, profile.place):
            of_county = rows & ((registers.county == county) | (registers.disputed == county))
            notice = _about_other(county, records[of_county], registers, wording)
            by_department.setdefault(department, []).append(notice)
    return by_department


def _substantial(registers: Registers, rows: pd.Series, place: Place) -> list[str]:
    """Counties with so many rows in a department that they are no slips and no strangers; of those between which none was chosen, none."""
    everybody = int(rows.sum())
    county, disputed = registers.county[rows], registers.disputed[rows]
    counted = county.where(county != "", disputed)
    counts = counted[counted != ""].value_counts()
    least = max(second_county(place, "rows"), second_county(place, "share") * everybody)
    rivals = {code for code, _ in registers.own.rivals}
    return sorted(str(code) for code, count in counts.items() if count >= least and code not in rivals)


def _about_other(county: str, rows: pd.DataFrame, registers: Registers, wording: CountyWording) -> DeliveryNotice:
    department = wording.departments[str(rows["department"].iloc[0])]
    spoken, figures = county_spoken(county), _by_file(rows, wording)
    answer = registers.answers.get(county, "")
    disputed = bool((registers.disputed[rows.index] != "").any())
    if disputed:
        message = f"{department}有{len(rows)}行的文件名、表名或标题写的是{spoken}，而行里的代码、地址多数是本县：{figures}。本期按本县处理。"
        advice = (
            "请核对文件是否放错、名称是否写错：是本县数据的，改正文件名；是外县数据的，请交来单位核对行里的代码后再交。"
        )
        return DeliveryNotice("", OTHER_COUNTY, "ask", "", 0, message, advice)
    if answer:
        done = (
            "不参加比对，计入“不计”"
            if answer == DROP
            else "作为外县已知的儿童：只用来说明本县儿童在外县有户籍、学籍或档案，其余计入“不计”"
        )
        message = f"{department}有{len(rows)}行是{spoken}的：{figures}。按已填写的规则，{done}。"
        return DeliveryNotice(
            "", OTHER_COUNTY, "warn", "", 0, message, f"改变做法的，改{_LOCAL}的other_counties后重新运行。"
        )
    message = f"{department}有{len(rows)}行像是外县（{spoken}）的：{figures}。没有说明怎样处理，这些儿童现在不会列入本县的清单。"
    advice = (
        f'请民政局定：不比对的，在{_LOCAL}写 other_counties = {{"{county}" = "drop"}}；作为在外县的儿童保留、用来说明去向的，写 '
        f'other_counties = {{"{county}" = "known"}}；同样由本单位负责的，写 own_codes = ["{county}"]（原有代码也要写在county_code）。改好后重新运行。'
    )
    return DeliveryNotice("", OTHER_COUNTY, "ask", "", 0, message, advice)


def _by_file(rows: pd.DataFrame, wording: CountyWording) -> str:
    counted = rows.groupby("delivery_id" if "delivery_id" in rows.columns else "file", sort=True).size()
    named = [f"{wording.files.get(str(key), '文件')}{int(count)}行" for key, count in counted.items()]
    more = f"等{len(named)}个文件" if len(named) > _FILES else ""
    return "、".join(named[:_FILES]) + more


def _about_own(registers: Registers, place: Place) -> list[DeliveryNotice]:
    """What the run takes the own county to be, where nobody stated it."""
    own = registers.own
    if own.how == STATED:
        return []
    if len(own.rivals) > 1:
        listed = "、".join(f"{county_spoken(code)}{rows}行" for code, rows in own.rivals)
        message = f"没有写明本县的代码，而公安数据里几个县的行数相当：{listed}。没有自行选定，户籍是否在本县未作判断。"
        return [
            DeliveryNotice("", OPEN_COUNTY, "ask", "", 0, message, _confirm() + "；其他县的行怎样处理，选定后会再问。")
        ]
    if own.how == INFERRED:
        message = f"没有写明本县，按公安数据推断为{county_spoken(own.code)}（{own.rows}行）。"
        return [DeliveryNotice("", INFERRED_COUNTY, "warn", "", 0, message, _confirm() + "。")]
    named = place.county_name.value or ""
    message = f"没有写明本县{'的代码' if named else '的名称和代码'}，数据里也推断不出。"
    return [
        DeliveryNotice("", INFERRED_COUNTY, "warn", "", 0, message, _confirm() + "；未填以前，文书的县名处留空待填。")
    ]


def _confirm() -> str:
    return f"请在{_LOCAL}的county_name、county_code填写并确认"


def accepted_rows(records: pd.DataFrame, taken: pd.DataFrame) -> dict[str, int]:
    """Delivery id -> rows that go on; of a delivery that is left out whole 0.

    Args:
        records: the accepted records of the period.
        taken: those of them that go on.
    """
    going_on = records["record_id"].isin(taken["record_id"])
    counted = going_on.groupby(records["delivery_id"], sort=True).sum()
    return {str(identity): int(rows) for identity, rows in counted.items()}
