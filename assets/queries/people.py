"""Who is asked about: children for the police, parents for justice; each once, with a number that lasts. Pure.

A query holds no more than its configuration names; the number is ours and says nothing about the person.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection

import pandas as pd

from assets.queries.rules import Query, query_rules

COLUMNS = ["number", "name", "id_no", "sex", "birth_date", "parent"]


def query_number(code: str, *parts: str) -> str:
    """`Q01-<8 characters>` of a person: the same for the same query and person."""
    digest = hashlib.sha256("|".join((code, *parts)).encode()).digest()
    return f"{code}-{base64.b32encode(digest[:5]).decode()}"


def children_to_ask(children: pd.DataFrame, listed: Collection[str] | None, query: Query) -> pd.DataFrame:
    """Children for the police.

    Args:
        children: the child files' children.
        listed: children whom the police do not seem to have (L01); None where the police hand over nothing and all who
            are here are asked about.
        query: its code.
    """
    asked = children[children["alive"] != "no"]
    asked = asked[asked["police_state"] == "absent"] if listed is None else asked[asked["child_id"].isin(listed)]
    parent = asked["father_name"].where(asked["father_name"] != "", asked["mother_name"])
    parent = parent.where(parent != "", asked["guardian_name"])
    sex = asked["sex"].map({"1": "男", "2": "女"}).fillna("")
    numbers = [query_number(query.code, child) for child in asked["child_id"]]
    people = asked[["name", "id_no", "birth_date"]].assign(number=numbers, sex=sex, parent=parent)
    # By a name alone nobody can be looked up: the answer would be about somebody else of that name.
    return _once(people[(people["name"] != "") & ((people["id_no"] != "") | (people["birth_date"] != ""))])


def parents_to_ask(children: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Parents for justice: of living children in difficulty who are not protected yet; only those with name and number."""
    rules = query_rules()
    classes = ";" + children["categories"] + ";"
    concerned = _any(classes, rules.parents_of) & ~_any(classes, rules.not_parents_of) & (children["alive"] != "no")
    sides = [
        children.loc[concerned, [f"{side}_name", f"{side}_id"]].set_axis(["name", "id_no"], axis=1)
        for side in ("father", "mother")
    ]
    both = pd.concat(sides, ignore_index=True)
    both = both[(both["name"] != "") & (both["id_no"].str.len() == 18)]
    # The number is made of the person, not of the child: the father of three children is asked about once.
    numbers = [query_number(query.code, name, number) for name, number in zip(both["name"], both["id_no"], strict=True)]
    return _once(both.assign(number=numbers, sex="", birth_date="", parent=""))


def _any(classes: pd.Series[str], codes: Collection[str]) -> pd.Series[bool]:
    """Whether a child has one of the classes; `classes` with a `;` at either end."""
    member = pd.Series(False, index=classes.index)
    for code in codes:
        member |= classes.str.contains(f";{code};", regex=False)
    return member


def _once(people: pd.DataFrame) -> pd.DataFrame:
    """In the order of the numbers, which tells nothing about villages or families."""
    return people.drop_duplicates("number").sort_values("number", ignore_index=True)[COLUMNS]
