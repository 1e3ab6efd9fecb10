"""Pairs to levels: every field of a pair as a small integer, by arrays or by SQL.

`levels` knows one field each; `engine` chooses who compares; `candidates` counts patterns before any pair is fetched.
"""
