"""The shape of a suite: rules on one department's data, each an expectation of Great Expectations with a severity.

Belongs here: the model of a suite's YAML and its loading. Not here: running it (`run`), reading cells (`assets`).
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from expectations.rulebook import RuleFileError, Rules, read_yaml, validated

FOLDER = Path(__file__).parent
Severity = Literal["stop", "ask", "warn"]


class Derived(Rules):
    """A column made for the checks only; its values never leave the run.

    `day_first` / `day_last`: the earliest / latest day a date of any precision may mean, as the number yyyymmdd.
    `any_of`: filled when one of the columns is. `same_day_only`: the date where it is known to the day.
    """

    kind: Literal["day_first", "day_last", "any_of", "same_day_only"]
    of: list[str] = Field(min_length=1)


class When(Rules):
    """Rows a rule is limited to: those where a column has a value, or has none."""

    column: str
    present: bool


class SuiteRule(Rules):
    """One rule. A rule of the row kind (`field` set) yields row indices; `quarantine` sends those rows away.

    Attributes:
        expect: snake-case name of a Great Expectations expectation.
        args: its arguments; the texts `$today`, `$years_ago:N`, `$previous*F`, `$edition*F` stand for values of the delivery (`DeliveryFacts`).
        when: the rule applies only to rows where this column has a value (or has none).
        severity: `stop` ends the department's branch with the sentence, `ask` makes the edition wait for a person, `warn` is shown and counted.
        field: the field whose cell is wrong; makes it a row rule.
        message, advice: what a clerk reads; never with a value.
    """

    id: str
    expect: str
    args: dict[str, Any] = Field(default_factory=dict)
    when: When | None = None
    severity: Severity = "warn"
    quarantine: bool = False
    field: str = ""
    message: str
    advice: str = ""

    @model_validator(mode="after")
    def _row_rules_name_their_field(self) -> "SuiteRule":
        if self.quarantine and not self.field:
            raise ValueError("quarantine: true 的规则必须写 field")
        return self


class Suite(Rules):
    """All rules of one standard asset."""

    asset: str
    derived: dict[str, Derived] = Field(default_factory=dict)
    rules: list[SuiteRule]


def load_suite(name_or_path: str | Path) -> Suite:
    """Load a suite by asset name (`std_education`) or path; rules of the suites it `include`s come first.

    A rule with the id of an included one replaces it.

    Raises:
        RuleFileError: no such file, or a wrong key; names file and key.
    """
    as_path = Path(name_or_path)
    path = as_path if as_path.suffix == ".yaml" else FOLDER / f"{name_or_path}.yaml"
    content = read_yaml(path)
    derived: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    for part in [*(read_yaml(FOLDER / f"{name}.yaml") for name in content.pop("include", [])), content]:
        derived |= part.get("derived", {})
        for rule in part.get("rules", []):
            # Before validation: an included rule is replaced by its id, so a rule without one is told here and not as a wrong key.
            if not isinstance(rule, dict) or "id" not in rule:
                raise RuleFileError(f"规则文件 {path.name}：rules 中有一条没有 id")
            rules[str(rule["id"])] = rule
    return validated({**content, "derived": derived, "rules": list(rules.values())}, Suite, path)
