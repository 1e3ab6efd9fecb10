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

from matching.decisions.clerical import CONTENT_KIND
from matching.decisions.conflicts import decisions_report
from matching.distinct import distinct_numbers
from matching.explaining.report import make_report
from matching.explaining.results import ROW_COLUMNS, children_frame, pairs_frame, record_frame
from matching.linked import KnownChildren, Linkage, Memory
from matching.linking import PriorKnowledge, find_children
from matching.names.tables import fold_all
from matching.periods.memory import change_keys_of, facts_of, weights_of, with_digests
from matching.register.register import assign, identifiers, in_play

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Ints, Mask
    from matching.comparing.resources import Engine, EngineName
    from matching.linked import LinkageTrace
    from matching.model import Model
    from matching.periods.change_keys import Keys
    from matching.periods.delivery import DeliveryDiff
    from matching.register.register import Assigned


_PHONES = ("phone", "father_phone", "mother_phone")


@dataclass(frozen=True)
class Relinking:
    """A delivery and the records of it that are linked anew.

    Attributes:
        delivery: all records.
        chosen: which of them are linked anew: whole children of the last period.
        keys: change keys of the records that equal no remembered one.
    """

    delivery: DeliveryDiff
    chosen: Mask
    keys: dict[str, Keys]

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
        ids: NDArray[np.object_] = self.delivery.delivered["record_id"].to_numpy(dtype=object)
        return ids[self.delivery.order]

    @cached_property
    def rest(self) -> Ints:
        """The remembered rows of the records that are not linked anew, in the order of the records."""
        return self.delivery.old[~self.chosen]


def link_and_merge(
    relinking: Relinking,
    known: KnownChildren,
    judgements: pd.DataFrame | None,
    model: Model,
    engine: EngineName | Engine,
) -> Linkage:
    """Link the chosen records and put the result beside what the last period found.

    Args:
        relinking: the delivery.
        known: the register, with a memory.
        judgements: people's decisions, as in `link_records`.
        model, engine: as in `link_records`.

    Raises:
        ValueError: there is no memory.
    """
    if known.memory is None:
        raise ValueError("没有上一期的比对记忆")
    # Weights, and how common a name is, come from outside: the few chosen records are no sample of a county.
    prior = PriorKnowledge(judgements, known.identifiers, weights_of(known.memory, model), namesakes(relinking))
    trace = find_children(without_common_values(relinking, model), model, prior, engine)
    return _Merge(relinking, known.memory, known, trace, identifiers(relinking.anew)).linkage(judgements)


@dataclass(frozen=True)
class _Merge:
    """The records linked anew (`trace`, what they are known by: `identified`) and the last period."""

    relinking: Relinking
    memory: Memory
    known: KnownChildren
    trace: LinkageTrace
    identified: pd.DataFrame

    def linkage(self, judgements: pd.DataFrame | None) -> Linkage:
        """Everything put together."""
        trace, relinking = self.trace, self.relinking
        assigned, register = self._register()
        anew = children_frame(trace, relinking.anew, assigned.child_id.tolist())
        columns = {name: self._either(name, anew[name].to_numpy()) for name in ("child_id", "method", "probability")}
        clusters = record_frame(relinking.delivery.columns_of(ROW_COLUMNS), columns)
        pairs = in_record_order(relinking, pairs_frame(trace), *carried_pairs(relinking, self.memory))

        report = self._report(pairs, clusters)
        report["register"] = assigned.counts | {"known": assigned.counts["known"] + len(self._settled)}
        # Putting the whole delivery in order copies every column of it: only for decisions, which may name any record.
        any_decided = judgements is not None and len(judgements) > 0
        records = relinking.delivery.records if any_decided else relinking.anew
        report["decisions"] = decisions_report(judgements, records, self.known.identifiers)
        linkage = Linkage(pairs, clusters, report, assigned.events, register, trace.weights)
        return replace(linkage, known=replace(register, memory=self._remember(linkage)))

    @cached_property
    def _settled(self) -> frozenset[str]:
        """Children of whom no record is linked anew."""
        return frozenset(self.memory.rows["child_id"].to_numpy()[self.relinking.rest].tolist())

    def _register(self) -> tuple[Assigned, KnownChildren]:
        """Child numbers of the records linked anew, and the whole register."""
        known, spec, settled = self.known, self.trace.model.known_by, self._settled
        playing = in_play(known, self.identified, settled, spec)
        concerned = KnownChildren(known.identifiers[playing], known.aliases, taken=settled)
        labels = pd.Series(self.trace.clusters.label)
        assigned = assign(labels, self.relinking.anew, self.identified, concerned, spec)

        merged = assigned.events[assigned.events["kind"] == "merge"]
        stays = dict(zip(merged["other_id"], merged["child_id"], strict=True))
        others = known.identifiers[~playing]
        if stays:  # a merged child has identifiers that were not in play too: namesakes share them
            others = others.assign(child_id=others["child_id"].map(lambda child: stays.get(child, child)))
        frames = [others, assigned.known.identifiers, *self._renamed()]
        return assigned, KnownChildren(pd.concat(frames, ignore_index=True), assigned.known.aliases)

    def _renamed(self) -> list[pd.DataFrame]:
        """New record ids of the settled children's rows, by which decisions on this period's records are found later."""
        rows, rest = self.memory.rows, self.relinking.rest
        record = self.relinking.record[~self.relinking.chosen]
        new = np.flatnonzero(record != rows["record_id"].to_numpy(object)[rest])
        child, record = rows["child_id"].to_numpy(object)[rest[new]], record[new]
        content = rows["content"].to_numpy(object)[rest[new]]
        values = {"record": record, CONTENT_KIND: record + " " + content}
        return [pd.DataFrame({"child_id": child, "kind": kind, "value": value}) for kind, value in values.items()]

    def _either(self, column: str, anew: NDArray[Any]) -> NDArray[Any]:
        """A column of all records: of those linked anew as given, of the others as remembered."""
        values = self.memory.rows[column].to_numpy()[np.maximum(self.relinking.delivery.old, 0)]
        values[self.relinking.chosen] = anew
        return values

    def _report(self, pairs: pd.DataFrame, clusters: pd.DataFrame) -> dict[str, Any]:
        """Counts of the whole period, estimates weighted by links, the engine's figures of what was compared."""
        old, before = self.relinking.delivery.old, self.memory
        report = make_report(self.trace, pairs, clusters)
        report["records"] = len(old)
        links = int((pairs["grade"] == "same").sum())
        report["estimates"] = weighted_estimates(report["estimates"], before.facts["estimates"], links)
        kept = int((old >= 0).sum())
        report["changes"] = {
            "compared": int(self.relinking.chosen.sum()),
            "changed": len(old) - kept,
            "gone": len(before.rows) - kept,
            "since": before.facts["since"] + 1,
            "why": "只比对有变化的记录和可能涉及的孩子，其余沿用上一期结果",
        }
        return report

    def _remember(self, linkage: Linkage) -> Memory:
        """The memory of this period: kept rows keep their digests."""
        delivery, before = self.relinking.delivery, self.memory
        keys = {name: table[np.maximum(delivery.old, 0)] for name, table in change_keys_of(before).items()}
        for name, table in keys.items():
            table[delivery.old < 0] = self.relinking.keys[name]
        contents = self.identified.loc[self.identified["kind"] == CONTENT_KIND].sort_values("position")["value"]
        rows = linkage.clusters[["record_id", "child_id", "method", "probability"]].copy()
        rows["content"] = self._either("content", contents.str.split(" ", n=1).str[1].to_numpy())
        rows = with_digests(rows, delivery.fingerprint, keys)
        return Memory(rows, linkage.pairs, facts_of(linkage, before.facts["since"] + 1))


def namesakes(relinking: Relinking) -> NDArray[np.int32]:
    """For each chosen record, under how many birth dates its name stands in the whole delivery."""
    columns = relinking.delivery.columns
    name, birth = columns.of("name"), columns.of("birth_date")
    folded, _ = pd.factorize(np.array([*fold_all(name.distinct), ""], dtype=object)[:-1])
    code = folded.astype(np.int64)[name.code]
    names = distinct_numbers(code << 32 | birth.code) >> 32  # a name and a date as one integer: each such pair once
    counts: NDArray[np.int32] = np.bincount(names)[code[relinking.place]].astype(np.int32)
    return counts


def without_common_values(relinking: Relinking, model: Model) -> pd.DataFrame:
    """The chosen records without the telephones and numbers that are too common in the whole delivery to say anything.

    Among the chosen few the telephone of a school would look like a family's.
    """
    columns, out = relinking.delivery.columns, relinking.anew.copy()
    phones = [name for name in _PHONES if name in out]
    table, texts = columns.together(phones, ("",)) if phones else (np.zeros((0, 0), dtype=np.int32), [""])
    common = np.bincount(table.ravel(), minlength=len(texts)) > model.blocking.phone_limit * 3
    for place, name in enumerate(phones):
        out.loc[common[table[relinking.place, place]], name] = ""
    if "id_no" in out:
        number, name_of = columns.of("id_no"), columns.of("name")
        rows = np.bincount(number.code, minlength=len(number.distinct))
        pairs = distinct_numbers(number.code.astype(np.int64) << 32 | name_of.code)
        names = np.bincount(pairs >> 32, minlength=len(number.distinct))
        # Two names under one number are one child in two spellings; from three on the number is a placeholder.
        placeholder = (rows > model.blocking.number_limit) & (names > 2)
        out.loc[placeholder[number.code[relinking.place]], "id_no"] = ""
    return out


def carried_pairs(relinking: Relinking, memory: Memory) -> tuple[pd.DataFrame, Ints, Ints]:
    """The last period's pairs of which not both records are linked anew, under this period's record ids, and their positions."""
    now = np.full(
        len(memory.rows) + 1, -1, dtype=np.int64
    )  # one more: -1, a record that is not there, reads the last place
    kept = np.flatnonzero(relinking.delivery.old >= 0)
    now[relinking.delivery.old[kept]] = kept
    a, b = (now[end] for end in memory.ends)
    rows = np.flatnonzero((a >= 0) & (b >= 0))
    rows = rows[~(relinking.chosen[a[rows]] & relinking.chosen[b[rows]])]
    out: pd.DataFrame = memory.pairs.take(rows).reset_index(drop=True)

    turned = a[rows] > b[rows]  # records are sorted by their ids, and `record_a` is the smaller
    left, right = np.where(turned, b[rows], a[rows]), np.where(turned, a[rows], b[rows])
    record = relinking.record
    out["record_a"], out["record_b"] = record[left], record[right]
    first, second = (out[f"department_{side}"].to_numpy(object) for side in "ab")
    out["department_a"], out["department_b"] = np.where(turned, second, first), np.where(turned, first, second)
    return out, left, right


def in_record_order(
    relinking: Relinking, anew: pd.DataFrame, carried: pd.DataFrame, left: Ints, right: Ints
) -> pd.DataFrame:
    """Pairs of both parts sorted by their records; `left`, `right` are the positions of the carried ones."""
    place, rows = pd.Index(relinking.anew["record_id"]), np.flatnonzero(relinking.chosen)
    a = np.r_[rows[place.get_indexer(pd.Index(anew["record_a"]))], left]
    b = np.r_[rows[place.get_indexer(pd.Index(anew["record_b"]))], right]
    pairs: pd.DataFrame = pd.concat([anew, carried], ignore_index=True).take(np.lexsort((b, a)))
    return pairs.reset_index(drop=True)


def weighted_estimates(anew: dict[str, Any], before: dict[str, Any], links: int) -> dict[str, Any]:
    """Estimates of both parts together: the compared links by their own, the others by what was expected of them."""
    compared = min(sum(anew["links"].values()), links)
    share = compared / links if links else 1.0
    out = dict(anew)
    for name in ("expected_precision", "precision_at_least", "expected_recall"):
        out[name] = round(share * anew[name] + (1 - share) * before[name], 6)
    out["links"] = {name: round(count + (1 - share) * before["links"][name]) for name, count in anew["links"].items()}
    return out
