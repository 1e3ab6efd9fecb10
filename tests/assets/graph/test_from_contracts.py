"""The graph is made from the contracts: a contract in the workspace is a new department, and nothing else changes."""

from assets.graph.from_contracts import all_assets

FIFTH = """
department: medical
code: YB
zh: 医保
mandatory: [[name], [id_no, birth_date]]
marks: []
layouts:
  - {name: register, zh: 参保名册}
"""


def names(root):
    return {key.to_user_string() for asset in all_assets(root) for key in asset.keys}


def test_a_fifth_source_is_a_yaml_file(tmp_path):
    four = names(tmp_path)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "medical.yaml").write_text(FIFTH, encoding="utf-8")
    from assets.intake.contract import all_contracts

    all_contracts.cache_clear()
    assert names(tmp_path) - four == {"raw_medical", "std_medical", "quarantine_medical"}
    inputs = {
        key.to_user_string()
        for asset in all_assets(tmp_path)
        if asset.op.name == "link"
        for key in asset.keys_by_input_name.values()
    }
    assert "std_medical" in inputs
