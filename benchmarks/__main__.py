"""`python -m benchmarks --sizes 10k,100k,1m`: measures every bar, prints one table, writes bench.json.

Works in VAR_DIR (var/bench unless named), on a server of its own; `--only sweep,load` takes some of them.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))

from benchmarks import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--sizes", default="10k")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="also put the table into this Markdown page")
    options = parser.parse_args()
    raise SystemExit(run.run(options.sizes, options.only, options.rounds, options.write))
