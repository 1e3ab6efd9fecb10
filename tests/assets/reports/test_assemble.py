"""Figures: they add up by construction, they are the lists', and the public version hides what the internal one shows."""

from dataclasses import replace

import pandas as pd
import pytest

from assets.reports.assemble import Version, figures_of
from assets.reports.figures import HIDDEN, NOTHING, TOTAL, FigureGrid, Figures, FiguresError
from assets.reports.indicators import indicator_rows
from assets.reports.material import RECORD_COLUMNS
from assets.reports.people import agreement_rate
from assets.reports.survey import survey
from assets.reports.writing import published_totals
from expectations.jurisdictions.profile import load_profile


def test_the_figures_are_the_lists(material):
    figures = figures_of(material, Version.INTERNAL)
    found = material.findings
    sent = found[found["status"] == "asked"]
    for info in material.computed:
        mine = sent[sent["code"] == info.code]
        listed = (found["code"] == info.code).sum()
        assert figures.values["asked", info.code, TOTAL] == listed
        assert figures.values["asked", info.code, "quiet"] == listed - len(mine)
        assert figures.values["lists", info.code, TOTAL] == len(mine)
        assert figures.values["lists", info.code, "sure"] == (mine["grade"] == "明确").sum()
        for town in material.towns:
            assert figures.values["towns", info.code, town] == (mine["town"] == town).sum()
        assert figures.values["trend", info.code, "2026Q2"] == (material.earlier["2026Q2"]["code"] == info.code).sum()
    assert figures.values["asked", TOTAL, TOTAL] == len(found)
    assert figures.values["lists", TOTAL, TOTAL] == len(sent) == figures.values["towns", TOTAL, TOTAL]


def test_what_is_new_lasting_and_gone_adds_up_to_both_periods(material):
    figures = figures_of(material, Version.INTERNAL)
    now, before = set(material.findings["finding_id"]), set(material.earlier["2026Q2"]["finding_id"])
    assert figures.values["life", TOTAL, "new"] == len(now - before)
    assert figures.values["life", TOTAL, "lasting"] == len(now & before)
    assert figures.values["life", TOTAL, "gone"] == len(before - now)


def test_a_list_that_was_not_computed_has_no_figure_at_all(material):
    figures = figures_of(material, Version.INTERNAL)
    code = next(iter(material.missing))
    assert ("lists", code, TOTAL) not in figures.values
    assert figures.say("lists", code, TOTAL) == NOTHING


def test_a_wrong_sum_is_refused():
    figures = Figures()
    figures.add(FigureGrid("t", "", {"a": "", TOTAL: ""}, {"x": ""}), {("a", "x"): 3}, totals="columns")
    figures.values["t", "a", "x"] = 4
    with pytest.raises(FiguresError):
        figures.check()


def test_every_block_of_the_national_form_adds_up_to_the_left_behind_children(material):
    figures = figures_of(material, Version.INTERNAL)
    tables = [name for name in figures.grids if name.startswith("survey_")]
    assert len(tables) > 10
    for table in tables:
        columns = [column for column in figures.grids[table].columns if column != TOTAL]
        assert figures.values[table, TOTAL, TOTAL] == len(material.left_behind)
        assert sum(figures.values[table, TOTAL, column] for column in columns) == len(material.left_behind)


def test_the_agreement_rate_counts_what_is_recorded(material):
    figures = figures_of(material, Version.INTERNAL)
    states = list(material.left_behind.values())
    for state in ("fulfilled", "unsigned", "unfilled", "not_delivered"):
        assert figures.values["agreement", TOTAL, state] == states.count(state)
    assert figures.values["agreement", TOTAL, TOTAL] == figures.values["survey_sex", TOTAL, TOTAL]
    assert figures.values["ages_left_behind", TOTAL, "on"] == len(material.left_behind)


def test_where_the_column_did_not_come_no_rate_is_known(material):
    towns = material.children.set_index("child_id")["town"]
    states = {child: "not_delivered" if towns[child] == "乙镇" else "fulfilled" for child in material.left_behind}
    figures = figures_of(replace(material, left_behind=states), Version.INTERNAL)
    assert agreement_rate(figures, "乙镇") == "未采集"
    assert agreement_rate(figures, "甲镇") == "100.0%"
    assert agreement_rate(figures, TOTAL).startswith("不低于")


def test_what_fits_no_item_of_the_form_is_counted_and_not_called_uncollected(material):
    records = material.records.assign(health="浆细胞异常")
    figures = figures_of(replace(material, records=records), Version.INTERNAL)
    assert figures.values["survey_health", TOTAL, "other"] == len(material.left_behind)
    assert figures.values["survey_health", TOTAL, "rest"] == 0


def test_the_school_knows_who_boards(material):
    """A pupil's own school comes before the ledger, and the fact is read, whichever heading told it (rules/files.md#one-fact)."""
    ledger = material.records[material.records["department"] == "civil_affairs"].assign(boarding="no")
    school = ledger.assign(department="education", boarding="yes")
    figures = figures_of(replace(material, records=pd.concat([ledger, school])), Version.INTERNAL)
    assert figures.values["survey_boarding", TOTAL, "寄宿"] == len(material.left_behind)


def test_whoever_really_cares_is_somebody_who_cares(material):
    records = material.records.assign(has_carer="", guardian_rel="grandparent")
    figures = figures_of(replace(material, records=records), Version.INTERNAL)
    assert figures.values["survey_entrusted", TOTAL, "有"] == len(material.left_behind)


def test_the_public_version_hides_and_never_changes(material):
    inside, outside = figures_of(material, Version.INTERNAL), figures_of(material, Version.PUBLIC)
    for key, value in outside.values.items():
        assert (
            key not in inside.values
            or inside.values[key] == value
            or key[0] in ("agreement", "workers")
            or key[0].startswith("survey")
        )
        if 1 <= value <= 7:
            assert outside.number(*key) is None
            assert outside.say(*key) == HIDDEN
    assert not {"deliveries", "answers", "fates_gone"} & set(outside.grids)


def test_the_past_is_public_only_where_it_was_published(material):
    closed = figures_of(material, Version.PUBLIC)
    sizes = {key[1]: value for key, value in closed.values.items() if key[0] == "trend" and key[2] == "2026Q2"}
    assert all(closed.number("trend", code, "2026Q2") in (None, 0) for code in sizes)
    said = {code: value for code, value in sizes.items() if value > 7}
    opened = figures_of(replace(material, published={"2026Q2": said}), Version.PUBLIC)
    assert any(opened.number("trend", code, "2026Q2") for code in said)
    wrong = {code: value + 1 for code, value in said.items()}
    assert all(
        figures_of(replace(material, published={"2026Q2": wrong}), Version.PUBLIC).number("trend", code, "2026Q2")
        in (None, 0)
        for code in said
    )


def test_what_is_remembered_is_what_was_shown(material):
    figures = figures_of(material, Version.PUBLIC)
    said = published_totals(figures)
    assert said
    assert all(not 1 <= number <= 7 for number in said.values())


def test_indicators_have_targets_only_where_the_paper_sets_them(material):
    figures = figures_of(material, Version.INTERNAL)
    guiyang = load_profile("guiyang")
    with_target = {row[0]: row for row in indicator_rows(figures, guiyang, 2026)}
    assert with_target["书面委托照护协议签订率"][2] == "100%（2025年）"
    assert {row[0]: row[2] for row in indicator_rows(figures, guiyang, 2021)}[
        "村（居）儿童主任配备率"
    ] == "92%（2022年）"
    assert with_target["书面委托照护协议签订率"][3] == figures.share("agreement", TOTAL, ("fulfilled", TOTAL))
    assert with_target["无户籍儿童"][3] == "未计算"
    assert all(row[2] == "" for row in indicator_rows(figures, load_profile("minle"), 2026))


def test_who_was_found_without_an_equal_number_is_a_walk_saved(material):
    figures = figures_of(material, Version.INTERNAL)
    found = material.children.iloc[::2]
    assert figures.values["saved", "children", TOTAL] == len(found)
    assert figures.values["saved", "children", "other"] == (found["id_no"] == "").sum()


def followed(material):
    """The material with lines of last quarter that have each possible fate, one of them of a list that was not computed now."""
    kinds = ["solved", "proven", "unseen", "still_unseen", "unchecked", "merged", ""]
    code = material.findings["code"].iloc[0]
    gone = material.findings.iloc[: len(kinds) + 1].assign(code=[code] * len(kinds) + [next(iter(material.missing))])
    gone = gone.assign(finding_id=[f"X-{i}" for i in range(len(gone))])
    rows = [(name, "lasting") for name in material.findings["finding_id"]]
    rows += [(f"X-{i}", kind) for i, kind in enumerate([*kinds, "unchecked"]) if kind]
    rows += [("Y-0", "still_unseen"), ("Y-1", "solved")]
    life = pd.DataFrame(rows, columns=["finding_id", "kind"]).assign(code=code, listed="no", shown="yes")
    life.loc[life["finding_id"] == "X-7", "code"] = next(iter(material.missing))
    return replace(material, earlier={"2026Q2": pd.concat([material.findings, gone])}, life=life)


def test_what_is_gone_is_the_sum_of_its_parts_and_no_lead_is_lost(material):
    figures = figures_of(followed(material), Version.INTERNAL)
    words = ["数据消除", "答复后数据印证", "本期无记录", "本期无法核对", "并入其他线索", "此前已办结"]
    assert [figures.values["fates_gone", TOTAL, word] for word in words] == [1, 1, 2, 2, 1, 1]
    assert figures.values["life", TOTAL, "gone"] == figures.values["fates_gone", TOTAL, TOTAL] == 8
    assert figures.values["fates_gone", next(iter(material.missing)), "本期无法核对"] == 1
    assert figures.values["fates_earlier", TOTAL, "更早各期仍无记录或无法核对"] == 1
    assert figures.values["fates_now", TOTAL, TOTAL] == len(material.findings)


def test_that_a_part_is_no_larger_than_its_whole_is_known_to_who_hides(material):
    """Shown: 8 sent, 20 answered. Hidden: 7 new. A reader who knows that the answered ones are not new knows that at most 8 are."""
    code, names = material.computed[0].code, [f"N-{i}" for i in range(28)]
    lines = pd.DataFrame({"finding_id": names, "code": code, "grade": "明确", "town": "甲镇", "child_id": names})
    lines = lines.assign(urgent="", status=["quiet"] * 20 + ["asked"] * 8)
    figures = figures_of(replace(material, findings=lines, earlier={"2026Q2": lines.iloc[:21]}), Version.PUBLIC)
    assert figures.number("life", code, "new") is None
    assert figures.values["cross", code, "new_asked"] == 7
    assert {("cross", code, "new_asked"), ("cross", code, "lasting_quiet")} <= figures.hidden
    assert not {key for key in figures.hidden if figures.values[key] == 0}


def test_every_field_of_the_form_is_read():
    own = {"sex", "aid", "age"}  # of the child files themselves
    assert {block.field for block in survey().blocks} - own <= set(RECORD_COLUMNS)


def test_child_workers_are_those_of_the_roster_where_one_came(material):
    places = set(zip(material.children["town"], material.children["village"], strict=True)) - {("", "")}
    told = figures_of(replace(material, rostered=frozenset(sorted(places)[:4])), Version.INTERNAL)
    assert told.values["workers", TOTAL, "with"] <= 4
    named = figures_of(material, Version.INTERNAL)
    assert named.values["workers", TOTAL, TOTAL] == told.values["workers", TOTAL, TOTAL]
