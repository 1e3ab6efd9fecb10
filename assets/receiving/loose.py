"""Files of the inbox that lie in no department's folder: whose each is, by its headings, and what is said about it.

Belongs here: looking into such a file, and the sentences. Does not belong here: how a file is recognised (`assets.intake.recognising`), where it
lies (`sorting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assets.intake.contract import Contract, all_contracts, load_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.recognising import LEAD, Recognition, beginning, recognise_file
from assets.replies.lines import own_kind
from pipelines.partitions import Period
from pipelines.resources.inbox import Arrival, Remark
from pipelines.resources.keyring import password_of
from pipelines.resources.reading import Refusal, read_file
from pipelines.resources.reading.shapes import ASK, WARN
from pipelines.resources.workspace import Workspace

RECOGNISED, DOUBTFUL, NO_FOLDER, OWN = "recognised", "whose_file", "no_folder", "own_workbook"
_MOVE = "请把文件移到所属部门的文件夹后重新运行；不是报送材料的，请移出收件箱。"
_OWN_ADVICE = {
    "query": ("查询表（发出去又交回的）", "请用 tongbi query --answer 读入，不要放在部门的文件夹里。"),
    "": ("核查清单（发出去又交回的）", "请移到 inbox/replies 文件夹，用 tongbi replies 登记，不要放在部门的文件夹里。"),
}
_UNREAD = {"form": "是一页登记一人的登记表", "no_rows": "没有数据行", "no_heading": "没有找到表头"}


@dataclass(frozen=True)
class LookedAt:
    """A loose file: whose it is, "" where it is read as nobody's, and what is said."""

    arrival: Arrival
    department: str
    remark: Remark


@dataclass
class LooseFiles:
    """Looks at loose files of a period; each content once in a process, for every department's station asks."""

    workspace: Workspace
    period: Period
    in_use: Mapping[str, Contract] = field(init=False)
    every: Mapping[str, Contract] = field(init=False)

    def __post_init__(self) -> None:
        """The contracts, as they are now."""
        self.in_use, self.every = load_contracts(self.workspace.contracts), all_contracts(self.workspace.contracts)

    def look(self, arrival: Arrival) -> LookedAt:
        """Whose file it is."""
        known = (self.workspace.contracts, self.period, arrival.sha256, arrival.file, password_of(arrival.sha256))
        key = (*known, tuple(sorted(self.in_use)))
        looked = _looked.get(key)
        if looked is None or looked[0] is not self.every:
            looked = (self.every, self._look(arrival))
            _looked[key] = looked
        return LookedAt(arrival, looked[1].department, looked[1].remark)

    def _look(self, arrival: Arrival) -> LookedAt:
        try:
            reading = read_file(arrival.path, password=password_of(arrival.sha256))
        except Refusal as refusal:
            advice = f"{refusal.advice}改好后放进所属部门的文件夹。"
            return self._said(
                arrival, ASK, refusal.code, f"看不出是哪个部门的文件，没有读取：{refusal.message}", advice
            )
        if kind := own_kind(reading):
            return LookedAt(arrival, "", own_workbook(arrival.file, kind))
        source = DeliveredFile(beginning(reading), arrival.file, arrival.sha256, "")
        return self._judged(arrival, recognise_file(source, self.every, self.in_use, self.period.last_day))

    def _judged(self, arrival: Arrival, recognition: Recognition) -> LookedAt:
        sure = recognition.sure
        if sure is None:
            message = f"不在部门的文件夹里，{doubt(recognition, self.every)}，没有读取。"
            return self._said(arrival, ASK, DOUBTFUL, message, _MOVE)
        contract = self.every[sure.department]
        known = f"识别为{contract.zh}：{sure.kind}"
        if sure.department not in self.in_use:
            folder = contract.names[0] if contract.names else sure.department
            advice = f"请在期次文件夹里建一个文件夹「{folder}」，把文件移进去后重新运行。"
            return self._said(arrival, ASK, NO_FOLDER, f"{known}；收件箱里还没有它的文件夹，没有读取。", advice)
        message = f"不在部门的文件夹里，{known}，已当作{contract.zh}交来的文件读取。"
        remark = Remark(arrival.file, RECOGNISED, WARN, message, "认错了的，请移到所属部门的文件夹后重新运行。")
        return LookedAt(arrival, sure.department, remark)

    @staticmethod
    def _said(arrival: Arrival, severity: str, code: str, message: str, advice: str) -> LookedAt:
        return LookedAt(arrival, "", Remark(arrival.file, code, severity, message, advice))


def doubt(recognition: Recognition, contracts: Mapping[str, Contract]) -> str:
    """Why it is not sure whose file it is, without a full stop."""
    if not recognition.likely:
        return f"看不出是哪个部门的文件（{_UNREAD.get(recognition.refusal, '表头对不上任何部门')}）"
    best = recognition.likely[0].weight
    near = [each for each in recognition.likely if each.weight and best - each.weight < LEAD]
    if not near:
        return "看不出是哪个部门的文件（表头没有哪个部门特有的列）"
    like = "、".join(f"{contracts[each.department].zh}的{each.kind}" for each in near)
    return f"从表头看像是{like}，" + ("分不清" if len(near) > 1 else "拿不准")


def own_workbook(file: str, kind: str) -> Remark:
    """What is said of a workbook of ours that lies among deliveries (rules/bad-inputs.md#input-20b); `kind` as of `own_kind`."""
    word, advice = _OWN_ADVICE.get(kind, _OWN_ADVICE[""])
    return Remark(file, OWN, WARN, f"这是本系统的{word}，不是部门的数据，没有读取。", advice)


_looked: dict[tuple[object, ...], tuple[Mapping[str, Contract], LookedAt]] = {}
