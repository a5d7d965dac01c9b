"""Ways in which a model could say what is barred so that no list of words sees it (R-GND-05, R-GND-06, R-PRO-03, R-PRO-04).

Letters that the language does not have, a sentence in another language, words taken apart, figures as Roman numerals
or inside of longer words. For a model's text alone: a person may write a Polish street name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.language import language_surely
from agent.rules.base import Outbound, block
from agent.rules.reading import folded
from store.proposed import Finding

#: What a letter in each language is written with, beside a to z. Names come from slots, and are not looked at.
_LETTERS: dict[str, frozenset[str]] = {
    "en": frozenset("éèêëïçñàô"),
    "de": frozenset("äöüßéèêà"),
    "fr": frozenset("àâæçéèêëîïôœùûüÿ"),
    "es": frozenset("áéíóúüñºª"),
    "nl": frozenset("áàéëèêíïóöúüĳç"),
    "it": frozenset("àèéìíîòóùú"),
    "pt": frozenset("áâãàçéêíóôõúüºª"),
}
_APART = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:\s|[.·•*_\-]{1,2})\s?){3,}[^\W\d_](?![^\W_])")
_ROMAN = re.compile(r"\b(?!MIX\b)(?=[MDCLXVI]{3,}\b)M{0,9}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})\b")
_ENDINGS = r"com|net|org|info|biz|eu|de|fr|es|nl|it|pt|uk|co|io|example|test|ru|pl|se|ch|at|be|xyz|top"
#: "point de vue", "este punto es", "at that point it": endings that are words, after a point that is a matter and no sign.
_WORDS_TOO = r"de|es|it|at|be|se"
_A_POINT = (
    r"this|that|the|a|some|any|which|what|one|no|each|every|ce|un|le|du|au|notre|votre|chaque|aucun|seul|premier|dernier|autre|"
    r"este|ese|el|del|al|nuestro|su|ningun|primer|otro|questo|il|dal|nostro|o|do|no|ao|um|nosso|seu|deste|neste|dit|dat|het|een|ons"
)
_MATTER = r"vue|contact|depart|vente|livraison|collecte|vista|contacto|partida|entrega|recogida|venta|situacao|encontro|recolha"
_PLACE_IN_WORDS = re.compile(
    rf"\b(?:dot|punkt|point|punto|ponto|punt)\s+(?!(?:{_WORDS_TOO})\b)(?:{_ENDINGS})\b|\b(?:dot|punkt)\s+(?!es\b)(?:{_WORDS_TOO})\b"
    rf"|\b(?!(?:{_A_POINT})\s)\w+\s+(?:point|punto|ponto|punt)\s+(?:{_WORDS_TOO})\b(?!\s(?:{_MATTER})\b)"
    rf"|\b(?:at|arobase|arroba|chiocciola|klammeraffe|apenstaartje)\s+(?!(?:{_A_POINT})\s)\w+\s+(?:dot|punkt|point|punto|ponto|punt)\b"
)
_ONES_DE = r"(?:ein|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf|zwanzig|dreissig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig)"
_ONES_NL = r"(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
_ONES_IT = r"(?:due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|venti|trenta|quaranta|cinquanta)"
_COMPOUND = re.compile(
    rf"\b\w*{_ONES_DE}(?:und{_ONES_DE}|hundert|tausend)\w*|\b\w*{_ONES_NL}(?:en{_ONES_NL}|honderd|duizend)\w*|\b\w*{_ONES_IT}(?:cento|mila)\w*|\b(?:mille)(?:due|tre|quattro|cinque|sei|sette|otto|nove)\w*"
)
#: A sentence must be so long before its language is told: a short one says too little.
_LONG_ENOUGH = 25


def letters_of_the_language(out: Outbound) -> Iterator[Finding]:
    """R-PRO-04: a model's text holds no letter that its language does not have."""
    known = _LETTERS.get(out.draft.language)
    if not out.by_model or known is None:
        return
    text = unicodedata.normalize("NFC", out.literal).casefold()
    odd = next((c for c in text if c.isalpha() and not ("a" <= c <= "z" or c in known)), None)
    if odd:
        yield block("R-PRO-04", f"A letter stands in the text that the language of the mail does not have: {odd!r}.")


def sentences_in_the_language(out: Outbound) -> Iterator[Finding]:
    """R-GND-06: no sentence of a model's text is in another language than the mail."""
    if not out.by_model:
        return
    for sentence in re.split(r"(?<=[.!?:])\s+|\n+", out.literal):
        if sum(c.isalpha() for c in sentence) >= _LONG_ENOUGH:
            found = language_surely(sentence)
            if found is not None and found != out.draft.language:
                yield block("R-GND-06", f"A sentence of the text reads as {found}: {sentence.strip()[:40]!r}.")
                return


def words_in_one_piece(out: Outbound) -> Iterator[Finding]:
    """R-PRO-04: no word of a model's text is taken apart, letter by letter."""
    if not out.by_model:
        return
    found = _APART.search(unicodedata.normalize("NFKC", out.literal))
    if found:
        yield block("R-PRO-04", f"A word is taken apart: {found.group(0).strip()[:40]!r}.")


def no_figures_in_disguise(out: Outbound) -> Iterator[Finding]:
    """R-GND-05: no Roman numeral, and no number inside of a longer word, in a model's text."""
    if not out.by_model:
        return
    literal = unicodedata.normalize("NFKC", out.literal)
    found = _ROMAN.search(literal) or _COMPOUND.search(folded(literal))
    if found:
        yield block("R-GND-05", f"A figure stands in the text in disguise: {found.group(0)!r}.")


def no_places_in_words(out: Outbound) -> Iterator[Finding]:
    """R-PRO-03: a model does not spell an address out in words."""
    if not out.by_model:
        return
    found = _PLACE_IN_WORDS.search(folded(out.literal))
    if found:
        yield block("R-PRO-03", f"An address is spelt out in the text: {found.group(0)!r}.")
