"""From the headings of one sheet to our fields.

Belongs here: normalising headings, the alias dictionary of a contract, member blocks and repeated headings (rules/files.md#ff6).
Does not belong here: finding the heading row (`layout`) or choosing by values (`profile`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from assets.intake.contract import Ambiguity, Contract, FileLayout, load_dictionary
from matching.names.tables import fold_characters

_NOISE = re.compile(
    r"[\s*＊★※☆()\[\]{}<>《》〈〉【】「」『』\-_/\\、:,。.;；·'\"“”‘’!?|#~\u200b-\u200f\u2028\u2029\ufeff\u00ad—]+"
)
# The role of a heading that is answered by yes or no begins so; what yes means follows.
FLAG = "flag:"
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")


@lru_cache(maxsize=20000)
def normalise_heading(text: str) -> str:
    """The heading without blanks, breaks, `*`, brackets and case, in half width (rules/files.md#headings)."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=20000)
def heading_forms(text: str) -> tuple[str, ...]:
    """The ways a heading may be looked up, best first: whole, levels joined, lower level alone, brackets cut out."""
    parts = _levels(text)
    forms = [normalise_heading("".join(parts))]
    if len(parts) > 1:
        upper = _upper(parts[:-1])
        forms += [upper + normalise_heading(parts[-1]), normalise_heading(parts[-1])]
    # After the whole heading: what brackets hold may be its meaning (学籍号（全国）), not an instruction.
    cut = [_BRACKETED.sub("", part) for part in parts]
    if cut != parts:
        forms += [
            normalise_heading("".join(cut)),
            _upper(cut[:-1]) + normalise_heading(cut[-1]),
            normalise_heading(cut[-1]),
        ]
    # A file from elsewhere, or one that a converter passed over: 身份證號, 監護人姓名.
    forms += [fold_characters(form) for form in forms if _traditional(form)]
    return tuple(dict.fromkeys(form for form in forms if form))


def _levels(text: str) -> list[str]:
    """A heading of several levels taken apart, the upper ones first."""
    # No point at an edge or beside a blank: 「1. 姓名」 has one level.
    return [part for part in re.split(r"(?<=[^\s.．])[.．](?=[^\s.．])", text) if part.strip()] or [text]


def _traditional(text: str) -> bool:
    """Whether a heading holds characters beyond GB2312, which has the simplified ones only."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _upper(parts: list[str]) -> str:
    """The upper levels as the beginning of a name: 父亲情况 over 姓名 is 父亲姓名."""
    text = normalise_heading("".join(parts))
    for ending in load_dictionary().upper_endings:
        if text.endswith(ending) and len(text) > len(ending):
            return text[: -len(ending)]
    return text


@dataclass(frozen=True)
class Target:
    """Where a heading goes: a field; a role of a person (`member1`, `father` …); `sequence`, `ignore`, or nothing."""

    field: str = ""
    person: str = ""
    role: str = ""

    @property
    def known(self) -> bool:
        """Whether the heading is understood at all."""
        return bool(self.field or self.person)


@dataclass(frozen=True)
class Aliases:
    """The compiled dictionary of one contract and layout."""

    exact: dict[str, Target]
    people: dict[str, Target]
    ambiguous: dict[str, Ambiguity]
    openers: dict[str, str]
    roles: dict[str, str]
    compounds: frozenset[str] = frozenset()

    def find(self, heading: str) -> Target:
        """The target of a heading seen alone; an empty target when it is not known."""
        # Two names written together are one column only where they stand in one heading: 学校信息 over 年级 is the grade.
        apart = self.compounds if len(_levels(heading)) > 1 else frozenset()
        for form in (form for form in heading_forms(heading) if form not in apart):
            target = self.exact.get(form) or self.people.get(form)
            if target is not None:
                return target
            if form in self.ambiguous:
                return Target(field=f"?{form}")
        return Target()

    def word(self, heading: str) -> str:
        """The dictionary's own word in a heading, without anything that somebody wrote beside it (姓名（张三） is 姓名); "" when none."""
        known = (self.exact, self.people, self.ambiguous, self.roles)
        return next((form for form in heading_forms(heading) if any(form in words for words in known)), "")


def compile_aliases(contract: Contract, layout: FileLayout | None = None) -> Aliases:
    """The alias dictionary of a contract, with a layout's own headings on top."""
    # By their texts: the models hold dictionaries and have no hash, and a county's contract may have the same name as ours.
    return _compiled(contract.model_dump_json(), layout.model_dump_json() if layout else "")


@lru_cache(maxsize=64)
def _compiled(contract_json: str, layout_json: str) -> Aliases:
    contract = Contract.model_validate_json(contract_json)
    parts: list[Contract | FileLayout] = [contract]
    if layout_json:
        parts.append(FileLayout.model_validate_json(layout_json))
    shared = load_dictionary()
    exact: dict[str, Target] = {}
    ambiguous = {normalise_heading(key): value for key, value in {**shared.ambiguous, **contract.ambiguous}.items()}

    def take(names: dict[str, list[str]]) -> None:
        exact.update((normalise_heading(alias), Target(field)) for field, aliases in names.items() for alias in aliases)

    # Whoever comes later wins: the department over the dictionary, its kind of file over the department.
    take({"ignore": shared.ignore, "sequence": shared.sequence})
    take(shared.headings)
    for part in parts:
        take({"ignore": part.ignore})
        take(part.headings)
        for heading, flag in part.flags.items():
            exact[normalise_heading(heading)] = Target(field=flag.field, role=FLAG + flag.value)
        # Who writes a contract knows what an ambiguous word means there.
        for aliases in part.headings.values():
            for alias in aliases:
                ambiguous.pop(normalise_heading(alias), None)
    for key in ambiguous:
        exact.pop(key, None)

    people = _people()
    openers = {key: target.person for key, target in people.items() if target.role == "name"}
    for key, target in exact.items():
        # 曾用名 is the child's own: no person's block begins there.
        if target.field.endswith("_name") and target.field != "former_name":
            openers[key] = target.field.removesuffix("_name")
    roles = {normalise_heading(alias): role for role, aliases in shared.roles.items() for alias in aliases if alias}
    compounds = frozenset(normalise_heading(alias) for alias in shared.compounds)
    return Aliases(exact, people, ambiguous, openers, roles, compounds)


@cache
def _people() -> dict[str, Target]:
    shared, targets = load_dictionary(), dict[str, Target]()
    for person, spec in shared.people.items():
        for prefix in spec.prefixes:
            for role, aliases in shared.roles.items():
                for alias in aliases:
                    targets.setdefault(normalise_heading(prefix + alias), Target(person=person, role=role))
    return targets


def place_headings(headings: list[str], aliases: Aliases) -> list[Target]:
    """The target of every heading of a sheet, repeated headings given to the person named before them (rules/files.md#ff6).

    A plain heading that a person may own (身份证件号, 关系, 联系电话 …) belongs to the person whose name column came
    last, when the heading is repeated in the sheet or only makes sense for a person (关系, 是否监护人).
    """
    plain = [normalise_heading(heading) for heading in headings]
    counts = {name: plain.count(name) for name in set(plain)}
    placed: list[Target] = []
    person, members = "", 0
    for heading, name in zip(headings, plain, strict=True):
        target = aliases.find(heading)
        opener = next((aliases.openers[form] for form in heading_forms(heading) if form in aliases.openers), "")
        role = aliases.roles.get(name, "")
        if opener and target.known:
            members += opener == "member"
            person = f"member{members}" if opener == "member" else opener
            target = Target(person=person, role="name") if target.person else target
        elif person and role and _owned(role, name, counts[name], target):
            target = Target(person=person, role=role)
        elif target.person == "member":
            target = Target(person=f"member{max(members, 1)}", role=target.role)
        elif not role and target.person != person:
            person = ""
        placed.append(target)
    return placed


def _owned(role: str, name: str, count: int, target: Target) -> bool:
    """Whether a plain heading after a person's name column is about that person."""
    if role in {"relation", "is_guardian"} and not target.field.startswith("guardian"):
        return True
    return count > 1 or (role == "rest" and not target.known)
