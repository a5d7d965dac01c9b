"""What a model may not say in words, where figures are barred already: numbers, places to pay, concessions (R-GND, R-PRO).

These lists are telemetry with teeth: they stop clumsy and hijacked models, and a person still reads every draft.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from agent.notices import SLOT as NOTICES
from agent.rules import giving_words
from agent.rules.base import Outbound, block
from agent.rules.words import find_all
from prompts.slots import slots_in
from store.proposed import Finding
from store.vocabulary import Reason

_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|thousand|million|half|quarter|zero|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|fünfzig|hundert|tausend|hälfte|"
    r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|vingt|trente|cinquante|cent|mille|moitié|"
    r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cincuenta|cien|ciento|mil|mitad|"
    r"twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|dertig|vijftig|honderd|duizend|helft|"
    r"due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|venti|trenta|cinquanta|cento|mille|metà|"
    r"dois|duas|três|quatro|cinco|sete|oito|dez|doze|vinte|trinta|cinquenta|cem|metade)\b",
    re.IGNORECASE,
)
_CURRENCY_WORDS = re.compile(
    r"\b(?:euros?|pounds?|sterling|dollars?|bucks?|francs?|franken|kron(?:or|er)|dólares|dollari|libras|libbre|cents?|pence|per\s?cent|prozent|"
    r"pour\s?cent|por\s?ciento|procent|per\s?cento|por\s?cento)\b",
    re.IGNORECASE,
)
#: Ordinary words of one language that are numbers in another: alone they count nothing.
_ORDINARY: Mapping[str, frozenset[str]] = {
    "en": frozenset({"due", "once"}),
    "de": frozenset({"sei", "half"}),
    "fr": frozenset({"due", "dos"}),
    "es": frozenset({"sei"}),
    "nl": frozenset({"onze", "ten"}),
    "it": frozenset({"once"}),
    "pt": frozenset({"dos", "sei"}),
}
#: The sums that a deduction is about are called so in some languages; there the word gives nothing away.
_DEDUCTED = frozenset({"desconto", "descontos", "descuento", "descuentos"})
_WORD = re.compile(r"[^\W\d_]+")
_PLACE = re.compile(r"[^\W_]{2}\.[^\W\d_]{2,}")
_CONCESSION = re.compile(
    r"\b(?:waiv\w+|write[- ]?off|written off|discount\w*|in full (?:and final )?settlement|final settlement|credit (?:note )?(?:of|is|will be|has been)|"
    r"cancel(?:led|lation)?|free of charge|guarantee\w*|we accept (?:that|half|part|your offer)|without prejudice|new (?:bank )?account|changed? (?:our )?bank|"
    r"erlass\w*|verzicht\w*|rabatt\w*|gutgeschrieben|storniert|neue[sn]? (?:bank)?konto|kulanz\w*|"
    r"remise(?! (?:des (?:documents|marchandises|pièces|colis)|du (?:document|colis)|de la (?:marchandise|commande)|en (?:main|service|état)))|"
    r"renon[cç]\w+|(?:un|cet|votre|notre) avoir (?:de|sera|est)|l['’]avoir (?:de|sera|est)|annul[ée]\w*|nouveau compte|solde de tout compte|"
    r"descuento|condon\w+|renuncia\w*|anulad[oa]|nueva cuenta|"
    r"korting|kwijtscheld\w*|gecrediteerd|geannuleerd|nieuwe rekening|"
    r"sconto|rinunci\w+|annullat[oa]|nuovo conto|saldo e stralcio|"
    r"desconto|perdoa(?:r\w*|mos|d[oa]s?)|perdão d[aeo]|perdona(?:mos|rle|remos|r)|anulad[oa]|nova conta)\b",
    re.IGNORECASE,
)


def no_figures_in_words(out: Outbound) -> Iterator[Finding]:
    """R-GND-05: a model writes neither numbers nor currencies, not in words either."""
    if not out.by_model:
        return
    literal = unicodedata.normalize("NFKC", out.literal)
    found = _counting(literal, out.draft.language) or _CURRENCY_WORDS.search(literal)
    if found:
        yield block(
            "R-GND-05", f"A figure stands in the text in words: {found.group(0)!r}. Figures come from slots only."
        )


def _counting(literal: str, language: str) -> re.Match[str] | None:
    """Find a number in words. One that is an ordinary word of the mail's language counts only beside another number, or a currency."""
    ordinary = _ORDINARY.get(language, frozenset())
    for found in _NUMBER_WORDS.finditer(literal):
        if found.group(0).lower() not in ordinary:
            return found
        before, after = literal[: found.start()].split()[-1:], literal[found.end() :].split()[:1]
        if any(_NUMBER_WORDS.fullmatch(word) or _CURRENCY_WORDS.fullmatch(word) for word in _plain(before + after)):
            return found
    return None


def _plain(words: Sequence[str]) -> list[str]:
    return [match.group(0) for word in words if (match := _WORD.search(word)) is not None]


def no_places(out: Outbound) -> Iterator[Finding]:
    """R-PRO-03: a model names no place on the net, however it is spelt."""
    if not out.by_model:
        return
    literal = unicodedata.normalize("NFKC", out.literal).replace("。", ".")
    found = _PLACE.search(literal)
    if found:
        yield block("R-PRO-03", f"Something like an address stands in the text: {found.group(0)[:40]!r}.")


def no_concessions(out: Outbound) -> Iterator[Finding]:
    """R-PRO-10, R-PRO-11: a model gives nothing away and announces no change of ours."""
    if not out.by_model:
        return
    theirs = _DEDUCTED if out.claims_any(Reason.DEDUCTION) else frozenset()
    here = (found.group(0) for found in _CONCESSION.finditer(unicodedata.normalize("NFKC", out.literal)))
    # What a manager must approve of a person's words, nobody approves of a model's.
    for words in chain(here, find_all(giving_words.CONCEDING, out)):
        if words.lower() not in theirs:
            yield block("R-PRO-10", f"The text concedes or announces something: {words!r}.")
            return


def only_given_slots(out: Outbound) -> Iterator[Finding]:
    """R-GND-05: a model uses the slots that it was given for this answer, and no other."""
    if not out.by_model or out.given is None:
        return
    for slot in slots_in(out.draft.body):
        if slot not in out.given and slot != NOTICES:
            yield block("R-GND-05", f"The slot {slot} does not belong to this answer.")
