"""What Dagster is told: thin assets, each of which loads its frames, calls a station and hands the result on.

In the order of the graph: raw, standard, county_places, linkage, child_files, findings, finding_life, outputs.
"""
