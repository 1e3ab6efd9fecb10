"""HOW IT RUNS: definitions, jobs, schedules, sensors, command line, and (in `resources`) all contact with the outside.

No rule about children and no comparison belongs here. Importing this package switches off, by environment and before
any framework is
imported, everything that would phone home: a government machine phones nobody.
"""

import os

_SILENT = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "POSTHOG_DISABLED": "1",
    "DO_NOT_TRACK": "1",
}

for _name, _value in _SILENT.items():
    os.environ.setdefault(_name, _value)
