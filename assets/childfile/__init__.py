"""The pieces of a child file: the state of each record, the choice of values, ages, household, places, near candidates.

Each piece is a pure function over frames; `assets.childfile.build` puts them together. No list's condition here.
"""
