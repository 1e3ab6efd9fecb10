"""Splink 5 on FEBRL4: detailed levels in the way of its own documentation, best links one to one.

`splink_febrl.py FEBRL4.parquet CLUSTERS.parquet`
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.peers.measured import Run


def main() -> None:
    """Link and write."""
    frame = pd.read_parquet(sys.argv[1])
    frame = frame.assign(rid=range(len(frame))).replace("", None)
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rid",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("address_1", [2, 5]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(name) for name in ("soc_sec_id", "postcode", "date_of_birth")),
            block_on("given_name", "surname"),
            block_on("surname", "street_number"),
        ],
        retain_matching_columns=False,
    )
    run = Run()
    with run.common():
        api = DuckDBAPI()
        parts = [
            pa.Table.from_pandas(frame[frame["source"] == name].drop(columns=["source", "truth"]), preserve_index=False)
            for name in ("a", "b")
        ]
        tables = [api.register(part, dataset_display_name=name) for part, name in zip(parts, ("a", "b"), strict=True)]
        linker = Linker(tables, settings, log_level=logging.ERROR)
        linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.8)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in (block_on("date_of_birth"), block_on("postcode")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        pairs = linker.inference.predict(threshold_match_probability=0.2)
    with run.variant("Splink 5 detailed, best links") as line:
        found = linker.clustering.cluster_using_single_best_links(
            pairs, duplicate_free_datasets=["a", "b"], threshold_match_probability=0.5
        ).as_pandas_dataframe()
        label = pd.Series(pd.factorize(found["cluster_id"])[0], index=found["rid"]).reindex(range(len(frame)))
        line["review"] = 0.0
    run.write({"best": label.to_numpy()}, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
