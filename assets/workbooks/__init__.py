"""The workbooks that people receive: what is on them and how they look. What is true about a child is decided elsewhere."""
