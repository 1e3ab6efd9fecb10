"""A run over an inbox as people fill it gives what one over the ordinary folders gives, and says where each file went."""

import shutil
import zipfile

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

PERIOD = "2026Q2"
FOLDERS = {"civil_affairs": "民政局", "education": "01教体局9月", "public_security": "派出所", "disability": "残联"}


@pytest.fixture(scope="module")
def rearranged(first_quarter_made, small_county, tmp_path_factory, tongbi):
    """The county's inbox with folders in Chinese, the federation's file loose, civil affairs' in a zip; run. Root and what was printed."""
    root = shutil.copytree(small_county, tmp_path_factory.mktemp("filled") / "workspace")
    period = root / "inbox" / PERIOD
    for key, name in FOLDERS.items():
        (period / key).rename(period / name)
    for path in sorted((period / "残联").iterdir()):
        path.rename(period / path.name)
    (period / "残联").rmdir()
    with zipfile.ZipFile(period / "民政局" / "材料.zip", "w") as target:
        for path in sorted((period / "民政局").iterdir()):
            if path.suffix != ".zip":
                target.write(path, path.name)
                path.unlink()
    done = tongbi("run", "--period", PERIOD, "--workspace", root)
    assert done.returncode == 0, done.stderr
    return root, done.stdout + done.stderr


def linked(root):
    links = pd.read_csv(root / "outbox" / PERIOD / "links.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return links.drop(columns=["file"]).sort_values("record_id").reset_index(drop=True)


def test_links_and_findings_are_those_of_the_ordinary_folders(rearranged, first_quarter):
    root, _ = rearranged
    pd.testing.assert_frame_equal(linked(root), linked(first_quarter))
    for name in ("findings", "link_pairs"):
        ours, theirs = (pd.read_parquet(path / "frames" / name / f"{PERIOD}.parquet") for path in (root, first_quarter))
        columns = [column for column in ours.columns if column not in ("file", "records")]
        pd.testing.assert_frame_equal(ours[columns], theirs[columns])


def test_the_run_says_what_was_recognised_and_counts_every_file(rearranged):
    root, printed = rearranged
    plain = "".join(printed.split())
    assert "识别为残联：持证残疾人名册" in plain
    assert "压缩包1（里面的文件已分别计入）" in plain
    files = [path for path in (root / "inbox" / PERIOD).rglob("*") if path.is_file()]
    with zipfile.ZipFile(root / "inbox" / PERIOD / "民政局" / "材料.zip") as archive:
        count = len(files) + len(archive.namelist())
    assert f"收件箱{count}个文件：采用{count - 1}，拒收0" in plain
