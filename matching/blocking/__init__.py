"""Which pairs of records are compared at all: keys, parts of keys, and what yields them."""
