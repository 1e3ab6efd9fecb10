"""Other people's linkage libraries in expert hands. Runs in an environment of its own and imports nothing of the product."""
