"""L12 超龄仍在保, L13 死亡仍在保 and L14 户籍迁出仍在保: people still on a roll who seem to have left it by age, death or move.

Only these three conditions and their guards belong here (rules/lists.md#l12, #l13, #l14, rules/codes.md#leaving, rules/places-and-people.md#not-errors). Both ask for verification: a register
can name the wrong person, so no sentence here says that help should end.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from expectations.lists.counties import county_with
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.stated import spread, stated
from expectations.lists.view import View, draft, sentences, with_note


def overage_on_roll(view: View) -> pd.DataFrame:
    """L12: paid by civil affairs under an age limit, grown up, and not known to be at school (rules/definitions.md#after-eighteen)."""
    rules = view.profile.leaving
    # 低保 and the two subsidies know no age.
    paid = view.of("civil_affairs") & view.active & ~view.codes("layout", ["subsidies", "household_members"])
    paid &= view.tokens("category", rules.age_limited.known()) | view.tokens(
        "aid", ["orphan_allowance", "de_facto_allowance"]
    )
    paid &= ~payment_over(view)
    pupils = view.of("education") & view.codes("state", ["active", *view.profile.school.enrolled.known()])
    studying = view.any(pupils | (view.codes("study_status", rules.at_school.known()) & view.active))
    listed = view.any(paid) & (view.number("age") >= rules.adult_age.known()) & ~studying & view.flag("alive")
    reason = sentences(
        view, f"已满{rules.adult_age.known()}周岁仍在发放名册，本县学籍中没有在读记录，请核实是否仍在全日制学校就读"
    )
    # The county's register ends with school, and universities are in no data here: without a word about schooling the line only asks.
    done = view.any(view.codes("study_status", ["done", "dropout", "not_enrolled"]) & view.active)
    grade = np.where(done, presence(view), OPEN).astype(np.int64)
    notes = (
        (done, LIKELY, "名册记载已不在校"),
        (~done, OPEN, "高校、中职和外地学籍不在比对范围"),
        (spread(view, stated(view, "birth_date")), OPEN, "各处登记的出生日期不一致，请先核对年龄"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(paid), grade, reason)


def payment_over(view: View) -> BoolArray:
    """Records whose last month of payment lies before the as-of day; a month is compared with the month."""
    today = view.files.as_of.isoformat()
    return view.records.test("pay_end", lambda month: len(month) > 0 and month < today[: len(month)])


def dead_on_roll(view: View) -> pd.DataFrame:
    """L13: on civil affairs' roll or paid, and registered as dead longer ago than news of a death takes."""
    died_on = view.text("died_on")
    allowances = view.codes("living_allowance", ["yes"]) | view.codes("care_allowance", ["yes"])
    rolled = view.helped | (view.active & view.of("disability") & allowances)
    # A roll that was closed by the month of death pays the dead nothing.
    ended = view.files.records["pay_end"]
    death = pd.Series(died_on.to_numpy(object)[view.child], index=ended.index, dtype=object)
    rolled &= ~((ended != "") & (death != "") & (ended.str[:7] <= death.str[:7])).to_numpy(np.bool_)
    # The police's news of a death takes its time: what is newer than that, the roll cannot know either.
    limit = (view.files.as_of - timedelta(days=view.profile.leaving.death_lag_days.known())).isoformat()
    recent = (died_on > limit).to_numpy()
    # A school's word alone ends no child, and asks the roll all the same.
    by_school = view.any(view.of("education") & view.codes("state", ["dead"]))
    listed = view.any(rolled) & (view.flag("alive", "no") | by_school) & ~recent
    by_police = view.flag("police_state", "dead")
    reason = sentences(view, "另一部门登记为死亡，而民政名册仍在册或仍在发放，请先核实是否为同一人")
    reason = np.where(by_police, "公安登记为死亡注销，而民政名册仍在册或仍在发放，请先核实是否为同一人", reason)
    # Cremations are known before the police cancel a registration, and their lists hold people of every age.
    by_funeral = view.any(view.of("cremation")) & ~by_police
    reason[by_funeral] = "殡葬登记为已死亡（火化），而民政名册仍在册或仍在发放，请先核实是否为同一人"
    notes = (
        (by_funeral, LIKELY, "公安尚无死亡注销记录"),
        (~by_police & ~by_funeral, OPEN, "公安没有死亡注销记录"),
        (view.any(view.of("public_security") & view.active), OPEN, "公安另有未注销的户籍记录"),
        ((died_on == "").to_numpy(), OPEN, "没有死亡日期"),
    )
    grade = presence(view)
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return draft(listed, view.first(rolled & view.of("civil_affairs"), rolled), grade, reason)


def moved_on_roll(view: View) -> pd.DataFrame:
    """L14: on civil affairs' roll and moved out of the county per police, with no active row left here."""
    rolled = view.helped
    limit = (view.files.as_of - timedelta(days=view.profile.leaving.move_lag_days.known())).isoformat()
    # Where the county's register that the child moved to was delivered, the move is known from both ends and the file is handed over.
    police = view.of("public_security")
    arrived, left = county_with(view, police & view.active), police & view.codes("state", ["moved_out"]) & view.own
    handed = (arrived != "") & view.any(left) & ~view.any(police & view.active & view.own)
    row = view.files.records
    date = row["cancel_date"].where(row["cancel_date"] != "", row["moved_out_date"])
    on_roll, left_on = view.any(rolled & view.own), view.text("left_on")
    left_on = left_on.where(
        ~handed, pd.Series(np.append(date.to_numpy(object), "")[view.first(left)], index=left_on.index)
    )
    # A move without a day counts as an old one here, and is 待核 below.
    listed = on_roll & (view.flag("moved_out") | handed) & view.flag("alive") & (left_on <= limit).to_numpy()
    reason = sentences(view, "公安登记户籍已迁出，而民政名册仍在册，请核实迁往地和是否仍在本县居住")
    over = (
        "户籍已迁到"
        + arrived
        + "（该县公安已有登记），而本县民政名册仍在册，请与该县民政核实后办理移交：迁入地先增员，本县后减员"
    )
    reason = np.where(handed, over, reason)
    notes = (
        (view.any(rolled & view.codes("hukou_class", ["elsewhere"])), SURE, "民政已登记为外地户口"),
        ((left_on == "").to_numpy(), OPEN, "没有迁出日期"),
    )
    grade = presence(view)
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return draft(listed, view.first(rolled), grade, reason)
