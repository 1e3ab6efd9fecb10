"""Great Expectations in a process beside the run: its import takes longer than a county's checks and passes while files are read.

Belongs here: starting that process, asking it, doing without it. Not here: what is asked (`engine`). Frames go through a
pipe between the two processes, never through a file; nothing that is printed there is kept.
"""

import atexit
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

import pandas as pd

from expectations.rulebook import RuleFileError
from expectations.suites.engine import DeliveryFacts, RuleOutcome, load_engine
from expectations.suites.engine import evaluate as evaluate_here
from expectations.suites.suite import SuiteRule

_ROOT = Path(__file__).parents[2]
_asking = threading.Lock()
_started: list["subprocess.Popen[bytes]"] = []


def warm_up() -> None:
    """Start the process, unless it is there; whoever never does checks where it stands."""
    with _asking:
        if _started:
            return
        inherited = os.environ.get("PYTHONPATH")
        path = f"{_ROOT}{os.pathsep}{inherited}" if inherited else str(_ROOT)
        # -P: the folder we stand in may be an inbox, and a file in it must not be imported.
        command = [sys.executable, "-P", "-m", "expectations.suites.beside"]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        # Without it the suites run here, only later: no reason to end the run.
        with suppress(OSError):
            _started.append(
                subprocess.Popen(
                    command, stdin=pipe, stdout=pipe, stderr=nothing, env=os.environ | {"PYTHONPATH": path}
                )
            )


def evaluate(data: pd.DataFrame, rules: list[SuiteRule], facts: DeliveryFacts) -> dict[str, RuleOutcome] | None:
    """`engine.evaluate` in the process beside; None when there is none, or when it died.

    Raises:
        RuleFileError: as `engine.evaluate`.
    """
    with _asking:
        if not _started:
            return None
        process = _started[0]
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump((data, rules, facts), process.stdin, protocol=5)
            process.stdin.flush()
            answer: dict[str, RuleOutcome] | str | None = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.PickleError):
            answer = None
    if isinstance(answer, str):
        raise RuleFileError(answer)
    if answer is None:
        # It is not asked again: what is left in its pipe would be read as the answer to the next question.
        stop()
    return answer


@atexit.register
def stop() -> None:
    """End the process; it also ends by itself when ours does."""
    with _asking:
        while _started:
            process = _started.pop()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end."""
    load_engine()
    while True:
        try:
            data, rules, facts = pickle.load(questions)
        except EOFError:
            return
        answer: dict[str, RuleOutcome] | str | None
        try:
            answer = evaluate_here(data, rules, facts)
        except RuleFileError as fault:
            answer = str(fault)
        except Exception:  # its text could hold a value; the run then checks where it stands and says what went wrong
            answer = None
        pickle.dump(answer, answers, protocol=5)
        answers.flush()


def main() -> None:
    """Entry of the process: the pipe is for answers only, whatever a library prints goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
