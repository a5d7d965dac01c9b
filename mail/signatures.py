"""Tell a signature from what the customer says. In doubt a line stays with what the customer says."""

from __future__ import annotations

import re

_DEVICE = (
    r"iphone|ipad|ios|android|galaxy|samsung|blackberry|mobile(?: device| phone)?|handy|smartphone|téléphone|móvil|mobiel|cellulare|"
    r"telefono|telemóvel|celular|telefon|outlook|gmail mobile|huawei|xiaomi|pixel|(?:proton|yahoo|windows) ?mail|mail for windows|"
    r"mail (?:für|pour|para|per|voor) windows"
)
_SENT = (
    r"sent (?:from|via|with|using)|gesendet (?:von|mit)|von (?:meinem|meiner)|diese nachricht wurde von (?:meinem|meiner)|"
    r"envoyé (?:de|depuis|à partir de)|enviado (?:desde|do|a partir|con)|inviato (?:da|dal|con)|verzonden (?:vanaf|met|via)|"
    r"skickat från|wysłan[eo] z"
)
_ADVERT = r"get|download|télécharge[rz]|obtenir|obtén|obtener|scarica|ottieni|obter|hämta|pobierz|holen sie sich"
_MOBILE = re.compile(
    rf"(?:{_SENT})\b.{{0,40}}\b(?:{_DEVICE})\b.{{0,30}}|(?:{_ADVERT}) (?:o |l['’])?outlook\b.{{0,30}}|outlook (?:für|para|per|voor|for|pour) .{{1,30}}",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"(?:--|—|–)\s*")
_POSTSCRIPT = re.compile(r"P\.? ?S\.?(?:\s*[:.,-]|\s+\S)", re.IGNORECASE)


def cut(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split the customer's lines into text and signature; both keep their order and no line is lost."""
    text, signature = _cut_block(lines)
    kept: list[str] = []
    mobile: list[str] = []
    for line in text:
        (
            mobile
            if len(line) < 120 and len(line.split()) <= 10 and _MOBILE.fullmatch(line.strip().rstrip(".!"))
            else kept
        ).append(line)
    return kept, mobile + signature


def _cut_block(lines: list[str]) -> tuple[list[str], list[str]]:
    for index in range(len(lines) - 1, -1, -1):
        if not _DELIMITER.fullmatch(lines[index]):
            continue
        block = lines[index + 1 :]
        if not any(line.strip() for line in lines[:index]) or not _is_signature(
            block, standard=lines[index].startswith("--")
        ):
            continue
        back = next((n for n, line in enumerate(block) if _POSTSCRIPT.match(line.strip())), len(block))
        return [*lines[:index], *block[back:]], [lines[index], *block[:back]]
    return lines, []


def _is_signature(block: list[str], *, standard: bool) -> bool:
    """Accept a block after `-- ` of at most 30 lines; after a bare dash only a short one without sentences."""
    words = [line for line in block if line.strip()]
    if not words or any(line.lstrip().startswith(">") for line in words):
        return False
    if standard:
        return len(words) <= 30
    prose = any(len(line.split()) >= 9 and line.rstrip().endswith((".", "?", "!")) for line in words)
    return len(words) <= 8 and not prose and all(len(line) <= 90 for line in words)
