"""HOW IT RUNS: definitions, jobs, schedules, sensors, command line, and (in `resources`) all contact with the outside.

No rule about children and no comparison belongs here. Importing this package sets the environment before any framework is imported:
everything that would phone home is off, because a government machine phones nobody, and matrix arithmetic takes one thread.
"""

import os

_SILENT = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "POSTHOG_DISABLED": "1",
    "DO_NOT_TRACK": "1",
}
# Our matrices are small: several threads only wait for each other, on a busy machine eight times as long as the work takes.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}

for _name, _value in {**_SILENT, **_ONE_THREAD}.items():
    os.environ.setdefault(_name, _value)
