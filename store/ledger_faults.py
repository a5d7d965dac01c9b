"""What is wrong with the files of a ledger, in words for the person who made them: file, line, column. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong cell, row or file, in words for the person who made the file."""

    file: str
    line: int
    column: str
    text: str

    def __str__(self) -> str:
        """Give one line: where and what."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.column}: {self.text}" if self.column else f"{where}: {self.text}"


class LedgerFaults(ValueError):
    """The folder was refused; nothing was imported."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep every fault, not only the first."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
