"""Which department a folder is, under whichever name people give it; a name that says more is not guessed."""

import pytest

from assets.intake.contract import all_contracts, department_names_of, load_contracts

NAMES = department_names_of(None)


@pytest.mark.parametrize(
    ("folder", "department"),
    [
        *[(key, key) for key in all_contracts(None)],
        *[(contract.zh, key) for key, contract in all_contracts(None).items()],
        ("民政", "civil_affairs"),
        ("民政局", "civil_affairs"),
        ("教育", "education"),
        ("教体局", "education"),
        ("教育局", "education"),
        ("教育和体育局", "education"),
        ("公安", "public_security"),
        ("公安局", "public_security"),
        ("派出所", "public_security"),
        ("顺化镇派出所", "public_security"),
        ("残联", "disability"),
        ("县残疾人联合会", "disability"),
        ("在校名单", "attendance"),
        ("殡葬", "cremation"),
        ("司法局", "custody"),
        ("01教育局", "education"),
        ("教体局9月", "education"),
        ("2026年三季度公安局数据", "public_security"),
        ("民乐县教育局", "education"),
        ("民乐教育局", "education"),
        ("ＥＤＵＣＡＴＩＯＮ", "education"),
        ("教育局在校名单", "attendance"),
        ("卫健委残疾筛查", "health"),
    ],
)
def test_a_folder_is_known_by_its_names(folder: str, department: str) -> None:
    assert NAMES.of_folder(folder) == department


@pytest.mark.parametrize("folder", ["", "杂", "教育局旧", "退回教育局", "民政局残联", "张三", "新建文件夹", "replies"])
def test_a_name_that_says_nothing_or_more_is_no_department(folder: str) -> None:
    assert NAMES.of_folder(folder) == ""


def test_a_contract_of_the_workspace_has_names_too(tmp_path) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    layout = "layouts: [{name: roll, zh: 名册}]"
    (folder / "wf.yaml").write_text(
        f"department: wf\ncode: WF\nzh: 妇联\nnames: [妇儿工委]\nfurther: true\nmandatory: [[name]]\n{layout}\n",
        "utf-8",
    )
    # Written before there were names: it keeps those of the one that it replaces.
    (folder / "visits.yaml").write_text(
        f"department: visits\ncode: VI\nzh: 入户走访\nfurther: true\nmandatory: [[name]]\n{layout}\n", "utf-8"
    )
    names = department_names_of(folder)
    assert [names.of_folder(name) for name in ("县妇联", "妇儿工委9月", "探访记录")] == ["wf", "wf", "visits"]
    assert "wf" not in load_contracts(folder)
    (tmp_path / "inbox" / "2026Q3" / "县妇联").mkdir(parents=True)
    assert "wf" in load_contracts(folder)


def test_what_one_department_is_called_is_no_other_ones_word(tmp_path) -> None:
    (tmp_path / "own.yaml").write_text(
        "department: own\ncode: OW\nzh: 卫健\nmandatory: [[name]]\nlayouts: [{name: roll, zh: 名册}]\n", "utf-8"
    )
    assert department_names_of(tmp_path).of_folder("卫健局") == "own"
