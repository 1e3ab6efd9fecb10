"""Ten small counties, each of another seed: small enough that lists stay empty, and whoever counts on a row fails."""

import pytest

from demo_county import generate
from pipelines.resources.workspace import Workspace

pytestmark = pytest.mark.slow
PERIOD = "2026Q2"


@pytest.mark.parametrize("seed", range(1, 11))
def test_a_small_county_is_run_and_shown_to_its_end(seed, tongbi, tmp_path):
    root = tmp_path / "county"
    root.mkdir()
    generate(root, 195 + 5 * seed, (PERIOD,), seed, "complete")
    Workspace.create(root)
    done = tongbi("run", "--period", PERIOD, "--workspace", root)
    assert done.returncode == 0, done.stderr
    assert "程序内部错误" not in done.stderr
    assert "完成，用时" in done.stdout
    assert (root / "outbox" / PERIOD / "findings.csv").is_file()
