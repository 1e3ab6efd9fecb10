"""L28 待遇金额不符: the amount on civil affairs' roll is another than what the place's standard and the child's other benefits make.

Belongs here: which rows pay what, what a child draws besides, and the two kinds of lines: an amount to be checked, and two benefits that a place
does not pay together. Not here: the arithmetic (`benefits`), who is entitled (`allowances`, `protection`). No line says that a payment should end:
whether several benefits are added up is not confirmed by any paper (rules/definitions.md#benefits), so that a line is never 明确.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from expectations.jurisdictions.labels import labels
from expectations.lists.benefits import DE_FACTO, FULL, IN_INSTITUTION, ORPHAN, Due, deductible, due, effective_months
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, presence
from expectations.lists.leaving import payment_over
from expectations.lists.view import View, draft

LIVING, CARE = "living_allowance", "care_allowance"
HOUSEHOLD_AID = ("minimum_living", "destitute")
# The class on a roll -> the benefit that it is paid. Children with HIV are paid by the standard of orphans in families (rules/definitions.md#benefits).
_BENEFIT_OF_CLASS = {"orphan": ORPHAN, "de_facto": DE_FACTO, "hiv": ORPHAN}
# Rolls are paid by the month, by the quarter or by the half-year: such a multiple is more likely a sum of months than a mistake.
_SUMS_OF_MONTHS = range(2, 13)
_CENT = 0.005


@dataclass(frozen=True)
class Drawn:
    """One benefit per child: who draws it, how many yuan a month (nan = nobody states it), since which month ("" = not stated)."""

    who: BoolArray
    amount: np.ndarray[tuple[int], np.dtype[np.float64]]
    since: list[str]


@dataclass(frozen=True)
class Payment:
    """One row of a roll: whose, at which record position, of which benefit, yuan, since which month."""

    child: int
    record: int
    benefit: str
    paid: float
    since: str


@dataclass(frozen=True)
class AmountRemark:
    """A sentence about a payment and the highest grade that it may have."""

    text: str
    at_most: int


def wrong_amounts(view: View) -> pd.DataFrame:
    """L28: field `amount` = paid is not what is due; field `living_allowance` = drawn together with what excludes it (rules/definitions.md#benefits, rules/workflow.md#m28)."""
    payments = list(_payments(view))
    drawn = {code: _drawn(view, code) for code in (*HOUSEHOLD_AID, LIVING, CARE)}
    return pd.concat([_amounts(view, payments, drawn), _stacked(view, payments, drawn)], ignore_index=True)


def _amounts(view: View, payments: list[Payment], drawn: dict[str, Drawn]) -> pd.DataFrame:
    record, reason = np.full(view.n, -1, dtype=np.int64), np.full(view.n, "", dtype=object)
    grade = presence(view)
    rows = pd.Series([payment.child for payment in payments], dtype="int64").value_counts()
    for payment in payments:
        own = {code: benefit for code, benefit in drawn.items() if benefit.who[payment.child]}
        remark = _remark(view, payment, own)
        # The first row of a child that differs is enough: the clerk opens the roll there.
        if remark is None or record[payment.child] >= 0 or not view.flag("alive")[payment.child]:
            continue
        several = rows[payment.child] > 1
        record[payment.child] = payment.record
        reason[payment.child] = remark.text + ("；名册中有这名儿童的几行金额，请一并核对" if several else "")
        grade[payment.child] = min(grade[payment.child], OPEN if several else remark.at_most)
    return draft(record >= 0, record, grade, reason, "amount")


def _remark(view: View, payment: Payment, drawn: dict[str, Drawn]) -> AmountRemark | None:
    """What is wrong with one payment, beside the benefits that its child draws; None when it is what is due, or nobody knows what is."""
    stated = {code: benefit.amount[payment.child] for code, benefit in drawn.items()}
    amounts = {code: None if np.isnan(amount) else float(amount) for code, amount in stated.items()}
    owed = due(view.profile.allowances, payment.benefit, amounts)
    if owed is None:
        return None
    taken = {*owed.deducted, *owed.unknown}
    # What is granted later is recomputed from its month on (rules/definitions.md#benefits).
    month = max([payment.since, *(drawn[code].since[payment.child] for code in taken)])
    months = effective_months(month, view.files.as_of.isoformat()) if len(month) == 7 else 0
    end = f"；自{month}起（到本期末{months}个月）" if len(month) == 7 else "；从哪个月起不同，名册没有写明"
    beside = [code for code in drawn if code in view.profile.allowances.stacked.known()]
    end += f"；另领{_words(beside)}，可以同时享受，不扣减" if beside else ""
    if owed.unknown:
        return _bounded(payment, owed, end)
    return None if abs(payment.paid - owed.monthly) < _CENT else _exact(payment, owed, end)


def _exact(payment: Payment, owed: Due, end: str) -> AmountRemark:
    taken = "".join(f"－{_words([code])}{_yuan(amount)}" for code, amount in owed.deducted.items())
    how = f"（{owed.kind}：标准{_yuan(owed.standard)}{taken}）"
    over = payment.paid - owed.monthly
    text = f"每月应发{_yuan(owed.monthly)}{how}，名册实发{_yuan(payment.paid)}，{'多' if over > 0 else '少'}{_yuan(abs(over))}"
    times = payment.paid / owed.monthly if owed.monthly else 0.0
    if round(times) in _SUMS_OF_MONTHS and abs(times - round(times)) < _CENT:
        return AmountRemark(f"{text}{end}；实发正好是应发的{round(times)}倍，可能登记的是几个月合计", OPEN)
    if owed.kind == FULL:
        return AmountRemark(text + end, LIKELY)
    # More than one deduction: no paper says whether they add up, the bureau has to.
    added = len(owed.deducted) > 1
    return AmountRemark(
        text + end + ("；几项待遇是否都扣减，请按本地规定核对" if added else ""), OPEN if added else LIKELY
    )


def _bounded(payment: Payment, owed: Due, end: str) -> AmountRemark | None:
    """What is taken off is not known: the due amount lies below `monthly`, and only what reaches that can be wrong for sure."""
    if payment.paid < owed.monthly - _CENT:
        return None
    text = (
        f"同时享受{_words(owed.unknown)}，应按补差发放，每月不足{_yuan(owed.monthly)}（标准{_yuan(owed.standard)}），名册实发{_yuan(payment.paid)}；"
        f"{_words(owed.unknown)}的人均金额各处都没有写明，请按核定金额计算"
    )
    return AmountRemark(text + end, OPEN)


def _stacked(view: View, payments: list[Payment], drawn: dict[str, Drawn]) -> pd.DataFrame:
    """生活补贴 beside a benefit that excludes it. Where the difference is paid, the amount says whether that was done."""
    rules = view.profile.allowances
    excluding = set() if LIVING in rules.stacked.known() else set(rules.living_excluded_by.known())
    beside: dict[str, BoolArray] = {code: drawn[code].who for code in HOUSEHOLD_AID}
    for benefit in (ORPHAN, DE_FACTO):
        paid = np.zeros(view.n, dtype=np.bool_)
        kinds = (ORPHAN, IN_INSTITUTION) if benefit == ORPHAN else (benefit,)
        paid[[payment.child for payment in payments if payment.benefit in kinds]] = True
        named = view.of("civil_affairs") & view.active & view.tokens("aid", [benefit])
        beside[benefit] = paid | view.any(named)
    wrong = {
        code: who & drawn[LIVING].who & view.flag("alive")
        for code, who in beside.items()
        if code in excluding and LIVING not in deductible(rules, code)
    }
    reason = np.full(view.n, "", dtype=object)
    for code, who in wrong.items():
        reason[who] = f"同时登记有{_words([LIVING])}和{_words([code])}，本地规则为不重复享受，请核对两处发放记录"
    listed = np.asarray(np.logical_or.reduce([np.zeros(view.n, dtype=np.bool_), *wrong.values()]), dtype=np.bool_)
    grade = np.minimum(presence(view), LIKELY)
    return draft(listed, view.first(_tells(view, LIVING)), grade, reason, LIVING)


def _payments(view: View) -> Iterator[Payment]:
    """The rows of civil affairs' rolls that pay a basic living allowance with an amount above 0 and have not ended."""
    other = view.codes("layout", ["subsidies", "household_members"])
    rows = view.of("civil_affairs") & view.active & ~other & view.filled("amount") & ~payment_over(view)
    # A ledger's amount beside "低保" may be that of 低保: only a payment roll says whose amount it is.
    rows &= view.codes("layout", ["payment_roll"]) | ~view.tokens("aid", [*HOUSEHOLD_AID, LIVING, CARE])
    institution = view.any(view.codes("hukou_class", ["institution"]) & view.active)
    columns = ("aid", "category", "amount", "pay_start")
    aid, category, amount, since = (view.files.records[name].to_numpy(object) for name in columns)
    for at in np.flatnonzero(rows).tolist():
        child = int(view.child[at])
        # The benefit that the row names; a roll that names none pays its class.
        named = [code for code in (ORPHAN, DE_FACTO) if code in str(aid[at]).split(";")]
        classed = [code for name, code in _BENEFIT_OF_CLASS.items() if name in str(category[at]).split(";")]
        benefit = next(iter([*named, *classed]), "")
        paid = _number(str(amount[at]))
        if benefit and paid > 0:
            kind = IN_INSTITUTION if institution[child] and benefit == ORPHAN else benefit
            yield Payment(child, at, kind, paid, str(since[at])[:7])


def _tells(view: View, code: str) -> BoolArray:
    """Records that say that the child draws this benefit."""
    if code in HOUSEHOLD_AID:
        return view.tokens("aid", [code]) & view.of("civil_affairs", "subsistence") & view.active
    return (view.tokens("aid", [code]) | view.codes(code, ["yes"])) & view.active


def _drawn(view: View, code: str) -> Drawn:
    tells = _tells(view, code)
    # An amount belongs to the benefit only in the file of that benefit; a household's own per-head amount goes before the place's average.
    own = view.codes("layout", ["household_members"] if code in HOUSEHOLD_AID else ["subsidies"])
    records, stated = view.files.records, view.profile.allowances.stated(code)
    at, began = view.first(tells & own & view.filled("amount")), view.first(tells & own & view.filled("pay_start"))
    read = partial(_number, otherwise=np.nan if stated is None else stated)
    amounts = np.array([read(str(text)) for text in view.record_text("amount", at)], dtype=np.float64)
    since = [str(records["pay_start"].iat[row])[:7] if row >= 0 else "" for row in began]
    return Drawn(view.any(tells), amounts, since)


def _number(text: str, otherwise: float = 0.0) -> float:
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return value if value > 0 else otherwise


def _words(codes: tuple[str, ...] | list[str]) -> str:
    return labels().value(list(codes))


def _yuan(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".") + "元"
