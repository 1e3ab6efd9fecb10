"""The model file: what is refused with a sentence that names the place, and what changes the fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from matching.model import MODEL_FILE, load_model


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], object]], Path]:
    """The shipped model file with a change."""

    def write(change: Callable[[dict[str, Any]], object]) -> Path:
        model = yaml.safe_load(MODEL_FILE.read_text(encoding="utf-8"))
        change(model)
        path = tmp_path / "changed.yaml"
        path.write_text(yaml.safe_dump(model, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    return write


def missing_last(model: dict[str, Any]) -> None:
    levels = model["fields"]["name"]["levels"]
    levels["missing"] = levels.pop("missing")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (missing_last, "fields.name"),
        (lambda model: model["keys"]["number"]["of"].append(["sound", "day"]), "keys.number"),
        (lambda model: model["keys"]["number"].update(of=[]), "keys.number.of"),
        (lambda model: model["decide"].update(near=model["decide"]["review"]), "decide"),
        (lambda model: model["interactions"].append({"fields": ["name", "nonsense"]}), "interactions"),
        (lambda model: model["blocking"].update(nonsense=1), "blocking.nonsense"),
        (lambda model: model["keys"].update({f"k{n}": model["keys"]["number"] for n in range(31)}), "keys"),
    ],
)
def test_a_wrong_model_is_refused_by_file_and_place(changed: Any, change: Any, place: str) -> None:
    with pytest.raises(ValueError, match=r"changed\.yaml") as refusal:
        load_model(changed(change))
    assert place in str(refusal.value)


def test_the_fingerprint_is_the_contents(changed: Any) -> None:
    assert load_model(changed(lambda model: None)).fingerprint == load_model().fingerprint
    assert (
        load_model(changed(lambda model: model["decide"].update(kin_bits=99.0))).fingerprint != load_model().fingerprint
    )


def test_the_order_of_levels_is_part_of_the_fingerprint(changed: Any) -> None:
    def last_two_swapped(model: dict[str, Any]) -> None:
        levels = model["fields"]["name"]["levels"]
        last_but_one = list(levels)[-2]
        levels[last_but_one] = levels.pop(last_but_one)

    swapped = load_model(changed(last_two_swapped))
    assert sorted(swapped.fields["name"].names) == sorted(load_model().fields["name"].names)
    assert swapped.fingerprint != load_model().fingerprint
