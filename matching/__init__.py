"""WHO IS WHO: reading identity data, blocking, comparing, deciding, clustering and explaining, with no framework.

Nothing here knows Dagster, SQLAlchemy or Great Expectations, files or databases.
"""
