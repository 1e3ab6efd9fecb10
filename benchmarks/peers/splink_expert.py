"""Splink 5 in expert hands: levels for Chinese records in SQL, ten-odd blocking rules, EM, best links one to one; and with twins refused.

`splink_expert.py PREPARED.parquet CLUSTERS.parquet`, in the peers' environment (DuckDB 1.4: on 2.0 the one-to-one clustering goes quadratic). The
settings were fixed before the first county was scored and are the same for all counties.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

from benchmarks.peers.clusters import collapse, greedy
from benchmarks.peers.measured import Run

LINK = 0.5
REVIEW = (0.2, 0.9)
_ONE_CHAR = "length(name_l) = length(name_r) and (c1_l = c1_r) and "


def _level(sql: str, tf: str | None = None, null: bool = False) -> CustomLevel:
    level = CustomLevel(sql)
    if null:
        return level.configure(is_null_level=True)
    return level.configure(tf_adjustment_column=tf, tf_adjustment_weight=1.0) if tf else level


def _empty(column: str) -> str:
    return f"{column}1_l is null or {column}1_r is null"


def _any(column: str, size: int) -> str:
    """Any member of the one set is one of the other: plain equalities are thirty times as fast as list functions."""
    places = [(one, other) for one in range(1, size + 1) for other in range(1, size + 1)]
    return " or ".join(f"{column}{one}_l = {column}{other}_r" for one, other in places)


def _common(column: str, size: int) -> str:
    """How many members the two sets have in common."""
    places = [(one, other) for one in range(1, size + 1) for other in range(1, size + 1)]
    return " + ".join(f"case when {column}{one}_l = {column}{other}_r then 1 else 0 end" for one, other in places)


def _comparison(name: str, *levels: CustomLevel) -> CustomComparison:
    return CustomComparison([*levels, ElseLevel()], output_column_name=name)


def comparisons() -> list[CustomComparison]:
    """Every field with its ordered levels."""
    return [
        _comparison(
            "name",
            _level("name_l is null or name_r is null", null=True),
            _level("name_l = name_r", tf="name"),
            _level("name_py_l = name_py_r", tf="name_py"),
            _level("former_l = name_r or former_r = name_l or former_py_l = name_py_r or former_py_r = name_py_l"),
            _level("instr(name_l, '?') > 0 and c1_l = c1_r or instr(name_r, '?') > 0 and c1_l = c1_r"),
            _level("given_py_l = given_py_r and length(name_l) > 2"),
            _level(_ONE_CHAR + "(c2_l = c2_r or c3_l = c3_r)"),
            _level(
                "length(name_l) > 2 and length(name_r) > 2 and (starts_with(name_l, name_r) or starts_with(name_r, name_l))"
            ),
            _level("c1_l = c1_r and (c2_l = c3_r or c3_l = c2_r)"),
            _level("surname_py_l = surname_py_r"),
        ),
        _comparison(
            "birth",
            _level("birth_y_l is null or birth_y_r is null", null=True),
            _level("birth_l = birth_r"),
            _level("birth_l = birth_lunar_r or birth_lunar_l = birth_r"),
            _level(
                "birth_y_l = birth_y_r and substr(birth_l, 6, 2) = substr(birth_r, 9, 2) and substr(birth_l, 9, 2) = substr(birth_r, 6, 2)"
            ),
            _level("hamming(birth_l, birth_r) = 1"),
            _level("birth_ym_l = birth_ym_r or substr(birth_l, 6) = substr(birth_r, 6)"),
            _level("birth_y_l = birth_y_r"),
        ),
        _comparison(
            "number",
            _level("id_no_raw_l is null or id_no_raw_r is null", null=True),
            _level(
                f"({_any('ids', 3)}) and (name_py_l = name_py_r or birth_l = birth_r or birth_l = birth_lunar_r or birth_lunar_l = birth_r)"
            ),
            _level(_any("ids", 3)),
            _level("damerau_levenshtein(id_no_raw_l, id_no_raw_r) <= 1"),
            _level("substr(id_no_raw_l, 1, 15) = substr(id_no_raw_r, 1, 15) and (id_no_l is null or id_no_r is null)"),
            _level("id_no_l is null or id_no_r is null"),
        ),
        _comparison(
            "people",
            _level(_empty("people"), null=True),
            _level(_any("people_no", 3)),
            _level(_common("people", 3) + " > 1"),
            _level(_any("people", 3)),
            _level(_any("people_py", 3)),
        ),
        _comparison("phone", _level("phone_l is null or phone_r is null", null=True), _level("phone_l = phone_r")),
        _comparison(
            "place",
            _level(_empty("towns"), null=True),
            _level("hukou_addr_l = hukou_addr_r"),
            _level(_any("villages", 2)),
            _level(_any("towns", 2)),
        ),
        _comparison(
            "household",
            _level("household_no_l is null or household_no_r is null", null=True),
            _level("household_no_l = household_no_r"),
        ),
        _comparison("sex", _level("sex_l is null or sex_r is null", null=True), _level("sex_l = sex_r")),
        _comparison("nation", _level("nation_l is null or nation_r is null", null=True), _level("nation_l = nation_r")),
    ]


def rules() -> list[object]:
    """Blocking rules; those with lists are exploded."""
    return [
        CustomRule("l.ids = r.ids", arrays_to_explode=["ids"]),
        block_on("name_py", "birth_ym"),
        block_on("birth", "surname_py"),
        block_on("birth", "given_py"),
        CustomRule("l.birth = r.birth_lunar and l.surname_py = r.surname_py"),
        CustomRule("l.birth_lunar = r.birth and l.surname_py = r.surname_py"),
        CustomRule(
            "l.people_py = r.people_py and l.birth_y = r.birth_y and l.sex = r.sex", arrays_to_explode=["people_py"]
        ),
        block_on("phone", "birth_y"),
        block_on("household_no", "birth_y"),
        CustomRule("l.towns = r.towns and l.birth = r.birth and l.sex = r.sex", arrays_to_explode=["towns"]),
        CustomRule("l.towns = r.towns and l.name_py = r.name_py", arrays_to_explode=["towns"]),
        CustomRule("l.people_py = r.people_py and l.name_py = r.name_py", arrays_to_explode=["people_py"]),
        block_on("substr(id_no_raw, 1, 15)"),
    ]


def by_source(records: pd.DataFrame) -> dict[str, pa.Table]:
    """One table per source; a column that is empty everywhere is text all the same."""
    table = pa.Table.from_pandas(records.drop(columns="source"), preserve_index=False)
    text = pa.schema(
        [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in table.schema]
    )
    table, names = table.cast(text), records["source"].to_numpy()
    return {str(name): table.filter(pa.array(names == name)) for name in sorted(set(names))}


def trained(sources: dict[str, pa.Table]) -> Linker:
    """A linker with u from random pairs, m from three EM sessions, the prior from equal numbers."""
    settings = SettingsCreator(
        link_type="link_and_dedupe",
        unique_id_column_name="rid",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=rules(),
        retain_matching_columns=False,
        em_convergence=0.001,
    )
    connection = duckdb.connect()
    connection.execute("set memory_limit = '6GB'")
    api = DuckDBAPI(connection=connection)
    tables = [api.register(frame, dataset_display_name=name) for name, frame in sources.items()]
    linker = Linker(tables, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("id_no")], recall=0.75)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("name_py", "sex"), block_on("birth", "sex"), block_on("id_no")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def main() -> None:
    """Link, cluster in two ways, write."""
    records = pd.read_parquet(sys.argv[1])
    run, labels = Run(), {}
    with run.common():
        first = collapse(records)
        sources = by_source(records[first == np.arange(len(records))])
        linker = trained(sources)
        pairs = linker.inference.predict(threshold_match_probability=REVIEW[0])
        edges = pairs.as_pandas_dataframe()[["rid_l", "rid_r", "match_weight", "match_probability"]]
    review = int(((edges["match_probability"] >= REVIEW[0]) & (edges["match_probability"] < REVIEW[1])).sum())
    share = review / max(1, len(edges))
    with run.variant("Splink 5 expert, best links") as line:
        found = linker.clustering.cluster_using_single_best_links(
            pairs, duplicate_free_datasets=list(sources), threshold_match_probability=LINK
        ).as_pandas_dataframe()
        cluster = pd.Series(pd.factorize(found["cluster_id"])[0], index=found["rid"])
        labels["best"] = cluster.reindex(first).to_numpy()
        line["review"] = share
    with run.variant("Splink 5 expert + twin refusal") as line:
        strong = edges[edges["match_probability"] >= LINK]
        refused = greedy(records, strong["rid_l"].to_numpy(), strong["rid_r"].to_numpy(), strong["match_weight"], True)
        labels["refused"] = refused[first]
        line["review"] = share
    run.write(labels, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
