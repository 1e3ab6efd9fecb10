"""The model compiled to SQL over integer tables: the same comparison as the NumPy reference, for DuckDB and for Spark.

Nothing here knows a weight, a threshold or a name's characters: only codes, keys and levels. No user-defined function and no string
distance is used (DuckDB's work on bytes, which Chinese characters have three of).
"""
