"""From one period to the next: only what changed is linked anew, with the same result."""
