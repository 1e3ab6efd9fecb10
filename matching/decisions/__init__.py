"""People's decisions: read from a table, found again in later periods, and told where they contradict each other."""
