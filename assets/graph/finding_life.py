"""The asset finding_life: the lists of a period in, what becomes of every finding out. The rules are `expectations.life`.

The frame says it; publishing writes the events into the database, together with the lists.
"""

from collections.abc import Mapping
from dataclasses import replace

import dagster as dg
import pandas as pd

from assets.county import department_names, profile_of
from assets.graph.step import COUNT, opened_of
from assets.publishing.turns import labels_of, sent_before, turns_of
from assets.receiving.delivered import delivered_sources
from assets.workbooks.layout import field_terms
from expectations.life.evidence import EvidenceScope, Parts, gather
from expectations.life.rules import LifeRules, life_rules
from expectations.life.states import Event, FindingLife, fold
from expectations.life.step import PeriodFacts, Verdict, carried, verdicts
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import finding_id, not_computed
from expectations.lists.owners import OWNER
from pipelines.partitions import Period, period_partitions
from pipelines.resources import deliveries, finding_events
from pipelines.resources.session import Session
from pipelines.resources.step_guard import station

NAME = "finding_life"
COLUMNS = [
    *("period", "finding_id", "code", "child_id", "field", "town", "kind", "state", "listed", "shown", "text"),
    *("first_period", "returns", "fingerprint", "evidence", "source", "answer", OWNER),
]
_RECORDS = ["records"]


def tracking_asset() -> dg.AssetsDefinition:
    """The station that follows findings across periods."""

    @dg.asset(
        name=NAME,
        ins={
            "findings": dg.AssetIn(input_manager_key="frames"),
            "child_files": dg.AssetIn(input_manager_key="frames", metadata={"parts": _RECORDS}),
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
            found = follow(opened_of(context), context.partition_key, Material(findings, child_files["records"], moves))
        return dg.Output(found, metadata={COUNT: len(found), **_counts(found)})

    return finding_life


class Material:
    """The frames that a period's verdicts rest on."""

    def __init__(self, findings: pd.DataFrame, records: pd.DataFrame, moves: pd.DataFrame) -> None:
        self.findings, self.records, self.moves = findings, records, moves


def follow(county: Session, period: str, material: Material) -> pd.DataFrame:
    """What a period says of every finding that is listed or was known before it.

    Args:
        county: the workspace.
        period: the period.
        material: the lists, the records of the child files, merges and splits (`kind, child_id, other_id`).

    Returns:
        One row per finding: `COLUMNS`; `owner` is who is asked to check it this period, "" where all recipients are; `listed` and `shown` are `yes` or `no`; `kind` is of `expectations.life.states`.
    """
    with county.engine.connect() as connection:
        past = fold(Event(**row) for row in finding_events.before(connection, period))
        numbers, ended = finding_events.known(connection), finding_events.merged_children(connection)
        accounts = deliveries.of_period(connection, period, deliveries.LIVE)
        sent = sent_before(connection, period)
    usable = delivered_sources(accounts, county.frames, period)
    known = {name: numbers[name] for name in past if name in numbers}
    occasion = _occasion(county, period, (material, known, ended, usable))
    now = material.findings.drop_duplicates("finding_id")
    facts = {**known, **_facts(now)}
    profile = profile_of(county.workspace)
    turns = turns_of(now, profile, sent, labels_of(profile))
    occasion = replace(occasion, passing=turns.passing())
    found = _frame(verdicts({name: past[name] for name in known}, occasion), past, facts)
    asked = (turns.asked(name, kind) for name, kind in zip(found["finding_id"], found["kind"], strict=True))
    return found.assign(**{OWNER: list(asked)})


def _facts(findings: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    rows = zip(*(findings[name] for name in ("finding_id", "code", "child_id", "field")), strict=True)
    return {name: (code, child, field) for name, code, child, field in rows}


Known = Mapping[str, tuple[str, str, str]]


def _occasion(county: Session, period: str, what: tuple[Material, Known, Mapping[str, str], list[str]]) -> PeriodFacts:
    material, known, ended, usable = what
    rules, profile = life_rules(), profile_of(county.workspace)
    now = material.findings.drop_duplicates("finding_id")
    listed = dict(zip(now["finding_id"], now["town"], strict=True))
    moves = [
        (kind, child, other)
        for kind, child, other in material.moves[["kind", "child_id", "other_id"]].itertuples(index=False)
    ]
    skipped = set(not_computed(profile, usable)["code"])
    leads = {**ended, **{other: child for kind, child, other in moves if kind == "merge"}}
    return PeriodFacts(
        period=period,
        listed=listed,
        evidence=_evidence(material, known, (leads, rules)),
        computed={code for code, rule in profile.lists.items() if rule.active} - skipped,
        codes={name: code for name, (code, _, _) in known.items()},
        rules=rules,
        carried=carried(known, moves, listed, finding_id),
        delivered=frozenset(name for name in usable if "." not in name),
        as_of=Period.parse(period).last_day,
        say={**{name: term["zh"] for name, term in field_terms().items()}, **department_names(county.workspace)},
    )


def _evidence(material: Material, known: Known, what: tuple[Mapping[str, str], LifeRules]) -> dict[str, Parts]:
    """The evidence of what is listed and of what was; an ended child's is that of the one that leads."""
    leads, rules = what
    rows = [(name, code, child, field) for name, (code, child, field) in _facts(material.findings).items()]
    there = {row[0] for row in rows}
    rows += [
        (name, code, leads.get(child, child), field)
        for name, (code, child, field) in known.items()
        if name not in there
    ]
    wanted = pd.DataFrame(rows, columns=["finding_id", "code", "child_id", "field"], dtype=object)
    return gather(material.records, wanted, EvidenceScope(rules, looked_at()))


def looked_at() -> dict[str, frozenset[str]]:
    """List -> the departments whose records it looks at; a further source stands for the departments that bring it."""
    catalogue = load_catalogue()
    origins = {name: {one.partition(".")[0] for one in source.origins} for name, source in catalogue.sources.items()}
    return {
        code: frozenset(
            name for need in (*one.needs, *one.needs_any, *one.guards) for name in origins.get(need, {need})
        )
        for code, one in catalogue.lists.items()
    }


def _frame(found: list[Verdict], past: Mapping[str, FindingLife], facts: Known) -> pd.DataFrame:
    rows = []
    for one in found:
        event, life = one.event, past.get(one.event.finding_id)
        code, child, field = facts[event.finding_id]
        row: dict[str, object] = {name: value for name, value in event.row().items() if name in COLUMNS}
        row |= {"code": code, "child_id": child, "field": field, "town": event.town or (life.town if life else "")}
        row |= {"listed": "yes" if one.listed else "no", "shown": "yes" if one.shown else "no"}
        row |= {"first_period": life.first_period if life else event.period, "returns": life.returns if life else 0}
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _counts(found: pd.DataFrame) -> dict[str, int]:
    return {str(kind): int(number) for kind, number in found["kind"].value_counts().items()}
