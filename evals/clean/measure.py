"""Counts what the outbound rules refuse of clean drafts, by rule and language.

A draft counts where it is written as the sheet asks (`faults`); one that is not is shown and left out, never counted as let through.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from agent.rules.reading import folded
from evals.clean.staging import WRITERS, Stand
from prompts.replies import signature_block
from prompts.slots import fill, literal_text, slots_in
from store.proposed import Finding
from store.vocabulary import Severity

#: Where the drafts lie; those of the file for trying it out never count.
FOLDER = Path(__file__).parent.parent.parent / "tests" / "corpus" / "clean"
TRIAL = "clean_dev.jsonl"


class CleanDraft(BaseModel):
    """One draft as a writer delivered it. `where`: file and line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: str
    scene: str
    by: str
    body: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft and what the rules say of it."""

    draft: CleanDraft
    language: str
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that forbid approval."""
        return tuple(f for f in self.findings if f.severity is Severity.BLOCK)


@dataclass(slots=True)
class Measured:
    """The result: what was judged, and which drafts could not be used, with why."""

    judged: list[Judged] = field(default_factory=list)
    unusable: list[tuple[CleanDraft, str]] = field(default_factory=list)

    @property
    def blocked(self) -> list[Judged]:
        """The drafts that a rule forbids."""
        return [one for one in self.judged if one.blocking]

    @property
    def share(self) -> float:
        """The share of drafts that are blocked; 0 where there are none."""
        return len(self.blocked) / len(self.judged) if self.judged else 0.0

    def by_rule(self, severity: Severity) -> dict[str, Counter[str]]:
        """Count drafts by rule and language, of one severity."""
        found: dict[str, Counter[str]] = {}
        for one in self.judged:
            for rule in sorted({f.rule for f in one.findings if f.severity is severity}):
                found.setdefault(rule, Counter())[one.language] += 1
        return dict(sorted(found.items()))

    def languages(self) -> Counter[str]:
        """Count the drafts by language."""
        return Counter(one.language for one in self.judged)


def read(path: Path) -> list[CleanDraft]:
    """Read one file of drafts. Raises ValueError, with file and line, for one that is not of the sheet's format."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            found.append(CleanDraft.model_validate({"where": where} | json.loads(line)))
        except ValueError as error:
            raise ValueError(f"{where}: is no draft of the sheet's format: {error}") from error
    return found


def files(folder: Path = FOLDER) -> list[Path]:
    """List the files that count."""
    return sorted(path for path in folder.glob("clean_*.jsonl") if path.name != TRIAL)


def measure(drafts: Iterable[CleanDraft], stands: Mapping[str, Stand]) -> Measured:
    """Judge every draft at the stages of draft and approval."""
    result = Measured()
    for draft in drafts:
        why = faults(draft, stands)
        if why:
            result.unusable.append((draft, why))
            continue
        stand = stands[draft.scene]
        result.judged.append(Judged(draft, stand.scene.language, stand.findings(draft.body, by=draft.by)))
    return result


def faults(draft: CleanDraft, stands: Mapping[str, Stand]) -> str | None:
    """Say why a draft is not written as the sheet asks: by its form alone, never by its words."""
    stand = stands.get(draft.scene)
    if stand is None:
        return f"there is no scene {draft.scene!r}"
    if draft.by not in WRITERS:
        return f"by is {draft.by!r}: write model or person"
    if draft.by == "model" and stand.scene.only_person:
        return "no model words this scene"
    filled = fill(draft.body, stand.scope)
    if filled.faults:
        return filled.faults[0]
    own = draft.body.partition(signature_block())[0]
    if own == draft.body:
        return "the signature block is missing, or not as the sheet has it"
    listed = {name for slot in stand.slots for name in slots_in(slot)}
    strange = [name for name in slots_in(own) if name not in listed]
    if draft.by == "model" and strange:
        return f"a model is not given the slot {strange[0]}"
    return None


def words(one: Judged, finding: Finding) -> str:
    """Give the sentence of the draft that a finding quotes from; "" where it quotes nothing."""
    quoted = re.findall(r"['\"“‘]([^'\"”’]{2,80})['\"”’]", finding.text)
    for sentence in re.split(r"(?<=[.?!:])\s+|\n+", literal_text(one.draft.body)):
        if any(folded(text) in folded(sentence) for text in quoted):
            return " ".join(sentence.split())
    return ""
