"""Records as integers, once over distinct values; what the later stations look at (`shapes.Encoded`)."""
