"""Whether every list is written down completely: its condition, its entry in the catalogue, whom the default profile names, the columns of
each recipient, what its answers do; and the same of a department that a place adds.

Belongs here: the one check of all places that must know a list or an answering department, made when a profile is loaded, before anything is read
or written. Not here: the places themselves. A recipe is refused with sentences that name file and key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from assets.childfile.preference import preference
from assets.errata.lines import errata_rules
from assets.intake.contract import Contract, all_contracts
from assets.workbooks.layout import WorkbookLayout, default_layout, field_terms
from expectations.jurisdictions.profile import Profile, load_profile
from expectations.life.rules import LifeRules, life_rules
from expectations.lists.catalogue import Catalogue, ListInfo, load_catalogue
from expectations.lists.findings import LISTS
from expectations.rulebook import RuleFileError

CONDITIONS, CATALOGUE, PROFILE = "expectations/lists/findings.py", "catalogue.yaml", "default.yaml"
LIFE, LAYOUT, ERRATA = "life.yaml", "layout.yaml", "errata.yaml"


@dataclass(frozen=True)
class ListPlaces:
    """Everything that has to know a list.

    Attributes:
        conditions: codes of the lists that have a condition.
        catalogue: name, words, answers, needs.
        profile: recipients and due days where no place says otherwise.
        layout: columns of every recipient.
        life: what the answers do.
        corrections: lists whose lines are errors of one department.
    """

    conditions: Collection[str]
    catalogue: Catalogue
    profile: Profile
    layout: WorkbookLayout
    life: LifeRules
    corrections: Collection[str]


# Once a process: the files are the product's own and do not change while it runs.
@cache
def check_lists() -> None:
    """Refuse to go on with a list that is half written down.

    Raises:
        RuleFileError: names every list with what is missing and the file where it belongs.
    """
    profile = load_profile("default")
    places = ListPlaces(LISTS, load_catalogue(), profile, default_layout(), life_rules(), errata_rules().lists)
    sentences = missing_parts(places)
    if sentences:
        raise RuleFileError("；".join(sentences) + "。请补全后重新运行；写法见 docs/guides/lists.zh-CN.md。")


def missing_parts(places: ListPlaces) -> list[str]:
    """What is missing of which list, in Chinese, with the file; none where all lists are whole."""
    known = places.catalogue.lists
    sentences = [
        f"清单 {code} 有计算条件，{CATALOGUE} 的 lists 没有它的说明" for code in places.conditions if code not in known
    ]
    for code, info in known.items():
        sentences += [f"清单 {code}（{info.name}）{text}" for text in _of_list(code, info, places)]
    return [*sentences, *_of_unknown(places)]


def _of_list(code: str, info: ListInfo, places: ListPlaces) -> Iterator[str]:
    if code not in places.conditions:
        yield f"没有计算条件：请在 {CONDITIONS} 的 LISTS 中写明"
    yield from _of_recipients(code, places)

    # An answer without an outcome would be read back and change nothing.
    unknown = [answer for answer in info.answers if not places.life.names(code, answer)]
    if unknown:
        yield f"的答复“{'”“'.join(unknown)}”没有写明办理结果：请在 {LIFE} 的 answers 或 lists.{code} 中写明"
    if len(set(info.answers)) < len(info.answers):
        yield f"的答复写了两次：请在 {CATALOGUE} 中删去一个"
    yield from _of_data(code, info, places)


def _of_recipients(code: str, places: ListPlaces) -> Iterator[str]:
    """Whoever the default profile names and the layout has no columns for would be sent a sheet of nothing."""
    rule = places.profile.lists.get(code)
    if rule is None or not rule.recipients:
        yield f"没有写明发给谁：请在 {PROFILE} 的 lists.{code}.recipients 中写明"
        return
    lists_with_columns = places.layout.columns_for()
    for name in rule.recipients:
        if code not in lists_with_columns.get(name, ()):
            who = places.catalogue.recipients.get(name, name)
            yield f"没有{who}（{name}）看到的列：请在 {LAYOUT} 中写明"


def _of_data(code: str, info: ListInfo, places: ListPlaces) -> Iterator[str]:
    """Needs, settings and fields that do not exist would be a list that is never computed, or a bare error in the middle of a run."""
    sources = {*places.catalogue.departments, *places.catalogue.sources}
    strange = [
        name
        for name in (*info.needs, *info.needs_any, *info.in_part, *info.in_part.values(), *info.guards)
        if name not in sources
    ]
    if strange:
        yield f"需要的数据来源不存在：{'、'.join(strange)}（{CATALOGUE} 的 needs、needs_any、in_part、guards）"
    yield from _of_basis(code, places)
    settings = {path for path, _ in places.profile.settings()}
    strange = [name for name in (*info.parameters, *info.parameters_any) if name not in settings]
    if strange:
        yield f"依据的规则参数不存在：{'、'.join(strange)}（{CATALOGUE} 的 parameters）"
    strange = [name for name in info.show if name not in {*field_terms(), *preference().reads}]
    if strange:
        yield f"展示的字段不存在：{'、'.join(strange)}（{CATALOGUE} 的 show）"


def _of_basis(code: str, places: ListPlaces) -> Iterator[str]:
    """What a list rests on and nobody delivers would never be missed (rules/coverage.md#rests)."""
    basis = places.catalogue.rests_on.get(code)
    if basis is None:
        return
    contracts = all_contracts()
    kinds = {*contracts, *(f"{name}.{layout.name}" for name, each in contracts.items() for layout in each.layouts)}
    strange = [name for name in (*basis.absent_from, *basis.shown_by) if name not in kinds]
    if strange:
        yield f"依据的部门或文件种类不存在：{'、'.join(strange)}（{CATALOGUE} 的 rests_on）"
    fields = {*field_terms(), *preference().reads}
    pairs = [(name, *name.partition(".")[::2]) for name in (*basis.fields, *basis.any_field)]
    strange = [name for name, department, field in pairs if department not in contracts or field not in fields]
    if strange:
        yield f"依据的栏目不存在：{'、'.join(strange)}（{CATALOGUE} 的 rests_on）"


def _of_unknown(places: ListPlaces) -> Iterator[str]:
    """Places that speak of a list which is none: most often a code that was mistyped, so that the rule acts nowhere."""
    life = places.life
    spoken: Mapping[str, Collection[str]] = {
        f"{LIFE} 的 lists": life.lists,
        f"{LIFE} 的 until": life.until,
        f"{LIFE} 的 places": life.places,
        f"{LIFE} 的 telling_by_list": life.telling_by_list,
        f"{LIFE} 的 values_only": life.values_only,
        f"{LIFE} 的 of_places": life.of_places,
        f"{ERRATA} 的 lists": places.corrections,
        f"{CATALOGUE} 的 comparisons": {code for each in places.catalogue.comparisons.values() for code in each.lists},
    }
    for where, codes in spoken.items():
        strange = sorted(set(codes) - set(places.catalogue.lists))
        if strange:
            yield f"{where} 写了没有的清单：{'、'.join(strange)}"


def check_departments(profile: Profile, contracts: Mapping[str, Contract]) -> None:
    """Refuse a department that a place adds and whose data nobody could read, or whose ended records nobody could tell.

    Args:
        profile: the place's.
        contracts: all contracts of the workspace (`assets.intake.contract.all_contracts`).

    Raises:
        RuleFileError: names the department, what is missing and where it belongs.
    """
    sentences = []
    for name, added in profile.departments.items():
        where = f"本地规则“{profile.name}”增加的单位 {added.zh}（departments.{name}）"
        if name not in contracts:
            sentences.append(f"{where}没有数据约定：请在工作区 contracts 文件夹放一份 department: {name} 的约定文件")
        elif contracts[name].states is None:
            sentences.append(
                f"{where}的约定文件没有写明怎样看出一条记录已经退出（键 states）；没有这种记录的写 states: []"
            )
        if not profile.lists_for(name):
            sentences.append(
                f"{where}没有列在任何清单的 recipients 中，它交来的数据有误时没有人会收到：请至少在 lists.L15.recipients 中写上 {name}"
            )
    if sentences:
        raise RuleFileError("；".join(sentences) + "。")
