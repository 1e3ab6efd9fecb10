"""HOW IT RUNS: definitions, jobs, schedules, sensors, command line, and (in `resources`) all contact with the outside.

No rule about children and no comparison belongs here.
"""
