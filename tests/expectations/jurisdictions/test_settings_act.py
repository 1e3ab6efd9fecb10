"""Every setting of a profile acts: for each one a small case and two of its values whose results differ.

A setting without a case fails here: whoever adds one shows what it changes. What a list finds, what a duty asks and what a reader sees count as
results; that a module mentions a setting does not. Rules of lists, duties and indicators are in `test_rules_act`.
"""

import pytest
from setting_cases import CASES, SETTINGS, STATEMENTS
from town import Town


def test_a_setting_without_a_case_is_there_for_show() -> None:
    assert set(SETTINGS) == set(CASES) | set(STATEMENTS)


@pytest.mark.parametrize("path", [path for path in SETTINGS if path not in STATEMENTS])
def test_a_setting_changes_a_result(path: str) -> None:
    case, results = CASES[path], []
    for value in (case.one, case.other):
        town = Town(place="default")
        for stated, other in {**case.besides, path: value}.items():
            town.change(stated, other)
        results.append(case.result(town))
    assert results[0] != results[1]
