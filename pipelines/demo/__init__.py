"""The demo county: an invented county whose deliveries have every habit of real ones, and whose truth is known.

`generate` writes it, `score` measures exports against it. Nothing outside this package depends on how it is made.
"""

from pipelines.demo.generating import Summary, generate

__all__ = ["Summary", "generate"]
