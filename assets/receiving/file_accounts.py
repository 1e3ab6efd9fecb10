"""Everything that is said about one file that was read, in one place: `run` keeps it in the register, `check` prints it.

Belongs here: the order of the remarks of reading and of intake, and what names may stand beside them. Not here: the remarks themselves
(`pipelines.resources.reading`, `assets.intake`), what is said of several files together (`receiving`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from assets.intake.notices import ReadingLike, Tabulated
from pipelines.resources.deliveries import DeliveryNotice
from pipelines.resources.inbox import Remark
from pipelines.resources.naming import Naming
from pipelines.resources.reading import Refusal

STOP = "stop"


@dataclass(frozen=True)
class FileReporter:
    """Says things about one file: under the name that may be said of it (`label`)."""

    label: str
    naming: Naming

    def of_file(self, reading: ReadingLike | Refusal, tabulated: Tabulated | None = None) -> list[DeliveryNotice]:
        """All there is to say, in the order in which it was found out.

        Args:
            reading: what reading the file gave.
            tabulated: what its tables gave; None where they were not reached.
        """
        if isinstance(reading, Refusal):
            return [self._refused(reading)]
        messages = []
        for notice in (*reading.notices, *(tabulated.notices if tabulated else ())):
            # The register is read by people who must not learn a child's name, and sheets bear children's names.
            sheet = self.naming.words(notice.sheet)
            messages.append(
                DeliveryNotice(
                    self.label, notice.code, notice.severity, sheet, notice.row, notice.message, notice.advice
                )
            )
        if tabulated and tabulated.refusal:
            messages.append(self._refused(tabulated.refusal))
        return messages

    def left_alone(self, remark: Remark) -> DeliveryNotice:
        """A file that was not opened at all."""
        return DeliveryNotice(self.label, remark.code, remark.severity, "", 0, remark.message, remark.advice)

    def asked(self, line: DeliveryNotice) -> DeliveryNotice:
        """What is asked about the file, under the names that may be said."""
        return replace(line, file=self.label, sheet=self.naming.words(line.sheet))

    def _refused(self, refusal: Any) -> DeliveryNotice:
        return DeliveryNotice(self.label, refusal.code, STOP, "", 0, refusal.message, refusal.advice)
