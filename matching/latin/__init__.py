"""Records in Latin letters, of any country: the way of Fellegi and Sunter with EM on pattern counts.

Belongs here: what a county's Chinese records do not need. Does not belong here: clustering and measures, which are shared.
"""
