"""Who compares the pairs of a delivery: the choice between the engines, which all give the same (docs/decisions/engine.md).

Belongs here: the choice. Does not belong here: the engines (`candidates`, `sql`), what one may use (`resources`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matching.comparing.resources import IN_MEMORY, Engine, EngineName, engine_name

if TYPE_CHECKING:
    from matching.comparing.candidates import Candidates
    from matching.model import Model
    from matching.shapes import Encoded


def candidates_of(e: Encoded, model: Model, engine: EngineName | Engine = "auto") -> Candidates:
    """All candidate pairs of a delivery, compared.

    Raises:
        ValueError: there is no such engine, or Spark is not installed (in Chinese).
    """
    # Imported when chosen: most counties need neither DuckDB nor Spark, and Spark need not be installed.
    chosen = engine if isinstance(engine, Engine) else Engine(engine)
    engine_name(chosen.name)
    if chosen.name == "numpy" or (chosen.name == "auto" and len(e) <= IN_MEMORY):
        from matching.comparing.candidates import ArrayCandidates

        return ArrayCandidates(e, model, chosen.threads)
    if chosen.name == "spark":
        from matching.comparing.sql.spark import SparkCandidates

        return SparkCandidates(e, model, chosen)
    from matching.comparing.sql.duck import DuckCandidates

    return DuckCandidates(e, model, chosen)
