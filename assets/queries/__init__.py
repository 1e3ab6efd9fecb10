"""Queries (查询–答复): for departments that answer questions but hand over no file. The query, and its answer as a delivery.

Not here: what an answer means for a child (contracts and lists), workbooks of findings.
"""
