"""Files to grids: what a department sent, whatever its container and encoding, as frames of text (`docs/data-shapes.md` 1).

Belongs here: containers, encodings, delimiters, cell types, protection against broken and hostile files. Does not belong here: what a
heading means, which row is data and which value is right (`assets/intake`). The names below load on first use, because the child
process that parses spreadsheets imports this package too and must start without pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.resources.reading.limits import Limits, ReadingSettings, load_settings
    from pipelines.resources.reading.reader import read_file
    from pipelines.resources.reading.shapes import Grid, Notice, Reading, Refusal

__all__ = ["Grid", "Limits", "Notice", "Reading", "ReadingSettings", "Refusal", "load_settings", "read_file"]

_HOMES = {"read_file": "reader", "Limits": "limits", "ReadingSettings": "limits", "load_settings": "limits"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'shapes')}"), name)
