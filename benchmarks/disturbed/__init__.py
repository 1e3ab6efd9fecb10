"""Counties whose deliveries were disturbed in one known way: what is published of them, against the truth of the undisturbed county."""
