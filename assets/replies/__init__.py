"""Workbooks that come back (回收): read by number, judged line by line, entered as events, reported on a sheet.

Not here: the workbooks that go out (`assets.workbooks`), what an answer does to a finding (`expectations.life`).
"""
