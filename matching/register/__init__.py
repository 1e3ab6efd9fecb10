"""Children to numbers that last: who is known from an earlier period, merges and splits as events."""
