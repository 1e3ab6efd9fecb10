"""What a docstring or comment names by its whole path exists: modules and what stands in them move, and their readers point to them."""

import re
from pathlib import Path

import pytest
from source_names import DEFINING, names_below

ROOT = Path(__file__).resolve().parents[2]
NAMES = names_below(ROOT)
FILES = sorted(path for path in NAMES.files if path.endswith((".py", ".yaml")) and path.split("/")[0] in DEFINING)
# From the first folder on, written as code: `assets.receiving.doubts`, `matching.linked.KnownChildren`.
WHOLE = re.compile(rf"`((?:{'|'.join(DEFINING)})(?:\.\w+)+)(?:\([^`]*\))?`")


def missing(text):
    return [name for name in WHOLE.findall(text) if NAMES.find(name) is None]


@pytest.mark.parametrize("room", DEFINING)
def test_whole_names_exist(room):
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in FILES if path.startswith(f"{room}/")}
    assert {path: wrong for path, text in texts.items() if (wrong := missing(text))} == {}


def test_a_name_that_moved_is_noticed():
    assert missing("see `assets.childfile.adults`, `assets.childfile.build`") == ["assets.childfile.adults"]
    assert missing("`assets.replies.taking.take(county)` and `assets.replies.taking.leave(county)`") == [
        "assets.replies.taking.leave"
    ]
