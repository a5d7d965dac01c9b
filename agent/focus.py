"""What of a reply the embedded reader looks at: the letter, without its signature, its disclaimer and words to machines.

Nothing is cut: what is passed over becomes blanks of the same length, so that evidence stays an exact piece of the
reply. A language model and the collector see the whole reply.
"""

from __future__ import annotations

import re

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
_TO_MACHINES = re.compile(
    r"\b(?:AI|A\.I\.|KI|IA)[\s-]?(?:assistant|agent|model|system|bot|Assistent\w*|Agent\w*)\b|\bassistente? (?:de |di )?IA\b|"
    r"\b(?:large )?language model\b|\bsystem (?:message|prompt|override|instruction)s?\b|\bchatbot\b|"
    r"\b(?:ignore|disregard|forget|override) (?:all |any |your |the )*(?:previous|prior|above|earlier|other) (?:instructions|rules|policies|prompts)\b|"
    r"\bignoriere (?:alle )?(?:vorherigen|bisherigen|obigen) \w+|\bignore[zr]? (?:toutes )?(?:les|vos) (?:instructions|consignes) (?:précédentes|antérieures)|"
    r"\bignor[ae] (?:todas )?(?:las|as) instruc\w+ (?:anteriores|previas)|\bnegeer (?:alle )?(?:eerdere|vorige) instructies|\bignora (?:tutte )?le istruzioni precedenti|"
    r"\bautomated processing (?:notice|instruction)\b|\b(?:end|start) (?:of )?(?:tool output|user prompt|system message)\b",
    re.IGNORECASE,
)
#: The longest line that can still be a part of a signature.
_SIGNATURE_LINE = 70


def letter_of(text: str) -> str:
    """Blank what is no part of the letter; the whole text where nothing would be left."""
    lines = text.split("\n")
    kept = _without_machines(lines)
    kept = [_blank(line) if _DISCLAIMER.search(line) else line for line in kept]
    kept = _without_signature(kept)
    shown = "\n".join(kept)
    return shown if any(letter.isalpha() for letter in shown) else text


def speaks_to_machines(text: str) -> bool:
    """Say whether the reply holds words that are meant for a machine (threat T-01): a flag, never a verdict."""
    return _TO_MACHINES.search(text) is not None


def _without_machines(lines: list[str]) -> list[str]:
    """Blank every paragraph in which a machine is spoken to."""
    kept = list(lines)
    start = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and lines[end].strip():
            continue
        if speaks_to_machines(" ".join(lines[start:end])):
            kept[start:end] = [_blank(line) for line in lines[start:end]]
        start = end + 1
    return kept


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
