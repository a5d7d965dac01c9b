"""The words around figures in seven languages, as patterns on `reading.folded` text: what counts something, and what is no sum."""

from __future__ import annotations

import re

_UNITS = (
    r"days?|working days|business days|weeks?|months?|years?|hours?|minutes?|copies|copy|lines?|items?|pages?|units?|pieces?|pcs|pallets?|boxes|"
    r"cartons?|deliver(?:y|ies)|instal+ments?|documents?|attachments?|questions?|points?|people|colleagues|steps?|times|orders?|reminders?|mails?|emails?|"
    r"tage?n?|werktage?n?|arbeitstage?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?|kopien?|positionen?|posten|seiten?|stuck|paletten?|kartons?|"
    r"lieferungen?|raten|dokumente?n?|anlagen?|punkte?n?|fragen?|schritte?n?|mal|bestellungen?|rechnungen?|"
    r"jours?(?: ouvres| ouvrables)?|semaines?|mois|ans|annees?|heures?|minutes?|copies?|lignes?|articles?|unites?|palettes?|cartons?|colis|"
    r"livraisons?|echeances?|mensualites?|factures?|pieces jointes|fois|commandes?|"
    r"dias?(?: habiles| uteis| laborables)?|semanas?|mes(?:es)?|anos?|horas?|minutos?|copias?|lineas?|linhas?|articulos?|artigos?|paginas?|unidades?|"
    r"pales?|paletes?|cajas?|caixas?|entregas?|cuotas|plazos|prestacoes|facturas?|faturas?|documentos?|adjuntos?|anexos?|veces|vezes|pedidos?|encomendas?|"
    r"dagen|dag|werkdagen|weken|week|maanden|maand|jaar|uur|minuten|kopieen|regels?|artikelen|pagina'?s?|stuks|pallets?|dozen|leveringen?|termijnen|"
    r"facturen|factuur|documenten|bijlagen?|keer|bestellingen?|"
    r"giorni|giorno|giorni lavorativi|settiman[ae]|mes[ei]|ann[oi]|or[ae]|minut[oi]|copi[ae]|righ?[ae]|articol[oi]|pagin[ae]|unita|pezzi|bancali|"
    r"scatol[ae]|consegn[ae]|rate|fattur[ae]|document[oi]|allegat[oi]|volte|ordin[ei]"
)
_LABELS = (
    r"lines?|items?|pages?|positions?|sections?|clauses?|paragraphs?|articles?|versions?|steps?|points?|annex|appendix|part|floor|gate|dock|bay|option|week|"
    r"zeilen?|pos(?:ition)?\.?|posten|seiten?|abschnitt|absatz|ziffer|punkt|anlage|version|teil|schritt|tor|rampe|kw|etage|"
    r"lignes?|postes?|articles?|paragraphe|point|annexe|etape|quai|semaine|lineas?|linhas?|partida|articul[oa]|pagina|apartado|punto|ponto|anexo|"
    r"paso|passo|muelle|semana|clausula|regel|artikel|alinea|punt|bijlage|stap|riga|righe|articolo|paragrafo|allegato|settimana|banchina"
)
_STANDARDS = r"iso|en|din|bs|iec|astm|nf|uni|nen|vde|incoterms|w|form|formular|formulaire|formulario|modulo|office|windows|ce|tier"
_MEASURES = r"mm|cm|dm|m|km|m2|m3|kg|g|t|l|ml|cl|kw|kwh|w|v|kv|ma|bar|psi|hz|rpm|°c|k?ω|nm|μm|inch|ft|lbs?|oz|gb|mb"
#: Figures that count or label something plain, or tell the time: no sum, no day, no number of the ledger.
HARMLESS = re.compile(
    rf"(?<![\w.,])(?:\d{{1,3}}(?:\s?[-–/]\s?\d{{1,3}}|\s(?:to|or|and|bis|oder|a|ou|et|o|u|y|e|of|tot)\s\d{{1,3}})?[\s-](?:more |further |weitere |autres |otros |outros |altri |andere )?(?:{_UNITS})"
    rf"|(?:{_LABELS})\s?(?:no\.? |nr\.? |n[o°]\.? )?\d{{1,3}}(?:\s?(?:to|and|-|und|bis|et|a|y|e|en|tot)\s?\d{{1,3}})?(?!\d)(?![.,]\d)"
    rf"|\d{{1,5}}(?:[.,]\d{{1,3}})?\s?(?:{_MEASURES})"
    rf"|(?:{_STANDARDS})[\s-]?\d{{1,5}}(?:[-:]\d+)*|24/7|(?:[qh][1-4])\b"
    r"|\d{1,2}:\d{2}(?:\s?(?:-|–|to|bis|a|tot)\s?\d{1,2}:\d{2})?(?:\s?(?:uhr|h|am|pm|a\.m\.|p\.m\.|uur|hrs|o'clock))?"
    r"|\d{1,2}\.\d{2}\s?(?:uhr|h|am|pm|a\.m\.|p\.m\.|uur|hrs|o'clock)"
    r"|\d{1,2}\s?h\s?\d{0,2}\b|\d{1,2}\s?(?:uhr|am|pm|a\.m\.|p\.m\.|uur|o'clock|heures|horas)\b"
    r"|(?:fy|year|jahr|annee|ano|anno|exercice|ejercicio|boekjaar|in|of|for|since|seit|en|de|em|nel|dal|del|in het jaar)\s(?:19|20)\d\d"
    r"|1(?:st|er|ere|re|a|o|º|ª)\b|[23](?:nd|rd)\b|\d{1,2}(?:th|st|nd|rd|e|eme|º|ª)\b)(?![\w])"
)
#: "40 days overdue" and its like; the count stands in one of the groups.
DAYS_OVERDUE = re.compile(
    r"(?<![\w.,])(\d{1,4}) (?:calendar )?days? (?:over ?due|late|past due|past the due|behind|in arrears|beyond)"
    r"|(?:over ?due|late|past due|in arrears) (?:by|for|since) (?:more than |over )?(\d{1,4}) days?"
    r"|seit (?:mehr als |uber )?(\d{1,4}) tagen (?:uber)?fallig|(?<![\w.,])(\d{1,4}) tagen? (?:uberfallig|in verzug|im verzug|im ruckstand|verspatet|zu spat)"
    r"|en retard (?:de|depuis) (?:plus de )?(\d{1,4}) jours|(?<![\w.,])(\d{1,4}) jours de retard|echue?s? depuis (?:plus de )?(\d{1,4}) jours"
    r"|(?<![\w.,])(\d{1,4}) dias de (?:retraso|atraso|demora|mora)|vencid[oa]s? (?:desde )?(?:hace|ha) (?:mas de |mais de )?(\d{1,4}) dias"
    r"|(?:em atraso|en mora|atrasad[oa]s?) (?:ha|hace|desde hace) (?:mas de |mais de )?(\d{1,4}) dias"
    r"|(?<![\w.,])(\d{1,4}) dagen (?:te laat|over tijd|verlopen|achterstallig|vervallen|over de)|(?:al|sinds) (\d{1,4}) dagen (?:te laat|verlopen|achterstallig|vervallen)"
    r"|scadut[oaei] da (?:piu di )?(\d{1,4}) giorni|(?<![\w.,])(\d{1,4}) giorni di ritardo|in ritardo di (\d{1,4}) giorni"
)
OPEN_INVOICES = re.compile(
    r"(?<![\w.,])(\d{1,3}) (?:open|overdue|outstanding|unpaid|offene[nr]?|uberfallige[nr]?|openstaande|achterstallige|ouvertes|impayees) ?"
    r"(?:invoices?|items?|rechnungen?|posten|facturen|factures?)"
    r"|(?<![\w.,])(\d{1,3}) (?:facturas? (?:abiertas?|pendientes?|vencidas?)|faturas? (?:em aberto|vencidas?|pendentes?)|fattur[ae] (?:apert[ae]|scadut[ae]|insolut[ae])|"
    r"factures? (?:ouvertes?|impayees?|echues?|en attente))"
)
PER_CENT = re.compile(
    r"(?<![\w.,])(\d{1,4}(?:[.,]\d{1,4})?)\s?(?:%|percent\b|per cent\b|prozent\b|procent\b|pour cent\b|por ciento\b|por cento\b|per cento\b)"
)
_NUMBERS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|"
    r"ein|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|zwanzig|\w*hundert\w*|\w*tausend\w*|deux|trois|quatre|cinq|dix|vingt|trente|cent|cents|mille|"
    r"dos|tres|cuatro|cinco|diez|cien|cientos|mil|quinientos|twee|vijf|tien|\w*honderd\w*|\w*duizend\w*|due|tre|cinque|dieci|\w*cento|\w*mila|dois|duas|dez|cem|centos)"
)
#: A sum in words: "one thousand eight hundred pounds".
IN_WORDS = re.compile(
    rf"\b{_NUMBERS}(?:(?: |-| and | und | et | y | en | e ){_NUMBERS})* (?:euros?|pounds?|dollars?|franken|francs?|kron(?:or|er)|libras?|dolares|dollari|sterline|pond)\b"
)
