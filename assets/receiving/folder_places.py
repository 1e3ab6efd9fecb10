"""Where a file lies, as a person finds it without its name: 第2个文件, 教体局第1个文件, 第3个文件（压缩包）里第2个.

Belongs here: counting the files of a folder and of the zips in it. Does not belong here: what else may be said of a name (`filenames`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.resources.inbox import Scan

_ZIPS = ("opened", "closed")


def places_in(listed: Sequence[str], prefix: str = "", scan: Scan | None = None) -> dict[str, str]:
    """Name below a folder -> where it lies.

    Args:
        listed: the folder's files in the order of their names (`Inbox.listed_in`).
        prefix: what stands before the count where the folder is not the only one.
        scan: of the folder, with the members of its zips; None where zips are not looked into.
    """
    places = {name: f"{prefix}第{number}个文件" for number, name in enumerate(listed, 1)}
    if scan is not None:
        for name, members in _members(scan, places).items():
            places |= {member: f"{places[name]}（压缩包）里第{number}个" for number, member in enumerate(members, 1)}
    return places


def _members(scan: Scan, places: Mapping[str, str]) -> dict[str, list[str]]:
    """Zip -> its members, those of zips inside it with them."""
    zips = [name for name, word in scan.unread.items() if word in _ZIPS and name in places]
    everything = sorted(
        [file.file for file in scan.files] + [name for name, word in scan.unread.items() if word != "silent"]
    )
    return {name: [each for each in everything if each.startswith(f"{name}/")] for name in zips}
