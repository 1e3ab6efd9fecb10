"""Lists whose nought would say too much: something that they rest on did not come, and no single child can be named for it.

Belongs here: which holes and silent columns concern a list as a whole. Does not belong here: children who cannot be compared (`outcomes`), what a
hole is (`expectations.coverage`), what is printed. Source: rules/coverage.md#three-outcomes.
"""

from collections.abc import Iterator

from expectations.coverage.shapes import Coverage
from expectations.lists.catalogue import LOOKED, Catalogue
from expectations.lists.outcomes import matches


def gaps_of(catalogue: Catalogue, coverage: Coverage) -> dict[str, str]:
    """Code -> the first reason (Chinese) why nobody can say that there is nobody for the list.

    Where the catalogue says child by child who could not be seen (`absent_from`, `shown_by` with a scope), a nought is known to be one as soon as
    no such child is left, and the list is not here for that source.
    """
    holes = [(str(row.source), str(row.because)) for row in coverage.holes().itertuples(index=False)]
    silent = [
        (f"{str(row.source).partition('.')[0]}.{row.field}", str(row.because))
        for row in coverage.lost_fields().itertuples(index=False)
    ]
    gaps = {}
    for code in catalogue.lists:
        basis = catalogue.rests_on[code]
        by_child = [*basis.absent_from, *(basis.shown_by if basis.scope else [])]
        looked_at = list(_looked_at(code, catalogue))
        reasons = [
            because
            for source, because in holes
            if _any_matches(looked_at, source) and not _any_matches(by_child, source)
        ]
        reasons += [because for name, because in silent if name in basis.fields]
        if reasons:
            gaps[code] = reasons[0]
    return gaps


def _looked_at(code: str, catalogue: Catalogue) -> Iterator[str]:
    """Departments and kinds of files that a list needs or rests on; a source of its own by where its data may come from."""
    info, basis = catalogue.lists[code], catalogue.rests_on[code]
    for name in (*info.needs, *info.needs_any):
        source = catalogue.sources.get(name)
        yield from (
            [name] if source is None else [origin for origin in source.origins if not origin.startswith(LOOKED)]
        )
    yield from basis.shown_by


def _any_matches(entries: list[str], source: str) -> bool:
    return any(matches(entry, source) for entry in entries)
