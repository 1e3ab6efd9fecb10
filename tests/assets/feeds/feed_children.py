"""Children, records and answers for the tests of feeds, written by hand; facts are asserted in the tests."""

from datetime import date

import pandas as pd

from assets.feeds.stock import ANSWERS, Calendar, Stock

SECRET = "绝不外送"
AS_OF = date(2026, 9, 30)


def child(number, **values):
    base = {
        "child_id": f"C{number}",
        "categories": "left_behind",
        "alive": "yes",
        "here": "yes",
        "age": 10,
        "in_cohort": True,
        "cohort_grade": 5,
        "town": "甲镇",
        "village": "一村",
    }
    texts = {
        "name": f"张{number}",
        "id_no": "",
        "sex": "1",
        "hukou": "here",
        "birth_date": "2015-03-10",
        "nation": "01",
        "departments": "education",
    }
    filled = dict.fromkeys(("father_status", "mother_status", "bank", "phone2", "remark_secret"), SECRET)
    rest = dict.fromkeys(
        ("hukou_nature", "hukou_addr", "live_addr", "school", "grade", "guardian_name", "guardian_rel", "phone"), ""
    )
    return {**base, **texts, **filled, **rest, **values}  # fmt: skip


def stock(children, records=(), answers=(), findings=(), as_of=AS_OF):
    columns = [
        "child_id",
        "department",
        "active",
        "roll_status",
        "exit_reason",
        "exit_date",
        "dilemma_type",
        "bank_account",
        "layout",
        "state",
        "grade",
    ]
    rows = [
        {name: SECRET if name in ("dilemma_type", "bank_account") else "" for name in columns} | dict(one)
        for one in records
    ]
    return Stock(
        children=pd.DataFrame(children),
        records=pd.DataFrame(rows, columns=columns),
        findings=pd.DataFrame(list(findings), columns=["code", "child_id"]),
        answers=pd.DataFrame(list(answers), columns=ANSWERS, dtype=object),
        calendar=Calendar(as_of, "09-01", 6),
    )


def on_roll(number):
    return {
        "child_id": f"C{number}",
        "department": "civil_affairs",
        "active": True,
        "roll_status": "active",
        "state": "active",
    }


def exited(number, reason="overage"):
    return {"child_id": f"C{number}", "department": "civil_affairs", "active": False, "roll_status": "exited", "exit_reason": reason, "exit_date": "2026-08-01"}  # fmt: skip
