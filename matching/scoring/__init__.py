"""Levels to evidence: what is no evidence is screened off, weights are learned, every pair is weighed and graded."""
