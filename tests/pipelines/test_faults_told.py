"""What a command says when it fails in a way nobody foresaw: only what is so."""

import pytest
import typer

from pipelines.cli.shell import spoken
from pipelines.resources.database import connect, writing


@spoken
def fails(engine=None):
    if engine:
        with writing(engine):
            pass
    raise KeyError("张某")


def test_nothing_is_said_to_be_unchanged_after_something_was_written(tmp_path, capsys):
    engine = connect(f"sqlite:///{tmp_path / 'a.db'}")
    for argument, sentence in ((None, "数据没有改变"), (engine, "已经写入的内容"), (None, "数据没有改变")):
        with pytest.raises(typer.Exit):
            fails(argument)
        told = capsys.readouterr().err
        assert sentence in told
        assert ("没有改变" in told) == (argument is None)
        assert "张某" not in told
    engine.dispose()


def test_what_was_rolled_back_was_not_written(tmp_path, capsys):
    engine = connect(f"sqlite:///{tmp_path / 'a.db'}")

    @spoken
    def breaks():
        with writing(engine):
            raise KeyError

    with pytest.raises(typer.Exit):
        breaks()
    assert "数据没有改变" in capsys.readouterr().err
    engine.dispose()
