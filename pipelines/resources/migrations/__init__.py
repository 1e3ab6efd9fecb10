"""The history of the tables, as Alembic revisions. A revision's file is named after its number and is never edited
once released.
"""
