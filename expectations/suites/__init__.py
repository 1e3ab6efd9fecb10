"""Rules on one department's standard data, as YAML, run by Great Expectations.

Comparisons between departments belong to `lists`.
"""
