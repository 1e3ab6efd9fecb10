"""What `dagster` and `dg` load: the definitions of the workspace that TONGBI_HOME names, else of `./workspace`.

Without a workspace the graph can still be looked at. How it is put together is `assembly`.
"""

from __future__ import annotations

from pipelines.assembly import build_definitions
from pipelines.resources.workspace import default_root

__all__ = ["build_definitions", "defs"]

defs = build_definitions(default_root())
