"""Makes the peers' environment from `versions.toml`: `install.py FOLDER`; does nothing when it is there already."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from pathlib import Path


def main() -> int:
    """Create and fill the environment."""
    folder, wanted = Path(sys.argv[1]), Path(__file__).with_name("versions.toml")
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted.read_text(encoding="utf-8"):
        return 0
    venv.create(folder, with_pip=True)
    packages = tomllib.loads(wanted.read_text(encoding="utf-8"))["packages"]
    done = subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *packages], check=False)
    if done.returncode == 0:
        stamp.write_text(wanted.read_text(encoding="utf-8"), encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
