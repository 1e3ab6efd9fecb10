"""One linkage from two parts: the children linked anew, and the others as the last period left them.

Belongs here: linking the chosen rows in the context of the whole delivery, and putting frames, register, report and memory together. Does
not belong here: which rows are chosen (`changes`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.decisions.disputes import decisions_report
from matching.decisions.judged import KIND
from matching.distinct import distinct_numbers
from matching.explaining.report import make_report
from matching.explaining.results import ROW_COLUMNS, children_frame, pairs_frame, record_frame
from matching.linked import KnownChildren, Linkage, Memory
from matching.linking import PriorKnowledge, find_children
from matching.names.tables import fold_all
from matching.periods.memory import facts_of, tokens_of, weights_of, with_digests
from matching.register.register import assign, identifiers, in_play

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.resources import Engine, EngineName
    from matching.linked import LinkageTrace
    from matching.model import Model
    from matching.periods.delivery import Delivery
    from matching.periods.meeting import Tokens
    from matching.register.register import Assigned

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_SIDES = ("record_a", "record_b")


@dataclass(frozen=True)
class Part:
    """A delivery and the records of it that are linked anew.

    Attributes:
        delivery: all records.
        chosen: which of them are linked anew: whole children of the last period.
        token: of the records that equal no remembered one.
    """

    delivery: Delivery
    chosen: Mask
    token: dict[str, Tokens]

    @cached_property
    def anew(self) -> pd.DataFrame:
        """The records that are linked anew."""
        return self.delivery.rows(self.chosen)

    @cached_property
    def place(self) -> Ints:
        """Where the records that are linked anew stand among the rows as they came."""
        return self.delivery.order[self.chosen]

    @cached_property
    def record(self) -> NDArray[np.object_]:
        """`record_id` of all records."""
        ids: NDArray[np.object_] = self.delivery.given["record_id"].to_numpy(dtype=object)
        return ids[self.delivery.order]

    @cached_property
    def rest(self) -> Ints:
        """The remembered rows of the records that are not linked anew, in the order of the records."""
        return self.delivery.old[~self.chosen]


def spliced(
    part: Part, known: KnownChildren, judgements: pd.DataFrame | None, how: tuple[Model, EngineName | Engine]
) -> Linkage:
    """Link the chosen records and put the result beside what the last period found.

    Args:
        part: the delivery.
        known: the register, with a memory.
        judgements: people's decisions, as in `link_records`.
        how: the model and the engine.

    Raises:
        ValueError: there is no memory.
    """
    if known.memory is None:
        raise ValueError("没有上一期的比对记忆")
    model, engine = how
    given = PriorKnowledge(judgements, known.identifiers, weights_of(known.memory, model), namesakes(part))
    trail = find_children(_quiet(part, model), model, given, engine)
    return _Splice(part, known.memory, known, trail, identifiers(part.anew)).linkage(judgements)


@dataclass(frozen=True)
class _Splice:
    """The records linked anew (`trail`, what they are known by: `found`) and the last period."""

    part: Part
    memory: Memory
    known: KnownChildren
    trail: LinkageTrace
    found: pd.DataFrame

    def linkage(self, judgements: pd.DataFrame | None) -> Linkage:
        """Everything put together."""
        trail, part = self.trail, self.part
        assigned, register = self._register()
        clusters = self._clusters(children_frame(trail, part.anew, assigned.child_id.tolist()))
        pairs = _ordered(part, pairs_frame(trail), *_carried(part, self.memory))
        report = self._report(pairs, clusters)
        report["register"] = assigned.counts | {"known": assigned.counts["known"] + len(self._settled)}
        report["decisions"] = self._decisions(judgements)
        found = Linkage(pairs, clusters, report, assigned.events, register, trail.weights)
        return replace(found, known=replace(register, memory=self._remember(found)))

    def _decisions(self, judgements: pd.DataFrame | None) -> dict[str, Any]:
        """What became of people's decisions; the whole delivery is put in order only where there are any."""
        some = judgements is not None and len(judgements) > 0
        records = self.part.delivery.records if some else self.part.anew
        return decisions_report(judgements, records, self.known.identifiers)

    @cached_property
    def _settled(self) -> frozenset[str]:
        """Children of whom no record is linked anew."""
        return frozenset(self.memory.rows["child_id"].to_numpy()[self.part.rest].tolist())

    def _register(self) -> tuple[Assigned, KnownChildren]:
        """Child numbers of the records linked anew, and the whole register."""
        known, spec, taken = self.known, self.trail.model.known_by, self._settled
        mine = in_play(known, self.found, taken, spec)
        theirs = KnownChildren(known.identifiers[mine], known.aliases, taken=taken)
        assigned = assign(pd.Series(self.trail.clusters.label), self.part.anew, self.found, theirs, spec)
        merged = assigned.events[assigned.events["kind"] == "merge"]
        stays = dict(zip(merged["other_id"], merged["child_id"], strict=True))
        others = known.identifiers[~mine]
        if stays:
            others = others.assign(child_id=others["child_id"].map(lambda child: stays.get(child, child)))
        frames = [others, assigned.known.identifiers, *self._renamed()]
        return assigned, KnownChildren(pd.concat(frames, ignore_index=True), assigned.known.aliases)

    def _renamed(self) -> list[pd.DataFrame]:
        """New record ids of the settled children's rows, by which decisions on this period's records are found later."""
        rows, rest = self.memory.rows, self.part.rest
        record = self.part.record[~self.part.chosen]
        new = np.flatnonzero(record != rows["record_id"].to_numpy(object)[rest])
        child, record = rows["child_id"].to_numpy(object)[rest[new]], record[new]
        values = {"record": record, KIND: record + " " + rows["content"].to_numpy(object)[rest[new]]}
        return [pd.DataFrame({"child_id": child, "kind": kind, "value": value}) for kind, value in values.items()]

    def _either(self, column: str, anew: NDArray[Any]) -> NDArray[Any]:
        """A column of all records: of those linked anew as given, of the others as remembered."""
        values = self.memory.rows[column].to_numpy()[np.maximum(self.part.delivery.old, 0)]
        values[self.part.chosen] = anew
        return values

    def _clusters(self, anew: pd.DataFrame) -> pd.DataFrame:
        """`link_children` of all records."""
        columns = {name: self._either(name, anew[name].to_numpy()) for name in ("child_id", "method", "probability")}
        return record_frame(self.part.delivery.some(ROW_COLUMNS), columns)

    def _report(self, pairs: pd.DataFrame, clusters: pd.DataFrame) -> dict[str, Any]:
        """Counts of the whole period, estimates weighed by links, the engine's figures of what was compared."""
        part, before = self.part, self.memory
        report = make_report(self.trail, pairs, clusters)
        report["records"] = len(part.delivery)
        same = int((pairs["grade"] == "same").sum())
        report["estimates"] = _weighed(report["estimates"], before.facts["estimates"], same)
        kept = int((part.delivery.old >= 0).sum())
        report["changes"] = {
            "compared": int(part.chosen.sum()),
            "changed": len(part.delivery.old) - kept,
            "gone": len(before.rows) - kept,
            "since": before.facts["since"] + 1,
            "why": "只比对有变化的记录和可能涉及的孩子，其余沿用上一期结果",
        }
        return report

    def _remember(self, found: Linkage) -> Memory:
        """The memory of this period: kept rows keep their digests."""
        part, known = self.part, self.memory
        token = {name: values[np.maximum(part.delivery.old, 0)] for name, values in tokens_of(known).items()}
        for name, values in token.items():
            values[part.delivery.old < 0] = part.token[name]
        contents = self.found.loc[self.found["kind"] == KIND].sort_values("position")["value"]
        frame = found.clusters[["record_id", "child_id", "method", "probability"]].copy()
        frame["content"] = self._either("content", contents.str.split(" ", n=1).str[1].to_numpy())
        return Memory(
            with_digests(frame, part.delivery.mark, token), found.pairs, facts_of(found, known.facts["since"] + 1)
        )


def namesakes(part: Part) -> NDArray[np.int32]:
    """For each chosen record, under how many birth dates its name stands in the whole delivery."""
    columns = part.delivery.columns
    name, birth = columns.of("name"), columns.of("birth_date")
    folded, _ = pd.factorize(np.array([*fold_all(name.distinct), ""], dtype=object)[:-1])
    code = folded.astype(np.int64)[name.code]
    distinct = distinct_numbers(code << 32 | birth.code) >> 32
    found: NDArray[np.int32] = np.bincount(distinct)[code[part.place]].astype(np.int32)
    return found


def _quiet(part: Part, model: Model) -> pd.DataFrame:
    """The chosen records without the telephones and numbers that are too common in the whole delivery to say anything."""
    columns, out = part.delivery.columns, part.anew.copy()
    phones = [name for name in ("phone", "father_phone", "mother_phone") if name in out]
    table, texts = columns.together(phones, ("",)) if phones else (np.zeros((0, 0), dtype=np.int32), [""])
    common = np.bincount(table.ravel(), minlength=len(texts)) > model.blocking.phone_limit * 3
    for place, name in enumerate(phones):
        out.loc[common[table[part.place, place]], name] = ""
    if "id_no" in out:
        own, name_of = columns.of("id_no"), columns.of("name")
        counts = np.bincount(own.code, minlength=len(own.distinct))
        pairs = distinct_numbers(own.code.astype(np.int64) << 32 | name_of.code)
        names = np.bincount(pairs >> 32, minlength=len(own.distinct))
        out.loc[((counts > model.blocking.number_limit) & (names > 2))[own.code[part.place]], "id_no"] = ""
    return out


def _carried(part: Part, memory: Memory) -> tuple[pd.DataFrame, Ints, Ints]:
    """The last period's pairs of which not both records are linked anew, under this period's record ids, and their positions."""
    now = np.full(len(memory.rows) + 1, -1, dtype=np.int64)
    now[part.delivery.old[part.delivery.old >= 0]] = np.flatnonzero(part.delivery.old >= 0)
    a, b = (now[end] for end in memory.ends)
    kept = np.flatnonzero((a >= 0) & (b >= 0))
    kept = kept[~(part.chosen[a[kept]] & part.chosen[b[kept]])]
    out: pd.DataFrame = memory.pairs.take(kept).reset_index(drop=True)
    turned = a[kept] > b[kept]  # records are sorted by their ids
    left, right = np.where(turned, b[kept], a[kept]), np.where(turned, a[kept], b[kept])
    record = part.record
    out["record_a"], out["record_b"] = record[left], record[right]
    one, other = (out[f"department_{side}"].to_numpy(object) for side in "ab")
    out["department_a"], out["department_b"] = np.where(turned, other, one), np.where(turned, one, other)
    return out, left, right


def _ordered(part: Part, anew: pd.DataFrame, carried: pd.DataFrame, left: Ints, right: Ints) -> pd.DataFrame:
    """Pairs of both parts sorted by their records; `left`, `right` are the positions of the carried ones."""
    place, rows = pd.Index(part.anew["record_id"]), np.flatnonzero(part.chosen)
    a, b = (
        np.r_[rows[place.get_indexer(pd.Index(anew[side]))], old]
        for side, old in zip(_SIDES, (left, right), strict=True)
    )
    pairs: pd.DataFrame = pd.concat([anew, carried], ignore_index=True).take(np.lexsort((b, a)))
    return pairs.reset_index(drop=True)


def _weighed(anew: dict[str, Any], before: dict[str, Any], links: int) -> dict[str, Any]:
    """Estimates of both parts together: the compared links by their own, the others by what was expected of them."""
    mine = min(sum(anew["links"].values()), links)
    share = mine / links if links else 1.0
    out = dict(anew)
    for name in ("expected_precision", "precision_at_least", "expected_recall"):
        out[name] = round(share * anew[name] + (1 - share) * before[name], 6)
    out["links"] = {name: round(count + (1 - share) * before["links"][name]) for name, count in anew["links"].items()}
    return out
