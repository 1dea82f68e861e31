"""`python -m benchmarks --sizes 10k,100k,1m`: measures every bar, prints one table, writes bench.json.

Works in VAR_DIR (var/bench unless named), on a server of its own; `--only sweep,load` takes some of them,
`--rounds 3,1m=2` measures one size less often, `--resume` leaves out what the last run has measured.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

# An installed product has its modules compiled; so have the processes that are measured.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))

from benchmarks import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--sizes", default="10k")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", default="3")
    parser.add_argument("--resume", action="store_true", help="go on after what was measured")
    parser.add_argument("--write", type=Path, help="also put the table into this Markdown page")
    options = parser.parse_args()
    raise SystemExit(
        run.run(options.sizes, options.only, options.rounds, options.write, resume=options.resume)
    )
