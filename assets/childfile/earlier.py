"""What the student register of earlier periods said, for lists that ask how long something has lasted (rules/lists.md#l06, #l05).

Belongs here: reading it from the kept child files. Does not belong here: what follows from it (`expectations.lists.suspension`, `transfers`).
"""

from collections.abc import Collection

from dateutil.relativedelta import relativedelta

from expectations.jurisdictions.profile import Profile
from expectations.lists.files import EarlierPeriod
from pipelines.partitions import Period
from pipelines.resources.frames import FrameStore

_RECORDS = "child_files.records"
_READ = ["child_id", "department", "state"]
_TRANSFERRED = ("transferred_out",)


def earlier_periods(frames: FrameStore, label: str, profile: Profile) -> tuple[EarlierPeriod, ...]:
    """The kept periods of the same kind before this one, the latest first, as far back as a list asks.

    Args:
        frames: the workspace's frames.
        label: the period that is being computed.
        profile: the place's profile: which states are a suspension, and how long one may last.
    """
    now, periods, running = Period.parse(label), list[EarlierPeriod](), None
    months = profile.school.suspension_months.value or 0
    # Twice the longest term: whoever is still suspended then has been so for longer than one, and whoever is not is known to have begun since.
    horizon = now.last_day - relativedelta(months=2 * months)
    for earlier in _before(frames, now):
        period = _read(frames, earlier, profile.school.suspended.value or [])
        if period is None:
            continue
        periods.append(period)
        running = period.suspended if running is None else running & period.suspended
        if not running and period.last_day <= horizon:
            break
    return tuple(periods)


def _before(frames: FrameStore, now: Period) -> list[Period]:
    kept = (Period.parse(label) for label in frames.periods(_RECORDS))
    earlier = (period for period in kept if period.monthly == now.monthly and period.last_day < now.last_day)
    return sorted(earlier, key=lambda period: period.last_day, reverse=True)


def _read(frames: FrameStore, period: Period, suspended: Collection[str]) -> EarlierPeriod | None:
    """One period; None where education had delivered nothing, which says nothing of any pupil."""
    records = frames.read(_RECORDS, period.label, _READ)
    register = records[(records["department"] == "education") & (records["state"] != "off_register")]
    if register.empty:
        return None

    def children(states: Collection[str]) -> frozenset[str]:
        return frozenset(register.loc[register["state"].isin(list(states)), "child_id"].astype(str))

    return EarlierPeriod(period.zh, period.last_day, children(suspended), children(_TRANSFERRED))
