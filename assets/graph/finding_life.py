"""The asset finding_life: the lists of a period in, what becomes of every finding out. The rules are `expectations.life`.

The frame says it; publishing writes the events into the database, together with the lists.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import dagster as dg
import pandas as pd

from assets.county import department_names, profile_of, sources_delivered
from assets.coverage.listing import uncompared_of
from assets.graph.step import COUNT, opened_of
from assets.publishing.turns import labels_of, sent_before, turns_of
from assets.receiving.delivered import departments_among
from assets.workbooks.layout import field_terms
from expectations.life.evidence import EvidenceScope, Parts, gather
from expectations.life.outgrown import outgrown
from expectations.life.rules import LifeRules, life_rules
from expectations.life.states import BY_DATA, MERGED, Event, FindingLife, fold
from expectations.life.step import PeriodFacts, Verdict, carried, merged_away, verdicts
from expectations.lists.catalogue import LOOKED, load_catalogue
from expectations.lists.findings import finding_id, not_computed
from expectations.lists.owners import OWNER
from pipelines.partitions import Period, period_partitions
from pipelines.resources import finding_events
from pipelines.resources.session import Session
from pipelines.resources.step_guard import station

NAME = "finding_life"
COLUMNS = [
    *("period", "finding_id", "code", "child_id", "field", "town", "kind", "state", "listed", "shown", "text"),
    *("first_period", "returns", "fingerprint", "evidence", "source", "answer", OWNER),
]
_PARTS = ["records", "children"]


def tracking_asset() -> dg.AssetsDefinition:
    """The station that follows findings across periods."""

    @dg.asset(
        name=NAME,
        ins={
            "findings": dg.AssetIn(input_manager_key="frames"),
            "child_files": dg.AssetIn(input_manager_key="frames", metadata={"parts": _PARTS}),
            "link_register": dg.AssetIn(input_manager_key="frames", metadata={"parts": ["events"]}),
        },
        io_manager_key="frames",
        group_name="findings",
        partitions_def=period_partitions(),
        required_resource_keys={"county"},
        description="每条线索的去向：新发现、仍在、已由数据消除、答复后不再列出、复发",
    )
    def finding_life(
        context: dg.AssetExecutionContext,
        findings: pd.DataFrame,
        child_files: dict[str, pd.DataFrame],
        link_register: dict[str, pd.DataFrame],
    ) -> dg.Output[pd.DataFrame]:
        """Follow the findings."""
        with station(NAME):
            moves = link_register["events"]
            frames = LifeFrames(findings, child_files["records"], child_files["children"], moves)
            lives = follow(opened_of(context), context.partition_key, frames)
        kinds = {str(kind): int(number) for kind, number in lives["kind"].value_counts().items()}
        return dg.Output(lives, metadata={COUNT: len(lives), **kinds})

    return finding_life


@dataclass(frozen=True)
class LifeFrames:
    """The frames that a period's verdicts rest on.

    Attributes:
        findings: the lists.
        records: the records of the child files.
        children: the children of the child files (`child_id, birth_date`).
        moves: merges and splits (`kind, child_id, other_id`).
    """

    findings: pd.DataFrame
    records: pd.DataFrame
    children: pd.DataFrame
    moves: pd.DataFrame


Known = Mapping[str, tuple[str, str, str]]
"""finding_id -> code, child, field."""
Move = tuple[str, str, str]
"""What happened to two children's numbers: kind, child, other (`expectations.life.step.carried`)."""


@dataclass(frozen=True)
class _Before:
    """What the database says when a period is looked at.

    Attributes:
        lives: finding_id -> what became of it until now.
        known: what those findings are about.
        ended: number of a child that was merged away before this period -> the child that has its records.
        delivered: departments, kinds of file and columns that the period can rest on.
        uncompared: who could not be compared by which list (`assets.coverage.listing`).
        again: what those findings are about of which only an earlier run of this period spoke.
        record_children: record -> child, as that run published them.
    """

    lives: Mapping[str, FindingLife]
    known: Known
    ended: Mapping[str, str]
    delivered: list[str]
    uncompared: pd.DataFrame
    again: Known = field(default_factory=dict)
    record_children: Mapping[str, str] = field(default_factory=dict)


def follow(county: Session, period: str, frames: LifeFrames) -> pd.DataFrame:
    """What a period says of every finding that is listed or was known before it.

    Args:
        county: the workspace.
        period: the period.
        frames: the lists, the records of the child files, merges and splits.

    Returns:
        One row per finding: `COLUMNS`; `owner` is who is asked to check it this period, "" where all recipients are; `listed` and `shown` are `yes` or `no`; `kind` is of `expectations.life.states`.
    """
    with county.engine.connect() as connection:
        # Events before this period only: a period that is run again is judged as it was the first time.
        lives = fold(Event(**row) for row in finding_events.before(connection, period))
        numbers, ended = finding_events.known(connection), finding_events.merged_children(connection, period)
        sent = sent_before(connection, period)
        again = finding_events.said_already(connection, period) - set(lives)
        published = finding_events.record_children(connection, period) if again else {}
        opened = fold(Event(**row) for row in finding_events.in_period(connection, period))
    uncompared = uncompared_of(county.latest, period)
    # What an earlier run of this period brought up and this one cannot see is no more taken back than what is older.
    hidden = _hidden(opened.keys() - lives.keys(), numbers, uncompared)
    lives = {**lives, **{name: opened[name] for name in hidden}}
    known = {name: numbers[name] for name in lives if name in numbers}
    of_places = life_rules().of_places
    rerun = {
        name: numbers[name] for name in again - set(lives) if name in numbers and numbers[name][0] not in of_places
    }
    before = _Before(lives, known, ended, sources_delivered(county, period), uncompared, rerun, published)
    now = frames.findings.drop_duplicates("finding_id")
    profile = profile_of(county.workspace)
    turns = turns_of(now, profile, sent, labels_of(profile))
    occasion = replace(_occasion(county, period, frames, before), passing=turns.passing())
    decided = verdicts({name: lives[name] for name in known}, occasion)
    rows = _frame(decided, lives, {**known, **rerun, **_facts(now)})
    owners = (turns.asked(name, kind) for name, kind in zip(rows["finding_id"], rows["kind"], strict=True))
    return rows.assign(**{OWNER: list(owners)})


def _hidden(names: Collection[str], numbers: Known, uncompared: pd.DataFrame) -> dict[str, str]:
    """finding_id -> why it could not be checked, of those of these findings of which that holds."""
    lines = dict(zip(uncompared["finding_id"], uncompared["because"], strict=True))
    pairs = dict(zip(zip(uncompared["code"], uncompared["child_id"], strict=True), uncompared["because"], strict=True))
    hidden = {}
    for name in names:
        if name in numbers:
            code, child, _ = numbers[name]
            because = lines.get(name) or pairs.get((code, child))
            if because:
                hidden[name] = because
    return hidden


def _facts(findings: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    rows = zip(*(findings[name] for name in ("finding_id", "code", "child_id", "field")), strict=True)
    return {name: (code, child, field) for name, code, child, field in rows}


def _occasion(county: Session, period: str, frames: LifeFrames, before: _Before) -> PeriodFacts:
    rules, profile = life_rules(), profile_of(county.workspace)
    now = frames.findings.drop_duplicates("finding_id")
    listed = dict(zip(now["finding_id"], now["town"], strict=True))
    moves = [
        (kind, child, other)
        for kind, child, other in frames.moves[["kind", "child_id", "other_id"]].itertuples(index=False)
    ]
    # A list that was computed in part shows what it shows, and says nothing of the findings that it does not show.
    skipped = set(not_computed(profile, before.delivered, listed=())["code"])
    leads = _leads(before.ended, moves)
    heirs = carried(_going_on(before), [*moves, *_merges(leads)], listed, finding_id)
    # The same of lines that only an earlier run of this period knows: its corrected data give no such number any more.
    corrected = _renumbered(before, frames.records)
    heirs_corrected = carried(before.again, _merges(corrected), listed, finding_id)
    # What the data settled is settled; an answer, too, is not proven by a birthday.
    followed = {name for name, life in before.lives.items() if life.settled_by != BY_DATA} - set(listed)
    return PeriodFacts(
        period=period,
        listed=listed,
        evidence=_evidence(frames, before.known, leads, rules),
        # A list that could not be computed says nothing of its findings: they are neither gone nor there.
        computed={code for code, rule in profile.lists.items() if rule.active} - skipped,
        codes={name: code for name, (code, _, _) in before.known.items()},
        rules=rules,
        carried={**heirs_corrected, **heirs},
        merged={
            **merged_away(before.again, corrected, heirs_corrected),
            **merged_away(before.known, leads, heirs),
        },
        outgrown=_outgrown(
            county, period, frames, {name: fact for name, fact in before.known.items() if name in followed}, leads
        ),
        unverifiable=_hidden(before.known.keys() - listed.keys(), before.known, before.uncompared),
        delivered=departments_among(before.delivered),
        as_of=Period.parse(period).last_day,
        say={**{name: term["zh"] for name, term in field_terms().items()}, **department_names(county.workspace)},
    )


def _merges(leads: Mapping[str, str]) -> list[Move]:
    return [("merge", to, ended) for ended, to in leads.items()]


def _leads(ended: Mapping[str, str], moves: Collection[Move]) -> dict[str, str]:
    """Ended child number -> the child that has its records now; who led before may itself have been merged now."""
    now = {other: child for kind, child, other in moves if kind == "merge"}
    return {**{child: now.get(to, to) for child, to in ended.items()}, **now}


def _renumbered(before: _Before, records: pd.DataFrame) -> dict[str, str]:
    """Number that only an earlier run of this period gave -> the child that has those records in its corrected data."""
    now = dict(zip(records["record_id"], records["child_id"], strict=True))
    there, went = set(records["child_id"]), dict[str, set[str]]()
    for record, child in before.record_children.items():
        if child not in there and record in now:
            went.setdefault(child, set()).add(now[record])
    # Records of a department that delivered anew have new numbers: those that stayed say where the child is, where they agree.
    return {child: next(iter(children)) for child, children in went.items() if len(children) == 1}


def _going_on(before: _Before) -> Known:
    """The findings whose history may go on under another number: neither ended with a merge already, nor settled by the data."""
    lives = before.lives
    return {
        name: fact
        for name, fact in before.known.items()
        if lives[name].kind != MERGED and lives[name].settled_by != BY_DATA
    }


def _outgrown(
    county: Session, period: str, frames: LifeFrames, gone: Known, leads: Mapping[str, str]
) -> dict[str, str]:
    """finding_id -> why its child is too old for its list now, of findings that are listed no more."""
    rules, profile, as_of = life_rules(), profile_of(county.workspace), Period.parse(period).last_day
    wanted = {leads.get(child, child) for code, child, _ in gone.values() if code in rules.outgrows}
    births = _births(county, period, frames.children, wanted)
    reasons = {
        name: outgrown(code, births.get(leads.get(child, child), ""), as_of, profile, rules)
        for name, (code, child, _) in gone.items()
    }
    return {name: sentence for name, sentence in reasons.items() if sentence}


def _births(county: Session, period: str, children: pd.DataFrame, wanted: Collection[str]) -> dict[str, str]:
    """The birth date of each child: as the period has it, else as the last period that still had the child."""
    births: dict[str, str] = {}
    # A child that has come of age is in no export of minors any more: its last files know when it was born.
    earlier = [
        name
        for name in county.frames.periods("child_files.children")
        if name < period and ("Q" in name) == ("Q" in period)
    ]
    for label in ("", *sorted(earlier, reverse=True)):
        missing = set(wanted) - set(births)
        if not missing:
            break
        frame = county.frames.read("child_files.children", label, ["child_id", "birth_date"]) if label else children
        own = frame[frame["child_id"].isin(missing)]
        births |= dict(zip(own["child_id"], own["birth_date"], strict=True))
    return births


def _evidence(frames: LifeFrames, known: Known, leads: Mapping[str, str], rules: LifeRules) -> dict[str, Parts]:
    """The evidence of what is listed and of what was; an ended child's is that of the one that leads."""
    rows = [(name, code, child, field) for name, (code, child, field) in _facts(frames.findings).items()]
    listed = {row[0] for row in rows}
    rows += [
        (name, code, leads.get(child, child), field)
        for name, (code, child, field) in known.items()
        if name not in listed
    ]
    findings = pd.DataFrame(rows, columns=["finding_id", "code", "child_id", "field"], dtype=object)
    return gather(frames.records, findings, EvidenceScope(rules, looked_at()))


def looked_at() -> dict[str, frozenset[str]]:
    """List -> the departments whose records it looks at; a further source stands for the departments that bring it."""
    catalogue = load_catalogue()
    origins = {
        name: {origin.partition(LOOKED)[0].partition(".")[0] for origin in source.origins}
        for name, source in catalogue.sources.items()
    }
    return {
        code: frozenset(
            department
            for need in (*entry.needs, *entry.needs_any, *entry.in_part.values(), *entry.guards)
            for department in origins.get(need, {need})
        )
        for code, entry in catalogue.lists.items()
    }


def _frame(decided: list[Verdict], lives: Mapping[str, FindingLife], facts: Known) -> pd.DataFrame:
    rows = []
    for verdict in decided:
        event, life = verdict.event, lives.get(verdict.event.finding_id)
        code, child, field = facts[event.finding_id]
        row: dict[str, object] = {name: value for name, value in event.row().items() if name in COLUMNS}
        # Who is off the list has no township there; the line still belongs to the one that had it.
        row |= {"code": code, "child_id": child, "field": field, "town": event.town or (life.town if life else "")}
        row |= {"listed": "yes" if verdict.listed else "no", "shown": "yes" if verdict.shown else "no"}
        row |= {"first_period": life.first_period if life else event.period, "returns": life.returns if life else 0}
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)
