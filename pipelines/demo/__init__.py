"""The demo county: an invented county whose deliveries have every habit of real ones, and whose truth is known.

`generate` writes it, `score` measures exports against it. Nothing outside this package depends on how it is made.
"""

from pipelines.demo.generating import PeriodSummary, Summary, generate
from pipelines.demo.scoring import Ratio, Score, score

__all__ = ["PeriodSummary", "Ratio", "Score", "Summary", "generate", "score"]
