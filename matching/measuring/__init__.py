"""How good a linkage is: against a truth, by group, and from a sample that clerks judge."""
