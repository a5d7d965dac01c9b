"""Rules of text that a careful labeller states as rules, in seven languages: dates, changed bank details, robots.

Each pattern here was kept because it is nearly always right on the labelled replies; what is only a hint is left to
the statistics of `agent.embedded.head`. They only ever add a reason to look, they never remove a careful one.
"""

from __future__ import annotations

import re

_WEEKDAYS = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|saturday|sunday"
    r"|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonnabend|sonntags?"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|miercoles|jueves|viernes|sábado|domingo"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|lunedì|lunedi|martedì|martedi|mercoledì|mercoledi|giovedì|giovedi|venerdì|venerdi|sabato|domenica"
    r"|segunda|terça|quarta|quinta|sexta"
)
_MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|januar|jänner|februar|märz|mai|juni|juli|oktober|dezember"
    r"|janvier|février|fevrier|mars|avril|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|januari|februari|maart|mei|augustus|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
)
_RELATIVE = (
    r"today|tomorrow|tonight|month[- ]end|end of (?:the |this |next )?(?:month|week|quarter)|(?:this|next) (?:week|month)"
    r"|within \w+ (?:days|weeks)|in \w+ (?:days|weeks)|week \d+"
    r"|heute|morgen|übermorgen|monatsende|ende (?:des monats|der woche|nächster woche|dieser woche)|(?:nächste|diese|kommende)[rn]? (?:woche|monat)|kw ?\d+|ultimo"
    r"|aujourd'hui|demain|fin (?:de|du) (?:mois|semaine)|fin de la semaine|semaine prochaine|mois prochain|cette semaine|sous \w+ jours"
    r"|hoy|mañana|fin(?:al(?:es)?)? de (?:mes|semana)|(?:próxima|esta|proxima) semana|semana que viene|mes que viene"
    r"|vandaag|overmorgen|einde? (?:van de )?(?:maand|week)|volgende (?:week|maand)|deze week"
    r"|oggi|domani|dopodomani|fine (?:del )?mese|fine settimana|(?:prossima|questa) settimana|settimana prossima|mese prossimo"
    r"|hoje|amanhã|amanha|final do mês|fim do mês|(?:próxima|esta) semana|semana que vem|mês que vem"
)
DATE_LIKE = re.compile(
    rf"\b(?:{_WEEKDAYS}|{_MONTHS}|{_RELATIVE})\b"
    r"|\b(?:the|on|by|am|le|el|il|op|de|dia|día|del|zum|bis|al)\s+\d{1,2}(?:st|nd|rd|th|er|\.|\b)"
    r"|\b\d{1,2}[./-]\d{1,2}\b|\b\d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
NEXT_RUN = re.compile(
    r"\b(?:next|coming|following) (?:\w+[ -]){0,2}(?:run|batch|cycle|round)\b"
    r"|\bnächsten? (?:zahl(?:ungs)?lauf|zahlungsrunde|lauf)|\bprochaine? (?:campagne|run|échéance|lot|train)"
    r"|\bpróxim[ao] (?:remesa|lote|tanda|lote|corrida|dispersión|ciclo)|\bvolgende (?:betaalrun|betaalronde|run|batch)"
    r"|\bprossim[ao] (?:distinta|giro|lotto|mandata)",
    re.IGNORECASE,
)
_NEW = r"(?:new|changed|different|updated|revised|amended|neue[nrs]?|geänderte?n?|abweichende|andere|nouvelles?|nouveau|modifi\w+|nuev[oa]s?|otra|cambi\w+|nieuwe?|gewijzigde?|ander|nuov[oaie]|diverso|nov[oa]s?|outra|alterad\w+)"
_BANK = r"(?:bank(?:ing)?(?: account)?(?: details| letter| info\w*| mandate)?|account(?: number| details)|sort code|iban|bankverbindung|bankdaten|kontoverbindung|kontonummer|konto|coordonnées bancaires|rib|cuenta bancaria|datos bancarios|rekeningnummer|bankgegevens|coordinate bancarie|dados bancários|conta bancária|nib)"
BANK_CHANGE = re.compile(
    rf"\b{_NEW}\s+(?:\w+\s+)?{_BANK}\b|\b{_BANK}\s+(?:\w+\s+){{0,3}}{_NEW}\b|\bphishing\b|\bspoofed\b", re.IGNORECASE
)
AUTO_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto[- ]?(?:reply|response|matic)|automatische (?:antwort|reply)|automatisch antwoord"
    r"|réponse automatique|reponse automatique|respuesta automática|respuesta automatica|risposta automatica"
    r"|resposta automática|out of (?:the )?office|abwesenheit\w*|abwesend|afwezig\w*|absence|fuori sede|fuera de la oficina)",
    re.IGNORECASE,
)
