"""Replaces streets, postcodes and towns where a line or a piece of it is known as a postal address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.capturing.folding import fold, like, listed, words_of
from evals.capturing.made_up import GENERIC, family_names
from evals.capturing.names import Names
from evals.capturing.salted import Salted
from evals.capturing.spans import Cut, Span
from mail.postal_lines import is_postcode, is_street

_PIECE = re.compile(r"[^\n,;|·•]+")
_SUFFIX = re.compile(
    r"(straße|strasse|str|weg|allee|platz|gasse|ring|damm|ufer|markt|steig|graben|chaussee|straat|laan|plein|gracht|kade|dijk|singel|steeg|dreef)$",
    re.IGNORECASE,
)
#: Words that make a line an address, or stand in many: they stay.
_STAYS = GENERIC | listed("""street st road rd avenue ave lane ln drive way court close place square boulevard blvd quay hill row mews crescent gardens gate wharf yard
    unit suite floor building block house park estate po box postfach postbus rue chemin route impasse allee quai cours passage bp cs cedex calle
    c avda avenida paseo camino carretera ctra poligono pol ind nave via viale piazza corso vicolo strada rua praca travessa estrada lote zona zone
    straat laan plein strasse str weg platz hof ring uk united kingdom england scotland wales ireland germany deutschland france frankreich espana
    spain italia italy nederland netherlands portugal austria osterreich schweiz suisse switzerland belgium belgie belgique gbr kg a b c d bis ter
    industrial industriel industriale business trading""")
_CAP = r"[A-ZÀ-ÖØ-Þ][^\W\d_]+"
_IN_PROSE = re.compile(
    rf"\b{_CAP}(?:straße|strasse|str\.|weg|allee|platz|gasse|straat|laan|plein|gracht|kade)\s\d{{1,4}}[a-z]?\b"
    rf"|\b\d{{1,4}}[A-Za-z]?,? (?:{_CAP} ){{1,3}}(?:Street|Road|Lane|Avenue|Drive|Way|Close|Square|Terrace|Quay)\b"
    rf"|\b(?:rue|avenue|boulevard|calle|avenida|via|viale|piazza|rua|praça)(?: (?:de|du|des|la|le|del|della|dos|das|da|do))* {_CAP}(?: {_CAP})*,? (?:n[.º°]? ?)?\d{{1,4}}\b",
)


def find_places(cut: Cut, salted: Salted, names: Names) -> Iterator[Span]:
    """Find the pieces of addresses; house numbers and postcodes keep their shape, words for a street stay."""
    stretches = [(f.start(), f.end()) for f in _PIECE.finditer(cut.text) if _is_address(f.group().strip(" >*\t"))]
    # Beside an amount, a date or a number of ours it is none.
    stretches = [(start, end) for start, end in stretches if cut.free(start, end)]
    stretches += [(f.start(), f.end()) for f in _IN_PROSE.finditer(cut.text)]
    for start, end in stretches:
        piece = cut.text[start:end]
        for word in words_of(piece):
            if word.text[:1].isupper() and fold(word.text) not in _STAYS and len(word.text) > 2:
                yield Span(
                    start + word.start,
                    start + word.end,
                    "postal address",
                    like(word.text, _place(word.text, salted, names)),
                )
        for found in re.finditer(r"\b(?=\w*\d)\w+(?:-\d+)?\b", piece):
            yield Span(
                start + found.start(),
                start + found.end(),
                "postal address",
                salted.shaped("house", found.group(), turns=200) if len(found.group()) > 2 else found.group(),
            )


def _is_address(piece: str) -> bool:
    return len(piece) > 4 and any(char.isdigit() for char in piece) and (is_street(piece) or is_postcode(piece))


def _place(word: str, salted: Salted, names: Names) -> str:
    known = names.known(word)
    if known is not None:
        return known
    ending = _SUFFIX.search(word)
    stem, tail = (word[: ending.start()], ending.group()) if ending and ending.start() >= 3 else (word, "")
    return (
        salted.replace("place", fold(stem), lambda: salted.order("place", fold(stem), family_names(names.language)))
        + tail
    )
