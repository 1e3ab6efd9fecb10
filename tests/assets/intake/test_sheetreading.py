"""A kept reading is believed only as long as nothing that it rests on has changed: the code that understands headings, words, contract, day."""

import ast
import hashlib
import io
import tokenize
from datetime import date
from pathlib import Path

import pytest

from assets.intake import headings, mapping, profile, sheetreading
from assets.intake.contract import load_contracts, load_dictionary
from assets.intake.headings import Target
from assets.intake.mapping import Mapping, SheetColumn, Surroundings
from assets.intake.sheetreading import SheetReading, readings_frame, readings_from

EDUCATION = load_contracts()["education"]
AS_OF = date(2026, 9, 30)
NOTE = "年度备注"


def code_of(source):
    """A module without what cannot change how a heading is understood: comments, docstrings, imports, blanks."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    tree = ast.parse(source)
    left_out = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    left_out += [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    for node in left_out:
        lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "".join("".join(lines).split())


def digest_of(sources, number):
    """What stands beside the number: of the code and of the number itself, so that it is never written down without counting up."""
    return hashlib.sha256("\x1f".join([str(number), *map(code_of, sources)]).encode()).hexdigest()[:16]


def test_who_changes_how_headings_are_understood_counts_the_rules_up():
    sources = [Path(module.__file__).read_text(encoding="utf-8") for module in (headings, mapping, profile)]
    following = sheetreading.RULES + 1
    assert digest_of(sources, sheetreading.RULES) == sheetreading.RULES_DIGEST, (
        "headings.py, mapping.py or profile.py is not the code that the kept readings were made by. In assets/intake/sheetreading.py write "
        f'RULES = {following} and RULES_DIGEST = "{digest_of(sources, following)}", so that every workspace derives its readings anew.'
    )


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ('"""Other words."""\nimport re\nLEAST = 3  # of thirty\n\n\n', True),
        ('"""Words."""\nLEAST = 4\n', False),
        ('"""Words."""\nLEAST = 3\nMOST = "#"\n', False),
    ],
)
def test_of_the_code_only_what_acts_is_digested(changed, same):
    assert (digest_of([changed], 1) == digest_of(['"""Words."""\nLEAST = 3\n'], 1)) is same


def reading(contract):
    columns = [SheetColumn(0, "姓名", Target("name")), SheetColumn(1, NOTE, Target())]
    around = Surroundings("名册.xlsx", "一班", "某校学生名册", AS_OF)
    return SheetReading("D-1", 1, around, Mapping(contract.layouts[-1], columns))


def test_what_was_kept_comes_back_as_it_was():
    readings = [reading(EDUCATION)]
    assert readings_from(readings_frame(readings, EDUCATION), EDUCATION, AS_OF) == readings


def test_a_changed_word_of_the_dictionary_makes_every_reading_stale(monkeypatch):
    frame = readings_frame([reading(EDUCATION)], EDUCATION)
    shared = load_dictionary()
    changed = shared.model_copy(update={"headings": {**shared.headings, "remark": [*shared.headings["remark"], NOTE]}})
    monkeypatch.setattr(sheetreading, "load_dictionary", lambda: changed)
    assert readings_from(frame, EDUCATION, AS_OF) == []


@pytest.mark.parametrize("key", ["headings", "ignore", "layouts"])
def test_a_changed_contract_makes_its_readings_stale(key):
    frame = readings_frame([reading(EDUCATION)], EDUCATION)
    values = {"headings": {"remark": [NOTE]}, "ignore": [NOTE], "layouts": EDUCATION.layouts[1:]}
    assert readings_from(frame, EDUCATION.model_copy(update={key: values[key]}), AS_OF) == []
    assert len(readings_from(frame, EDUCATION, AS_OF)) == 1


def test_another_day_makes_a_reading_stale():
    frame = readings_frame([reading(EDUCATION)], EDUCATION)
    assert readings_from(frame, EDUCATION, date(2027, 9, 30)) == []
