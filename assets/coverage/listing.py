"""The lists of a period with their three outcomes: listed, not listed, cannot be compared; kept for everybody who says so.

Belongs here: computing the lists, taking off what rests on silence, keeping who could not be compared. Does not belong here: conditions of lists,
what a hole is (`expectations.coverage`), what is printed of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from assets.childfile.build import FileContext
from assets.childfile.earlier import earlier_periods
from assets.county import profile_of, sources_delivered
from assets.coverage.gather import sources_before
from assets.coverage.worlds import WorldContext, lines_resting_on_silence
from assets.intake.contract import state_rules
from assets.receiving.delivered import keep_not_known
from assets.workbooks.layout import field_terms
from expectations.coverage.shapes import Coverage
from expectations.jurisdictions.profile import Profile
from expectations.lists.columns import no_rows
from expectations.lists.files import ChildFiles, EarlierPeriod
from expectations.lists.findings import compute_findings, not_computed
from expectations.lists.outcomes import COLUMNS, Knowledge, Outcomes, outcomes
from expectations.lists.view import View
from pipelines.resources.frames import FrameStore
from pipelines.resources.session import Session

NAME = "uncompared"
"""The frame of children whom a list could not compare: `code, finding_id, child_id, town, source, because`."""


@dataclass(frozen=True)
class ListMaterial:
    """What the lists are computed from besides the child files: the coverage, the pairs of the linkage, what earlier periods said."""

    coverage: Coverage
    pairs: pd.DataFrame
    earlier: Sequence[EarlierPeriod] = ()


def listed_lines(county: Session, period: str, files: ChildFiles, material: ListMaterial) -> Outcomes:
    """Compute the lists of a period and keep, beside them, who could not be compared and of which lists nothing can be said."""
    profile, delivered = profile_of(county.workspace), sources_delivered(county, period)
    earlier = earlier_periods(county.frames, period, profile)
    findings = compute_findings(files, profile, delivered, earlier)
    skipped = set(not_computed(profile, delivered)["code"])
    computed = [code for code, rule in profile.lists.items() if rule.active and code not in skipped]
    resting = _resting(county, period, files, replace(material, earlier=earlier))
    words = {name: term["zh"] for name, term in field_terms().items()}
    knowledge = Knowledge(View(files, profile, profile.catalogue, tuple(earlier)), material.coverage, words)
    result = outcomes(findings, resting[resting["code"].isin(computed)], knowledge, computed)
    county.latest.write(NAME, period, result.uncompared)
    keep_not_known(county.latest, period, result.not_known)
    return result


def _resting(county: Session, period: str, files: ChildFiles, material: ListMaterial) -> pd.DataFrame:
    workspace, coverage = county.workspace, material.coverage
    profile = _of_this_county(profile_of(workspace), files.county)
    before = sources_before(county, period) if len(coverage.carried) else frozenset()
    context = FileContext(period, files.as_of, profile, state_rules(workspace.contracts))
    delivered = [*sources_delivered(county, period), *before]
    return lines_resting_on_silence(files, coverage, WorldContext(context, material.pairs, delivered, material.earlier))


def _of_this_county(profile: Profile, code: str) -> Profile:
    """The profile with the county's code as the whole period tells it: a part of the children might tell another."""
    place = profile.place
    stated = place.area_code.model_copy(update={"value": code or place.area_code.value})
    return profile.model_copy(update={"place": place.model_copy(update={"area_code": stated})})


def uncompared_of(frames: FrameStore, period: str) -> pd.DataFrame:
    """Who could not be compared in a period; without rows in a workspace of an earlier state."""
    if not frames.exists(NAME, period):
        return no_rows(COLUMNS)
    return frames.read(NAME, period)
