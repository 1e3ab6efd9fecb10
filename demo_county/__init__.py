"""The demo county: an invented county whose deliveries have every habit of real ones, and whose truth is known.

`generate` writes it, `score` measures exports against it. Nothing outside this package depends on how it is made.
"""

from demo_county.generating import PeriodSummary, Summary, generate
from demo_county.scoring import Ratio, Score, score

__all__ = ["PeriodSummary", "Ratio", "Score", "Summary", "generate", "score"]
