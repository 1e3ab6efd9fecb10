"""The life of a finding across periods: its states, what an answer does to it, when it is solved and when it returns.

Pure: no storage, no files. Which children are on a list is `expectations.lists`; where events are kept is the running room.
"""
