"""Words that demand payment, say that it is late, claim interest, name a deadline or a way to object. `reading.folded` form."""

from __future__ import annotations

from agent.rules.words import Words

#: A demand, not a question about the day of payment.
DEMAND: Words = {
    "en": (
        r"(?:please|kindly|must|need to|required to|have to|we (?:ask|require|urge|expect) (?:that )?you(?: to)?|we must ask you to)(?: now| therefore| also| still)? "
        r"(?:pay(?! (?:\w+ )?(?:attention|heed))|settle|remit|transfer|clear|arrange (?:for )?(?:the )?payment|make (?:the |your |a )?payment|effect payment|ensure (?:that )?payment)|"
        r"payment (?:is|must be|has to be) (?:now |immediately )?(?:due|made|required)(?! on)(?! by the)|we (?:now )?(?:demand|insist on|require) (?:\w+ )?payment|demand payment"
    ),
    "de": (
        r"bitte (?:\w+ )?(?:uberweisen|begleichen|bezahlen|zahlen) sie(?! nicht| bitte nicht| keine)|(?:uberweisen|begleichen|bezahlen|zahlen) sie (?:\w+ ){0,3}bitte|(?:bitten|ersuchen) (?:wir )?sie(?:(?! wann | ob )[^.?!]){0,80}?zu (?:uberweisen|begleichen|bezahlen|zahlen)|"
        r"(?:bitten|ersuchen) (?:wir )?sie(?:(?!information|auskunft|mitteilung|ruckmeldung|nachricht|nachweis|beleg| wann | ob )[^.?!]){0,80}?zur zahlung|"
        r"(?:bitten|ersuchen) (?:wir )?(?:sie )?um (?:\w+ )?(?:zahlung|uberweisung|begleichung|ausgleich)|fordern (?:wir )?sie (?:\w+ )?auf|(?:ist|sind) (?:sofort|umgehend|unverzuglich) (?:zu zahlen|zahlbar|fallig)"
    ),
    "fr": (
        r"(?:veuillez|merci de|nous vous (?:prions|demandons|invitons)(?: donc)?(?: de| a)?(?: bien vouloir)?)(?: \w+){0,2}? (?:payer|regler|virer|solder|"
        r"effectuer (?:le|votre|un) (?:paiement|virement|reglement)|proceder au (?:paiement|reglement))|(?:paiement|reglement) immediat|exigeons (?:le )?paiement"
    ),
    "es": (
        r"(?:rogamos|solicitamos|pedimos|por favor,?)(?: que)?(?: \w+){0,3}? (?:pague\w*|abone\w*|transfiera\w*|liquide\w*|(?:efectue|realice)\w* (?:el|su|la) (?:pago|transferencia)|proceda\w* al pago)|"
        r"pago inmediato|exigimos (?:el )?pago|debe (?:pagar|abonar)"
    ),
    "nl": (
        r"(?:verzoeken|vragen|sommeren) (?:wij )?u(?:(?!weten|gewenst|wanneer|aan te geven| of u )[^.?!]){0,80}?(?:te betalen|over te maken|te voldoen)|gelieve (?:(?!weten|wanneer|aan te geven)[^.?!]){0,60}?(?:te betalen|over te maken|te voldoen)|"
        r"(?:wilt|kunt) u (?:(?!weten|wanneer|aangeven)[^.?!]){0,40}?(?:betalen|overmaken|voldoen)|onmiddellijke betaling|u dient (?:[^.?!]){0,40}?(?:te betalen|te voldoen)"
    ),
    "it": (
        r"(?:preghiamo|chiediamo|invitiamo|sollecitiamo|la prego)(?:(?!sapere|comunic|indic|dirci| quando )[^.?!]){0,60}?(?:pagare|saldare|versare|bonificare|"
        r"effettuare (?:il|un) (?:pagamento|bonifico)|provvedere al (?:pagamento|saldo))|pagamento immediato|esigiamo (?:il )?pagamento|deve pagare"
    ),
    "pt": (
        r"(?:solicitamos|pedimos|agradecemos|queira\w*|por favor)(?:(?!indiqu|inform|diga|saber| quando )[^.?!]){0,60}?(?:pague\w*|pagar|liquid\w+|transfira\w*|efetu\w+ (?:o|a) (?:pagamento|transferencia)|"
        r"proced\w+ ao pagamento)|pagamento imediato|exigimos (?:o )?pagamento|deve pagar"
    ),
}

OVERDUE: Words = {
    "en": r"over ?due|past due|in arrears",
    "de": r"uberfallig\w*|in verzug|im verzug|ruckstand\w*|ruckstandig\w*",
    "fr": r"paiement (?:est )?en retard|factures? (?:est |sont )?(?:en retard|impayees?|echues?)|impayes?",
    "es": r"pago (?:esta )?vencido|facturas? (?:esta |estan )?vencidas?|en mora|impagad[oa]s?|atrasad[oa]s? en el pago",
    "nl": r"achterstallig\w*|betaaltermijn (?:is )?(?:al \w+ \w+ )?(?:verstreken|verlopen)|vervallen factu\w+|betalingsachterstand",
    "it": r"pagamento (?:e )?(?:scaduto|in ritardo)|fattur[ae] (?:e |sono )?(?:scadut[ae]|insolut[ae])|insolut[oie]",
    "pt": r"pagamento (?:esta )?em atraso|faturas? (?:esta |estao )?(?:vencidas?|em atraso)|em mora",
}

INTEREST: Words = {
    "en": (
        r"(?:late(?: payment)?|statutory|default|contractual|penalty|overdue|accrued|simple) interest|interest (?:charges?|rate|will|accru\w+|for late|on the (?:overdue|outstanding|open|late)|at the (?:statutory|rate))|"
        r"(?:charge|claim|add|adding|charging|claiming|accrue|plus|no|any) (?:you )?(?:any )?interest(?! in)|with (?:\w+ )?interest (?:from|at|for|of|on|accru\w+)"
    ),
    "de": r"(?:verzugs|mahn|uberziehungs)?zins\w*|verzugsschaden",
    "fr": r"interets? (?:de retard|moratoires?|legaux|legal)|penalites? (?:de retard)?|majorations? de retard",
    "es": r"intereses? (?:de demora|moratorios?|por (?:mora|demora|retraso)|legal(?:es)?)|(?<!nuestros )(?<!sus )(?<!mutuos )(?<!comunes )intereses(?! (?:comunes|mutuos|de (?:ambas|ambos|todos)))",
    "nl": r"(?:wettelijke |vertragings|handels)rente|rente",
    "it": r"interessi (?:di mora|moratori|legali|di ritardo)|(?<!nostri )(?<!vostri )(?<!suoi )(?<!comuni )interessi(?! (?:comuni|reciproci|di (?:entramb|tutt)\w+))",
    "pt": r"juros(?: de mora| legais| moratorios)?",
}

#: Sums beside interest.
FIXED_SUM: Words = {
    "en": r"fixed (?:sum|compensation)|late payment (?:compensation|fee|charge)|(?:late|reminder|dunning|administration|collection) (?:fee|charge)s?|recovery costs|compensation for (?:late payment|recovery)",
    "de": r"mahn(?:gebuhr\w*|kosten|pauschale)|verzugs(?:pauschale|kosten)|bearbeitungsgebuhr\w*|saumnis\w*",
    "fr": r"indemnite forfaitaire|frais de (?:recouvrement|relance|retard)",
    "es": r"(?:indemnizacion|compensacion) (?:fija|por (?:los )?costes)|gastos de (?:cobro|reclamacion)|recargos?",
    "nl": r"aanmaningskosten|herinneringskosten|incassokosten|administratiekosten|vaste vergoeding",
    "it": r"spese di (?:recupero|sollecito|mora)|indennizzo forfettario|importo forfettario|penali",
    "pt": r"indemnizacao (?:fixa|minima|forfetaria)|(?:custos|despesas|encargos) de cobranca|penalizac\w+",
}

#: "within three days", said to the customer: how long stands in the first group.
WITHIN: Words = {
    "en": r"within (?:the next )?(\w+) (?:working |business |calendar )?(?:days?|hours?)",
    "de": r"(?:binnen|innerhalb (?:von )?|in den nachsten) ?(\w+) (?:werk|arbeits|kalender)?(?:tagen?|stunden)",
    "fr": r"(?:sous|dans (?:un delai de|les)|d'ici) (\w+) (?:jours?|heures?)",
    "es": r"en (?:un plazo de|los proximos|el plazo de) (\w+) (?:dias?|horas?)|dentro de (\w+) (?:dias?|horas?)",
    "nl": r"binnen (\w+) (?:werk)?(?:dagen|dag|uur)",
    "it": r"entro (?:i prossimi |le prossime )?(\w+) (?:giorni|giorno|ore)",
    "pt": r"(?:no prazo de|dentro de|nos proximos|nas proximas) (\w+) (?:dias?|horas?)",
}

#: What makes a sentence one that asks something of the customer.
REQUEST: Words = {
    "en": r"please|kindly|you (?:must|need|have to|should)|we (?:expect|require|ask|request)|let us (?:know|have)|pay|payment|respond|reply",
    "de": r"bitte|bitten|fordern|sie (?:mussen|haben)|zahlen|zahlung|uberweisen|antworten sie",
    "fr": r"veuillez|merci de|nous vous (?:prions|demandons|invitons)|vous devez|payer|regler|paiement|reglement|repondre",
    "es": r"por favor|rogamos|solicitamos|pedimos|debe\w*|pagar|pago|responda|respuesta",
    "nl": r"verzoeken|vragen|gelieve|graag|u (?:moet|dient)|betalen|betaling|antwoord\w*|reageren",
    "it": r"preghiamo|chiediamo|invitiamo|deve|devono|pagare|pagamento|rispond\w+|risposta",
    "pt": r"solicitamos|pedimos|agradecemos|queira|por favor|deve\w*|pagar|pagamento|respond\w+|resposta",
}
OURSELVES: Words = {
    "en": r"we(?:'ll| will| shall| are going to)|you will (?:hear|receive)|our reply|get back to you",
    "de": r"(?:wir (?:werden|melden|antworten|prufen|senden)|melden wir uns|sie (?:horen|erhalten) (?:\w+ )*von uns|erhalten sie)",
    "fr": r"nous (?:vous )?(?:repondrons|reviendrons|enverrons|ferons|contacterons|recontacterons)|vous recevrez|notre reponse",
    "es": r"(?:le|les) (?:responderemos|contestaremos|enviaremos|informaremos)|recibira|nos pondremos|nuestra respuesta",
    "nl": r"wij (?:zullen|sturen|komen|laten|antwoorden|nemen)|u (?:hoort|ontvangt)|ons antwoord",
    "it": r"(?:le|vi) (?:risponderemo|invieremo|faremo|daremo)|ricevera|ci faremo|la contatteremo|nostra risposta",
    "pt": r"(?:iremos|vamos|responderemos|enviaremos|daremos|entraremos)|recebera|a nossa resposta",
}

#: R-DIS-03: how the customer says that they see it differently.
OBJECTION: Words = {
    "en": r"see (?:it|this|things|the matter) differently|disput\w+|disagree\w*|contest\w*|object|objections?|quer(?:y|ies)|if (?:anything|something) is (?:wrong|unclear|incorrect)",
    "de": r"anders sehen|einwand\w*|einwend\w*|bestreit\w+|nicht einverstanden|reklamier\w*|unstimmig\w*|beanstand\w*|wenn etwas (?:unklar|nicht stimmt)",
    "fr": r"voyez les choses autrement|contest\w+|desaccord|objection\w*|reclamation\w*|n'est pas clair",
    "es": r"(?:lo )?ve de otro modo|discrep\w+|(?:no esta|en des) ?(?:de )?acuerdo|desacuerdo|impugn\w*|reclam\w+|objecion\w*|no queda claro",
    "nl": r"anders ziet|niet (?:mee )?eens|betwist\w*|bezwa\w+|niet duidelijk",
    "it": r"vede la questione diversamente|contest\w+|non (?:e|siete|fosse) d'accordo|disaccordo|obiezion\w+|non fosse chiaro",
    "pt": r"outro entendimento|discord\w+|contest\w+|nao concord\w+|objec\w+|reclam\w+|nao estiver claro",
}
