"""Pictures of the terminal: a period at a glance, and an edition that waits because a school did not come.

`python docs/make_terminal_pictures.py` generates a small county in a temporary folder, takes one school's rows out of its second delivery and
draws `tongbi status` and `tongbi review-edition`. Needs rsvg-convert and a Chinese font.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks.disturbed.cases import DisturbedCase, disturb
from benchmarks.disturbed.counties import CountyPlan, deliver, make_county, new_workspace
from pipelines.cli import glance, releasing, shell
from pipelines.resources.session import Session
from pipelines.running import run_period

TARGET = Path(__file__).with_name("pictures")
PLAN = CountyPlan("ordinary", 700, 5, ("2026Q2", "2026Q3"))
WIDTH = 110
# Rich's own frame loads a font from elsewhere; nothing here may.
_FONT_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def draw(title: str, show: Callable[[], None], target: Path) -> None:
    """What a command prints, as PNG."""
    console, terminal = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False), shell.out
    # Every command module prints to the one console of `shell`, under its own name.
    speakers = [module for module in sys.modules.values() if getattr(module, "out", None) is terminal]
    for module in speakers:
        module.out = console  # type: ignore[attr-defined]
    show()
    for module in speakers:
        module.out = terminal  # type: ignore[attr-defined]
    picture = _FONT_FACE.sub("", console.export_svg(title=title)).replace("Fira Code", "Noto Sans Mono CJK SC")
    subprocess.run(
        ["rsvg-convert", "--width", "1200", "--output", str(target)], input=picture.encode(), check=True, timeout=60
    )


def main() -> None:
    """Make both pictures."""
    if shutil.which("rsvg-convert") is None:
        sys.exit("本机没有 rsvg-convert，无法生成图片")
    with tempfile.TemporaryDirectory() as name:
        county, root = Path(name) / "county", Path(name) / "workspace"
        make_county(PLAN, county)
        new_workspace(county, root)
        second = PLAN.periods[-1]
        for period in PLAN.periods:
            deliver(county, root, period)
            if period == second:
                disturb(root, county, DisturbedCase(PLAN, "school_missing", "second", 0), None)
            run_period(Session.at(root), period)
        opened = Session.at(root)
        draw("tongbi status", lambda: glance.show_glance(opened, second), TARGET / "status.png")
        draw("tongbi review-edition", lambda: releasing.show_waiting(opened, second, None), TARGET / "waiting.png")


if __name__ == "__main__":
    main()
