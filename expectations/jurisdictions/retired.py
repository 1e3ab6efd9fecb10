"""Keys of a place's own file that an earlier state knew: read as what they are now, so that a county's file stays good.

Belongs here: the translation, key by key. Not here: anything that a file of today may say (`profile`, `sections`, `duties`).
"""

from typing import Any

RHYTHM = "rhythm"
# Old key of `rhythm` -> the duty it became: name, what is done, and by whom the old state assumed it is done.
_ONCE_A_PERIOD = {
    "worker_training": ("worker_training", "培训儿童主任"),
    "staff_query": ("staff_query", "查询密切接触未成年人从业人员的违法犯罪记录"),
    "meeting_every": ("meeting", "召开联席会议"),
}
_LENGTHS = {"Q": "P3M", "M": "P1M"}


def translated(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a profile's file with retired keys of `rhythm` turned into `duties`; unchanged when it has none."""
    rhythm = content.get(RHYTHM)
    if not isinstance(rhythm, dict):
        return content
    kept = dict(rhythm)
    duties = {**_reports(kept), **_steady(kept), **_checks(kept)}
    if kept == rhythm:
        return content
    # What the file says of a duty in today's words goes before what is read out of a retired key.
    stated = content.get("duties")
    return {**content, RHYTHM: kept, "duties": {**duties, **(stated if isinstance(stated, dict) else {})}}


def _taken(rhythm: dict[str, Any], key: str) -> tuple[Any, dict[str, str]]:
    """A key's value and its clause and source, taken out of the section; None where it is absent or says nothing."""
    setting = rhythm.pop(key, None)
    if not isinstance(setting, dict):
        return None, {"clause": ""}
    return setting.get("value"), {name: setting[name] for name in ("clause", "source") if name in setting}


def _reports(rhythm: dict[str, Any]) -> dict[str, Any]:
    """`report_due`, `report_every`, `report_to` and `report_ladder`: one report per rhythm, sent by the bureau."""
    rule, clause = _taken(rhythm, "report_due")
    lengths, beside = _taken(rhythm, "report_every")
    to, _ = _taken(rhythm, "report_to")
    _taken(rhythm, "report_ladder")
    every = _LENGTHS.get(rule[0], "P1Y") if isinstance(rule, str) and rule else ""
    reports = {"report": (every, rule, clause)} if every else {}
    for number, length in enumerate(lengths or []):
        if length != every:
            reports[f"report_{number + 2}"] = (length, "", beside)
    return {
        name: {"clause": "", **words, "what": "上报工作情况", "by": "civil_affairs", "every": length, "until": day}
        | ({"to": [to]} if to else {})
        for name, (length, day, words) in reports.items()
    }


def _steady(rhythm: dict[str, Any]) -> dict[str, Any]:
    """What is done once in each period, without a day; and the census, which has a day and no period."""
    duties = {}
    for key, (name, work) in _ONCE_A_PERIOD.items():
        length, words = _taken(rhythm, key)
        if length:
            duties[name] = {"clause": "", **words, "what": work, "by": "civil_affairs", "every": length}
    day, words = _taken(rhythm, "census_due")
    if day:
        duties["census"] = {"clause": "", **words, "what": "完成摸底排查", "by": "civil_affairs", "until": day}
    return duties


def _checks(rhythm: dict[str, Any]) -> dict[str, Any]:
    """The month of the inspection, and how often each level checks files."""
    month, words = _taken(rhythm, "inspection_month")
    duties = {}
    if month:
        day = {"every": "P1Y", "until": f"{month:02d}-31"}
        duties["inspection"] = {"clause": "", **words, "what": "督查", "by": "civil_affairs", **day}
    levels, words = _taken(rhythm, "file_audit")
    for level, rule in (levels or {}).items():
        length, _, kind = str(rule).partition("_")
        check = "全面检查儿童档案" if kind == "full" else "抽查儿童档案（tongbi sample）"
        if kind != "inspection":
            duties[f"file_check_{level}"] = {"clause": "", **words, "what": check, "by": level, "every": length}
    return duties
