"""What makes an edition wait for a person: holes, files that are asked about, lists many times their size, a file delivered twice.

Belongs here: the reasons with sentence and advice, each known by its content, and what releases settle of them. Does not belong here: the
judgement of coverage (`expectations.coverage`), who released (`pipelines.resources.releases`), what is published. Source: rules/coverage.md#gate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from assets.counties.asking import OPEN_COUNTY, OTHER_COUNTY
from assets.county import department_names, profile_of
from assets.coverage.doubled import doubled_files
from assets.coverage.owed import widest_holes
from assets.receiving.filenames import file_names
from expectations.coverage.shapes import SOURCE, Coverage
from expectations.jurisdictions.profile import Profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.columns import no_rows
from pipelines.resources import deliveries, releases
from pipelines.resources.frames import FrameStore
from pipelines.resources.reading.shapes import ASK
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace

REASONS, COUNTY_REASON = "gate_reasons", "county"
COLUMNS = ["key", "kind", "about", "sentence", "advice", "settled"]
"""Kinds: `file` (asked when it was received), `county` (must be answered, not released), `coverage`, `list`, `double`; `about` is a department or a list; `settled` is "1" or ""."""
MOST_UNITS = 12


@dataclass(frozen=True)
class GateMaterial:
    """What the gate looks at besides the workspace: the coverage, the lists now, the lists of the edition before, child files' records."""

    coverage: Coverage
    findings: pd.DataFrame
    before: Mapping[str, int] | None
    records: pd.DataFrame


def reasons_of(county: Session, period: str, material: GateMaterial) -> pd.DataFrame:
    """Every reason to let a person look before the edition goes out: `COLUMNS`, those that a release settled marked."""
    names = department_names(county.workspace)
    # Sentences name files, and people name files after children: the names that may be said stand in for them.
    labelled = replace(material, records=file_names(county.workspace, period).on(material.records))
    reasons = [*_asked(county, period), *ordinary_or_not(labelled, profile_of(county.workspace), names)]
    rows = [reason.row() for reason in reasons]
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1]).drop_duplicates("key", ignore_index=True)
    with county.engine.connect() as connection:
        known = releases.of_period(connection, period)
    whole = {key for release in known if not release.lists for key in release.keys}
    return frame.assign(settled=["1" if key in whole else "" for key in frame["key"]])


def ordinary_or_not(material: GateMaterial, profile: Profile, names: Mapping[str, str]) -> list[WaitingReason]:
    """The reasons that lie in the data and in the lists; none of an ordinary period.

    Args:
        material: what is looked at; its records name files as they may be said.
        profile: whose bounds they are.
        names: department -> as people call it.
    """
    used = _deliveries_in(material.records)
    return [
        *_holes(_asked_about(material.coverage, profile), names, used),
        *_doubled(material.records, profile, names),
        *_grown(material, profile),
    ]


def release_rule(workspace: Workspace) -> releases.ReleaseRule:
    """Who may release here: another than the operator, unless the place's paper says otherwise."""
    return releases.ReleaseRule(workspace.operator, bool(profile_of(workspace).gate.second_person.known()))


def kept_reasons(frames: FrameStore, period: str) -> pd.DataFrame:
    """The reasons that the last run of a period kept; none in a workspace of an earlier state."""
    if not frames.exists(REASONS, period):
        return no_rows(COLUMNS)
    return frames.read(REASONS, period)


@dataclass(frozen=True)
class WaitingReason:
    """Why an edition waits; `identity` is what it is known by besides kind and subject: figures that a later run counts otherwise stay out of it."""

    kind: str
    about: str
    sentence: str
    advice: str
    identity: str

    def row(self) -> dict[str, str]:
        """The reason as a line of `COLUMNS`, without what releases settled."""
        key = hashlib.sha256(f"{self.kind}|{self.about}|{self.identity}".encode()).hexdigest()[:16]
        return {"key": key, "kind": self.kind, "about": self.about, "sentence": self.sentence, "advice": self.advice}


def _asked(county: Session, period: str) -> Iterator[WaitingReason]:
    """What was asked about files when they were received."""
    with county.engine.connect() as connection:
        notices = deliveries.notices_of_period(connection, period)
    for line in notices:
        if line["severity"] == ASK:
            file = f"「{line['file']}」" if line["file"] else ""
            sentence = f"{file}{line['message']}"
            # Whose children the lists speak of is no matter of looking away: it is answered in the settings.
            kind = COUNTY_REASON if line["code"] in (OTHER_COUNTY, OPEN_COUNTY) else "file"
            yield WaitingReason(kind, line["department"], sentence, line["advice"], sentence)


def _deliveries_in(records: pd.DataFrame) -> dict[str, str]:
    """Department -> which deliveries it brought: with the same files the same hole is the same reason."""
    return {
        str(department): ",".join(sorted(set(rows)))
        for department, rows in records.groupby("department")["delivery_id"]
    }


def _asked_about(coverage: Coverage, profile: Profile) -> Coverage:
    """The coverage as far as a person is asked about it: no unit of a few children, whose lines stay as they are without a question; and where the
    place says what every period brings, no source that it does not name.
    """
    expected, units = profile.gate.expected.value, coverage.units
    units = units[(units["asked"] >= profile.coverage.smallest_unit.known()) | (units["dimension"] == SOURCE)]
    coverage = replace(coverage, units=units)
    if expected is None:
        return coverage
    wanted = units["source"].isin([*expected, *(name.partition(".")[0] for name in expected)])
    return replace(coverage, units=units[(units["dimension"] != SOURCE) | wanted])


def _holes(coverage: Coverage, names: Mapping[str, str], used: Mapping[str, str]) -> Iterator[WaitingReason]:
    """Holes, the widest of each department."""
    for department, units in widest_holes(coverage):
        zh = names.get(department, department)
        advice = (
            f"请向{zh}核对后补交，再重新运行；确已交齐的（如学校撤并），加 --complete {zh} --consent 确认人姓名 重新运行；"
            "暂时补不上的可以放行，有关儿童列为“无法比对”，不下发。"
        )
        files = used.get(department, "")
        for unit in units.head(MOST_UNITS).itertuples(index=False):
            identity = f"{unit.source}|{unit.dimension}|{unit.unit}|{files}"
            yield WaitingReason("coverage", department, str(unit.because), advice, identity)
        more = len(units) - MOST_UNITS
        if more > 0:
            yield WaitingReason("coverage", department, f"{zh}另有{more}处同样没有交齐", advice, f"more|{files}")


def _doubled(records: pd.DataFrame, profile: Profile, names: Mapping[str, str]) -> Iterator[WaitingReason]:
    for pair in doubled_files(records, profile.gate.same_children.known(), profile.coverage.smallest_unit.known()):
        zh = names.get(pair.department, pair.department)
        sentence = f"{zh}的「{pair.first}」和「{pair.second}」有{pair.both}名儿童相同，占较小一份的{pair.share:.0%}"
        advice = (
            "像是同一份名单的两个版本：请只留更正后的一份，把旧的移出收件箱，再重新运行；确是两份不同名单的可以放行。"
        )
        yield WaitingReason("double", pair.department, sentence, advice, f"{pair.first}|{pair.second}")


def _grown(material: GateMaterial, profile: Profile) -> Iterator[WaitingReason]:
    """Lists many times their size before, or, without a before, larger than the registers make believable."""
    gate, catalogue = profile.gate, load_catalogue()
    counts = material.findings["code"].value_counts()
    advice = "请先查看这张清单和各部门数据是否交齐、有没有放错文件；情况属实的可以放行，也可以只放行其他清单。"
    # The lists that have such a bound are those that a missing file makes explode; others grow with the season (L26) or the rhythm (L22).
    watched = gate.first_share.value or {}
    for code, number in sorted((code, number) for code, number in counts.items() if code in watched):
        name = catalogue.lists[str(code)].name
        if material.before is not None:
            earlier = material.before.get(str(code), 0)
            if number - earlier > gate.least_growth.known() and number > gate.growth.known() * max(earlier, 1):
                yield WaitingReason(
                    "list", str(code), f"清单“{name}”有{number}条，上一次{earlier}条", advice, str(number)
                )
            continue
        share, children = watched[str(code)], _children_of(str(code), material.records)
        if number > gate.least_growth.known() and number > share * children:
            sentence = f"清单“{name}”有{number}条，而有关部门的儿童只有{children}名，比例过高"
            yield WaitingReason("list", str(code), sentence, advice, str(number))


def _children_of(code: str, records: pd.DataFrame) -> int:
    """How many children the department has whose data the list needs first."""
    needs = load_catalogue().lists[code].needs
    mine = records[records["department"].isin(needs[:1])]
    return int((mine if len(mine) else records)["child_id"].nunique())


def open_keys(reasons: pd.DataFrame) -> tuple[str, ...]:
    """The reasons that nobody settled yet."""
    return tuple(reasons.loc[reasons["settled"] == "", "key"])


def sentences(reasons: Iterable[Mapping[str, str]]) -> list[str]:
    """What is said of the open reasons."""
    return [f"{reason['sentence']}。{reason['advice']}" for reason in reasons if not reason["settled"]]
