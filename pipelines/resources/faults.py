"""Places where a run may be killed on purpose, so that tests can prove that repeating it gives the same result.

`TONGBI_CRASH_AT=<place>` kills the process there, as a power failure would. Nothing else belongs here.
"""

import os
import signal

VARIABLE = "TONGBI_CRASH_AT"


def reach(place: str) -> None:
    """Die here when the test asks for it."""
    if os.environ.get(VARIABLE) == place:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
