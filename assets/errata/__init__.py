"""Errors in a department's own file (校核纠错): the letter, the list, and whether its next delivery shows the fix.

Not here: rows that could not be read at all (问题数据, `assets.publishing.marked_copies`), the lists (`expectations.lists`).
"""
