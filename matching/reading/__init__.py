"""Cells to values: identity numbers, dates, places, codes and words as clerks write them, each with what is odd about it.

In: texts of one column. Out: values, and issue codes. Nothing here knows a second record.
"""
