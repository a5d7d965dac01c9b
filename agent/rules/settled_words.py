"""What a model may not state of an account, nor announce, beside what `giving_words` bars for everybody. In `reading.folded` form.

That an invoice is paid, closed or needs no payment; that the customer may pay as they please; that others are told.
"""

from __future__ import annotations

from agent.rules.words import Words

SETTLED: Words = {
    "en": (
        r"(?:marked|recorded|booked|noted|registered|listed|treated|shown|regarded|considered) (?:\w+ )?as (?:being )?(?:fully )?(?:paid|settled|closed|cleared)|(?:invoice|balance|account|amount|debt)s? (?:is|are|was|has been|have been) (?:now |already |fully )?(?:cleared|written down|paid)|"
        r"(?:we )?(?:have |'ve )?(?:closed|cleared|emptied) (?:your|the) (?:account|case|file|invoice|balance)|lift\w* (?:the|your|our|any) (?:hold|block|dispute|stop)|"
        r"(?:need|have|has) (?:not|no longer|nothing) (?:to )?pay|(?:need|do|must)(?: not|n't) (?:to |need to |have to )?pay|no (?:further )?payment (?:is )?(?:due|needed|required|necessary)|off the (?:invoice|bill|balance|amount)|"
        r"(?:drop|dropping|forgo|forgoing|cancel\w*|delete|remove) (?:the|this|your) (?:claim|debt|balance|invoice|amount)|matter (?:is )?(?:closed|settled|finished)"
    ),
    "de": (
        r"als (?:bezahlt|beglichen|erledigt|ausgeglichen|abgeschlossen)|(?:nicht|nichts) mehr (?:zu )?(?:be)?zahl\w+|(?:sperre|sperren|mahnstopp|reklamation) (?:ist |wird |wurde |haben wir )?auf(?:gehoben|heben)|"
        r"(?:rechnung|betrag|forderung|konto) (?:ist |wurde |gilt )(?:damit |nun |jetzt |bereits )?(?:bezahlt|beglichen|erledigt|ausgeglichen|geschlossen|hinfallig)|keine zahlung (?:mehr )?(?:notig|erforderlich|offen)"
    ),
    "fr": (
        r"comme (?:etant )?(?:payee?s?|reglee?s?|soldee?s?|closes?)|(?:n'avez|n'est|n'y a) (?:plus|pas) (?:rien |besoin )?(?:a |de |necessaire de )(?:payer|regler)|plus (?:rien )?a (?:payer|regler)|"
        r"(?:facture|compte|dossier|somme) (?:est |a ete )(?:desormais |deja )?(?:payee?|reglee?|soldee?|cloturee?|close)|(?:leve|levons|leverons|avons leve) (?:le |les |tout )?(?:blocages?|litiges?|suspensions?)|(?:une|la) (?:\w+ )?reduction"
    ),
    "es": (
        r"como (?:ya )?(?:pagad[oa]s?|saldad[oa]s?|cerrad[oa]s?|liquidad[oa]s?)|(?:no|nada) (?:tiene|tienen|hace falta|es necesario|hay)(?: nada)? (?:que )?pagar|por (?:cerrad[oa]|zanjad[oa]|saldad[oa])|"
        r"(?:factura|cuenta|deuda) (?:esta|queda|ha sido|fue) (?:ya )?(?:pagad[oa]|saldad[oa]|cerrad[oa])|(?:levantad[oa]|levantamos|hemos levantado) (?:el |la |los )?(?:bloqueos?|disputa|retencion)|(?:una |la )rebaja"
    ),
    "nl": (
        r"als (?:voldaan|betaald|afgedaan|afgesloten|afgehandeld|gesloten)|(?:hoeft|hoef|moet|behoeft) .{0,40}(?:niet|niets) (?:meer )?te betalen|niet meer te betalen|schelden .{0,40}kwijt|kwijt(?:schelden|gescholden)?|"
        r"(?:factuur|rekening|saldo) is (?:nu |inmiddels |al )?(?:betaald|voldaan|vereffend|vervallen)|(?:blokkade|geschil|stop) (?:is |hebben wij )?op(?:geheven|heffen)"
    ),
    "it": (
        r"(?:risulta|risultano|figura|e|come) (?:ora |gia |ormai |registrata come )?(?:pagat[aeo]|saldat[aeo]|chius[aeo])|(?:non|nulla) (?:deve|dovete|occorre|e necessario) (?:piu )?pagare|(?:una |la )riduzione|"
        r"consideriamo chius[ao]|(?:tolto|revocato|rimosso) (?:il |la )?(?:blocco|contestazione|sospensione)"
    ),
    "pt": (
        r"como (?:ja )?(?:pag[oa]s?|saldad[oa]s?|encerrad[oa]s?|liquidad[oa]s?)|(?:nao|ja nao) (?:precisa|precisam|tem|e necessario)(?: de| que)? pagar|por encerrad[oa]|"
        r"(?:fatura|conta|divida) (?:esta|foi|ficou) (?:agora |ja )?(?:paga|saldada|encerrada|liquidada)|(?:levantado|levantamos|retirado) (?:o |a )?(?:bloqueio|disputa|suspensao)"
    ),
}

AS_THEY_PLEASE: Words = {
    "en": r"(?:as|when|whenever|however) (?:it )?(?:suits|you (?:like|please|want))|(?:spread|stretch)\w* (?:it|this|the \w+) (?:out )?(?:over|across)|over the (?:coming|next) (?:months?|years?)|no (?:rush|hurry)|take (?:all )?(?:your time|the time (?:you|that you|in the world))",
    "de": r"wann (?:es ihnen passt|sie (?:wollen|mochten|konnen))|(?:wie|wann) (?:immer )?sie (?:wollen|mochten)|uber die (?:nachsten|kommenden) (?:monate|jahre)|lassen sie sich (?:ruhig )?zeit|keine eile",
    "fr": r"a votre (?:convenance|guise|rythme)|quand (?:cela|ca) vous (?:convient|arrange)|(?:comme|quand) (?:vous (?:voulez|voudrez|souhaitez))|sur les (?:prochain\w+|annees)|rien ne presse",
    "es": r"cuando (?:le|les) (?:convenga|venga bien|parezca)|como (?:quiera|quieran|prefiera)|a lo largo de los proximos|sin prisa|tomese (?:su|el) tiempo",
    "nl": r"(?:wanneer|zoals) het u (?:schikt|uitkomt|past)|(?:wanneer|zoals) u (?:wilt|maar wilt)|over de komende (?:maanden|jaren)|neem (?:gerust )?de tijd|geen haast",
    "it": r"quando (?:le|vi) (?:fa comodo|conviene|va bene)|come (?:vuole|preferisce|volete)|nei prossimi (?:mesi|anni)|senza fretta|con calma",
    "pt": r"quando (?:lhe|lhes) (?:convier|for conveniente|der jeito)|como (?:quiser|preferir)|ao longo dos proximos|sem pressa|com calma",
}

#: To others about the debt, and to another account of ours.
TELLING: Words = {
    "en": r"(?:tell|inform|notify|warn|alert) (?:all )?(?:your|other) (?:\w+ )?(?:suppliers?|customers?|employer|family|bank|partners?)|(?:our|the|a) (?:new|other|different|second) (?:bank|account|details)|account in the letter",
    "de": r"(?:informier|unterricht|warn|benachrichtig)\w* (?:wir )?(?:ihre|alle) (?:anderen )?(?:lieferanten|kunden|arbeitgeber|familie|bank|partner)|(?:unser\w* |die )?(?:neue|andere)[nrs]? (?:bank|konto|bankverbindung|kontoverbindung)\w*",
    "fr": r"(?:prev[ei]+n|inform|averti|signal)\w* (?:tous )?(?:vos|les) (?:autres )?(?:fournisseurs|clients|partenaires|banques?|proches)|(?:notre|un|le) (?:nouveau|nouvel|autre) (?:compte|rib|banque)|nouvelle banque",
    "es": r"(?:avis|inform|notific)\w* a (?:todos )?(?:sus|los) (?:demas |otros )?(?:proveedores|clientes|socios|bancos?|familiares)|(?:nuestr[oa]|un|una|el|la) (?:nuev[oa]|otr[oa]) (?:cuenta|banco)",
    "nl": r"(?:inform|waarschuw|lichten)\w* (?:wij )?(?:al )?uw (?:andere )?(?:leveranciers|klanten|werkgever|familie|bank|partners)|(?:onze|een|ons) (?:nieuwe|andere) (?:bank|rekening)\w*",
    "it": r"(?:inform|avvis|avvert)\w* (?:tutti )?(?:i suoi|i vostri|gli) (?:altri )?(?:fornitori|clienti|partner|familiari)|(?:nostr[oa]|un|il|la) (?:nuov[oa]|altr[oa]) (?:conto|banca)",
    "pt": r"(?:avis|inform|notific)\w* (?:todos )?(?:os )?(?:seus|vossos|outros) (?:outros )?(?:fornecedores|clientes|parceiros|bancos?|familiares)|(?:noss[oa]|um|uma|o|a) (?:nov[oa]|outr[oa]) (?:conta|banco)",
}
