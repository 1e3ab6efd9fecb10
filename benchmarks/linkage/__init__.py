"""`make bench-linkage`: linking quality, speed and memory against other engines, on counties made here (benchmarks/README.md)."""
