"""What of a reply the embedded reader looks at: the letter, without its signature, its disclaimer and words to machines.

Nothing is cut: what is passed over becomes blanks of the same length, so that evidence stays an exact piece of the
reply. A language model and the collector see the whole reply.
"""

from __future__ import annotations

import re

from agent.machine_words import speaks_to_machines, without_machines

__all__ = ["for_people", "letter_of", "speaks_to_machines"]

_CLOSING = re.compile(
    r"^[\s>]*(?:(?:with\s+)?(?:kind(?:est)?|best|warm|many|yours)\s+(?:regards|wishes|thanks)|(?:kind\s+)?regards|rgds|yours\s+(?:sincerely|faithfully|truly)|"
    r"sincerely|cheers|thanks(?:\s+(?:and|&)\s+regards)?|thank\s+you|many\s+thanks|all\s+the\s+best|"
    r"mit\s+(?:freundlichen|besten|herzlichen|vielen)\s+gr[üu](?:ß|ss)en|(?:freundliche|viele|beste|liebe|herzliche|schöne)\s+gr[üu](?:ß|ss)e|mfg|lg|vg|hochachtungsvoll|"
    r"met\s+(?:vriendelijke|hartelijke)\s+groet(?:en)?|vriendelijke\s+groet(?:en)?|groet(?:jes|en)?|mvg|hoogachtend|"
    r"(?:bien\s+)?cordialement|bien\s+à\s+vous|salutations(?:\s+distinguées)?|sincères\s+salutations|"
    r"(?:un\s+)?(?:cordial\s+)?saludos?(?:\s+cordial(?:es)?)?|atentamente|atte\.?|"
    r"cordiali\s+saluti|distinti\s+saluti|saluti|cordialmente|"
    r"(?:com\s+os\s+)?(?:melhores\s+)?cumprimentos|atenciosamente|att\.?|abraços?)\b[^\n]{0,40}$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential|intended (?:solely|only) for|if you have received it|in error|consider the environment|registered in england|registered office|"
    r"vertraulich|Geschäftsführer|Amtsgericht|HRB\s*\d|USt-?Id|confidentiel|destinataire|RCS\s|SIRET|confidencial|destinatario|vertrouwelijk|KvK|"
    r"riservat[oa]|destinatari|P\.?\s?IVA|confidencial|NIPC|Sent from my|Gesendet von|Envoyé de mon|Enviado desde|Verzonden vanaf|Inviato da",
    re.IGNORECASE,
)
#: The longest line that can still be a part of a signature.
_SIGNATURE_LINE = 70


def letter_of(text: str) -> str:
    """Blank what is no part of the letter; the whole text where nothing would be left."""
    kept = without_machines(text).split("\n")
    kept = [_blank(line) if _DISCLAIMER.search(line) else line for line in kept]
    kept = _without_signature(kept)
    shown = "\n".join(kept)
    return shown if any(letter.isalpha() for letter in shown) else text


def for_people(text: str) -> str:
    """Blank the words to machines alone; the whole text where nothing would be left."""
    shown = without_machines(text)
    return shown if any(letter.isalpha() for letter in shown) else text


def _without_signature(lines: list[str]) -> list[str]:
    """Blank what follows the last closing formula, as long as it looks like a signature and not like a postscript."""
    closings = [n for n, line in enumerate(lines) if _CLOSING.match(line)]
    if not closings or not any(line.strip() for line in lines[: closings[-1]]):
        return lines
    last = closings[-1]
    tail = lines[last + 1 :]
    if any(len(line.strip()) > _SIGNATURE_LINE or re.match(r"\s*p\.?\s?s\b", line, re.IGNORECASE) for line in tail):
        return lines
    return [*lines[:last], *(_blank(line) for line in lines[last:])]


def _blank(line: str) -> str:
    return " " * len(line)


def is_closing(line: str) -> bool:
    """Say whether a line is a closing formula, such as "Kind regards"."""
    return _CLOSING.match(line) is not None
