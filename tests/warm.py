"""A process with everything loaded that forks for every command: `tongbi` in a process of its own, without waiting for the imports.

Belongs here: loading, forking, saying how it ended. Not here: what is asked (`conftest`). Started as a program; one request a
line on standard input, answered by the number of the process and, when that has ended, by its exit code (-9: killed).
"""

import gc
import json
import os
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1]))  # `benchmarks` is installed nowhere

from benchmarks.forked import be_the_command, load


def load_checks():
    """Great Expectations, and no process beside the run for it: the checks are then made where the run stands."""
    import assets.graph.raw
    from expectations.suites.engine import load_engine

    load_engine()
    assets.graph.raw.warm_up = lambda: None


def main():
    """Answer until the requests end."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    requests = os.fdopen(os.dup(sys.stdin.fileno()))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    load()
    for line in requests:
        request = json.loads(line)
        if request["checks"] and "great_expectations" not in sys.modules:
            load_checks()
        gc.freeze()
        process = os.fork()
        if process == 0:
            run(request)
        print(process, file=answers, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def run(request):
    """Be the command that is asked for."""
    said = {1: request["stdout"], 2: request["stderr"]}
    be_the_command(request["words"], said, lambda: os.environ.update(request["environment"]))


if __name__ == "__main__":
    main()
