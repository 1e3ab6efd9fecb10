"""WHAT EXISTS: thin Dagster assets, and the pure stations between them (intake, child files, workbooks).

Contact with files and databases belongs to `pipelines.resources`; the lists' conditions belong to `expectations`.
"""
