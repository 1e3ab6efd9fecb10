"""The workspace: made once, settings that name file and key when they are wrong."""

import pytest
import yaml

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
