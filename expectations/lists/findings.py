"""The findings of a period: runs every active list whose data came, and puts the results into one frame.

Belongs here: the registry of lists, which of them can be computed, and the shape of docs/data-shapes.md section 6.
Not here: conditions (one module per family) and the life of findings across periods.
"""

import base64
import hashlib
from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd

from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile
from expectations.lists.agreements import without_agreement
from expectations.lists.allowances import unpaid_allowances, without_rehabilitation
from expectations.lists.attendance import not_placed, not_present
from expectations.lists.care import nobody_cares, not_visited
from expectations.lists.cases import CASE
from expectations.lists.catalogue import NOT_KNOWN, ListInfo, load_catalogue
from expectations.lists.classes import disabled_unlisted, left_behind_unlisted
from expectations.lists.conflicts import disability_conflicts
from expectations.lists.differences import inconsistent
from expectations.lists.documents import invalid_documents
from expectations.lists.duplicates import several_enrolments, several_welfare_files, shared_number
from expectations.lists.entrants import entrants_to_push
from expectations.lists.evidence import near_json, records_json, with_child_values
from expectations.lists.files import ChildFiles, EarlierPeriod
from expectations.lists.grading import LIKELY
from expectations.lists.groups import groups_of
from expectations.lists.household import household_elsewhere, no_household
from expectations.lists.leaving import dead_on_roll, moved_on_roll, overage_on_roll
from expectations.lists.owners import NEXT, OWNER
from expectations.lists.payments import wrong_amounts
from expectations.lists.protection import orphans_unlisted, poor_unlisted
from expectations.lists.schooling import dropped_out, not_enrolled
from expectations.lists.suspension import suspended_too_long
from expectations.lists.view import TO_JUDGE, View
from expectations.lists.workers import too_few_workers

LISTS: dict[str, Callable[[View], pd.DataFrame]] = {
    "L01": no_household,
    "L02": household_elsewhere,
    "L03": not_enrolled,
    "L04": not_present,
    "L05": dropped_out,
    "L06": suspended_too_long,
    "L07": not_placed,
    "L08": orphans_unlisted,
    "L09": poor_unlisted,
    "L10": unpaid_allowances,
    "L11": without_rehabilitation,
    "L12": overage_on_roll,
    "L13": dead_on_roll,
    "L14": moved_on_roll,
    "L15": inconsistent,
    "L16C": several_welfare_files,
    "L16E": several_enrolments,
    "L17": shared_number,
    "L18": invalid_documents,
    "L19": left_behind_unlisted,
    "L20": without_agreement,
    "L21": nobody_cares,
    "L22": not_visited,
    "L23": disabled_unlisted,
    "L24": disability_conflicts,
    "L25": too_few_workers,
    "L26": entrants_to_push,  # there is no L27
    "L28": wrong_amounts,
}
JUDGED_BY = "judged_by"
COLUMNS = [
    *("period", "code", "finding_id", "child_id", "department", "file", "sheet", "row", "record_id", "field"),
    *("grade", "reason", "clause", "town", "village", "records", "near"),
    *("urgent", "priority", "groups", OWNER, NEXT, JUDGED_BY, "told"),
]


def compute_findings(
    files: ChildFiles, profile: Profile, delivered: Collection[str], earlier: Sequence[EarlierPeriod] = ()
) -> pd.DataFrame:
    """All findings of the period, docs/data-shapes.md section 6.

    Args:
        files: child files of the period.
        profile: the place's profile.
        delivered: departments whose data came this period (`civil_affairs`, ...).
        earlier: what the register of earlier periods of the same kind said, the latest first; nothing in a first period.

    Returns:
        One row per finding, `urgent` ("1" = the place wants it answered the same day) and `priority` ("1" = a group the place puts first) beside it, and
        `groups`, the child's marks (特殊群体) in words joined by 、, `owner` and `next_owners` (`owners.with_owner`, "" where a list doubts
        nobody's entry), `judged_by` (who alone is sent the line, "" = all recipients), `told` (who is sent this line beside the list's recipients, `;`-joined, by the place's `also_told`); sorted by code, town, village, child_id, field; none of a list that `not_computed` names.
    """
    view = View(files, profile, profile.catalogue, tuple(earlier))
    delivered = {*delivered, *files_delivered(files)}
    skipped = set(not_computed(profile, delivered)["code"])
    active = [code for code in LISTS if code not in skipped and profile.lists[code].active]
    parts = [lines for code in active if len(lines := _one_list(code, view, delivered))]
    if not parts:
        # Texts even of nobody: a column made from an empty list would be one of numbers.
        return pd.DataFrame({name: pd.Series(dtype="int32" if name == "row" else object) for name in COLUMNS})
    findings = pd.concat(parts, ignore_index=True)
    findings["row"] = findings["row"].astype("int32")
    near = near_json(view, findings["child"].to_numpy(np.int64))
    findings["near"] = [near.get(child, "[]") for child in findings["child"]]
    return findings.sort_values(["code", "town", "village", "child_id", "field"], kind="stable", ignore_index=True)[
        COLUMNS
    ]


def files_delivered(files: ChildFiles) -> set[str]:
    """The kinds of files that came, as `department.layout`, from the records that were taken, and the columns that they fill
    (`Catalogue.columns_filled`).
    """
    frames = [frame for frame in (files.records, files.beside) if len(frame) and "layout" in frame.columns]
    pairs = {pair for frame in frames for pair in zip(frame["department"], frame["layout"], strict=True)}
    kinds = {f"{department}.{layout}" for department, layout in pairs if layout}

    def column(name: str, department: str) -> pd.Series:
        values: pd.Series = files.records.get(name, pd.Series([], dtype=object))
        return values[files.records["department"] == department] if department and len(values) else values

    return kinds | load_catalogue().columns_filled(column)


def not_computed(profile: Profile, delivered: Collection[str], listed: Collection[str] | None = None) -> pd.DataFrame:
    """The active lists that cannot be computed this period and why: `code, name, sentence` (Chinese).

    Args:
        profile: the place's profile.
        delivered: what came; may hold `department.layout` beside departments, see `Catalogue.delivered`, and what was found out about a list (`NOT_KNOWN`).
        listed: codes of the lists that have lines. Given, a list that is computed in part only (`computed_in_part`) stands here unless it has lines: that it has none says nothing
            of the part that nobody could compare.
    """
    catalogue = profile.catalogue
    unknown = dict(name.removeprefix(NOT_KNOWN).split("=", 1) for name in delivered if name.startswith(NOT_KNOWN))
    rows = []
    for code, info in catalogue.lists.items():
        rule = profile.lists.get(code)
        sentence = (
            "" if rule is None or not rule.active else _obstacle(info, profile, delivered) or unknown.get(code, "")
        )
        if rule is None:
            sentence = f"本地规则没有写明清单“{info.name}”由谁处理，本期未计算。"
        if sentence:
            rows.append({"code": code, "name": info.name, "sentence": sentence})
    missing = pd.DataFrame(rows, columns=["code", "name", "sentence"])
    if listed is None:
        return missing
    partly = computed_in_part(profile, delivered)
    both = pd.concat([missing, partly[~partly["code"].isin(list(listed))]], ignore_index=True)
    order = list(catalogue.lists)
    return both.sort_values("code", key=lambda codes: codes.map(order.index), kind="stable", ignore_index=True)


def computed_in_part(profile: Profile, delivered: Collection[str]) -> pd.DataFrame:
    """The active lists of which only a part can be computed from what came, and what was not compared: `code, name, sentence` (Chinese)."""
    catalogue, rows = profile.catalogue, []
    for code, info in catalogue.lists.items():
        rule = profile.lists.get(code)
        if rule is None or not rule.active or _obstacle(info, profile, delivered):
            continue
        without = [name for name in info.in_part if not catalogue.delivered(name, delivered)]
        if without:
            kept = catalogue.spoken(info.in_part[name] for name in without)
            sentence = f"本期没有收到{catalogue.spoken(without)}的数据，清单“{info.name}”只按{kept}比对，其余没有比对，不表示没有这类情况。"
            rows.append({"code": code, "name": info.name, "sentence": sentence})
    return pd.DataFrame(rows, columns=["code", "name", "sentence"])


def part_sentences(profile: Profile, delivered: Collection[str]) -> dict[str, str]:
    """Code -> sentence of `computed_in_part`."""
    partly = computed_in_part(profile, delivered)
    return dict(zip(partly["code"].astype(str), partly["sentence"].astype(str), strict=True))


def _obstacle(info: ListInfo, profile: Profile, delivered: Collection[str]) -> str:
    """Why a list cannot be computed, "" when it can: data first, for a setting that is stated helps nobody without them."""
    catalogue = profile.catalogue
    spoken, came = catalogue.spoken, catalogue.delivered
    missing = [name for name in info.needs if not came(name, delivered) and not _partly(info, name, profile, delivered)]
    if missing:
        # A department that the place's paper does not name owes no data: somebody has to agree with it first.
        parties = profile.comparison.parties.value
        # Where it is open who takes part, nobody can be said to stand outside.
        outside = [name for name in missing if name in catalogue.departments and name not in (parties or missing)]
        no_party = f"本地文件没有把{spoken(outside)}列为比对单位，需要时请商定。" if outside else ""
        return f"本期没有收到{spoken(missing)}的数据，清单“{info.name}”未计算，不表示没有这类情况。{no_party}"
    if info.needs_any and not any(came(name, delivered) for name in info.needs_any):
        return f"{spoken(info.needs_any)}本期都没有数据，清单“{info.name}”未计算，不表示没有这类情况。"
    unknown = [name for name in info.parameters if profile.setting(name).value is None]
    if info.parameters_any and all(profile.setting(name).value is None for name in info.parameters_any):
        unknown += info.parameters_any
    if unknown:
        terms = "、".join(labels().setting(name) for name in unknown)
        return f"本地文件没有规定{terms}，清单“{info.name}”未计算，请民政局确定后填入本地规则（参数尚未确定）。"
    return ""


def _partly(info: ListInfo, need: str, profile: Profile, delivered: Collection[str]) -> bool:
    """Whether a part of the list can be computed without a need: what that part rests on is there to be seen."""
    return need in info.in_part and profile.catalogue.seen(info.in_part[need], delivered)


def _one_list(code: str, view: View, delivered: Collection[str]) -> pd.DataFrame:
    info = view.catalogue.lists[code]
    drafts = _guarded(LISTS[code](view), info, view, delivered)
    records = view.files.records
    if not view.own.all():
        # A line about another county's row is that county's to answer.
        drafts = drafts[view.own[drafts["record"].to_numpy(np.int64)]].reset_index(drop=True)
    at = drafts["record"].to_numpy(np.int64)
    frame = drafts.assign(
        **{name: records[name].to_numpy()[at] for name in ("department", "file", "sheet", "row", "record_id")}
    )
    frame = with_child_values(frame, view, ("child_id", "town", "village"))
    frame["period"], frame["code"] = view.files.period, code
    local = view.profile.lists[code].clause
    frame["clause"] = f"{info.clause}；{local}" if local else info.clause
    frame["grade"] = frame["grade"].map(dict(enumerate(view.catalogue.grades)))
    for name in (OWNER, NEXT):  # lists that doubt nobody's entry have none
        frame[name] = frame[name] if name in frame.columns else ""
    # Most lists have no line that waits for a judgement.
    frame[JUDGED_BY] = np.where(frame[TO_JUDGE], info.judged_by, "") if TO_JUDGE in frame.columns else ""
    also = view.profile.lists[code].also_told
    cases = frame[CASE] if CASE in frame.columns else pd.Series("", index=frame.index)
    frame["told"] = [";".join(also.get(case, [])) for case in cases]
    # A village's finding is known by the village, whoever its first child is.
    owners = frame["place"] if "place" in frame.columns else frame["child_id"]
    frame["finding_id"] = [finding_id(code, owner, field) for owner, field in zip(owners, frame["field"], strict=True)]
    frame["urgent"] = "1" if view.profile.lists[code].is_urgent else ""
    groups = groups_of(view)
    frame["groups"] = [groups.spoken[child] for child in frame["child"]]
    children = frame["child"].to_numpy(np.int64)
    frame["priority"] = np.where(groups.first[children], "1", "")

    # The field that a line is about is shown beside those that the list always shows.
    fields = list(dict.fromkeys([*info.show, *(field for field in frame["field"].unique() if field)]))
    evidence = records_json(view, children, fields)
    return frame.assign(records=[evidence[child] for child in children])


def _guarded(drafts: pd.DataFrame, info: ListInfo, view: View, delivered: Collection[str]) -> pd.DataFrame:
    """Without the departments that could have excused a child, nothing is certain."""
    missing = [name for name in info.guards if not view.catalogue.delivered(name, delivered)]
    if not missing:
        return drafts
    note = f"（{view.catalogue.spoken(missing)}本期没有数据，未能排除例外）。"
    reason = drafts["reason"].str.removesuffix("。") + note
    return drafts.assign(grade=drafts["grade"].clip(upper=LIKELY), reason=reason)


def finding_id(code: str, child_id: str, field: str) -> str:
    """`<code>-<8 characters>`, the same in every period for the same code, child and field."""
    # Base 32 has no 0, 1, 8 and 9: what is read aloud or copied by hand is not mixed up (`expectations.life.numbering`).
    digest = hashlib.sha256(f"{code}|{child_id}|{field}".encode()).digest()
    return f"{code}-{base64.b32encode(digest[:5]).decode()}"
