"""The workbooks that people receive.

What is on them and how they look. What is true about a child is decided elsewhere.
"""
