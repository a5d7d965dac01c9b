"""Tell the legal notices and printing appeals that companies hang on every mail from what the customer says.

A paragraph counts only where it opens like such a notice and then says enough of what they all say. In doubt it stays.
"""

from __future__ import annotations

import re

_MESSAGE = (
    r"(?:e-?mails?|electronic mail|messages?|communications?|transmissions?|correspondence|information|contents?|nachrichten?|mails?|mitteilung|messages?|courriels?|"
    r"courriers?|correos?|mensajes?|mensagem|mensagens|messaggio|messaggi|comunicazione|comunicación|comunicação|bericht|berichten|meddelande|"
    r"meddelelse|wiadomość|zpráva|viesti)"
)
_OPENING = re.compile(
    rf"(?:(?:the|this|these|any|all|das|die|der|diese[rs]?|le|la|les|ce|cet|cette|el|este|esta|il|questo|questa|lo|o|a|os|as|de|het|dit|deze|detta|denne|"
    rf"ta|tato|tämä|niniejsza|unless|if you|sollten sie|wenn sie|si vous|si usted|si no|se você|se avete|se hai|om du|indien u|als u) |l['’])"
    rf"(?:.{{0,60}}\b)?{_MESSAGE}\b.{{0,60}}|{_MESSAGE}\b.{{0,40}}|"
    r"(?:legal |confidentiality |important |privacy |security |email |e-mail |data |client |circular \d+ )*(?:notice|disclaimer|notification|caution|warning|"
    r"confidential(?:ity)?|privileged|disclosure)\b.{0,60}|"
    r"vertraulich\w*.{0,40}|haftungsausschluss.{0,40}|rechtlicher hinweis.{0,40}|wichtiger hinweis.{0,40}|avis (?:de confidentialité|juridique|important).{0,40}|"
    r"confidentialité.{0,40}|aviso (?:legal|de confidencial\w+|de privacidad).{0,40}|advertencia.{0,40}|confidencial\w*.{0,40}|nota (?:legal|di riservatezza).{0,40}|"
    r"avvertenza.{0,40}|riservatezza.{0,40}|ai sensi del.{0,40}|vertrouwelijk\w*.{0,40}|klauzula.{0,40}|\*{2,}.{0,60}",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(
    r"confidential|confidentiality|privileged|intended (?:only |solely |recipient|for|exclusively)|addressee|unauthori[sz]ed|disclos|disseminat|prohibited|"
    r"delete|destroy|notify (?:the sender|us)|received (?:this|it)|in error|by mistake|legally|liab|virus|intercept|does not accept|not necessarily|"
    r"vertraulich|rechtlich geschützt|bestimmt|empfänger|adressat|unbefugt|irrtümlich|vernichten|löschen|nicht gestattet|weitergabe|informieren sie|"
    r"confidentiel|destinataire|erreur|détruire|supprimer|interdit|diffusion|expéditeur|usage exclusif|"
    r"confidencial|destinatari|error|eliminar|borr|prohibid|proibid|notifi|divulga|privilegiad|exclusiv|por engano|apagar|"
    r"riservat|confidenzial|per errore|cancell|vietat|distrugg|divulgazione|"
    r"vertrouwelijk|geadresseerde|bestemd|onbevoegd|verwijder|ten onrechte|abusievelijk|"
    r"konfidentiell|avsedd|mottagare|radera|poufn|adresat|omyłk|usun|fortrolig|luottamuksel|vahingossa|vastaanottaja|poista|tarkoitettu",
    re.IGNORECASE,
)
#: One of these is in every such notice; the others are said of invoices too.
_CORE = re.compile(
    r"confiden|privileg|intended|addressee|virus|liab|vertraulich|rechtlich geschützt|bestimmt|adressat|destinata|riservat|vertrouwelijk|geadresseerde|bestemd|"
    r"konfident|avsedd|poufn|adresat|fortrolig|luottamuks",
    re.IGNORECASE,
)
#: A paragraph with one of these has something to say.
_BUSINESS = re.compile(
    r"\b(?:invoices?|inv|payments?|paid|credit note|remittance|purchase order|rechnung(?:en)?|zahlung(?:en)?|bezahlt|factures?|paiement|facturas?|pagos?|"
    r"fattur[ae]|pagamento|factu(?:ur|ren)|betaling|faturas?|faktura)\b",
    re.IGNORECASE,
)
_APPEAL = re.compile(
    r"(?:[^\w\n]{0,6})(?:please )?(?:consider|think (?:of|about)) (?:the|our|your) (?:environment|environmental).{0,160}|(?:please )?think (?:green|before you print|twice).{0,120}|"
    r"(?:[^\w\n]{0,6})(?:please )?(?:save|help save) (?:paper|trees|a tree|the (?:planet|environment)).{0,120}|"
    r"(?:please )?(?:do not|don['’]t) print (?:this|the) (?:e-?mail|message).{0,120}|before printing.{0,120}|"
    r"(?:bitte )?(?:denken sie (?:bitte )?an die umwelt|prüfen sie(?: bitte)?,? ob diese (?:e-?mail|mail|nachricht)|der umwelt zuliebe).{0,160}|"
    r"(?:pensez|merci de penser|avant d['’]imprimer|n['’]imprimez).{0,30}(?:environnement|imprim|mail|message|courriel).{0,100}|"
    r"(?:antes de imprimir|no imprima|piense en el medio ?ambiente|por favor,? piense antes).{0,140}|"
    r"(?:prima di stampare|pensa all['’]ambiente|non stampare).{0,140}|(?:pense no meio ambiente|antes de imprimir).{0,140}|(?:denk aan het milieu|denk aub aan).{0,140}",
    re.IGNORECASE,
)
_SCANNED = re.compile(
    r"virus-free\.?.{0,80}|(?:this (?:e-?mail|message) (?:has been|was|is)|diese (?:e-?mail|nachricht) wurde|este correo|ce (?:mail|courriel|message) a été|"
    r"l['’]absence de virus).{0,40}(?:scanned|checked|virus|geprüft|analizado|vérifié).{0,160}|"
    r"(?:\W{0,6})(?:caution|warning|external|extern|attention|achtung|external (?:e-?mail|sender|message))\W{1,4}(?:this (?:e-?mail|message) (?:originated|was sent|came|is) "
    r"(?:from )?(?:outside|an external)|diese (?:e-?mail|nachricht) (?:stammt|kommt|wurde) .{0,30}(?:extern|außerhalb)).{0,400}",
    re.IGNORECASE,
)
_LEAST_LENGTH = 90
_MAX_LENGTH = 6000


def take_off(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split lines into those that are the customer's, and the notices; both keep their order and no line is lost."""
    kept: list[str] = []
    notices: list[str] = []
    index = 0
    while index < len(lines):
        end = _notice_end(lines, index)
        if end:
            notices += lines[index:end]
            index = end
        else:
            kept.append(lines[index])
            index += 1
    return (kept, notices) if any(line.strip() for line in kept) else (lines, [])


def _notice_end(lines: list[str], start: int) -> int:
    """Give the line after the notice that begins here; 0 where none does."""
    first = lines[start].strip()[:1000]
    if len(first) < 6 or first.startswith(">"):
        return 0
    first = first.lstrip("*_-=#[( \t")
    if _APPEAL.fullmatch(first) or _SCANNED.fullmatch(first):
        return _wrapped_end(lines, start)
    if not _OPENING.match(first) or (start and lines[start - 1].strip() and not _ended(lines[start - 1])):
        return 0
    end = start
    while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith(">"):
        end += 1
    if _is_title(first) and end < len(lines) and end - start == 1:
        below = next((n for n in range(end, len(lines)) if lines[n].strip()), None)
        further = _notice_end(lines, below) if below is not None else 0
        return further
    text = " ".join(line.strip() for line in lines[start:end])[:_MAX_LENGTH]
    said = {match[0].lower()[:6] for match in _KEYWORDS.finditer(text)}
    least = 2 if _is_title(first) or len(text) > 400 else 3
    if len(text) < _LEAST_LENGTH or _BUSINESS.search(text) or not (_CORE.search(text) or _is_title(first)):
        return 0
    return end if len(said) >= least else 0


def _wrapped_end(lines: list[str], start: int) -> int:
    """Take the next lines of an appeal that is wrapped: those of the same paragraph that begin in lower case."""
    end = start + 1
    while end < len(lines) and end - start < 4 and lines[end].strip()[:1].islower() and not _ended(lines[end - 1]):
        end += 1
    return end


def _ended(line: str) -> bool:
    bare = line.rstrip()
    return bare.endswith((".", "!", "?", ":", "*", "-", "_", "=", ")", ">", '"')) or len(bare) < 60


def _is_title(line: str) -> bool:
    words = line.strip("*_:-= .!")
    return bool(
        re.match(
            r"(?:legal|confidentiality|important|privacy|email|e-mail|disclaimer|notice|haftung|vertraulich|rechtlich|wichtiger|avis|aviso|nota|avvertenza|confiden|caution)",
            words,
            re.IGNORECASE,
        )
    )
