"""A snapshot of the asset graph: who depends on whom, in which group, with which checks; and what starts a run by itself."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_definitions

DEPARTMENTS = ("civil_affairs", "disability", "education", "public_security")
STD, RAW = [f"std_{name}" for name in DEPARTMENTS], [f"raw_{name}" for name in DEPARTMENTS]
PUBLISHED = sorted(
    [
        "child_files",
        "findings",
        "finding_life",
        "gate",
        "link_children",
        "link_pairs",
        "link_register",
        *RAW,
        *(f"quarantine_{name}" for name in DEPARTMENTS),
    ]
)
SNAPSHOT = {
    "inbox_files": ("raw", []),
    **{f"raw_{name}": ("raw", ["inbox_files"]) for name in DEPARTMENTS},
    "county_places": ("raw", RAW),
    **{f"std_{name}": ("standard", sorted(["county_places", f"raw_{name}"])) for name in DEPARTMENTS},
    **{f"quarantine_{name}": ("standard", sorted(["county_places", f"raw_{name}"])) for name in DEPARTMENTS},
    **dict.fromkeys(("link_children", "link_pairs", "link_register"), ("linkage", STD)),
    "child_files": ("files", sorted(["link_children", "link_pairs", *STD])),
    "coverage": ("findings", ["child_files", "link_register"]),
    "findings": ("findings", ["child_files", "coverage", "link_pairs"]),
    "gate": ("publish", ["child_files", "coverage", "finding_life", "findings"]),
    "finding_life": ("findings", ["child_files", "findings", "link_register"]),
    **{f"out_{name}": ("publish", PUBLISHED) for name in ("departments", "errors", "exports", "summary", "townships")},
}


@pytest.fixture(scope="module")
def definitions(tmp_path_factory):
    return build_definitions(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def test_snapshot(graph):
    found = {
        key.to_user_string(): (node.group_name, sorted(parent.to_user_string() for parent in node.parent_keys))
        for key, node in ((key, graph.get(key)) for key in graph.get_all_asset_keys())
    }
    assert found == SNAPSHOT


def test_every_asset_is_partitioned_by_period(graph):
    assert {graph.get(key).partitions_def.name for key in graph.get_all_asset_keys()} == {"period"}


def test_every_standard_asset_is_checked_and_stop_rules_block(graph):
    for name in DEPARTMENTS:
        checks = [graph.get(key) for key in graph.asset_check_keys if key.asset_key == dg.AssetKey(f"std_{name}")]
        assert len(checks) >= 5
        assert any(check.blocking for check in checks)


def test_links_of_older_rules_show_as_stale(graph):
    from matching.model import default_model

    for name in ("link_pairs", "link_children"):
        assert graph.get(dg.AssetKey(name)).code_version == default_model().fingerprint


def test_what_starts_by_itself_is_off_until_somebody_switches_it_on(definitions):
    assert {one.name: one.default_status for one in definitions.schedules} == dict.fromkeys(
        ["quarterly", "monthly"], dg.DefaultScheduleStatus.STOPPED
    )
    assert {one.name: one.default_status for one in definitions.sensors} == dict.fromkeys(
        ["arrival", "failure"], dg.DefaultSensorStatus.STOPPED
    )
    assert [job.name for job in definitions.jobs] == ["run", "release", "new_period"]


@pytest.mark.slow
@pytest.mark.parametrize("home", [True, False], ids=["with TONGBI_HOME", "without"])
def test_dg_check_defs(tmp_path, home):
    environment = {name: value for name, value in os.environ.items() if name not in ("TONGBI_HOME", "DAGSTER_HOME")}
    if home:
        environment["TONGBI_HOME"] = str(tmp_path)
    program = Path(sys.executable).with_name("dg")
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [program, "check", "defs"], cwd=root, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    assert "All definitions loaded successfully" in done.stdout + done.stderr
