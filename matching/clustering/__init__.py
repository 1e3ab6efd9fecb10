"""Pairs to children: groups grown by weight, never against a contradiction."""
