"""The benchmark from its command line, on a county of a hundred and fifty: counties made, runs judged, tables and results written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.disturbed.cases import DisturbedCase
from benchmarks.disturbed.counties import CountyPlan
from benchmarks.disturbed.running import OUTCOMES

ROOT = Path(__file__).parents[3]
COUNTY = ("--kinds", "minority", "--children", "150", "--seeds", "2")


@pytest.mark.slow
def test_a_disturbance_of_a_small_county(tmp_path):
    words = (*COUNTY, "--only", "class_list", "--stages", "again", "--json", str(tmp_path / "kept.json"))
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.disturbed", *words], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    kept = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    (case,) = kept["cases"]
    assert {name: case[name] for name in ("kind", "seed", "disturbance", "stage", "draw")} == {
        "kind": "minority",
        "seed": 2,
        "disturbance": "class_list",
        "stage": "again",
        "draw": 0,
    }
    assert case["outcome"] in OUTCOMES
    assert [(quarter["period"], quarter["outcome"]) for quarter in kept["undisturbed"]] == [
        ("2026Q2", "published"),
        ("2026Q3", "published"),
    ]
    assert "| minority-150-2 | class_list | again |" in ran.stdout
    assert "of 2 undisturbed county-quarters (95 %: " in ran.stdout


def test_a_case_draws_the_same_every_time_and_others_draw_otherwise():
    plan = CountyPlan("ordinary", 400, 1)
    case = DisturbedCase(plan, "school_missing", "second")
    others = [
        DisturbedCase(plan, "grade_missing", "second"),
        DisturbedCase(plan, "school_missing", "again"),
        DisturbedCase(plan, "school_missing", "second", 1),
        DisturbedCase(CountyPlan("ordinary", 400, 2), "school_missing", "second"),
    ]
    drawn = case.rng().integers(1 << 40)
    assert drawn == case.rng().integers(1 << 40)
    assert drawn not in [other.rng().integers(1 << 40) for other in others]
