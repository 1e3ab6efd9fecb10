"""Anybody's pandas frames linked with a column mapping and no workspace (`from matching import link`)."""
