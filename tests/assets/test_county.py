"""What the county says of itself: its list of towns and villages, its profile; what is wrong there is told with the file's name."""

import pytest

from assets.county import official_areas, profile_of
from expectations.rulebook import RuleFileError
from pipelines.resources.workspace import SETTINGS_NAME, Workspace, WorkspaceError


@pytest.fixture
def named(tmp_path):
    """`named(key, value)`: the workspace with that setting."""
    root = Workspace.create(tmp_path / "workspace").root

    def setting(key, value):
        path = root / SETTINGS_NAME
        path.write_text(path.read_text(encoding="utf-8").replace(f'{key} = ""', f'{key} = "{value}"'), encoding="utf-8")
        return Workspace.open(root)

    return setting


@pytest.mark.parametrize(
    ("content", "areas"),
    [
        ("乡镇,村\r\n某镇,甲村\r\n某镇, 乙村\r\n", [("某镇", "甲村"), ("某镇", "乙村")]),
        ("序号,村（社区）,乡镇名称\n1,甲村,某镇\n", [("某镇", "甲村")]),
        ("township,village\n某镇\n\n", [("某镇", "")]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_list_of_towns_is_read_by_its_headings(tmp_path, named, content, areas, encoding):
    workspace = named("areas", "名单.csv")
    (workspace.root / "名单.csv").write_bytes(content.encode(encoding))
    assert official_areas(workspace) == areas


@pytest.mark.parametrize("content", ["", "root:x:0:0:root\n", "乡镇\n某镇\n"])
def test_a_list_without_the_two_columns_is_refused(named, content):
    workspace = named("areas", "名单.csv")
    (workspace.root / "名单.csv").write_text(content, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"名单\.csv 的第一行缺少列：.*村"):
        official_areas(workspace)


@pytest.mark.parametrize("value", ["/etc/passwd", "没有.csv", "../外面.csv", "名单.xlsx"])
def test_a_name_that_is_no_list_is_refused(tmp_path, named, value):
    (tmp_path / "外面.csv").write_text("乡镇,村\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="areas 写的"):
        official_areas(named("areas", value))


def test_a_list_elsewhere_is_named_by_its_whole_path(tmp_path, named):
    (tmp_path / "外面.csv").write_text("乡镇,村\n某镇,甲\n", encoding="utf-8")
    assert official_areas(named("areas", f"{tmp_path}/外面.csv")) == [("某镇", "甲")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("extends: default\nlists:\n  L99: {recipients: [教育]}\n", "没有这张清单，可写：L01"),
        ("extends: 3\n", "extends 要写一个地方规则的名字，可用：.*minle"),
        ("extends: nowhere\n", "没有名为“nowhere”的地方规则，可用"),
        (
            "extends: default\nrhythm:\n  period_kind: {value: week}\n",
            "键 rhythm.period_kind.value：只能写：quarter、month",
        ),
        ("extends: default\nschool: 3\n", "键 school：要写成“键: 值”"),
    ],
)
def test_a_wrong_profile_names_file_and_key(named, content, said):
    workspace = named("profile", "own.yaml")
    (workspace.root / "own.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(RuleFileError, match=said):
        profile_of(workspace)


def test_a_profile_is_looked_for_in_the_workspace_only(tmp_path, named, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text("extends: default\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"规则文件不存在：own\.yaml"):
        profile_of(named("profile", "own.yaml"))
