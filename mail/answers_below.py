"""Find answers that a customer wrote into older mail which is not quoted by `>`: "see below in red", "marked with ==>".

Only where the text above says so, since otherwise nothing tells them from the older words. Colour is shown as a leading triangle by
`mail.html_quotes`; in plain text it is a mark that the customer typed. What is announced and not found is flagged for a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Stands before words of another colour in older mail.
COLOURED = "\u25b8 "

_ANNOUNCED = re.compile(
    r"\b(?:below|beneath|underneath|in-?line|in (?:red|blue|green|bold|colou?r|capitals|caps|yellow|purple|orange|italics)|between the lines|marked with|"
    r"unten(?:stehend)?|nachstehend|weiter unten|in (?:rot|blau|grün|fett)|rot markiert|im text|direkt darunter|ci-dessous|ci-après|plus bas|en (?:rouge|bleu|vert|gras)|"
    r"dans le texte|dans le corps|abajo|más abajo|a continuación|en (?:rojo|azul|verde|negrita)|entre líneas|sotto|di seguito|in (?:rosso|blu|verde|grassetto)|qui sotto|"
    r"hieronder|onderstaand|zie onder|in (?:het )?(?:rood|blauw|groen)|abaixo|a (?:vermelho|azul)|em (?:vermelho|azul|verde|negrito)|nedan|nedanför|i rött|i blått|nedenfor|"
    r"nedenunder|med rødt|i rødt|poniżej|na czerwono|na niebiesko|alla|punaisella)\b",
    re.IGNORECASE,
)
_TYPED = re.compile(
    r"(?:={1,4}>{1,3}|-{1,4}>{1,3}|→|►|▶|➜|➔|=>|>{2,3}|<{2,4}|\*{2,5}|#{2,5}|\+{2,5}|@{2,4}|~{2,5}|\[[A-Z][^\[\]\n]{0,25}\]:?)[ \t]{0,4}(?=\S)"
)
_MAX_LINE = 1000


def announced(above: Sequence[str]) -> bool:
    """Say whether the text above the older mail says that there are answers in it."""
    return any(_ANNOUNCED.search(line[:_MAX_LINE]) for line in above[-40:])


def answers_in(older: Sequence[str]) -> list[bool]:
    """Say for each line of the older mail whether it is one of the announced answers."""
    coloured = [line.lstrip("> ").startswith(COLOURED.strip()) for line in older]
    if any(coloured):
        return coloured
    typed = [bool(_TYPED.match(line.strip()[:_MAX_LINE])) for line in older]
    return [found and not _is_rule(line) for found, line in zip(typed, older, strict=True)]


def _is_rule(line: str) -> bool:
    return not any(char.isalnum() for char in line)


def plain(line: str) -> str:
    """Give an answer without the triangle that stood for its colour."""
    bare = line.lstrip("> ")
    return bare[len(COLOURED) :] if bare.startswith(COLOURED) else line
