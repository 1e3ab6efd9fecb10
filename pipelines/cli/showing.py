"""`tongbi demo`: a made-up county, its two quarters through the same graph, and the result beside the known truth."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from rich.table import Table

from assets.county import list_names
from pipelines.cli.living import show_comparison
from pipelines.cli.returning import show_replies
from pipelines.cli.running import RunRequest, run_and_print
from pipelines.cli.shell import opened, out, refuse, show
from pipelines.cli.texts import say
from pipelines.resources.files import write_text
from pipelines.resources.session import Session
from pipelines.resources.workspace import SETTINGS_NAME, Workspace

DEMO_ROOT = Path("demo")
PERIODS = ("2026Q2", "2026Q3")
SEED = 1
PAPER = "profile.yaml"
DEPARTMENTS = frozenset({"ca", "edu", "psb", "dpf"})


def generate_demo(root: Path | None, children: int, seed: int) -> Path:
    """Generate the county's deliveries in a workspace of its own; returns its folder."""
    folder = root or DEMO_ROOT
    # A workspace with files in its inbox and no truth beside them is somebody's work, not a demo.
    inbox = folder / "inbox"
    if any(path.is_file() for path in inbox.rglob("*")) and not (folder / "truth").is_dir():
        refuse(say("demo.exists", root=folder))
    from demo_county.settings import places

    workspace = Workspace.create(folder, (places().county, places().code))
    _generate(_with_paper(workspace), children, seed)
    return folder


def _with_paper(workspace: Workspace) -> Workspace:
    """Lay the invented county's own paper (rhythm of visits, workers per village) into its workspace and name it there."""
    from demo_county.lives import PROFILE

    shutil.copyfile(PROFILE, workspace.root / PAPER)
    stated = (workspace.root / SETTINGS_NAME).read_text(encoding="utf-8")
    named = stated.replace('profile = ""', f'profile = "{PAPER}"', 1)
    write_text(workspace.root / SETTINGS_NAME, named)
    return Workspace.open(workspace.root)


def show_demo(folder: Path, debug: bool) -> None:
    """Run both quarters of a generated session with answers between them, compare with the truth, show what became of it."""
    session = opened(folder, debug)
    for period, following in zip(PERIODS, (*PERIODS[1:], ""), strict=True):
        run_and_print(session, RunRequest(period))
        print_score(session, period)
        if following:
            answer(session, period, following)
    show_comparison(session, *PERIODS)


def answer(session: Session, period: str, following: str) -> None:
    """Let the generated townships send their workbooks back, and read them; a demo that ran before keeps its answers."""
    from demo_county.replies import generate_replies

    if not (session.workspace.inbox / "replies").is_dir():
        sent = generate_replies(session.workspace.root, period, following, SEED)
        wrong = sum(sent.mistakes.values())
        out.print(say("demo.replies", files=sent.files, answered=sent.answered, wrong=wrong), markup=False)
        show_replies(session, dry_run=False)


def _generate(workspace: Workspace, children: int, seed: int) -> None:
    from demo_county import generate

    out.print(say("demo.generating", children=children), markup=False)
    began = time.perf_counter()
    # The mark of a demo comes first: a killed one would look like somebody's work and be refused for ever.
    (workspace.root / "truth").mkdir(exist_ok=True)
    generate(workspace.root, children, PERIODS, seed, "complete")
    out.print(say("demo.generated", seconds=time.perf_counter() - began), markup=False)


def print_score(session: Session, period: str) -> None:
    """Print precision and recall of the links, and every list's count beside the true count."""
    from demo_county import score

    shown, truth = session.outbox.shown(period), session.workspace.root / "truth" / period
    scores = score(truth, shown / "links.csv", shown / "findings.csv")
    core = scores.among(DEPARTMENTS)
    out.print(say("demo.links", precision=core.precision, recall=core.recall), markup=False)
    if scores.pairs.true != core.true:
        every = scores.pairs
        out.print(say("demo.links_further", precision=every.precision, recall=every.recall), markup=False)
    heads = ("code", "list", "listed", "true", "precision", "recall")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("demo.truth"), title_justify="left")
    for code, name in list_names(session.workspace).items():
        if code in scores.lists:
            ratio = scores.lists[code]
            rates = (f"{ratio.precision:.3f}", f"{ratio.recall:.3f}")
            table.add_row(code, name, str(ratio.found), str(ratio.true), *rates)
    show(table)
