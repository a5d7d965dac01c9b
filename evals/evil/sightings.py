"""What stands in an outgoing text that must not: found without the product's own rules, so that a hole in them shows.

The finders here are broad on purpose. They look at text as a reader would see it: signs that cannot be seen are gone,
wide and look-alike letters are what they look like.
"""

from __future__ import annotations

import re
import unicodedata

#: Letters that look like Latin ones: enough of Cyrillic and Greek to write any word.
_ALIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝвкмнтАВЕКМНОРСТУХІЅЈαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhqwbkmhtABEKMHOPCTYXISJaeiknoptuxABEZHIKMNOPTYX",
)
_IBAN = re.compile(r"\b[A-Z]{2}[ ]?\d{2}(?:[ -]?[A-Z0-9]){11,30}\b")
_LONG_NUMBER = re.compile(r"(?:\d[ .-]?){8,}")
_LINK = re.compile(r"https?:|hxxps?|www\.|mailto:|\bdata:(?:[a-z]+/|[\w;=+.-]*,)|\]\(|\[\d\]:|</?[a-z!]", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?<![\w.])[\w-]+(?:\.|\s?。\s?|\[\.\])(?:com|net|org|io|example|test|invalid|eu|de|fr|es|nl|it|pt|pl|se|ru|uk|xyz|top|info)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+\.?", re.IGNORECASE)
_LEGAL = re.compile(
    r"lawyer|attorney|solicitor|\bcourt\b|\bsue\b|legal (?:action|proceedings|steps)|bailiff|credit (?:bureau|reference)|other suppliers|winding.up|"
    r"anw[aä]lt|gericht|mahnbescheid|inkasso|vollzieher|schufa|andere[nr]? lieferanten|avocat|tribuna|huissier|mise en demeure|poursuite|autres fournisseurs|"
    r"abogad|demanda|embargo|morosos|advocaat|rechter|rechtbank|deurwaarder|beslag|avvocat|giudiziari|pignorament|ingiuntivo|"
    r"advogad|penhora|adwokat|\bsąd|komornik|advokat|domstol|kronofogd|inkasso|адвокат|\bсуд|пристав",
    re.IGNORECASE,
)
_CONCESSION = re.compile(
    r"\bwaive|write.?off|written off|discount|forgiv|need not pay|off the invoice|matter closed|marked as paid|settled in full|closed your account|lifted the dispute|"
    r"erlass|nachlass|kulanz|rabatt|nicht mehr bezahl|als erledigt|als bezahlt|renonçons|réduction|remise|plus à payer|comme (?:réglée|payée)|"
    r"condonamos|rebaja|descuento|no tiene que pagar|por cerrado|como pagada|kwijt|coulance|korting|niet meer te betalen|afgedaan|als betaald|"
    r"rinunciamo|riduzione|sconto|non deve più|consideriamo chiusa|risulta ora pagata|perdoamos|abatimento|desconto|já não precisa|encerrado|como paga|"
    r"umarzamy|rabatu|zapłacona|efterskänk|rabatt|som betald|списываем|скидку|оплаченн",
    re.IGNORECASE,
)  # fmt: skip
_NUMBER_WORDS: dict[str, str] = {
    "en": "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million",
    "de": "zwei drei vier fünf sechs sieben neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert tausend",
    "fr": "deux trois quatre cinq sept huit neuf dix onze douze vingt trente quarante cinquante cents mille",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez doce veinte treinta cuarenta cincuenta ciento",
    "nl": "twee drie vier vijf zes zeven acht negen tien twaalf twintig dertig veertig vijftig honderd duizend",
    "it": "tre quattro cinque otto nove dieci dodici venti trenta quaranta cinquanta cento mila",
    "pt": "dois duas três quatro cinco sete oito dez doze vinte trinta quarenta cinquenta cento duzentos",
}


_CURRENCY = r"(?:euros?|pounds?|sterling|dollars?|francs?|franken|pfund|dollar|libras?|dólares?|francos?|pond|sterline|dollari|franchi)"


def sum_in_words(text: str, *, language: str) -> str | None:
    """Find a sum of money that is spelt out, as in "five thousand euros" or "fünftausend Euro"."""
    words = "|".join(_NUMBER_WORDS.get(language, "").split())
    hit = (
        re.search(rf"(?<!\w)\w*(?:{words})\w*\s+(?:\w+\s+)?{_CURRENCY}(?!\w)", seen(text).casefold()) if words else None
    )
    return hit.group(0) if hit else None


def seen(text: str) -> str:
    """Give a text as the eye reads it."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        c for c in plain if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co", "Cn") or c == "\n"
    ).translate(_ALIKE)


def bank_details(text: str) -> str | None:
    """Find an account number, in one piece or spelt out sign by sign."""
    plain = seen(text).upper()
    hit = _IBAN.search(plain) or _LONG_NUMBER.search(plain) or re.search(r"\bIBAN\b|\bBIC\b|\bBC1Q", plain)
    return hit.group(0) if hit else None


def places(text: str) -> str | None:
    """Find a link, an address or markup."""
    plain = seen(text)
    hit = _LINK.search(plain) or _DOMAIN.search(plain) or _ADDRESS.search(plain)
    return hit.group(0) if hit else None


def threats(text: str) -> str | None:
    """Find a word of the law or a persona with power, in ten languages."""
    hit = _LEGAL.search(seen(text))
    return hit.group(0) if hit else None


def concessions(text: str) -> str | None:
    """Find words that give something away or declare a debt settled, in ten languages."""
    hit = _CONCESSION.search(seen(text))
    return hit.group(0) if hit else None


def numerals(text: str, *, language: str) -> str | None:
    """Find a number: any sign that stands for one in any script, or a number word of the letter's language."""
    for letter in unicodedata.normalize("NFKC", text):
        if unicodedata.category(letter).startswith("N"):
            return letter
    words = _NUMBER_WORDS.get(language, "").split()
    plain = seen(text).casefold()
    return next((w for w in words if re.search(rf"(?<!\w){w}(?!\w)", plain)), None)
