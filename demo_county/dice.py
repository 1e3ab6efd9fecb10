"""Chance that remembers: every random fact of the demo is a function of (seed, who, what for).

So a fact does not depend on the order in which things are drawn, and an error typed in one quarter is the
same error in the next one.
Only drawing belongs here; what is drawn for belongs to the modules that draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

# Multipliers of SplitMix64: keys are small neighbouring numbers, and neighbours must draw nothing alike.
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB), np.uint64(0x9E3779B97F4A7C15))


def texts(values: Sequence[str]) -> Texts:
    """Make an object array of strings (NumPy would make fixed-width ones)."""
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out


class Dice:
    """Stateless draws: the same seed, key and salt always give the same value."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _bits(self, keys: Ints, salt: str) -> npt.NDArray[np.uint64]:
        start = hashlib.blake2b(f"{self.seed}:{salt}".encode(), digest_size=8).digest()
        x = np.asarray(keys).astype(np.uint64) * _MIX[2] + np.uint64(int.from_bytes(start, "little"))
        x = (x ^ (x >> np.uint64(30))) * _MIX[0]
        x = (x ^ (x >> np.uint64(27))) * _MIX[1]
        return x ^ (x >> np.uint64(31))

    def uniform(self, keys: Ints, salt: str) -> Floats:
        """Draw one number in [0, 1) for every key."""
        # A double holds 53 bits exactly; with more the largest values would round up to 1.
        return (self._bits(keys, salt) >> np.uint64(11)).astype(np.float64) / float(1 << 53)

    def whole(self, keys: Ints, salt: str, low: int, high: int) -> Ints:
        """Draw one whole number in [low, high) for every key."""
        return low + (self.uniform(keys, salt) * (high - low)).astype(np.int64)

    def happens(self, keys: Ints, salt: str, share: float | Floats) -> Flags:
        """Decide for every key whether something of that share happens."""
        return np.asarray(self.uniform(keys, salt) < share)

    def pick(self, keys: Ints, salt: str, items: Sequence[str], weights: Sequence[float] | None = None) -> Texts:
        """Pick one of the items for every key."""
        return texts(items)[self.pick_index(keys, salt, weights or [1.0] * len(items))]

    def pick_index(self, keys: Ints, salt: str, weights: Sequence[float]) -> Ints:
        """Pick the position of one of the weights for every key."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        # The minimum: edges that were divided may end a hair below 1.
        return np.minimum(np.searchsorted(edges / edges[-1], self.uniform(keys, salt), side="right"), len(edges) - 1)
