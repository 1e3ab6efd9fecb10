"""Word to PDF with LibreOffice, where it is installed; without it the Word file is all there is, and that is said.

Works only inside the folder of the documents: they may hold personal data, so no copy lies in the system's own
temporary folder. Not here: what is converted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from assets.paper.fonts import present_fonts, substitutes
from pipelines.resources.files import replacing

PROGRAMS = ("soffice", "libreoffice")
# LibreOffice keeps 20 charts of a document in mind and draws the others out of shape; a report has more.
_CHARTS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Cache/Writer"><prop oor:name="OLE_Objects" oor:op="fuse"><value>500</value></prop></item>
</oor:items>
"""
LIMIT_SECONDS = 180


def converter() -> str:
    """The path of LibreOffice; empty when it is not installed."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), "")


def to_pdf(documents: Sequence[Path]) -> list[Path]:
    """Convert Word files to PDF beside them, all in one start of the converter.

    Returns:
        The PDF files that came out, in the order of the documents; fewer (or none) when the converter is not installed
        or fails: the Word files are then unharmed.
    """
    program = converter()
    if not program or not documents:
        return []
    folder = documents[0].parent
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pdf-") as name:
        aside = Path(name)
        copies = [_prepared(path, aside / f"{number:04d}.docx") for number, path in enumerate(documents)]
        _run(program, copies, aside)
        # What did not come out is left out: its Word file is there, and the caller says that a PDF is missing.
        written = []
        for path, copy in zip(documents, copies, strict=True):
            pdf, target = copy.with_suffix(".pdf"), path.with_suffix(".pdf")
            if pdf.is_file():
                with replacing(target) as partial:
                    shutil.copyfile(pdf, partial)
                written.append(target)
        return written


def _run(program: str, copies: Sequence[Path], aside: Path) -> None:
    # A profile of its own: with the user's, a LibreOffice that is open takes the order over and writes nothing.
    profile = aside / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_CHARTS, encoding="utf-8")
    words = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", "pdf"]
    environment = {**os.environ, "HOME": str(aside), "TMPDIR": str(aside)}
    try:
        subprocess.run(
            [*words, "--outdir", str(aside), *map(str, copies)],
            capture_output=True,
            check=False,
            timeout=LIMIT_SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return


def _prepared(path: Path, copy: Path) -> Path:
    """A copy whose missing fonts are replaced by those of this machine, so that the PDF is not set in a random font."""
    names = substitutes(present_fonts())
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            content = source.read(item)
            # In quotes, as an attribute's whole value: a text that mentions the font stays.
            for official, other in names.items() if item.filename.endswith(".xml") else ():
                content = content.replace(f'"{official}"'.encode(), f'"{other}"'.encode())
            target.writestr(item.filename, content)
    return copy
