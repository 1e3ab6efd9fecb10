"""Child processes of the benchmark: one engine on one county, started here, its figures read back.

Belongs here: starting and reading. Does not belong here: what is scored (`quality`) or shown (`table`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-peers" / "bin" / "python"


@dataclass(frozen=True)
class Ran:
    """One process: its lines (one per variant), the clusters per variant, and the peak memory that the system saw."""

    lines: list[dict[str, Any]]
    labels: pd.DataFrame


def run(python: Path | str, module: str, *arguments: str | Path, limit: int = 1800) -> Ran:
    """Run a module and read what it wrote; an engine that fails gives no lines, and says why on standard error."""
    out = Path(arguments[-1])
    command = [str(python), "-m", module, *(str(part) for part in arguments)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"{module}: no result after {limit} s\n")
        return Ran([], pd.DataFrame())
    if done.returncode:
        sys.stderr.write(f"{module}: exit code {done.returncode}\n{done.stderr[-1500:]}\n")
        return Ran([], pd.DataFrame())
    lines = json.loads(done.stdout.strip().splitlines()[-1])
    return Ran(lines, pd.read_parquet(out) if out.exists() else pd.DataFrame())


def tongbi(mode: str, records: Path, out: Path) -> Ran:
    """Tongbi in one of its modes."""
    return run(sys.executable, "benchmarks.linkage.tongbi_run", mode, records, out)


def peer(name: str, prepared: Path, out: Path) -> Ran:
    """A peer of `benchmarks/peers/`."""
    return run(PEERS, f"benchmarks.peers.{name}", prepared, out)
