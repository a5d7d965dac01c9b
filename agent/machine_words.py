"""Tells words that are meant for a machine from a customer's letter, in ten languages: a flag and a focus, never a defence.

What bounds a hijacked model is code elsewhere. This only keeps the embedded reader from reading orders to machines as
if the customer had said them, and tells the collector that they stand there.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Who is spoken to: a program that reads or writes, by whatever name.
_AI = (
    r"\b(?:AI|A\.I\.|KI|IA|ИИ)[\s-]?(?:assist\w*|asyst\w*|ассист\w*|agent\w*|агент\w*|model\w*|модел\w*|system\w*|систем\w*|syste\w*|bot\w*)"
    r"|\b(?:ass?ist\w+|asystent\w*|ассистент\w*|agente?\w*|агент\w*|mod[eè]l\w*|модел\w*|syst[eèé]m\w*|sistem\w*|систем\w*)\s+(?:d['’]|de\s|di\s|do\s|da\s|с\s)?(?:IA|AI|KI|ИИ)\b"
    r"|\b(?:large )?language models?\b|\bLLMs?\b|\bchat\s?bots?\b|\bChatGPT\b|\bGPT-?\d|\bartificial intelligence (?:system|reading)"
    r"|\bSprachmodell\w*|\bmod[eè]les? (?:de )?lang(?:age|ue)\b|\bmodelos? de (?:lenguaje|linguagem)\b|\btaalmodel\w*|\bmodell[oi] (?:linguistic[oi]|di linguaggio)\b"
    r"|\bmodel\w* językow\w*|\bspråkmodell\w*|\bязыков\w+ модел\w+|\bискусственн\w+ интеллект\w*"
)
# The model that writes our answers, called by what it does.
_WRITER = (
    r"\b(?:model\w*|modèle|modello|modelo|программ\w+|модел\w+),?\s+(?:that|which|who|das|welches|qui|que|che|dat|które?y?|som|котор\w+)\s+"
    r"(?:drafts?|writes?|reads?|answers?|\w*\s?(?:entwirft|schreibt|liest|beantwortet)|rédige|lit|écrit|répond|redacta|escribe|lee|opstelt|schrijft|leest|"
    r"redige|scrive|legge|escreve|lê|pisze|czyta|skriver|läser|пишет|читает|die Antwort entwirft|het antwoord opstelt|la réponse|die [Aa]ntwort\w*|het antwoord)"
)
# Orders to forget the rules.
_FORGET = (
    r"\b(?:ignore|disregard|forget|override|bypass) (?:all |any |every |your |the |of |these |those )*(?:previous|prior|above|earlier|other|former|existing|preceding)\b[\w ,]{0,20}\b(?:instructions?|rules?|polic\w+|prompts?|guidelines?|orders)"
    r"|\b(?:ignorier\w*|missachte\w*|vergiss|vergessen sie) (?:alle |sämtliche |deine |ihre |die )*(?:vorherigen|bisherigen|obigen|früheren|vorigen) \w+"
    r"|\b(?:ignore[zr]?|oublie[zr]?) (?:toutes? |tous )?(?:les |vos |tes )?(?:instructions|consignes|règles)[\w ,]{0,24}(?:précédentes|antérieures|ci-dessus)"
    r"|\b(?:ignora|ignore|olvida|olvide|esquece|esqueça) (?:todas |todos )?(?:las |os |as |los |tus |sus |suas )?(?:instru[cç]\w+|reglas|regras)[\w ,]{0,24}(?:anteriores|previas|prévias)"
    r"|\bnegeer (?:alle )?(?:je |uw |de )?(?:eerdere|vorige|bovenstaande) \w+|\b(?:ignora|dimentica)(?:re)? (?:tutte )?(?:le )?(?:istruzioni|regole)[\w ,]{0,24}precedenti"
    r"|\b(?:zignoruj|pomiń|zapomnij o) (?:wszystki\w+ )?(?:poprzedni\w+|wcześniejsz\w+)(?: \w+){0,2} (?:instrukcj\w+|zasad\w*|poleceni\w+)"
    r"|\b(?:bortse från|ignorera|glöm) (?:alla )?(?:tidigare|föregående|ovanstående) (?:instruktion\w*|regler)"
    r"|\b(?:игнорируй\w*|забудь\w*) (?:все )?(?:предыдущ\w+|прежни\w+) (?:инструкц\w+|указани\w+|правил\w+)"
)
# Signs of a protocol: turns, roles and functions that no customer writes.
_PROTOCOL = (
    r"<\s*/?\s*(?:end|start|begin|reply|system|assistant|user|tool|instructions?|prompt)\b[^<>\n]{0,40}>|<\|[^|\n]{1,30}\|>|\[/?(?:SYSTEM|INST|ASSISTANT|USER|TOOL)\b[^\]\n]{0,20}\]"
    r"|\b(?:end|start) (?:of )?(?:tool output|user (?:prompt|turn)|assistant turn|system (?:message|prompt))\b|\bsystem (?:prompt|override|instruction)s?\b|\bsystem (?:message|note) (?:to|for) (?:the |an? )?(?:AI|assistant|agent|model|bot)\b|^\W{0,4}system(?: message| note)?\s*:"
    r"|\b(?:functions?|Funktion(?:en)?|fonctions?|funci[oó]n(?:es)?|functies?|funzion[ei]|fun[cç](?:ão|ões)|funkcj\w+|funktion\w*|функци\w+|tools?)\s+`?[a-z]+_[a-z_]+\b"
)
# Remarks for a program, as the remark says itself.
_REMARK = (
    r"\bautomated processing (?:notice|note|instruction)s?\b"
    r"|\b(?:not for humans?|not for people|nicht für menschen|pas pour les humains|no para (?:las )?personas|niet voor mensen|non per le persone|não para (?:as )?pessoas|nie dla ludzi|inte för människor|не для людей)\b"
    r"|\b(?:if|falls|wenn|si|als|se|jeśli|om|если)\b[^.\n]{0,12}\b(?:an? )?(?:AI|KI|IA|ИИ|bot|machine|computer)\b[^.\n]{0,25}\b(?:reads?|reading|liest|lit|lee|leest|legge|lê|czyta|läser|читает|lido)\b"
)
_TO_MACHINES = re.compile("|".join((_AI, _WRITER, _FORGET, _PROTOCOL, _REMARK)), re.IGNORECASE | re.MULTILINE)
#: What opens a block of such words, and what ends it.
_OPENS = re.compile(r"<{3}|<\s*(?:start|begin)\b|\[(?:SYSTEM|INST)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"^[^\w\n<]{0,20}<{3}[^<>\n]{0,80}>{3}[^\w\n]{0,20}$|<\s*(?:end|/)[^<>\n]{0,40}>|\[/(?:SYSTEM|INST)",
    re.IGNORECASE | re.MULTILINE,
)


@lru_cache(maxsize=256)  # a mail's paragraphs are asked about several times within a second
def speaks_to_machines(text: str) -> bool:
    """Say whether a text holds words that are meant for a machine (threat T-01): a flag, never a verdict."""
    return _TO_MACHINES.search(text) is not None


def without_machines(text: str) -> str:
    """Blank every paragraph that speaks to a machine, and the block that it opens. As long as before, line by line."""
    lines = text.split("\n")
    kept = list(lines)
    paragraphs = _paragraphs(lines)
    spoken = [speaks_to_machines(" ".join(lines[start:end])) for start, end in paragraphs]
    for place, (start, end) in enumerate(paragraphs):
        if spoken[place]:
            last = _end_of_block(place, [lines[a:b] for a, b in paragraphs])
            end = paragraphs[last][1]
            kept[start:end] = [" " * len(line) for line in lines[start:end]]
    return "\n".join(kept)


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for number, line in enumerate([*lines, ""]):
        if line.strip() and start is None:
            start = number
        elif not line.strip() and start is not None:
            found.append((start, number))
            start = None
    return found


def _end_of_block(place: int, paragraphs: list[list[str]]) -> int:
    """Give the paragraph with which the block ends that this one opens; itself where none is opened, or none closed.

    A block that nobody closes hides nothing: else a customer's own words after it would go unread.
    """
    if not _OPENS.search("\n".join(paragraphs[place])):
        return place
    for later in range(place + 1, min(place + 8, len(paragraphs))):
        if _ENDS.search("\n".join(paragraphs[later])):
            return later
    return place
