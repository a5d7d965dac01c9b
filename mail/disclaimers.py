"""Tell the legal notices and printing appeals that companies hang on every mail from what the customer says.

A paragraph counts only where it opens like such a notice, if need be below the company's registration, then says enough of what they all
say, and has no sentence without a word of theirs. Whole paragraphs only; one that speaks of an invoice or a payment stays. In doubt it stays.
"""

from __future__ import annotations

import re

from mail.announced import tells_of_new
from mail.signature_lines import Kind, kinds_of

_MESSAGE = (
    r"(?:e-?mails?|electronic mail|messages?|communications?|transmissions?|correspondence|information|contents?|nachricht(?:en)?|inhalt|mails?|mitteilung|messages?|courriels?|"
    r"courriers?|correos?|mensajes?|mensagem|mensagens|messaggio|messaggi|comunicazione|comunicación|comunicação|(?:e-?mail)?bericht(?:en)?|meddelande|"
    r"meddelelse|wiadomość|zpráva|viesti)"
)
_OPENING = re.compile(
    rf"(?:(?:the|this|these|any|all|das|die|der|diese[rs]?|le|la|les|ce|cet|cette|el|este|esta|il|questo|questa|lo|o|a|os|as|de|het|dit|deze|detta|denne|"
    rf"ta|tato|tämä|niniejsza|unless|if you|sollten sie|wenn sie|si vous|si usted|si no|se você|se avete|se hai|om du|indien u|als u) |l['’])"
    rf"(?:.{{0,60}}\b)?{_MESSAGE}\b.{{0,60}}|{_MESSAGE}\b.{{0,40}}|"
    r"(?:legal |confidentiality |important |privacy |security |email |e-mail |data |client |circular \d+ )*(?:notice|disclaimer|notification|caution|warning|"
    r"confidential(?:ity)?|privileged|disclosure)\b.{0,60}|"
    r"vertraulich\w*.{0,40}|haftungsausschluss.{0,40}|rechtlicher hinweis.{0,40}|(?:wichtiger )?hinweis.{0,40}|de conformidad con.{0,40}|en cumplimiento de.{0,40}|de acordo com.{0,40}|conformément.{0,40}|gemäß.{0,40}|avis (?:de confidentialité|juridique|important).{0,40}|"
    r"confidentialité.{0,40}|aviso (?:legal|de confidencial\w+|de privacidad).{0,40}|advertencia.{0,40}|confidencial\w*.{0,40}|nota (?:legal|di riservatezza).{0,40}|"
    r"avvertenza.{0,40}|riservatezza.{0,40}|ai sensi del.{0,40}|vertrouwelijk\w*.{0,40}|klauzula.{0,40}|\*{2,}.{0,60}",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(
    r"confidential|confidentiality|privileged|intended (?:only |solely |recipient|for|exclusively)|addressee|unauthori[sz]ed|disclos|disseminat|prohibited|"
    r"delete|destroy|notify (?:the sender|us)|received (?:this|it)|in error|by mistake|legally|liab|virus|intercept|does not accept|no responsibility|not necessarily|are addressed|was addressed|copy or forward|"
    r"vertraulich|rechtlich geschützt|bestimmt|empfänger|adressat|unbefugt|irrtümlich|vernichten|löschen|nicht gestattet|weitergabe|unzulässig|kenntnisnahme|ausschließlich|haftung|viren|informieren sie|"
    r"confidentiel|destinataire|erreur|détruire|supprimer|interdit|diffusion|expéditeur|usage exclusif|"
    r"confidencial|destinatari|error|eliminar|borr|prohibid|proibid|notifi|divulga|privilegiad|exclusiv|protección de datos|tratamiento|derechos|por engano|apagar|"
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
    r"\b(?:invoices?|inv|payments?|pay|paying|payable|paid|credit notes?|remittance|purchase orders?|statements? of account|bank (?:details|account)|iban|reminders?|overdue|"
    r"rechnung(?:en)?|zahl(?:en|ung(?:en)?)|bezahl(?:t|en)|überwei\w+|gutschrift|bankverbindung|mahnung(?:en)?|factures?|paiements?|payer|payée?s?|virement|avoir de|relance|"
    r"facturas?|pagos?|pagar|pagad[oa]s?|transferencia bancaria|abono|fattur[ae]|pagament[oi]|paga(?:re|t[oa])|bonifico|nota di credito|"
    r"factu(?:ur|ren)|betaling(?:en)?|betalen|betaald|creditnota|faturas?|pagamentos?|fakturae?y?|fakturor|betalning|płatnoś\w+|zapłat\w+)\b|[€$£]",
    re.IGNORECASE,
)
#: Each sentence of a notice has one of these.
_NOTICE_WORD = re.compile(
    r"e-?mail|mail\b|message|communication|transmission|correspondence|attach|information|recipient|addressee|sender|confiden|privileg|disclos|copy|copie|distribut|dissemin|prohibit|unlawful|"
    r"unauthor|authori|virus|malware|liab|responsib|legal|law\b|view|opinion|monitor|intercept|secur|privacy|gdpr|personal data|data\b|delete|destroy|error|mistake|notif|disclaim|warrant|guarantee|"
    r"environment|print|contract|binding|company|registered|offer|accept|recipi|purpose|permission|consent|policy|received|"
    r"nachricht|inhalt|anhang|anhäng|anlage|vertraul|geschützt|empfäng|adressat|absender|unbefugt|irrtüm|lösch|vernicht|kopier|weiterg|weiterleit|haft|rechtsverbind|datenschutz|umwelt|druck|gewähr|"
    r"gestattet|verboten|information|viren|"
    r"courriel|pièce|confident|destinat|expéditeur|erreur|détrui|suppr|interdi|diffus|intégrité|responsab|altér|modifi|falsif|imprim|données|juridique|"
    r"correo|mensaje|adjunt|confidenc|remitente|error|elimin|borr|prohib|divulg|proteg|protección|datos|legal|imprimir|medio ambiente|tratamiento|derechos|autoriz|"
    r"messagg|comunicaz|allegat|riservat|mittente|errore|cancell|vietat|distrugg|trattamento|dati|stampa|ambiente|gdpr|"
    r"bericht|bijlage|vertrouw|geadress|afzender|verwijder|vernietig|openbaar|verspreid|aansprakel|verboden|onjuist|onvolled|bestemd|privacy|gegevens|milieu|rechten|"
    r"mensagem|anexo|remetente|engano|apag|proibi|legislação|dados|"
    r"wiadomoś|załączn|poufn|nadawc|adresat|usun|zabron|meddelande|mottagar|avsändar|konfid|radera|bilag|viesti|vastaanott|luottam|zpráv|příjemc",
    re.IGNORECASE,
)
#: A person speaks of what happened: "this mail reached us in error" is an answer.
_PERSONAL = re.compile(
    r"\b(?:(?:we|i) (?:are|am) not (?!liable|responsible|able|bound)|reach(?:ed|es) (?:us|me)|sent (?:to )?(?:us|me)\b|(?:we|i) (?:have |had |just )*(?:received|got|bought|ordered|sent|know|never|no longer|do not know)|"
    r"i['’]m not|we['’]re not|keeps? coming|our (?:branch|office|colleague|department|records|account)|not (?:us|me|ours|mine)\b|"
    r"wir (?:sind|haben|kennen|bitten|können)|ich (?:bin|habe|kenne)|bei uns|an uns|(?:nous|on) (?:avons|a|ne sommes|n['’]avons|sommes)|je (?:ne )?suis|j['’]ai|chez nous|"
    r"(?:no )?somos|hemos|he recibido|nos (?:ha|han|llega)|(?:non )?siamo|abbiamo|ci è|ho ricevuto|wij (?:zijn|hebben|kennen)|ik (?:ben|heb)|bij ons|aan ons|(?:não )?somos|recebemos|recebi|"
    r"otrzymaliśmy|nie jesteśmy|vi (?:har|är))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?]) {1,3}(?=[A-ZÀ-Þ])")
_REGISTERED = re.compile(
    r"regist|vat\b|ust|hr[ab]\b|handels|amtsgericht|sitz|siret|rcs|capital|siège|kvk|btw|cif|nif|iva\b|cnpj|nipc|nip\b|org|company n|geschäftsf",
    re.IGNORECASE,
)
_ENTRY = frozenset(
    {Kind.REGISTER, Kind.COMPANY, Kind.STREET, Kind.POSTCODE, Kind.ESTATE, Kind.NAME, Kind.MAYBE_STREET, Kind.TITLE}
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
_MAX_ENTRIES = 10


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
    if not _may_open(first) or (start and lines[start - 1].strip() and not _ended(lines[start - 1])):
        return 0
    end = start
    while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith(">"):
        end += 1
    if end - start == 1 and len(first) < _LEAST_LENGTH and _is_title(first):
        below = next((n for n in range(end, len(lines)) if lines[n].strip()), None)
        return _notice_end(lines, below) if below is not None else 0
    text = " ".join(line.strip() for line in lines[start:end])
    return end if len(text) <= _MAX_LENGTH and _is_notice(text) else 0


def _may_open(line: str) -> bool:
    """Say whether a line opens like a notice, or is the registration of a company, which may stand before one."""
    if _OPENING.match(line):
        return True
    return bool(_REGISTERED.search(line[:300])) and _is_registration(_SENTENCE.split(line, maxsplit=1)[0])


def _is_notice(paragraph: str) -> bool:
    """Say whether a whole paragraph is a notice: it opens like one, all its sentences are of one, and none speaks of business."""
    sentences = _SENTENCE.split(paragraph.lstrip("*_-=#[( \t"))
    while len(sentences) > 1 and _is_registration(sentences[0]):
        sentences.pop(0)
    text = " ".join(sentences)
    if (
        not _OPENING.match(text)
        or len(text) < _LEAST_LENGTH
        or _BUSINESS.search(text)
        or _PERSONAL.search(text)
        or tells_of_new(text)
    ):
        return False
    if not _CORE.search(text) and not _is_title(text):
        return False
    said = {match[0].lower()[:6] for match in _KEYWORDS.finditer(text)}
    if len(said) < (2 if _is_title(text) or len(text) > 400 else 3):
        return False
    return all(len(sentence.split()) < 4 or _NOTICE_WORD.search(sentence) for sentence in sentences)


def _is_registration(sentence: str) -> bool:
    kinds = kinds_of(sentence.rstrip("."))
    return Kind.REGISTER in kinds and kinds <= _ENTRY


def registration_start(lines: list[str]) -> int:
    """Give the line where a last paragraph begins that says where a company is registered and no more; 0 where none does."""
    end = max((n for n, line in enumerate(lines) if line.strip()), default=0)
    start = end
    while start > 0 and lines[start - 1].strip() and end - start < _MAX_ENTRIES:
        start -= 1
    if start == 0 or lines[start - 1].strip():
        return 0
    sentences = [part for line in lines[start : end + 1] for part in _SENTENCE.split(line.strip())]
    kinds = [kinds_of(sentence.rstrip(".")) for sentence in sentences]
    if len(sentences) > _MAX_ENTRIES or not all(found and found <= _ENTRY for found in kinds):
        return 0
    entries = sum(Kind.REGISTER in found for found in kinds)
    firm = any(Kind.COMPANY in found for found in kinds) or "registered" in lines[start].lower()
    return start if entries >= 2 or (entries and firm) else 0


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
