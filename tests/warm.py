"""A process with everything loaded that forks for every command: `tongbi` in a process of its own, without waiting for the imports.

Belongs here: loading, forking, saying how it ended. Not here: what is asked (`conftest`). Started as a program; one request a
line on standard input, answered by the number of the process and, when that has ended, by its exit code (-9: killed).
"""

import gc
import json
import os
import sys
import traceback
from importlib import import_module

# What commands import, except the command line itself: that speaks the language it is imported under.
LOADED = (
    "alembic.command",
    "dagster._core.execution.execute_in_process",
    "openpyxl",
    "pipelines.assembly",
    "pipelines.resources.opened",
    "recordlinkage",
    "rich.live",
    "xlsxwriter",
)


def load():
    """Import it all."""
    for name in LOADED:
        import_module(name)


def load_checks():
    """Great Expectations, and no process beside the run for it: the checks are then made where the run stands."""
    import assets.raw
    from expectations.suites.engine import load_engine

    load_engine()
    assets.raw.warm_up = lambda: None


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
    """Be the command; end with its code and with nothing of ours."""
    code = 1
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.environ.update(request["environment"])
        sys.argv = ["tongbi", *request["words"]]
        from pipelines.cli import main as command

        command()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
