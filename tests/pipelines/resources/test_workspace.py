"""The workspace: made once, settings that name file and key when they are wrong."""

import pytest
import yaml

from pipelines.resources import files
from pipelines.resources.workspace import Workspace, WorkspaceError


def test_init_makes_everything_and_never_overwrites(tmp_path):
    workspace = Workspace.create(tmp_path)
    assert workspace.inbox.is_dir()
    (tmp_path / "tongbi.toml").write_text('county_name = "某县"\n', encoding="utf-8")
    assert Workspace.create(tmp_path).settings.county_name == "某县"


def test_dagster_stays_silent_and_local(tmp_path):
    workspace = Workspace.create(tmp_path)
    settings = yaml.safe_load((workspace.dagster_home / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["telemetry"]["enabled"] is False
    assert settings["compute_logs"]["class"] == "NoOpComputeLogManager"


def test_a_folder_that_is_no_workspace_says_what_to_do(tmp_path):
    with pytest.raises(WorkspaceError, match="tongbi init"):
        Workspace.open(tmp_path)


@pytest.mark.parametrize(
    ("text", "named"), [("conty = 1", "conty"), ('county_name = ["a"]', "county_name"), ("= bad", "tongbi.toml")]
)
def test_wrong_settings_name_file_and_key(tmp_path, text, named):
    (tmp_path / "tongbi.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=named):
        Workspace.open(tmp_path)


def test_the_database_is_sqlite_unless_named(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    workspace = Workspace.create(tmp_path)
    assert workspace.database_url.database == f"{tmp_path}/tongbi.db"
    monkeypatch.setenv("TONGBI_DATABASE", "postgresql://x/y")
    assert workspace.database_url == "postgresql://x/y"


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_making_a_workspace_that_was_killed_is_done_the_next_time(tmp_path, monkeypatch, number):
    class KilledError(BaseException):
        pass

    flushed = []

    def flush(path):
        flushed.append(path)
        if len(flushed) == number:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(files, "flush", flush)
        with pytest.raises(KilledError):
            Workspace.create(tmp_path, ("某县", "620722"))
    made = Workspace.create(tmp_path, ("某县", "620722"))
    assert made.settings.county_name == "某县"
    assert yaml.safe_load((made.dagster_home / "dagster.yaml").read_text(encoding="utf-8"))["run_storage"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('locale = "fr"', "键 locale：只能写：zh、en"),
        ('county_code = "12"', "键 county_code：要写六位行政区划代码"),
        ('engin = "auto"', "键 engin：没有这个键，是不是想写 engine"),
        ("locale = zh", "第 1 行第 10 列附近"),
    ],
)
def test_a_wrong_setting_says_what_is_allowed(tmp_path, text, said):
    (tmp_path / "tongbi.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=said):
        Workspace.open(tmp_path)
