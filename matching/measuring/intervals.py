"""Intervals of shares: what a count can and cannot say.

Belongs here: the arithmetic. Does not belong here: what is counted.
"""

from __future__ import annotations

from math import sqrt

Z95 = 1.959964


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval of a share.

    Args:
        share: 0 to 1.
        n: how many were counted; need not be whole (an effective number).
        z: 1.96 for 95 %.

    Returns:
        Low and high, 0 to 1; the whole range when nothing was counted.
    """
    # Written here: scipy's asks for whole numbers, and a weighted sample has none (docs/decisions/libraries.md).
    if n <= 0:
        return 0.0, 1.0
    spread = z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(max(share * (1 - share), 0.0) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)
