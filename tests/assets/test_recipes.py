"""A list, and an answering department, are written down whole or refused; an example of each."""

import copy
import shutil
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
import yaml
from openpyxl import load_workbook
from town import CA, Town
from typer.testing import CliRunner

from assets.county import profile_of
from assets.errata.lines import errata_rules
from assets.intake.contract import all_contracts
from assets.publishing.editions import bare_context
from assets.recipes import CATALOGUE, LAYOUT, LIFE, PROFILE, ListPlaces, check_lists, missing_parts
from assets.workbooks import layout as layouts
from assets.workbooks.layout import default_layout, layout_for
from assets.workbooks.publish import publish_workbooks
from expectations.jurisdictions import profile as profiles
from expectations.jurisdictions.profile import load_profile
from expectations.life.numbering import printed
from expectations.life.rules import life_rules
from expectations.lists import catalogue as catalogues
from expectations.lists import findings as lists
from expectations.lists.catalogue import load_catalogue
from expectations.lists.grading import presence
from expectations.lists.view import draft
from expectations.rulebook import RuleFileError
from pipelines.cli.commands import app
from pipelines.resources.workspace import Workspace

PERIOD = "2026Q2"


def whole():
    profile = load_profile("default")
    return ListPlaces(lists.LISTS, load_catalogue(), profile, default_layout(), life_rules(), errata_rules().lists)


def with_list(catalogue, code, **changes):
    changed = catalogue.lists[code].model_copy(update=changes)
    return catalogue.model_copy(update={"lists": {**catalogue.lists, code: changed}})


def test_every_list_of_the_product_is_whole():
    assert missing_parts(whole()) == []


def without(mapping, code):
    return {name: value for name, value in mapping.items() if name != code}


def no_condition(places):
    return replace(places, conditions=without(places.conditions, "L19"))


def no_entry(places):
    return replace(
        places, catalogue=places.catalogue.model_copy(update={"lists": without(places.catalogue.lists, "L19")})
    )


def no_recipients(places):
    rules = {**places.profile.lists, "L19": places.profile.lists["L19"].model_copy(update={"recipients": []})}
    return replace(places, profile=places.profile.model_copy(update={"lists": rules}))


def no_rule(places):
    return replace(places, profile=places.profile.model_copy(update={"lists": without(places.profile.lists, "L19")}))


def no_columns(places):
    township = places.layout.township
    seen = township.model_copy(update={"lists": without(township.lists, "L19")})
    return replace(places, layout=places.layout.model_copy(update={"township": seen}))


def unknown_answer(places):
    return replace(places, catalogue=with_list(places.catalogue, "L19", answers=["父母在外打工"]))


def unknown_source(places):
    return replace(places, catalogue=with_list(places.catalogue, "L19", needs=["womens_federation"]))


def unknown_setting(places):
    return replace(places, catalogue=with_list(places.catalogue, "L19", parameters=["left_behind.monts"]))


def unknown_field(places):
    return replace(places, catalogue=with_list(places.catalogue, "L19", show=["nmae"]))


def mistyped_life(places):
    return replace(places, life=places.life.model_copy(update={"of_places": ["L52"]}))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (no_condition, ("L19", "没有计算条件", "findings.py")),
        (no_entry, ("L19", "有计算条件", CATALOGUE)),
        (no_recipients, ("L19", "没有写明发给谁", PROFILE, "lists.L19.recipients")),
        (no_rule, ("L19", "没有写明发给谁", PROFILE)),
        (no_columns, ("L19", "township", "看到的列", LAYOUT)),
        (unknown_answer, ("L19", "“父母在外打工”没有写明办理结果", LIFE)),
        (unknown_source, ("L19", "womens_federation", "needs")),
        (unknown_setting, ("L19", "left_behind.monts", "parameters")),
        (unknown_field, ("L19", "nmae", "show")),
        (mistyped_life, ("L52", "of_places", LIFE)),
    ],
)
def test_what_is_missing_is_named_with_its_file(harm, told):
    sentences = missing_parts(harm(whole()))
    # Who takes a list away altogether is told of every place that still speaks of it.
    fitting = [text for text in sentences if all(part in text for part in told)]
    assert len(fitting) == 1, sentences


@pytest.mark.parametrize("key", ["name", "short", "meaning", "ask", "clause", "answers"])
def test_a_list_without_words_is_refused_when_the_catalogue_is_read(monkeypatch, tmp_path, key):
    content = yaml.safe_load(catalogues.FILE.read_text(encoding="utf-8"))
    content["lists"]["L19"][key] = [] if key == "answers" else ""
    path = tmp_path / CATALOGUE
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(catalogues, "FILE", path)
    with pytest.raises(RuleFileError, match=f"(?s)catalogue.yaml.*L19.*{key}"):
        load_catalogue.__wrapped__()


@pytest.fixture
def half_a_list(monkeypatch):
    """A condition that nobody wrote anything about: it was a bare KeyError in the middle of a run."""
    monkeypatch.setitem(lists.LISTS, "L90", lists.LISTS["L19"])
    check_lists.cache_clear()
    yield
    check_lists.cache_clear()


COMMANDS = [
    ("run", "--period", PERIOD),
    ("errata", "--period", PERIOD),
    ("report", "--period", PERIOD, "--kind", "pack"),
    ("feed", "education_entrants", "--period", PERIOD, "--full", "--approved-by", "某局长"),
    ("due",),
    ("profile", "check"),
]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_that_needs_the_lists_refuses_half_a_list_with_a_sentence(
    tmp_path, monkeypatch, half_a_list, words
):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    root = Workspace.create(tmp_path / "workspace").root
    (root / "inbox" / PERIOD / "education").mkdir(parents=True)
    (root / "inbox" / PERIOD / "education" / "a.csv").write_text("姓名\n", encoding="utf-8")
    done = CliRunner().invoke(app, [*words, "--workspace", str(root)])
    assert done.exit_code == 1
    assert "清单 L90 有计算条件，catalogue.yaml 的 lists 没有它的说明" in done.output.replace("\n", "")
    assert "程序内部错误" not in done.output


# ---- A list added: its condition, and one entry in each of three files.


def no_phone(view):
    """L90: children on civil affairs' roll with whom nobody could speak."""
    rolled = view.of(CA) & view.active & ~view.filled("phone")
    reason = pd.Series("民政名册没有监护人电话，请补登", index=range(view.n)).to_numpy(object)
    return draft(view.any(rolled), view.first(rolled), presence(view), reason)


ENTRY = {
    "name": "没有联系电话",
    "short": "无电话",
    "comparison": "",
    "meaning": "民政名册中没有监护人的电话。",
    "ask": "请补登。",
    "clause": "某县实施方案第三条",
    "answers": ["已补登", "其他"],
    "needs": [CA],
    "guards": [],
    "parameters": [],
    "show": ["name", "phone"],
}


def rewritten(source, folder, change):
    """A rule file changed, in another folder."""
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    change(content)
    folder.mkdir(exist_ok=True)
    path = folder / source.name
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture
def list_added(monkeypatch, tmp_path):
    caches = (load_catalogue, default_layout, check_lists)

    def enter(content):
        content["lists"]["L90"] = copy.deepcopy(ENTRY)
        content["rests_on"]["L90"] = {"fields": ["civil_affairs.phone"]}

    def send(content):
        content["lists"]["L90"] = {"recipients": ["township"], "due_days": 30}

    def show(content):
        content["township"]["lists"]["L90"] = {"columns": ["head", "home", "why"]}

    folder = tmp_path / "jurisdictions"
    shutil.copytree(profiles.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rewritten(profiles.FOLDER / PROFILE, folder, send)
    monkeypatch.setattr(profiles, "FOLDER", folder)
    monkeypatch.setattr(catalogues, "FILE", rewritten(catalogues.FILE, tmp_path / "catalogue", enter))
    monkeypatch.setattr(layouts, "FILE", rewritten(layouts.FILE, tmp_path / "layout", show))
    monkeypatch.setitem(lists.LISTS, "L90", no_phone)
    for each in caches:
        each.cache_clear()
    yield
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()


def test_a_list_is_added_by_a_condition_an_entry_a_recipient_and_its_columns(list_added, tmp_path, monkeypatch):
    check_lists()
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    workspace = Workspace.create(tmp_path / "workspace")
    town = Town(place="default")
    town.add(CA, 1, category="left_behind", live_town="顺化镇")
    town.add(CA, 2, category="left_behind", live_town="顺化镇", phone="13900001234")
    found = town.findings("L90")
    assert found[["child_id", "clause", "reason"]].to_numpy().tolist() == [
        ["T2026Q3-000001", "某县实施方案第三条", "民政名册没有监护人电话，请补登。"]
    ]
    files, context = town.files(), bare_context(workspace, "2026Q3")
    publish_workbooks(found, files.children, files.records, replace(context, towns=("顺化镇",)), tmp_path / "out")
    sheet = load_workbook(next((tmp_path / "out" / "乡镇").glob("顺化镇_*.xlsx")))["L90无电话"]
    number = found["finding_id"].item()
    assert [str(row[0].value) for row in sheet if str(row[0].value).startswith("L90-")] == [printed(number, "2026Q3")]


def test_the_added_list_is_gone_again():
    assert "L90" not in load_catalogue().lists
    assert "L90" not in load_profile("default").lists


# ---- A department added: its contract and two entries in the place's own profile.

FEDERATION = """
department: womens_federation
code: WF
zh: 妇联（关爱台账）
mandatory: [[name], [id_no, birth_date]]
headings: {exit_reason: [不再关爱的原因]}
states:
  - {take: exit_reason, when: {exit_reason: [dead, moved_out]}}
  - {state: exited, when: {exit_reason: ["*"]}}
layouts: [{name: care, zh: 妇联关爱儿童台账}]
"""
OWN = """
extends: default
name: 某县
departments:
  womens_federation: {zh: 妇联, bureau: 妇女联合会}
lists:
  L15: {recipients: [civil_affairs, education, public_security, disability, womens_federation]}
  L20: {recipients: [township, womens_federation]}
"""
WF = "womens_federation"


def settled(tmp_path, own=OWN, contract=FEDERATION):
    """A workspace with a profile of its own and, where given, a contract."""
    workspace = Workspace.create(tmp_path / "workspace")
    (workspace.root / "own.yaml").write_text(own, encoding="utf-8")
    if contract:
        (workspace.contracts / "wf.yaml").write_text(contract, encoding="utf-8")
    settings = workspace.root / "tongbi.toml"
    text = settings.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("profile = ")]
    settings.write_text(text.replace(line, 'profile = "own.yaml"'), encoding="utf-8")
    return Workspace.open(workspace.root)


def test_a_department_of_the_place_is_known_everywhere_by_its_name(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    workspace = settled(tmp_path)
    profile = profile_of(workspace)
    assert profile.catalogue.spoken(["education", WF]) == "教育、妇联"
    assert profile.lists_for(WF) == {"L15", "L20"}
    layout = layout_for(profile)
    assert layout.sides[WF] in layout.expand(("sides",))
    assert layout.columns[layout.sides[WF]].zh == "妇联登记"
    assert (layout.departments[WF].label, layout.bureau(WF)) == ("妇联", "妇女联合会")
    assert WF not in load_catalogue().recipients
    assert WF not in default_layout().departments


@pytest.mark.parametrize(
    ("own", "contract", "told"),
    [
        (OWN, "", "没有数据约定：请在工作区 contracts 文件夹放一份 department: womens_federation"),
        (OWN, FEDERATION.partition("states:")[0] + "layouts: [{name: care, zh: 台账}]\n", "（键 states）"),
        (OWN.partition("lists:")[0], FEDERATION, "至少在 lists.L15.recipients 中写上 womens_federation"),
        (OWN.replace("zh: 妇联", "zh: 教育"), FEDERATION, "名称“教育”与另一个单位相同"),
        (OWN.replace("  womens_federation: {", "  education: {"), FEDERATION, "已有这个单位（教育）"),
        (OWN.replace("L20: {", "L03: {"), FEDERATION, "没有规定妇联（womens_federation）看到这张清单的哪些列"),
    ],
)
def test_a_department_that_is_written_down_by_half_is_refused_with_a_sentence(tmp_path, own, contract, told):
    workspace = settled(tmp_path, own, contract)
    done = CliRunner().invoke(app, ["run", "--period", PERIOD, "--workspace", str(workspace.root)])
    assert done.exit_code == 1
    assert told in done.output.replace("\n", "")
    assert "程序内部错误" not in done.output


def test_a_contract_of_an_earlier_version_does_not_lose_how_records_end(tmp_path: Path):
    """A county's own contract for the police, written before contracts had `states`."""
    (tmp_path / "own.yaml").write_text(
        "department: public_security\ncode: PS\nzh: 公安\nmandatory: [[name]]\nlayouts: [{name: register, zh: 户籍}]\n",
        encoding="utf-8",
    )
    assert all_contracts(tmp_path)["public_security"].states == all_contracts()["public_security"].states


@pytest.mark.slow
def test_a_department_of_the_place_is_linked_compared_written_to_and_sent_lists(fresh_county, tongbi, tmp_path):
    root = fresh_county
    parent = next(line for line in (root / "tongbi.toml").read_text("utf-8").splitlines() if line.startswith("profile"))
    own = OWN.replace("extends: default", f"extends: {parent.split(chr(34))[1].removesuffix('.yaml') or 'default'}")
    (root / "own.yaml").write_text(own, encoding="utf-8")
    (root / "tongbi.toml").write_text(
        (root / "tongbi.toml").read_text("utf-8").replace(parent, 'profile = "own.yaml"'), encoding="utf-8"
    )
    (root / "contracts").mkdir(exist_ok=True)
    (root / "contracts" / "wf.yaml").write_text(FEDERATION, encoding="utf-8")
    kids = pd.read_csv(root / "truth" / PERIOD / "kids.csv", dtype=str).fillna("")
    known = kids[(kids["hukou"] == "local") & (kids["cancelled"] == "") & (kids["id18"].str.len() == 18)].head(40)
    lines = ["姓名,身份证号,性别,不再关爱的原因"]
    for place, kid in enumerate(known.to_dict("records")):
        sex = {"1": "男", "2": "女"}[kid["sex"]]
        wrong = {"男": "女", "女": "男"}[sex]
        ended = "迁出" if place == 0 else ""
        lines.append(f"{kid['name']},{kid['id18']},{wrong if place in (0, 1, 2) else sex},{ended}")
    folder = root / "inbox" / PERIOD / WF
    folder.mkdir(parents=True)
    (folder / "关爱台账.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = tongbi("run", "--period", PERIOD, "--workspace", root)
    assert done.returncode == 0, done.stdout + done.stderr

    links = pd.read_parquet(root / "frames" / "link_children" / f"{PERIOD}.parquet")
    shared = links.groupby("child_id")["department"].agg(set)
    assert sum(WF in names and len(names) > 1 for names in shared) >= 38
    records = pd.read_parquet(root / "frames" / "child_files.records" / f"{PERIOD}.parquet")
    states = records[records["department"] == WF]["state"].value_counts().to_dict()
    assert states == {"active": 39, "moved_out": 1}

    findings = pd.read_parquet(root / "frames" / "findings" / f"{PERIOD}.parquet")
    mine = findings[(findings["department"] == WF) & (findings["code"] == "L15") & (findings["field"] == "sex")]
    assert len(mine) == 2  # not the one that has ended
    assert mine["reason"].str.contains("妇联").all()
    book = load_workbook(next((root / "outbox" / PERIOD / "部门").glob("妇联_*.xlsx")))
    assert {name[:3] for name in book.sheetnames if name.startswith("L")} == {"L15", "L20"}
    texts = {str(cell.value) for row in book["L15信息不一致"] for cell in row}
    assert "妇联登记" in texts

    assert tongbi("errata", "--period", PERIOD, "--workspace", root).returncode == 0
    letters = list((root / "outbox").rglob("妇联_*数据更正函.docx"))
    assert len(letters) == 1
    assert any("妇女联合会：" in part.text for part in docx.Document(str(letters[0])).paragraphs)
