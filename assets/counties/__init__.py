"""Which county is the workspace's own, whose register a record stands in, and what is asked about the rest (rules/places-and-people.md#several-counties)."""
