"""What lies in a period of the inbox, by department: folders under any of their names, files that lie loose, zips of files (rules/bad-inputs.md#input-20a).

Belongs here: which file is whose, under which name it is registered, what becomes of every entry, and what is asked about folders. Does not belong
here: what lies in a folder (`pipelines.resources.inbox`), opening zips (`pipelines.resources.unpacking`), looking into loose files (`loose`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath

from assets.intake.contract import all_contracts, department_names_of
from assets.intake.folders import DepartmentNames
from assets.receiving.folder_places import places_in
from assets.receiving.loose import OWN, LooseFiles
from assets.replies.words import FOLDER as REPLIES
from pipelines.partitions import Period
from pipelines.resources.inbox import Inbox, Remark, Scan, ignored_name
from pipelines.resources.naming import Naming
from pipelines.resources.reading.shapes import ASK, STOP
from pipelines.resources.unpacking import with_members
from pipelines.resources.workspace import Workspace

TAKEN, LEFT, ASKED, OPENED, SILENT = "taken", "left", "asked", "opened", "silent"
FATES = (TAKEN, LEFT, ASKED, OPENED, SILENT)
UNKNOWN_FOLDER = "unknown_folder"
_LOOSE = "期次文件夹"
_ZIP = ".zip"


@dataclass(frozen=True)
class InboxEntry:
    """What became of one file of the inbox.

    Attributes:
        path: below the period's folder, members of a zip below the zip.
        department: whose it is, "" where it is nobody's.
        file: the name under which the department's register knows it.
        place: where a person finds it.
        sha256: of its content, "" where it was not looked at.
        fate: `taken` by its department's station (which reads or refuses it), `left` with a word why, `asked` about, `opened` (a zip whose files
            are entries of their own), `silent` (hidden files and the like, which nobody put there).
    """

    path: str
    department: str
    file: str
    place: str
    sha256: str
    fate: str


@dataclass
class SortedInbox:
    """A period of the inbox: what each department brought, what is said of the rest (`file` of a remark is a key of `places[""]`), and every entry."""

    of: dict[str, Scan] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    folders: list[Remark] = field(default_factory=list)
    entries: list[InboxEntry] = field(default_factory=list)

    def of_department(self, department: str) -> Scan:
        """What a department brought; empty when it brought nothing."""
        return self.of.get(department, Scan())


@dataclass
class _Part:
    """What lies in one place and is one department's.

    `prefix` tells its files from those of the same name in another place; `base` leads to it from the period's folder; `own` where it is the folder
    named by the key.
    """

    prefix: str
    scan: Scan
    places: dict[str, str]
    base: str = ""
    own: bool = False

    @property
    def names(self) -> list[str]:
        return [*(file.file for file in self.scan.files), *self.scan.unread]


def sort_inbox(workspace: Workspace, period: str, naming: Naming, only: str | None = None) -> SortedInbox:
    """Look at everything in a period of the inbox.

    Args:
        workspace: whose inbox.
        period: its label.
        naming: what may be said of the names of folders.
        only: a department; then the folders of the others are not looked into, and only what is its own counts.
    """
    folders = period_folders(workspace, period)
    inbox, sorted_inbox = Inbox(workspace.inbox), SortedInbox()
    parts: dict[str, list[_Part]] = {}
    for department, paths in folders.of.items():
        if only in (None, department):
            labels = _folder_labels(paths, naming)
            parts[department] = [_folder_part(workspace, path, department, labels[path]) for path in paths]
    loose = with_members(inbox.scan_folder(folders.root, folders.known), workspace.store)
    sorted_inbox.places[""] = places_in(inbox.listed_in(folders.root, folders.known), _LOOSE, loose)
    _sort_loose(workspace, Period.parse(period), loose, sorted_inbox, parts)
    for department, places in parts.items():
        _together(department, places, sorted_inbox)
    sorted_inbox.folders = list(_strange_folders(workspace, folders, naming))
    return sorted_inbox


@dataclass(frozen=True)
class PeriodFolders:
    """The folders in a period's folder: those of departments, by department, those that mean none, and the names that are not loose."""

    root: Path
    of: Mapping[str, list[Path]]
    strange: Sequence[Path]

    @property
    def known(self) -> list[str]:
        """Names of folders whose files are not loose."""
        return [path.name for paths in self.of.values() for path in paths] + [REPLIES]


def period_folders(workspace: Workspace, period: str) -> PeriodFolders:
    """The folders of a period; nothing in them is looked at."""
    root, names = workspace.inbox / period, department_names_of(workspace.contracts)
    of: dict[str, list[Path]] = {}
    strange = []
    for path in sorted(root.glob("*")):
        if not path.is_dir() or path.name == REPLIES or ignored_name(PurePath(path.name), path.is_symlink()):
            continue
        department = names.of_folder(path.name)
        if department:
            of.setdefault(department, []).append(path)
        else:
            strange.append(path)
    return PeriodFolders(root, of, strange)


def folder_label(path: Path, among: Sequence[Path], naming: Naming) -> str:
    """A folder by its name where that is made of known words, else by its place among others and those words."""
    if naming.is_known(path.name):
        return path.name
    words = naming.words(path.name)
    return f"第{among.index(path) + 1}个文件夹" + (f"（{words}）" if words else "")


def _folder_labels(paths: Sequence[Path], naming: Naming) -> dict[Path, str]:
    """What stands before the count of a department's files, where they lie in several folders: 第2个文件 needs no name in the only one."""
    return {path: folder_label(path, paths, naming) if len(paths) > 1 else "" for path in paths}


def _folder_part(workspace: Workspace, path: Path, department: str, label: str) -> _Part:
    inbox = Inbox(workspace.inbox)
    scan = with_members(inbox.scan_folder(path), workspace.store)
    places = places_in(inbox.listed_in(path), label, scan)
    return _Part(path.name, scan, places, f"{path.name}/", path.name == department)


def _sort_loose(
    workspace: Workspace, period: Period, loose: Scan, sorted_inbox: SortedInbox, parts: dict[str, list[_Part]]
) -> None:
    """Loose files to the departments whose they are, by a folder around them or by their headings; the rest is said or asked."""
    places, names = sorted_inbox.places[""], department_names_of(workspace.contracts)
    files = LooseFiles(workspace, period)
    for arrival in loose.files:
        department, inner = _folder_around(arrival.file, names)
        if department in files.in_use:
            prefix = arrival.file.removesuffix(f"/{inner}")
            part = _Part(
                prefix, Scan(files=[replace(arrival, file=inner)]), {inner: places[arrival.file]}, f"{prefix}/"
            )
            parts.setdefault(department, []).append(part)
            continue
        looked = files.look(arrival)
        if looked.department:
            scan = Scan(files=[arrival], notices=[looked.remark])
            part = _Part(period.label, scan, {arrival.file: places[arrival.file]})
            parts.setdefault(looked.department, []).append(part)
            continue
        sorted_inbox.remarks.append(looked.remark)
        fate = LEFT if looked.remark.code == OWN else ASKED
        entry = InboxEntry(arrival.file, "", arrival.file, places[arrival.file], arrival.sha256, fate)
        sorted_inbox.entries.append(entry)
    # Nobody's branch stops for a file that is nobody's: the edition waits.
    stopped = (replace(line, severity=ASK) if line.severity == STOP else line for line in loose.notices)
    sorted_inbox.remarks += stopped
    sorted_inbox.entries += _unread(loose, places)


def _folder_around(name: str, names: DepartmentNames) -> tuple[str, str]:
    """The department of the outermost folder or zip around a loose file that names one, and the file's name in it; "" where none does."""
    *folders, last = PurePosixPath(name).parts
    for at, folder in enumerate(folders):
        stem = folder[: -len(_ZIP)] if folder.lower().endswith(_ZIP) else folder
        if department := names.of_folder(stem):
            return department, "/".join([*folders[at + 1 :], last])
    return "", name


def _unread(scan: Scan, places: Mapping[str, str], department: str = "", prefix: str = "") -> Iterator[InboxEntry]:
    """The entries of what is no file to read."""
    fates = {"ignored": LEFT, "silent": SILENT, "opened": OPENED}
    for name, word in scan.unread.items():
        # A department's own station says and refuses what it could not open.
        fate = fates.get(word, TAKEN if department else ASKED)
        yield InboxEntry(f"{prefix}{name}", department, name, places.get(name, ""), "", fate)


def _together(department: str, parts: Sequence[_Part], sorted_inbox: SortedInbox) -> None:
    """A department's parts as one folder: a name that stands in two of them is led to by the folder's."""
    counts = Counter(name for part in parts for name in part.names)
    whole, places = Scan(), dict[str, str]()
    for part in parts:

        def known(name: str, part: _Part = part) -> str:
            return f"{part.prefix}/{name}" if counts[name] > 1 and not part.own else name

        scan = part.scan
        whole.files += [replace(file, file=known(file.file)) for file in scan.files]
        whole.unstable += scan.unstable
        whole.ignored += scan.ignored
        whole.notices += [replace(line, file=known(line.file)) for line in scan.notices]
        whole.unread |= {known(name): word for name, word in scan.unread.items()}
        places |= {known(name): place for name, place in part.places.items()}
        sorted_inbox.entries += [
            InboxEntry(
                f"{part.base}{file.file}", department, known(file.file), part.places[file.file], file.sha256, TAKEN
            )
            for file in scan.files
        ]
        sorted_inbox.entries += _unread(scan, part.places, department, part.base)
    whole.files.sort(key=lambda file: file.file)
    sorted_inbox.of[department], sorted_inbox.places[department] = whole, places


def _strange_folders(workspace: Workspace, folders: PeriodFolders, naming: Naming) -> Iterator[Remark]:
    """What is asked about folders that mean no department and hold files that no folder in them gives to one."""
    names = department_names_of(workspace.contracts)
    contracts = sorted(all_contracts(workspace.contracts).values(), key=lambda contract: contract.further)
    known = "、".join(contract.names[0] if contract.names else contract.zh for contract in contracts)
    every = sorted([*(path for paths in folders.of.values() for path in paths), *folders.strange])
    for path in folders.strange:
        count = sum(not _folder_around(name, names)[0] for name in Inbox(workspace.inbox).listed_in(path))
        if count:
            label = folder_label(path, every, naming)
            message = f"期次文件夹里的文件夹「{label}」不是哪个部门的名称，里面有 {count} 个文件，逐个按表头识别。"
            advice = f"请把文件夹改成部门的名称（{known}），或把文件移到部门的文件夹；不是报送材料的，请移出收件箱。"
            yield Remark("", UNKNOWN_FOLDER, ASK, message, advice)


def places_now(
    workspace: Workspace, period: str, naming: Naming, kept: Iterable[InboxEntry]
) -> dict[str, dict[str, str]]:
    """Department -> name -> where the file lies now; nothing is opened or fingerprinted for it.

    Args:
        workspace: whose inbox.
        period: its label.
        naming: what may be said of the names of folders.
        kept: what the last run saw: files that lie in no folder of their department, and what is in zips, are named as they were then.
    """
    folders, inbox = period_folders(workspace, period), Inbox(workspace.inbox)
    places: dict[str, dict[str, str]] = {}
    for entry in kept:
        if entry.file and (folders.root / PurePosixPath(entry.path).parts[0]).exists():
            places.setdefault(entry.department, {})[entry.file] = entry.place
    for department, paths in folders.of.items():
        labels = _folder_labels(paths, naming)
        for path in reversed(paths):
            places.setdefault(department, {}).update(places_in(inbox.listed_in(path), labels[path]))
    return places
