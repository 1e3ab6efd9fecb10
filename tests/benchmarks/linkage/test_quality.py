from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.linkage.quality import calibration, classes, score


def test_pairs_are_counted_over_all_rows() -> None:
    found = score(np.array([1, 1, 1, 2, 3]), np.array([7, 7, 8, 8, 9]))
    assert (found.wrong, found.missed, found.merged, found.mixed) == (1, 2, 1, 2)
    assert found.precision == 0.5
    assert found.recall == 1 / 3


def test_a_perfect_linkage() -> None:
    found = score(np.array([1, 1, 2]), np.array([0, 0, 5]))
    assert (found.f1, found.wrong, found.missed, found.merged) == (1.0, 0, 0, 0)


def test_probabilities_against_the_truth() -> None:
    table = calibration(pd.DataFrame({"p": [0.95, 0.95, 0.995, 1.0], "right": [True, False, True, True]}))
    assert table.set_index("bin")["right"].to_dict() == {"0.9-0.99": 0.5, "0.99-0.999": 1.0, "0.999-1": 1.0}


def test_errors_have_names() -> None:
    row = {"name": "王一", "birth_date": "2015-03-01", "id_no": "", "id_no_raw": "", "father_name": "王大"}
    records = pd.DataFrame(
        [{**row, "truth": 1}, {**row, "name": "王二", "truth": 2}, {**row, "birth_date": "", "truth": 1}]
    )
    missed, wrong = classes(records, np.array([0, 0, 1]))
    assert dict(wrong) == {"twins number=missing birth_date=same": 1}
    assert dict(missed) == {"number=missing name=same birth_date=missing parents=same": 1}
