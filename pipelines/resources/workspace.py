"""The workspace folder of one county: where everything lies, and its settings in `tongbi.toml`.

Paths and settings only. What is written into the folders belongs to the module that writes it (frames, outbox, database, store).
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from matching.tables.mistakes import mistakes_in
from pipelines.resources.access import AccessError, Readers, close_to_others, readers, tighten
from pipelines.resources.files import write_text

if TYPE_CHECKING:
    from sqlalchemy import URL

SETTINGS_NAME = "tongbi.toml"
FOLDERS = ("inbox", "store", "frames", "outbox", "dagster", "contracts", "log")
HOME_VARIABLE = "TONGBI_HOME"
# Which engine compares the records in this run (`matching.comparing.engine`), where a person named one.
ENGINE_TAG = "tongbi/engine"

_TEMPLATE = """\
# 童比的设置。全部可以留空：县名和行政区划代码会从交来的数据里推断。

# 县（市、区）名称和六位行政区划代码，例如 county_name = "某县"、county_code = "620722"。
county_name = ""
county_code = ""
# 同样由本单位负责的其他县级代码（没有代码的新区、开发区写名称），例如 own_codes = ["520103"]。
own_codes = []
# 交来的数据里有外县的行时怎样处理：drop 不比对、只计数；known 作为在外县的儿童保留，用来说明去向。例如 other_counties = {"620725" = "drop"}。
other_counties = {}

# 采用哪个地方的口径（expectations/jurisdictions/ 里的文件名，不带 .yaml）；留空用通用口径。
profile = ""

# 数据库。留空用本工作区里的 SQLite；也可以写 postgresql+psycopg://用户@主机/库名
# （口令请放在 PGPASSWORD 环境变量或 ~/.pgpass，不要写在这里）。
database = ""

# 本县乡镇、村名单（CSV，列：乡镇,村）；留空则从数据里归纳。
areas = ""

# 操作人，写进登记簿；留空用系统用户名。
operator = ""

# 受保护儿童（来源数据里有保护标记、没有另行指定接收人的）由谁一人经手；留空则只进民政局专册。
protected_person = ""
# 本机上还有谁可以读这个工作区：留空只有本人（文件夹0700、文件0600）；写一个系统用户组的名称，该组的人可读（0750、0640）。
group = ""

# 界面文字：zh 或 en。
locale = "zh"

# 审计密钥所在的文件夹，必须在本工作区以外；留空用当前用户的 ~/.config/tongbi。几个人共用一个工作区时写一个大家都能读写的文件夹。
# 环境变量 TONGBI_KEYS 优先。密钥丢失后无法核对审计记录，请抄存一份封存。见 docs/decisions/audit-chain.md。
keys = ""

# 比对引擎：auto（按数据量自动选择）、numpy、duckdb、spark。结果相同，见 docs/decisions/engine.md。
engine = "auto"

# 下一期怎样比对：auto（十万行以上只比对有变化的记录，其余沿用上期结果，每四期全部重比一次；十万行以下每期全部比对）、
# all（每期全部比对）、changes（一律只比对变化）。见 docs/decisions/incremental.md。
compare = "auto"
"""

# Dagster's telemetry is on by default (rules/packages.md#p12); its compute logs would keep whatever a station prints.
_DAGSTER_YAML = """\
# 本机运行，不向任何人发送使用数据。
telemetry:
  enabled: false
nux:
  enabled: false
run_storage:
  module: pipelines.resources.history
  class: RunHistory
event_log_storage:
  module: pipelines.resources.eventlog
  class: SteadyEventLog
schedule_storage:
  module: pipelines.resources.history
  class: ScheduleHistory
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_monitoring:
  enabled: false
concurrency:
  pools:
    default_limit: 1
"""
# As it was written until the storages had classes of ours: replaced where nobody changed it.
_FORMER_DAGSTER_YAML = _DAGSTER_YAML.replace(
    "run_storage:\n  module: pipelines.resources.history\n  class: RunHistory\n", ""
).replace("schedule_storage:\n  module: pipelines.resources.history\n  class: ScheduleHistory\n", "")


class WorkspaceError(Exception):
    """The workspace is missing or its settings cannot be read; the text is a Chinese sentence with what to do."""


class Settings(BaseModel):
    """What `tongbi.toml` may say. Every key may be absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    county_name: str = ""
    county_code: str = ""
    own_codes: list[str] = Field(default_factory=list)
    other_counties: dict[str, Literal["drop", "known"]] = Field(default_factory=dict)
    profile: str = ""
    database: str = ""
    areas: str = ""
    operator: str = ""
    protected_person: str = Field(default="", max_length=20)
    group: str = ""
    locale: Literal["zh", "en"] = "zh"
    keys: str = ""
    engine: Literal["auto", "numpy", "duckdb", "spark"] = "auto"
    compare: Literal["auto", "all", "changes"] = "auto"

    @field_validator("county_code")
    @classmethod
    def _six_digits(cls, code: str) -> str:
        if code and not re.fullmatch(r"\d{6}", code):
            raise ValueError("要写六位行政区划代码，或留空")
        return code


@dataclass(frozen=True)
class Workspace:
    """One county's folder and its settings."""

    root: Path
    settings: Settings

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open an existing workspace.

        Raises:
            WorkspaceError: there is no `tongbi.toml`, or it cannot be understood.
        """
        root = root.resolve()
        if not (root / SETTINGS_NAME).is_file():
            raise WorkspaceError(f"{root} 不是童比的工作区：请先运行 tongbi init --workspace {root}")
        workspace = cls(root, read_settings(root / SETTINGS_NAME))
        close_to_others(workspace.readers)
        return workspace

    @classmethod
    def create(cls, root: Path, county: tuple[str, str] = ("", ""), profile: str = "") -> Workspace:
        """Make the folders and settings files that are missing; existing files stay as they are.

        Args:
            root: the workspace's folder.
            county: name and six-digit code for new settings; "" leaves them to the data.
            profile: the place's profile for new settings, "" for the national default.
        """
        root = root.resolve()
        close_to_others()  # before anything is written; whom the settings name is known only when they are read
        for folder in FOLDERS:
            (root / folder).mkdir(parents=True, exist_ok=True)
        # Into a file of TOML by hand, so that its remarks stay: nothing may end the text too soon.
        name, code = (part.replace('"', "").replace("\\", "") for part in county)
        stated = _TEMPLATE.replace(
            'county_name = ""\ncounty_code = ""', f'county_name = "{name}"\ncounty_code = "{code}"'
        )
        chosen = profile.replace('"', "").replace("\\", "/")
        stated = stated.replace('\nprofile = ""\n', f'\nprofile = "{chosen}"\n')
        _write_once(root / "dagster" / "dagster.yaml", _DAGSTER_YAML)
        _write_once(root / SETTINGS_NAME, stated)  # the last: a folder without it is no workspace yet
        workspace = cls.open(root)
        tighten(root, workspace.readers)  # the folder may have been there before
        return workspace

    @property
    def readers(self) -> Readers:
        """Who may read the workspace besides its owner.

        Raises:
            WorkspaceError: the settings name a group that cannot be used.
        """
        try:
            return readers(self.settings.group)
        except AccessError as fault:
            raise WorkspaceError(str(fault)) from None

    def renew(self) -> None:
        """Bring Dagster's settings up to what is written now, where they are still as an earlier version wrote them."""
        path = self.dagster_home / "dagster.yaml"
        if not path.exists() or path.read_text(encoding="utf-8") == _FORMER_DAGSTER_YAML:
            write_text(path, _DAGSTER_YAML)

    @property
    def inbox(self) -> Path:
        """`inbox/<period>/<department>/`: where people put what they received."""
        return self.root / "inbox"

    @property
    def store(self) -> Path:
        """Read-only copies of everything delivered, by hash."""
        return self.root / "store"

    @property
    def frames(self) -> Path:
        """`frames/<asset>/<period>.parquet`."""
        return self.root / "frames"

    @property
    def outbox(self) -> Path:
        """`outbox/<period>/`: what people take away."""
        return self.root / "outbox"

    @property
    def dagster_home(self) -> Path:
        """The Dagster instance: runs, events, schedules. Never personal data."""
        return self.root / "dagster"

    @property
    def contracts(self) -> Path:
        """Contracts of further departments, or changed ones, as YAML."""
        return self.root / "contracts"

    @property
    def log(self) -> Path:
        """Technical log files, without values."""
        return self.root / "log"

    @property
    def areas(self) -> Path | None:
        """The county's own list of towns and villages: named in the settings, or `areas.csv` in the folder; else None.

        A name is a CSV in the workspace; a list that lies elsewhere is named by its whole path.

        Raises:
            WorkspaceError: what the settings name is no such file.
        """
        named = self.settings.areas
        if not named:
            path = self.root / "areas.csv"
            return path if path.is_file() else None
        path = (self.root / named).resolve()
        inside = path.is_relative_to(self.root) or Path(named).is_absolute()
        if path.suffix.lower() != ".csv" or not inside or not path.is_file():
            raise WorkspaceError(
                f"tongbi.toml 里 areas 写的“{named}”不能用：要写工作区里一个 CSV 文件的名字（如 areas.csv），"
                "或一个 CSV 文件的完整路径，并确认文件存在；不用时留空。"
            )
        return path

    @property
    def database_url(self) -> str | URL:
        """The database: SQLite in the workspace unless the settings or TONGBI_DATABASE name another.

        The workspace's own is no text: `%`, `?` and `#` in its path would be read as parts of a URL.
        """
        from sqlalchemy import URL

        url = os.environ.get("TONGBI_DATABASE") or self.settings.database
        return url or URL.create("sqlite", database=(self.root / "tongbi.db").as_posix())

    @property
    def operator(self) -> str:
        """Who works here, for the register of deliveries and the audit."""
        return self.settings.operator or os.environ.get("USER") or os.environ.get("USERNAME") or "local"


def default_root() -> Path:
    """The workspace when none is named: TONGBI_HOME, else `./workspace`."""
    return Path(os.environ.get(HOME_VARIABLE) or "workspace")


def read_settings(path: Path) -> Settings:
    """Read and validate `tongbi.toml`.

    Raises:
        WorkspaceError: naming the file and the key.
    """
    try:
        # With or without a mark: the Notepad of older Windows writes one, and TOML knows none.
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError:
        problem = "不是 UTF-8 编码：请用“另存为”选 UTF-8 后再放回"
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"line (\d+), column (\d+)", str(fault))
        where = f"第 {place[1]} 行第 {place[2]} 列附近" if place else ""
        problem = f'{where}写法有误：每行应为 键 = "值"，文字要加英文引号'
    except ValidationError as fault:
        problem = f"有误：{mistakes_in(fault, Settings)}"
    raise WorkspaceError(f"设置文件 {path} {problem}。请改正，或删去后重新 tongbi init。")


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        write_text(path, text)
