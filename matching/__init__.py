"""WHO IS WHO: reading identity data, blocking, comparing, deciding, clustering and explaining, with no framework.

Nothing here knows Dagster, SQLAlchemy or Great Expectations, files or databases. `from matching import link` links anybody's
pandas frames (docs/library.md); it is loaded when it is first asked for, so that `import matching` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matching.library.answer import Linked
    from matching.library.link import link

__all__ = ["Linked", "link"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from matching.library import link as home

        return getattr(home, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
