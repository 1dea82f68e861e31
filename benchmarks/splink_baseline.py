"""Splink on DuckDB over the same rows: `python -m benchmarks.splink_baseline ROWS.csv PAIRS.csv`.

Trains, predicts and writes the pairs with their probability; prints the seconds without loading the rows.
"""

from __future__ import annotations

import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKS = (("id_key",), ("name", "birth_date"), ("mobile",))


def main(arguments: list[str]) -> int:
    source, target = arguments
    engine = duckdb.connect()
    engine.execute(
        "CREATE TABLE people AS SELECT * FROM read_csv(?, header = true, all_varchar = true, nullstr = '')",
        [source],
    )
    engine.execute("ALTER TABLE people ALTER COLUMN id TYPE BIGINT")
    started = time.perf_counter()
    blocks = [block_on(*columns) for columns in BLOCKS]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[
            *blocks,
            block_on("name", "substr(id_key, 1, 10)"),
            block_on("name", "substr(id_key, 12, 7)"),
        ],
        comparisons=[
            cl.DamerauLevenshteinAtThresholds("id_key", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("name", [1]),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1]),
            cl.ExactMatch("sex"),
            cl.ExactMatch("mobile"),
            cl.ExactMatch("address_key"),
        ],
    )
    api = DuckDBAPI(engine)
    linker = Linker(api.register("people"), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(blocks[:1], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for block in blocks:
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    found = linker.inference.predict(threshold_match_probability=0.01)
    name = found.physical_name
    engine.execute(
        f"COPY (SELECT id_l, id_r, match_probability FROM {name}) TO '{target}' (HEADER)"  # noqa: S608 - our own names
    )
    sys.stdout.write(f"{time.perf_counter() - started:.3f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
