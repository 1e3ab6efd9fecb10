"""Coverage of a period's deliveries in a workspace: what was kept before, the two worlds of lists, the gate before publishing."""
