"""Replaces what could tell who somebody is in any piece of text, the same everywhere in a conversation and in a whole capture.

What the logic of a case needs stays on purpose: dates, amounts, currencies. What could not be told for sure is kept as a doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from evals.capturing.accounts import find_accounts, find_phones
from evals.capturing.addresses import Addresses
from evals.capturing.folding import fold
from evals.capturing.guessing import Guesser, doubts
from evals.capturing.made_up import LEGAL
from evals.capturing.names import Names
from evals.capturing.numbers import Numbers
from evals.capturing.places import find_places
from evals.capturing.salted import Salted
from evals.capturing.spans import Cut
from store.company import CompanyProfile


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who the creditor of a captured conversation becomes, and who it was."""

    was: CompanyProfile
    becomes: CompanyProfile
    addresses: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """What happened to the texts of one conversation: how often which kind was replaced, and what is left to a person."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    doubts: list[tuple[str, int, str, str]] = field(default_factory=list)

    def note(self, cut: Cut) -> None:
        """Count what was replaced."""
        for span in cut.changes():
            old, new = cut.text[span.start : span.end], span.new or ""
            if old != new:
                self.counts[span.kind] += 1
                self.examples.setdefault(span.kind, set()).add((masked(old), new))


class Redactor:
    """One capture's replacements. It is told what is known first, then listens to all texts of a conversation, then replaces."""

    def __init__(self, salt: bytes, creditor: Creditor) -> None:
        """Start a capture."""
        self.salted = Salted(salt)
        self.names = Names(self.salted)
        self.numbers = Numbers(self.salted)
        self.addresses = Addresses(self.salted, self.names, self.numbers)
        self._guesser = Guesser(person=self.names.person, firm=self.names.firm)
        self.told = Told()
        self._settle(creditor)

    def _settle(self, creditor: Creditor) -> None:
        """Make the creditor another: its name, address and domains everywhere the same one."""
        was, becomes = creditor.was, creditor.becomes
        domains = [was.domain, *was.own_domains, *(a.rpartition("@")[2] for a in creditor.addresses)]
        for address in (was.email, *creditor.addresses):
            self.addresses.fix(str(address), str(becomes.email), domains=domains)
        self.names.fix(was.name, becomes.name)
        core = _core(was.name)
        if core != was.name:
            self.names.fix(core, _core(becomes.name))
        theirs = [piece.strip() for piece in becomes.address.replace("\n", ",").split(",")]
        for place, piece in enumerate(p.strip() for p in was.address.replace("\n", ",").split(",")):
            if len(piece) > 3 and place < len(theirs):
                self.names.fix(piece, theirs[place])
        if was.name != becomes.name:
            self.names.called(was.name, becomes.name)
        for number in (was.vat_id, was.registration):
            self.numbers.learn(number)

    def listen(self, texts: Sequence[str], *, names: Sequence[str] = ()) -> None:
        """Find names in the texts of a conversation, and take the display names of its headers."""
        for name in names:
            self._guesser.name(name)
        for text in texts:
            self._guesser.listen(text)

    def text(self, text: str, *, where: str = "") -> str:
        """Replace in a text. `where` names it for the doubts; "": it has none that a person should look at."""
        return self.spans(text, where=where).result()

    def spans(self, text: str, *, where: str = "") -> Cut:
        """Give a text with what is to be replaced in it."""
        cut = self._cut(text)
        self.told.note(cut)
        if where:
            result = cut.result()
            for start, words in doubts(cut):
                at = start + cut.shift(start)
                self.told.doubts.append((where, result.count("\n", 0, at) + 1, words, _line_of(result, at)))
        return cut

    def _cut(self, text: str) -> Cut:
        cut = Cut(text)
        cut.take(self.addresses.find(cut))
        cut.take(find_accounts(cut, self.salted))
        cut.take(self.numbers.find_known(cut))
        cut.take(self.numbers.find_dates(cut))
        cut.take(find_phones(cut, self.salted))
        cut.take(self.numbers.find_amounts(cut))
        cut.take(find_places(cut, self.salted, self.names))
        cut.take(self.names.find(cut))
        cut.take(self.numbers.find(cut))
        return cut


def masked(value: str) -> str:
    """Show of a value no more than a person needs to know it again who has it before them."""
    bare = value.strip()
    return f"{bare[:1]}… ({len(bare)})"


def _core(name: str) -> str:
    words = name.replace(",", " ").split()
    while len(words) > 1 and fold(words[-1].replace(".", "")) in LEGAL:
        words.pop()
    return " ".join(words)


def _line_of(text: str, at: int) -> str:
    first, last = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[max(first, at - 60) : min(last if last >= 0 else len(text), at + 90)].strip()
