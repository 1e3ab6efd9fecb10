"""What the deliveries of a period could have shown: the coverage of sources, units and fields (rules/coverage.md#coverage)."""
