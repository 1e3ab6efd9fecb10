"""A corrected file beside the one that it corrects: found by the children that both hold."""

import pandas as pd

from assets.coverage.doubled import doubled_files


def records(*rows):
    return pd.DataFrame(rows, columns=["department", "layout", "file", "child_id", "category"])


def school(file, children, category=""):
    return [("education", "register", file, f"T{child}", category) for child in children]


def pairs(rows):
    return [(pair.first, pair.second, pair.both) for pair in doubled_files(records(*rows), 0.5, 6)]


def test_two_versions_of_one_file_are_a_pair_and_two_schools_are_none():
    assert pairs([*school("旧", range(100)), *school("新", range(3, 103))]) == [("新", "旧", 97)]
    assert pairs([*school("甲", range(100)), *school("乙", range(98, 200))]) == []


def test_a_few_transfers_are_no_version_and_neither_are_ledgers_of_other_classes():
    assert pairs([*school("甲", range(5)), *school("乙", range(5))]) == []
    assert pairs([*school("留守", range(50), "left_behind"), *school("困境", range(50), "dilemma")]) == []


def test_only_files_of_one_kind_are_compared():
    rows = [
        ("education", layout, layout, f"T{child}", "") for layout in ("register", "attendance") for child in range(50)
    ]
    assert pairs(rows) == []
