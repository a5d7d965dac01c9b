"""Hears the words of four warnings, whoever reads: a lawyer or a court, insolvency, changed bank details, "stop writing".

A reader can be misled, or miss a warning among other words; these words cannot be argued with. What is heard here only
ever brings a person in: it makes no claim, chooses no tool, and must never be used to find that a warning is absent.
"""

from __future__ import annotations

import re

from agent.embedded.lexicon import BANK_CHANGE
from store.vocabulary import Reason

# Somebody of the law on the customer's side, or a place where it is done.
_LEGAL = (
    r"\b(?:our|my|the company'?s|own|with|to|by|through) (?:\w+ )?(?:lawyers?|solicitors?|attorneys?|barristers?|legal (?:counsel|advis[eo]rs?|team|department|representatives?))\b"
    r"|\blegal (?:action|steps|proceedings|remedies)\b|\b(?:sue|suing) you\b|\bsee you in court\b|\bcounterclaim\b|\binstruct(?:ed|ing) (?:counsel|solicitors|lawyers)\b|\binjunction\b|\bsmall claims\b|\bombudsman\b|\btrading standards\b|\battorney general\b|\b(?:we|this (?:office|firm)) (?:are instructed by|represents?|acts? for)\b|\bletter before (?:claim|action)\b"
    r"|\b(?:unser\w*|mein\w*|de[rmn]|einen?|zum) (?:\w+ )?(?:rechts)?anw[aä]lt\w*|\brechtsanw[aä]lt\w*|\brechtsabteilung\b|\brechtliche\w* schritte\w*|\bgerichtlich\w*|\brechtsweg\b|\bklage (?:ein|erheb)\w*"
    r"|\b(?:notre|mon|nos|un|d'|l')\s?(?:avocate?s?|conseil juridique|service juridique)\b|\bvoie judiciaire\b|\baction en justice\b|\bpoursuites? judiciaires?\b|\btribunal\b|\bcontentieux\b"
    r"|\b(?:nuestr[oa]s?|mis?|al?|con (?:el|un)|un) (?:abogad[oa]s?|departamento (?:jurídico|legal)|servicios? jurídicos?|letrad[oa]s?)\b|\bacciones (?:legales|judiciales)\b|\bvía judicial\b|\bdemandar(?:les|los|emos)\b"
    r"|\b(?:onze|mijn|een|de) (?:advoca(?:at|ten)|jurist\w*|juridische (?:afdeling|dienst)|raadsman)\b|\bjuridische stappen\b|\bgerechtelijke?\b|\bnaar de rechter\b"
    r"|\b(?:nostr[oia]|mi[oa]|un|all'|l'|dall'|ai nostri|legale rappresentato da)\s?(?:avvocat[oi]|legal[ei]|ufficio legale|studio legale)\b|\bvie legali\b|\bazion[ei] legal[ei]\b|\bin tribunale\b"
    r"|\b(?:nosso|nossa|meu|um|ao|pelo|o) (?:advogad[oa]s?|departamento jurídico|gabinete jurídico)\b|\bações judiciais\b|\bvia judicial\b|\bmedidas legais\b"
)
_INSOLVENT = (
    r"\binsolven\w+|\bbankrupt\w*|\b(?:in|into|enter(?:ed|ing)) (?:administration|liquidation|receivership)\b|\bappointed (?:as )?(?:joint )?(?:administrator|liquidator|receiver|trustee)s?\b|\bchapter (?:7|11)\b|\bwinding[- ]up (?:order|petition|resolution)\b|\bliquidators?\b|\b(?:the|joint|court[- ]appointed) (?:receivers?|administrators?)\b|\breceivers? (?:and|over|changed|have|were|has|was)\b|\b(?:been|was|were) wound up\b|\bmoratorium\b|\bcompany voluntary arrangement\b"
    r"|\binsolvenz\w*|\bsanierungsverfahren\b|\bschutzschirm\w*|\bkonkurs\w*|\bzahlungsunfähig\w*|\bgläubigerversammlung\b"
    r"|\b(?:redressement|liquidation|procédure de sauvegarde|mandataire) judiciaire\b|\bmandataire liquidateur\b|\bcessation de paiements?\b|\bdépôt de bilan\b"
    r"|\bconcurso de acreedores\b|\badministra(?:dor|ción) concursal\b|\bconcursal\b|\bquiebra\b"
    r"|\bfaillissement\w*|\bfailliet\b|\bsurs[eé]ance\b|\bschuldsanering\b"
    r"|\bfalliment\w*|\bconcordato preventivo\b|\bliquidazione giudiziale\b|\bcuratore fallimentare\b|\bcommissario giudiziale\b"
    r"|\binsolvência\b|\bfalência\b|\brecuperação judicial\b|\badministrador (?:judicial|da insolvência)\b"
)
_STOP = (
    r"\b(?:stop|cease|quit) (?:writing|e-?mailing|contacting|messaging|sending|calling|chasing|bothering)\b|\b(?:do not|don'?t|never) (?:contact|write to|e-?mail|message|call) (?:us|me)\b(?! (?:if|about|unless|until|before))|\bremove (?:me|us|this address|my address)\b|\btake (?:me|us|this address|my address) off (?:your|the) (?:mailing )?list\b|\b(?:no (?:more|further)|don'?t want (?:any more|another|any further)) (?:e-?mails?|contact|letters?|messages?|texts|calls)\b|\bleave (?:us|me) (?:alone|be)\b|\bplease desist\b|\bnot (?:wish|want) to (?:be (?:contacted|written to)|hear from you)\b|\brefrain from (?:writing|contacting)\b"
    r"|\bschreiben sie (?:uns|mir) (?:nicht|nie|keine)\b|\b(?:keine|keinerlei) (?:weiteren )?(?:mails|e-?mails|nachrichten|schreiben) mehr\b|\bkontaktieren sie (?:uns|mich) nicht\b|\baus (?:dem|ihrem) verteiler\b|\blöschen sie (?:meine|unsere|diese) (?:e-?mail-?)?adresse\b"
    r"|\b(?:cessez|arrêtez) de (?:nous|m[e'])\s?\w+|\bne (?:nous|m[e'])\s?(?:contactez|écrivez) plus\b|\b(?:retirez|supprimez)[- ](?:moi|nous|cette adresse|mon adresse)\b|\bdésabonner\b"
    r"|\b(?:dejen|deje|paren) de (?:escribir|enviar|contactar|molestar|mandar)\w*|\bno (?:nos|me) (?:escriban?|contacten?|envíen?) más\b|\bno vuelvan a (?:escribir|contactar)\w*|\b(?:den|dar)(?:nos|me|se)? de baja\b"
    r"|\b(?:stop met|hou op met) (?:mailen|schrijven|sturen|contact)\w*|\b(?:mail|schrijf|benader) (?:ons|mij|me) niet (?:meer|langer)\b|\bgeen (?:mails|berichten|e-?mails|post) meer\b|\b(?:haal|verwijder) (?:ons|mij|me|dit adres|mijn adres)\b"
    r"|\b(?:smettete|smetta|smettetela|basta) (?:di |con )?(?:scriver|inviar|contattar|mandar|mail|e-?mail)\w*|\bnon (?:scriveteci|contattateci|scrivetemi|contattatemi)\b|\b(?:cancellate|rimuovete)(?:ci|mi)? (?:dalla|questo|il mio)\b"
    r"|\b(?:parem|pare|deixem) de (?:nos |me )?(?:escrever|enviar|contactar|mandar|contatar)\w*|\bnão (?:nos|me) (?:escrevam|contactem|enviem|contatem) mais\b|\b(?:retirem|removam)[- ](?:nos|me|este|o meu)\b"
)
_ACCOUNT_GIVEN = (
    r"\b(?:auf|an) (?:ihr|das) neues? konto\b|\b(?:to|into) your new (?:bank )?account\b|\bbank (?:account|details?) (?:has|have|had|was|were) (?:been )?chang\w+|\b(?:a|the|your) (?:new|different|other) (?:bank )?account\b|\bscam\b|\bphish\w*|\bfraudster\w*|\bpretending to be you\b|\bsur votre nouveau compte\b"
    r"|\b(?:a|en) (?:su|vuestra) nueva cuenta\b|\bop (?:uw|jullie) nieuwe rekening\w*|\bsul vostro nuovo conto\b|\bpara a vossa nova conta\b"
)
_ALARMS: dict[Reason, re.Pattern[str]] = {
    Reason.LEGAL_THREAT: re.compile(_LEGAL, re.IGNORECASE),
    Reason.INSOLVENCY: re.compile(_INSOLVENT, re.IGNORECASE),
    Reason.STOP_CONTACT: re.compile(_STOP, re.IGNORECASE),
    Reason.PAYMENT_FRAUD_RISK: re.compile(f"{BANK_CHANGE.pattern}|{_ACCOUNT_GIVEN}", re.IGNORECASE),
}


def heard(text: str) -> frozenset[Reason]:
    """Name the warnings whose words stand in a text, however its lines are broken."""
    flat = " ".join(text.replace("’", "'").split())
    return frozenset(reason for reason, words in _ALARMS.items() if words.search(flat))
