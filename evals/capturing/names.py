"""Replaces names of persons and firms word by word, so that a name is the same in a greeting, a domain and a signature.

A word that only says what a firm trades in, or its legal form, stays. Nothing here knows a name by itself: names are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from evals.capturing.folding import ENDINGS, Word, capitals, fold, foldings, like, listed, words_of
from evals.capturing.made_up import AMBIGUOUS, FEW_FAMILY, FEW_GIVEN, GENERIC, LEGAL, TITLES, family_names, given_names
from evals.capturing.salted import Salted
from evals.capturing.spans import Cut, Span
from mail.person_lines import is_title

_ROLE_MARKS = re.compile(r"[/|,;:()\[\]]")
_JOINS = re.compile(r"[\s.,\-’'&/+]{0,4}")


class Names:
    """The words that are told to be names, and what stands for each."""

    def __init__(self, salted: Salted, *, language: str = "en") -> None:
        """Start with no name. `language` says from which made-up names are taken."""
        self._salted = salted
        self.language = language
        #: Folded word -> what stands for it. Several ways of writing one word share it.
        self._words: dict[str, str] = {}
        #: Folded words in a row -> what stands for each, where no word alone would do.
        self._rows: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._short: dict[str, str] = {}
        self._fixed: dict[str, str] = {}
        self._public: set[str] = set()

    def person(self, name: str) -> None:
        """Tell the name of a person, in whichever order; titles and roles are no names."""
        if is_title(name) or any(fold(w.text) in _ROLES for w in words_of(name)):
            for word in self._telling(name):
                self._add(word, given=False)
            return
        parts = _ROLE_MARKS.split(name)
        family_first = "," in name and len(parts) >= 2
        words = capitals(" ".join(reversed(parts[:2])) if family_first else parts[0])
        named = [word for word in words if not _is_common(word) and fold(word) not in TITLES]
        for place, word in enumerate(named):
            self._add(word, given=place == 0 and len(named) > 1)
        if len(named) >= 2 and len(named[0]) > 1:
            first, last = named[0], named[-1]
            new = self._words.get(fold(first), first)
            self._rows.setdefault((fold(first)[:1], fold(last)), (new[:1], self._words.get(fold(last), last)))
        if len(named) > 1:
            news = tuple(self._words.get(fold(word), word) for word in named)
            self._rows.setdefault(tuple(map(fold, named)), news)
            # As address books write it: "May, Will".
            self._rows.setdefault(tuple(map(fold, (named[-1], *named[:-1]))), (news[-1], *news[:-1]))

    def firm(self, name: str) -> None:
        """Tell the name of a firm. Where every word of it is a common one, the words in a row stand for it."""
        words = [word for word in capitals(name) if fold(word) not in LEGAL]
        telling = self._telling(name)
        for word in telling:
            self._add(word, given=False)
        if telling or len(words) < 2:
            return
        row = tuple(map(fold, words))
        self._rows.setdefault(row, tuple(self._new(f"{word} of {' '.join(row)}", given=False) for word in words))

    def called(self, name: str, replacement: str) -> None:
        """Tell a firm whose new name is settled: the first telling word of one stands for that of the other."""
        old, new = self._telling(name), self._telling(replacement)
        if old and new:
            for form in foldings(old[0]):
                self._words.setdefault(form, new[0])
        self.firm(name)

    def fix(self, name: str, replacement: str) -> None:
        """Settle what stands for a whole name, as for the creditor's own."""
        self._fixed[name] = replacement
        self._public |= {word.folded for word in words_of(replacement)}

    def known(self, word: str) -> str | None:
        """Give what stands for a single word; None where it is no name."""
        return self._words.get(fold(word))

    def initial(self, letter: str, family: str) -> str | None:
        """Give what stands for an initial before a family name; None where no such person is known."""
        row = self._rows.get((fold(letter), fold(family)))
        return row[0].lower() if row else None

    def told(self) -> set[str]:
        """Give every folded word that must not be left, but for those that are words of a letter too."""
        return {word for word in self._words if word not in AMBIGUOUS and len(word) > 3}

    def find(self, cut: Cut) -> Iterator[Span]:
        """Find names: whole fixed ones, words in a row, then single words."""
        yield from self._find_fixed(cut)
        words = list(words_of(cut.text))
        yield from self._find_rows(cut, words)
        for place, word in enumerate(words):
            if cut.free(word.start, word.end):
                new = self._single(cut.text, words, place)
                if new is not None:
                    yield Span(word.start, word.end, "name", new)

    @staticmethod
    def _telling(name: str) -> list[str]:
        """Give the words of a name that tell who it is. A small word in it is an everyday one: "Procure-to-Pay Help"."""
        return [word for word in capitals(name) if not _is_common(word)]

    def _find_fixed(self, cut: Cut) -> Iterator[Span]:
        for name in sorted(self._fixed, key=len, reverse=True):
            body = r"\s+".join(re.escape(piece) for piece in name.split())
            for found in re.finditer(rf"(?<!\w){body}(?!\w)", cut.text, re.IGNORECASE):
                new = self._fixed[name]
                yield Span(found.start(), found.end(), "creditor", new.upper() if found.group().isupper() else new)

    def _find_rows(self, cut: Cut, words: list[Word]) -> Iterator[Span]:
        for row in sorted(self._rows, key=len, reverse=True):
            for start in range(len(words) - len(row) + 1):
                piece = words[start : start + len(row)]
                if tuple(w.folded for w in piece) != row or not _adjoining(cut.text, piece):
                    continue
                if len(row[0]) == 1 and not piece[0].text.isupper():
                    continue
                for word, new in zip(piece, self._rows[row], strict=True):
                    yield Span(word.start, word.end, "name", like(word.text, new))

    def _single(self, text: str, words: list[Word], place: int) -> str | None:
        word = words[place]
        short = self._short.get(word.text)
        if short is not None:
            return short
        for stem, ending in _stems(word.text):
            new = self._words.get(fold(stem))
            if new is None or (fold(stem) in AMBIGUOUS and not _stands_as_name(text, words, place)):
                continue
            return like(stem, new) + ending
        return self._short_form(text, word)

    def _short_form(self, text: str, word: Word) -> str | None:
        """Read a word that is alone on its line as the short form of a known name, Dom for Dominic; None where it is none."""
        if len(word.text) < 3 or not word.text[:1].isupper() or _line(text, word).strip(" \t>*_,-.!") != word.text:
            return None
        long = sorted(known for known in self._words if known.startswith(word.folded))
        return like(word.text, self._words[long[0]][: len(word.text)]) if long else None

    def _add(self, word: str, *, given: bool) -> None:
        if len(word) <= 3 and word.isupper():
            self._short.setdefault(word, self._salted.shaped("initials", word))
        if len(word) < 2 or fold(word) in self._words or fold(word) in self._public:
            return
        new = self._new(word, given=given)
        for form in foldings(word):
            self._words.setdefault(form, new)
        for part in re.split(r"['’]", word):
            if len(part) > 3:
                self._words.setdefault(fold(part), new)

    def _new(self, word: str, *, given: bool) -> str:
        names, few = (given_names, FEW_GIVEN) if given else (family_names, FEW_FAMILY)
        own = fold(word)
        return self._salted.replace("name", own, lambda: self._salted.order("name", own, names(self.language), few=few))


#: With one of these it is a desk and no person.
_ROLES = listed("""help helpdesk desk team accounts payable payables receivable receivables finance invoices invoice billing purchasing procurement
    center centre service services department dept office mailbox ledger buchhaltung kreditoren debitoren rechnungen einkauf zentrale
    comptabilite fournisseurs achats contabilidad facturacion compras proveedores contabilita amministrazione ufficio fornitori acquisti
    crediteuren administratie boekhouding inkoop contabilidade financeiro fornecedores compras group reply robot system bot portal""")


def _is_common(word: str) -> bool:
    return fold(word) in GENERIC or fold(word) in LEGAL or len(word) < 2


def _stems(word: str) -> Iterator[tuple[str, str]]:
    yield word, ""
    for ending in ENDINGS:
        if word.lower().endswith(ending) and len(word) - len(ending) >= 4:
            yield word[: -len(ending)], word[-len(ending) :]


def _adjoining(text: str, piece: list[Word]) -> bool:
    return all(_JOINS.fullmatch(text[one.end : other.start]) for one, other in pairwise(piece))


def _line(text: str, word: Word) -> str:
    return text[text.rfind("\n", 0, word.start) + 1 :].split("\n", 1)[0]


def _stands_as_name(text: str, words: list[Word], place: int) -> bool:
    """Say whether an everyday word stands where a name does: after a title or a greeting, or alone on its line."""
    word = words[place]
    if not word.text[:1].isupper():
        return False
    if _line(text, word).strip(" \t>*_,-.!") == word.text:
        return True
    before = fold(words[place - 1].text) if place else ""
    return before in TITLES or before in _GREETINGS


_GREETINGS = listed(
    "dear hi hello hallo hola bonjour salut ciao buongiorno caro cara estimado estimada beste geachte ola prezado prezada liebe lieber thanks gruss regards"
)
