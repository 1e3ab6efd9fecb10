"""What a delivery did not show is not said to be absent: files, schools, columns, sources that did not come, come late, twice or from elsewhere.

One small county with every further source, run once undisturbed; each test disturbs a copy and is compared with that run and with the truth.
Belongs here: what a run says, publishes, closes and leaves open from beginning to end. Does not belong here: how coverage is judged
(tests/expectations/coverage), random disturbances (benchmarks/disturbed).
"""

import csv
import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.disturbed.books import BookSheet, SheetBook, Written, write_book
from benchmarks.disturbed.counties import (
    CountyPlan,
    deliver,
    inbox_of,
    make_county,
    make_other_county,
    new_workspace,
)
from benchmarks.disturbed.disturbances import DISTURBANCES, DisturbanceContext, NotApplicableError
from benchmarks.disturbed.figures import RunComparison
from benchmarks.disturbed.running import PUBLISHED, look
from demo_county.scoring import true_lines
from matching.reading.citizen import check_character

pytestmark = pytest.mark.slow
PLAN = CountyPlan("ordinary", 500, 9)
FIRST, SECOND = PLAN.periods
PASSES, WAITS = 0, 3
ALONE, CREMATED = "无人监护", "2026-02-20"
SCHOOLING = ("education", "义务教育学籍导出")


# --- the county ---


def kids_of(inbox, *parts_of_name):
    """Child -> its rows (part, row) in the files whose folder and name hold these words."""
    known = {(line["file"], line["sheet"], line["row"]): line["kid"] for line in inbox.account}
    found = {}
    for department in inbox.departments():
        for part in inbox.parts(department):
            if all(word in f"{department}/{part.path.name}" for word in parts_of_name):
                sheet = inbox.look(part.path).sheets[part.place].name
                for row in part.rows:
                    kid = known.get((part.path.name, sheet, str(row))) or known.get((part.path.name, "", str(row)))
                    found.setdefault(kid, []).append((part, row))
    return found


def facts(inbox):
    """Child -> its line of the truth."""
    with (inbox.truth / "kids.csv").open(encoding="utf-8", newline="") as source:
        return {line["kid"]: line for line in csv.DictReader(source)}


def school_age(line):
    return "2012-09-01" < line["birth"] < "2019-08-31" and not line["cancelled"]


def enrich(folder):
    """Two children more to lose: one of whom the ledger says that nobody looks after it, and one who died and was cremated."""
    inboxes = [inbox_of(folder, period) for period in PLAN.periods]
    lines = facts(inboxes[0])
    named = [{kid for _, kid in map(tuple, rows(inbox.truth / "findings.csv", "rule", "kid"))} for inbox in inboxes]

    def chosen(*names):
        both = set.intersection(*(set(kids_of(inbox, *name)) for inbox in inboxes for name in names))
        free = both - set.union(*named) - {None}
        return min((kid for kid in free if school_age(lines[kid])), key=int)

    alone = chosen(("civil_affairs", "农村留守儿童信息台账_"))
    cremated = chosen(("civil_affairs", "困境儿童台账"), SCHOOLING, ("public_security",))
    for inbox in inboxes:
        say_who_looks_after(inbox, alone)
        hand_in_cremated(inbox, lines[cremated])


def rows(path, *columns):
    with path.open(encoding="utf-8-sig", newline="") as source:
        return [tuple(line[name] for name in columns) for line in csv.DictReader(source)]


def say_who_looks_after(inbox, alone):
    """The ledger of left-behind children has a column more: whether anybody looks after the child."""
    of_child = kids_of(inbox, "civil_affairs", "农村留守儿童信息台账")
    where = {(part.path, part.place, row): kid for kid, places in of_child.items() for part, row in places}
    for path in sorted({path for path, _, _ in where}):
        parts = inbox.parts_of(path)

        def write(book, path=path, parts=parts):
            for part in parts:
                sheet, name = book.sheets[part.place], part.columns["name"][0]
                last = max(len(line) for line in sheet.rows)
                above = (row for row in range(part.rows[0] - 1, 0, -1) if "姓名" in sheet.text(row, name))
                sheet.put(next(above), last, "监护情况")
                for row in part.rows:
                    sheet.put(row, last, ALONE if where[path, part.place, row] == alone else "祖父母监护")

        inbox.change(path, write)
    tell_truth(inbox, "L21", alone)


def hand_in_cremated(inbox, line):
    """A crematorium names a child whom the household register still has, with grown-ups beside it."""
    heads = ["序号", "逝者姓名", "逝者身份证号", "火化日期"]
    # As many as the quarter has: the list goes on from period to period.
    grown_ups = [f"6207991950010100{place}" for place in range(1, inbox.period.last_day.month // 3)]
    dead = [(line["name"], line["id18"]), *(("王大山", number + check_character(number)) for number in grown_ups)]
    cells = [[Written(text) for text in heads]]
    cells += [[Written(text) for text in (f"{place}", *one, CREMATED)] for place, one in enumerate(dead, 1)]
    path = inbox.folder / "cremation" / f"火化人员名单_{inbox.period.last_day:%Y%m}.xlsx"
    write_book(SheetBook([BookSheet("火化人员", cells)]), path)
    tell_truth(inbox, "L13", line["kid"])


def tell_truth(inbox, code, kid):
    with (inbox.truth / "findings.csv").open("a", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerow((code, kid, ""))


@pytest.fixture(scope="session")
def county(once):
    """The county's deliveries and truth of two periods; read it only."""

    def make(folder):
        make_county(PLAN, folder)
        enrich(folder)

    return once("unseen-county", make)


@pytest.fixture(scope="session")
def empty_made(once, county):
    """A workspace to which nothing was delivered yet; copy it, do not open it."""

    def make(root):
        new_workspace(county, root)
        settings = root / "tongbi.toml"
        text = settings.read_text(encoding="utf-8").replace('operator = ""', 'operator = "王经办"')
        settings.write_text(text, encoding="utf-8")

    return once("unseen-empty", make)


@pytest.fixture(scope="session")
def first_made(once, county, empty_made, tongbi):
    """The same after the undisturbed first period; copy it, do not open it."""

    def make(root):
        shutil.copytree(empty_made, root)
        deliver(county, root, FIRST)
        done = tongbi("run", "--period", FIRST, "--workspace", root)
        (root / "told.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
        assert done.returncode == PASSES, done.stdout + done.stderr

    return once("unseen-first", make)


@pytest.fixture(scope="session")
def second_made(once, county, first_made, tongbi):
    """The same after the undisturbed second period; copy it, do not open it."""

    def make(root):
        shutil.copytree(first_made, root)
        deliver(county, root, SECOND)
        done = tongbi("run", "--period", SECOND, "--workspace", root)
        (root / "told.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
        assert done.returncode == PASSES, done.stdout + done.stderr

    return once("unseen-second", make)


# --- a workspace that is disturbed ---


class Scene:
    """A copy of a workspace with the county's delivery of a period, to be disturbed, run, released and looked at."""

    def __init__(self, root, made, period, tongbi):
        self.root, self.made, self.period, self.tongbi = root, made, period, tongbi
        self.said = ""
        self.deliver_whole()

    @property
    def inbox(self):
        return inbox_of(self.root, self.period)

    def deliver_whole(self):
        deliver(self.made["county"], self.root, self.period)

    def disturb(self, name, choose=min, other=None, seed=1):
        """Disturb the delivery, taking what `choose` takes of the candidates where there is a choice; returns what it took."""
        taken = []
        before = inbox_of(self.made["county"], FIRST) if self.period == SECOND else None

        class Chosen(DisturbanceContext):
            def pick(self, items):
                if not items:
                    raise NotApplicableError
                taken.append(choose(items))
                return taken[-1]

        occasion = Chosen(np.random.default_rng(seed), before, lambda: inbox_of(other, self.period))
        DISTURBANCES[name].act(self.inbox, occasion)
        return taken[0] if taken else None

    def run(self, *more):
        return self._command("run", "--period", self.period, "--workspace", self.root, *more)

    def release(self, *more, by="李主任"):
        where = ("--period", self.period, "--workspace", self.root)
        return self._command("release", *where, "--by", by, "--reason", "已与部门核对", *more)

    def _command(self, *words):
        done = self.tongbi(*words)
        self.said = done.stdout + done.stderr
        assert "Traceback" not in self.said, self.said
        return done.returncode

    def outbox(self):
        """Every file that people were given, but the urgent book, and the hash of its bytes."""
        files = sorted(path for path in (self.root / "outbox").rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if "紧急" not in path.parts}

    def events(self, kind=""):
        with closing(sqlite3.connect(self.root / "tongbi.db")) as connection:
            asked = "SELECT finding_id, kind, period FROM life_event WHERE kind = ? OR ? = '' ORDER BY id"
            return connection.execute(asked, (kind, kind)).fetchall()

    def waits(self, *sentences, more=()):
        """Run: the edition waits, says why, and nothing is sent, opened or closed."""
        outbox, events = self.outbox(), self.events() if (self.root / "tongbi.db").exists() else []
        assert self.run(*more) == WAITS, self.said
        assert "等待放行" in self.said
        for sentence in sentences:
            assert sentence in self.said
        assert self.outbox() == outbox
        assert self.events() == events

    def frame(self, asset):
        return pd.read_parquet(self.root / "frames" / asset / f"{self.period}.parquet")

    def seen(self):
        return look(self.root, self.period, PUBLISHED)

    def undisturbed(self):
        return look(self.made[self.period], self.period, PUBLISHED)

    def figures(self, seen):
        """What is wrong with what is published, by the truth and beside the undisturbed run."""
        before = look(self.made[FIRST], FIRST, PUBLISHED).open if self.period == SECOND else frozenset()
        true = true_lines(self.made["county"] / "truth" / self.period)
        return RunComparison(true, before, self.undisturbed(), seen).figures()

    def says_nothing_false(self):
        """No line that neither the truth nor the undisturbed run has, and nothing closed that is open there; returns what is seen."""
        seen = self.seen()
        figures = self.figures(seen)
        assert figures.false_lines == {}
        assert figures.false_closings == {}
        assert figures.none == {}
        return seen

    def goes_on(self):
        """The undisturbed delivery again: the same lines, the same ones open as without the disturbance, none as a relapse."""
        self.deliver_whole()
        assert self.run() == PASSES, self.said
        seen, undisturbed = self.seen(), self.undisturbed()
        assert seen.lines == undisturbed.lines
        assert seen.open == undisturbed.open
        assert {name for name, _, period in self.events("returned") if period == self.period} == set()

    def unchecked(self):
        """List -> number of findings that this period cannot check."""
        life = self.frame("finding_life")
        return life[life["kind"] == "unchecked"].groupby("code").size().to_dict()

    def children(self):
        """Child of the truth -> its number in the workspace."""
        return children(self.root, self.period)

    def hidden(self, code):
        """Child of the truth -> why it cannot be compared, of a list."""
        known = {child: kid for kid, child in self.children().items()}
        frame = self.frame("uncompared")
        frame = frame[frame["code"] == code]
        return {known.get(row.child_id, row.child_id): row.because for row in frame.itertuples()}


def children(root, period):
    links = pd.read_parquet(root / "frames" / "link_children" / f"{period}.parquet")
    places = zip(links["file"], links["sheet"], links["row"], links["child_id"], strict=True)
    child_at = {(Path(file).name, sheet, str(row)): child for file, sheet, row, child in places}
    account = rows(root / "truth" / period / "rows.csv", "file", "sheet", "row", "kid")
    return {kid: child_at[place] for *at, kid in account if (place := tuple(at)) in child_at}


@pytest.fixture(scope="session")
def made(county, empty_made, first_made, second_made):
    """The county and its workspaces by name: nothing to be changed."""
    return {"county": county, "empty": empty_made, FIRST: first_made, SECOND: second_made}


@pytest.fixture
def scene(made, tongbi, tmp_path):
    """`scene(period)`: before the run of the first period, or of the second; `scene(SECOND, again=True)`: after it."""

    def begin(period, again=False):
        earlier = made["empty"] if period == FIRST else made[FIRST]
        root = shutil.copytree(made[period] if again else earlier, tmp_path / "workspace")
        return Scene(root, made, period, tongbi)

    return begin


@pytest.fixture(scope="session")
def other_county(once):
    """The deliveries of a county with other townships."""
    return once("unseen-other", lambda folder: make_other_county(PLAN, folder))


def drop(inbox, department, names):
    """Leave columns out of all files of a department."""

    def without(parts):
        def edit(book):
            for part in parts:
                book.sheets[part.place].drop_columns({at for name in names for at in part.columns.get(name, ())})

        return edit

    for path in inbox.files(department):
        inbox.change(path, without(inbox.parts_of(path)))


def blank(inbox, department, names):
    """Deliver the columns with nothing in them."""

    def without(parts):
        def edit(book):
            for part in parts:
                for at in (at for name in names for at in part.columns.get(name, ())):
                    for row in part.rows:
                        book.sheets[part.place].put(row, at, None)

        return edit

    for path in inbox.files(department):
        inbox.change(path, without(inbox.parts_of(path)))


# --- what may go wrong ---

CARE = ["guardian_name", "guardian_id", "guardian_rel", "care_reason", "guardianship"]
PARENTS = ["father_status", "mother_status", "agreement"]
SUSPENDED = ["suspended_until", "status_date"]


def named(word):
    """Choose the file or the unit whose name holds a word."""
    return lambda items: next(item for item in items if word in getattr(item, "name", item))


def in_need(inbox, kids):
    """Those of the children who should be found in a register of the living."""
    told = facts(inbox)
    dead = {kid for code, kid in rows(inbox.truth / "findings.csv", "rule", "kid") if code == "L13"}
    return {kid for kid in kids if kid in told and not told[kid]["cancelled"] and kid not in dead}


def test_undisturbed_periods_pass_without_a_question(first_made, second_made):
    for root, period in ((first_made, FIRST), (second_made, SECOND)):
        seen = look(root, period, PUBLISHED)
        assert seen.questions == ()
        assert "等待放行" not in (root / "told.txt").read_text(encoding="utf-8")
        # What the tests below could lose is there to be lost.
        assert {"L03", "L04", "L06", "L08", "L09", "L13", "L15", "L18", "L20", "L21", "L23", "L24"} <= set(seen.lines)


def test_a_police_register_cut_in_the_first_period(scene):
    cut = scene(FIRST)
    whole = set(kids_of(cut.inbox, "public_security"))
    cut.disturb("police_cut")
    gone = in_need(cut.inbox, whole - set(kids_of(cut.inbox, "public_security")))
    cut.waits("公安全县：其他部门知道的")
    assert not cut.outbox()
    hidden = cut.hidden("L01")
    assert gone & set(cut.children()) <= set(hidden)
    assert all(because.startswith("公安") for because in hidden.values())
    # A child alone does not wait for a file of the police.
    assert list((cut.root / "outbox" / "紧急" / FIRST).rglob("*.xlsx"))
    assert cut.release() == PASSES, cut.said
    seen = cut.says_nothing_false()
    assert "L01" not in seen.lines.keys() | seen.none
    assert not (cut.root / "outbox" / "紧急").exists()
    cut.goes_on()


def test_a_school_file_missing_and_a_correction_beside_the_old_one_in_the_first_period(scene):
    part = scene(FIRST)
    gone = set(kids_of(part.inbox, "education", "第三学区"))
    part.disturb("education_file", named("第三学区"))
    part.disturb("corrected_beside", lambda items: "education")
    part.waits("教育「胡麻沟中心小学」：其他部门知道的", "（更正）.xlsx」有", "像是同一份名单的两个版本")
    assert not part.outbox()
    hidden, known = part.hidden("L03"), part.children()
    assert all(because.startswith("教育") for because in hidden.values())
    # Without an earlier period a child is missed by its school or township; two of them live where nobody else does.
    lost = in_need(part.inbox, gone - set(kids_of(part.inbox, "education"))) & set(known)
    assert len(lost - set(hidden)) <= 2 < 10 <= len(lost & set(hidden))
    everything = set(part.undisturbed().codes.values()) - {"L16E"}
    assert part.release(*(word for code in sorted(everything) for word in ("--list", code))) == PASSES, part.said
    seen = part.seen()
    assert "L16E" not in seen.lines
    false = part.figures(seen).false_lines
    assert set(false) <= {"L01", "L03"}
    assert sum(false.values()) <= 2
    # What is said of them is not certain.
    lines = part.frame("findings")
    lines = lines[lines["child_id"].isin({known[kid] for kid in lost}) & lines["code"].isin(["L01", "L03"])]
    assert "明确" not in set(lines["grade"])


def test_a_second_county_is_answered_and_not_released(scene, other_county):
    both = scene(FIRST)
    both.disturb("second_county", other=other_county)
    both.waits("教育有", "像是外县（620798）的", "own_codes")
    assert "tongbi release" not in both.said
    assert both.release() == 1
    assert "不能放行，请先回答" in both.said
    assert not both.outbox()


def test_carers_and_dates_of_suspension_in_no_file(scene):
    bare = scene(FIRST)
    drop(bare.inbox, "civil_affairs", CARE)
    drop(bare.inbox, "education", SUSPENDED)
    assert bare.run() == PASSES, bare.said
    seen = bare.says_nothing_false()
    # The agreement column, graded by who is away, says L20; the others cannot be known, which is not that there is nobody.
    agreed = true_lines(bare.made["county"] / "truth" / FIRST)["L20"]
    assert agreed <= set(seen.lines["L20"])
    assert not {"L06", "L21"} & (seen.lines.keys() | seen.none)
    assert "没有人填写，清单“休学超期”未计算，不表示没有这类情况" in bare.said
    assert "没有人填写，清单“无人监护（紧急）”未计算，不表示没有这类情况" in bare.said
    assert set(bare.hidden("L06")) >= true_lines(bare.made["county"] / "truth" / FIRST)["L06"]


def test_a_school_file_missing_in_the_second_period_released_in_part_and_late(scene):
    part = scene(SECOND)
    gone = in_need(part.inbox, kids_of(part.inbox, "education", "第一学区"))
    part.disturb("education_file", named("第一学区"))
    part.waits("教育的学籍信息「义务教育学籍导出_20260621（第一学区）.xlsx」：上一次交来的")
    known = part.children()
    assert gone & set(known) - set(kids_of(part.inbox, "education")) <= set(part.hidden("L03"))
    assert list((part.root / "outbox" / "紧急" / SECOND).rglob("*.xlsx"))
    assert part.release("--list", "L18", "--list", "L09") == PASSES, part.said
    assert "未放行：L01、L02、L03" in part.said
    seen = part.seen()
    assert {code: seen.lines[code] for code in ("L09", "L18")} == {
        code: part.undisturbed().lines[code] for code in ("L09", "L18")
    }
    assert set(seen.lines) == {"L09", "L18"}
    before = look(part.made[FIRST], FIRST, PUBLISHED)
    assert {name for name in before.open if before.codes[name] not in ("L09", "L18")} <= seen.open
    # The file comes late.
    part.goes_on()


def test_a_school_a_class_list_and_further_sources_missing(scene):
    part = scene(SECOND)
    # Of this school are L08, L15, L23 and L24; the class list and the crematorium carried L04 and L13, justice L08.
    part.disturb("school_missing", named("3162079911"))
    part.disturb("class_list", named("石羊河"))
    part.disturb("justice_others")
    part.inbox.empty("cremation")
    part.waits("教育的学籍信息「云杉中心小学」：上一次交来的", "殡葬（火化、死亡）：上一次交来2行，这次没有交来")
    assert part.release() == PASSES, part.said
    seen = part.says_nothing_false()
    unchecked = part.unchecked()
    assert unchecked["L08"] == 3
    assert unchecked["L13"] == unchecked["L04"] == 1
    # Who was cremated is not alive again.
    assert not {"266"} & (seen.lines["L03"] | seen.lines["L22"])


@pytest.mark.parametrize("take_away", [drop, blank])
def test_columns_that_say_nothing(scene, take_away):
    part = scene(SECOND)
    take_away(part.inbox, "civil_affairs", CARE + PARENTS)
    take_away(part.inbox, "education", SUSPENDED)
    assert part.run() == PASSES, part.said
    seen = part.says_nothing_false()
    unchecked = part.unchecked()
    assert (unchecked["L08"], unchecked["L20"], unchecked["L21"]) == (3, 7, 1)
    assert not {"L08", "L20", "L21"} & (seen.lines.keys() | seen.none)
    because = part.hidden("L21")["48"]
    assert "监护情况" in because
    assert ("没有交来这一栏" if take_away is drop else "有栏目而没有填写") in because
    # Two periods of suspension need no date.
    assert "76" in seen.lines["L06"]
    if take_away is blank:
        part.goes_on()


def test_last_periods_files_as_this_periods(scene):
    part = scene(SECOND)
    # Those of education as they are, those of civil affairs renamed and saved anew.
    part.disturb("stale_file", lambda items: "education", seed=1)
    part.disturb("stale_file", lambda items: "civil_affairs", seed=2)
    part.waits("教育", "民政", "内容与2026年第二季度（2026Q2）的一份文件完全相同")
    asked = part.frame("gate_reasons")
    assert {"education", "civil_affairs"} <= set(asked.loc[asked["kind"] == "file", "about"])


def test_files_withdrawn_and_corrected_within_a_period(scene):
    part = scene(SECOND, again=True)
    outbox, events = part.outbox(), part.events()
    part.inbox.empty("disability")
    part.disturb("police_cut")
    # Files that were taken do not vanish by themselves.
    assert part.run() == 1
    assert "残联以前交来并已采用的文件，现在收件箱里一个也没有了" in part.said
    assert "行数比本期上一次采用的少四成以上" in part.said
    assert (part.outbox(), part.events()) == (outbox, events)
    # Withdrawn by name: the edition that people have is compared with, and stays.
    part.waits("残联：上一次交来7行，这次没有交来", "公安", "行数比上期少四成以上", more=("--withdraw", "残联"))
    part.deliver_whole()
    part.inbox.empty("disability")
    # A person says that there is nobody any more: then it is so, and is no question.
    assert part.run("--complete", "残联", "--consent", "赵主任") == PASSES, part.said
    assert part.figures(part.seen()).false_lines == {}
    part.goes_on()
