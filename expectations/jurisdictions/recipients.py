"""Who receives a list: a place's rule for one list, and what of it is refused when the profile is loaded.

Belongs here: the one owner of the question "who is sent these lines" (rules/workflow.md#answers). Not here: how much of a line somebody sees (the layout of
the workbooks), what a list is (`expectations.lists.catalogue`), values (the YAML files beside this one).
"""

from collections.abc import Collection, Mapping

from pydantic import Field

from expectations.lists.catalogue import ADDED, Catalogue, load_catalogue
from expectations.rulebook import Rules

# recipient -> the lists that it has columns for.
Columns = Mapping[str, Collection[str]]


class ListRule(Rules):
    """What a place decides about one list: whether it runs, who is told, until when, and its own clause (rules/workflow.md#answers).

    The first of the recipients leads: it answers for the list, the others help. `also_told` names, per case of the list (`cases` of the catalogue), who is sent the lines of that
    case alone.
    """

    active: bool = True
    recipients: list[str] = Field(default_factory=list)
    also_told: dict[str, list[str]] = Field(default_factory=dict)
    due_days: int | None = None
    due: str = ""
    clause: str = ""

    @property
    def is_urgent(self) -> bool:
        """Whether the place wants the list's lines answered the same day: it decides, for a workbook of its own and for every count."""
        return self.due_days is not None and self.due_days <= 1

    @property
    def also(self) -> list[str]:
        """Who is sent single lines of the list, by their case, and not the list."""
        named = dict.fromkeys(name for names in self.also_told.values() for name in names)
        return [name for name in named if name not in self.recipients]

    @property
    def lead(self) -> str:
        """Who answers for the list; empty where the place does not run it and names nobody."""
        return self.recipients[0] if self.recipients else ""


class AddedDepartment(Rules):
    """A department that a place adds to those of every county: it hands over data (its contract lies in the workspace) and answers lines.

    Attributes:
        zh: its short name, as it stands in sentences, workbooks and headings.
        bureau: how a letter addresses it; left out, by its short name.
    """

    zh: str = Field(min_length=1, max_length=8)
    bureau: str = ""


def catalogue_with(added: Mapping[str, AddedDepartment]) -> Catalogue:
    """The catalogue of lists of a place with the departments that it adds."""
    return load_catalogue().with_departments({name: each.zh for name, each in added.items()})


def wrong_departments(added: Mapping[str, AddedDepartment]) -> list[str]:
    """What is wrong with the departments that a place adds: sentences with the key."""
    shipped = load_catalogue().recipients
    # A department is told by its name in sentences and on workbooks: two of one name could not be told apart.
    names = [*shipped.values(), *(each.zh for each in added.values())]
    sentences = [f"departments.{name}：已有这个单位（{shipped[name]}），不必再写" for name in added if name in shipped]
    return sentences + [
        f"departments.{name}.zh：名称“{each.zh}”与另一个单位相同，请改用别的简称"
        for name, each in added.items()
        if name not in shipped and names.count(each.zh) > 1
    ]


def wrong_recipients(
    rules: Mapping[str, ListRule], columns: Columns | None, added: Mapping[str, AddedDepartment]
) -> dict[str, list[str]]:
    """What cannot be followed in a place's lists: list -> sentences with the key, what is wrong and what is allowed.

    Args:
        rules: list -> the place's rule.
        columns: what every recipient has columns for (`ADDED`: every department that a place adds); None where nothing is going to be
            written, then only the names are checked.
        added: the departments that the place adds.
    """
    catalogue = catalogue_with(added)
    if columns is not None:
        columns = {**columns, **dict.fromkeys(added, columns.get(ADDED, ()))}
    problems = {code: _problems(code, rule, catalogue, columns) for code, rule in rules.items()}
    return {code: sentences for code, sentences in problems.items() if sentences}


def _problems(code: str, rule: ListRule, catalogue: Catalogue, columns: Columns | None) -> list[str]:
    if code not in catalogue.lists:
        return [f"lists.{code}：没有这张清单，可写：{'、'.join(catalogue.lists)}"]
    key, recipients = f"lists.{code}.recipients（{catalogue.lists[code].name}）", catalogue.recipients
    # Lines that reach nobody look like lines that nobody has to answer: a place says so by switching the list off.
    if rule.active and not rule.recipients:
        return [f"{key}：没有写明发给谁，可写：{_named(recipients, recipients)}；本地不用这张清单的，写 active: false"]
    named = [*rule.recipients, *rule.also]
    cases = catalogue.lists[code].cases
    strange = [case for case in rule.also_told if case not in cases]
    if strange:
        allowed = f"可写：{'、'.join(cases)}" if cases else "这张清单不分情形"
        return [
            f"lists.{code}.also_told（{catalogue.lists[code].name}）：没有名为“{'、'.join(strange)}”的情形，{allowed}"
        ]
    unknown = [name for name in named if name not in recipients]
    sentences = [f"{key}：没有名为“{name}”的接收单位，可写：{_named(recipients, recipients)}" for name in unknown]
    if len(set(rule.recipients)) < len(rule.recipients):
        sentences.append(f"{key}：同一个接收单位写了两次，请删去一个")
    if columns is None:
        return sentences
    able = [name for name in recipients if code in columns.get(name, ())]
    return sentences + [
        f"{key}：工作簿版式 layout.yaml 没有规定{recipients[name]}（{name}）看到这张清单的哪些列，不能发给它；"
        f"可写：{_named(able, recipients)}；确须发给它的，先在版式中写明它的列"
        for name in named
        if name in recipients and name not in able
    ]


def _named(codes: Collection[str], names: Mapping[str, str]) -> str:
    return "、".join(f"{code}＝{names[code]}" for code in codes)
