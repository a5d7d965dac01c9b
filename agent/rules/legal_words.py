"""Words of legal action, of borrowed authority, of threat and insult, and of a last warning, in `reading.folded` form."""

from __future__ import annotations

from agent.rules.words import Words

#: R-PRO-05. Direct debit ("automatische incasso"), typing errors ("erreur de saisie") and seats ("sede legale") are no threats.
LEGAL: Words = {
    "en": (
        r"lawyers?|attorneys?(?! general)|solicitors?|barristers?|law firms?|(?<!tennis )(?<!food )courts?|lawsuits?|su(?:e|es|ing|ed) (?:you|your)|"
        r"litigat\w+|legal (?:actions?|proceedings|steps?|measures|remed\w+|recourse|claims?|counsel|represent\w+|consequences|costs|department|team|route|"
        r"means|advis\w+|enforcement|process)|take (?:this|it|the matter) further legally|statutory demand|winding[- ]up|wind (?:you|your company) up|"
        r"bailiffs?|sheriffs?|enforcement (?:officers?|agents?|action|proceedings)|debt[- ]collect\w+|debt recovery|collections? agenc(?:y|ies)|collections? agents?|"
        r"credit (?:bureaus?|reference agenc\w+|rating agenc\w+|agenc\w+|ratings?|scores?|records?|file)|bankruptcy petition|insolvency (?:petition|proceedings)|"
        r"garnish\w*|judge?ment against|ccjs?|letter before (?:action|claim)|prosecut\w+|repossess\w*|liens?|arbitration proceedings"
    ),
    "de": (
        r"(?:rechts)?anw[a]lt(?:e|s|es|en|in|innen|lich\w*|skanzlei)?|anwaltlich\w*|gerichte?s?|gerichten|(?:ausser)?gerichtlich\w*|gerichts\w+|klagen?|klageverfahren|"
        r"klageweg|verklag\w+|einklag\w+|(?:rechtlich|juristisch)\w* (?:schritt\w*|massnahm\w*|mittel\w*|weg\w*|konsequenz\w*|folgen)|rechtsweg\w*|"
        r"mahnbescheid\w*|(?:gerichtliches )?mahnverfahren\w*|vollstreck\w*|zwangsvollstreck\w*|inkasso\w*|insolvenzantrag\w*|pfand(?:ung\w*|en)|gepfandet|"
        r"schufa\w*|auskunftei\w*|creditreform|rechtsabteilung|titulier\w+|strafanzeige\w*|anzeige erstatten|zahlungsunfahig\w*"
    ),
    "fr": (
        r"avocate?s?|tribuna(?:l|ux)|huissiers?|commissaires? de justice|(?:mise|mettre|mettons|mettrons) en demeure|poursuites|poursuivr\w+ en justice|en justice|"
        r"judiciaire\w*|judiciairement|(?:service|demarche|procedure|action|voie|mesure|suite|departement|pole|conseil)s? (?:juridique|legale?)s?|"
        r"injonction de payer|saisie[- ](?:arret|vente|attribution|conservatoire)|saisie sur (?:salaires?|comptes?|(?:vos|les) (?:biens|comptes|creances|salaires))|saisir (?:le tribunal|la justice|un avocat)|(?:service|au) contentieux|"
        r"recouvrement (?:judiciaire|force|de creances?)|(?:societe|cabinet|agence) de recouvrement|assigner(?:ons)? (?:votre (?:societe|entreprise)|la societe|en (?:paiement|refere)|devant|au)|assignation|depot de plainte|porter(?:ons)? plainte|"
        r"fichier (?:de la )?banque de france"
    ),
    "es": (
        r"abogad[oa]s?|juzgados?|tribunal(?:es)?|demandas? (?:judicial\w*|civil\w*|monitoria|contra)|demandar(?:le|les|los|lo|emos)?|judicial\w*|"
        r"(?:accion|acciones|medidas?|vias?|procedimientos?|reclamacion(?:es)?|pasos) (?:legal(?:es)?|ejecutiv\w+)|monitorio|burofax|(?<!sin )embarg(?:o|os|ar\w*|ad\w+)|"
        r"ejecucion forzosa|(?:agencia|empresa)s? de (?:cobros?|recobros?)|(?:registro|fichero) de morosos|asnef|concurso de acreedores|querella\w*|"
        r"asesoria juridica|departamento (?:legal|juridico)"
    ),
    "nl": (
        r"advoca(?:at|ten)\w*|rechtbank\w*|(?:naar|voor|bij|door) de rechter(?! (?:kolom|kant|zijde|ingang|deur|poort|hoek|pagina|bovenhoek|onderhoek|marge))|kantonrechter|rechterlijk\w*|deurwaarder\w*|dagvaard\w*|"
        r"incasso(?:bureau\w*|kosten|traject|procedure|maatregelen|gemachtigde|kantoor|partner)|ter incasso|buitengerechtelijk\w*|gerechtelijk\w*|"
        r"juridisch\w* (?:stap\w*|maatregel\w*|procedure\w*|weg|traject|afdeling|acties?|kosten)|rechtsmaatregel\w*|rechtszaak|rechtszaken|beslagl\w+|(?:op )?beslag (?:te |op |laten )?(?:leggen|gelegd|uw|de)|(?:leg|legt|leggen|gelegd) (?:\w+ ){0,2}beslag|"
        r"(?:executoriaal|conservatoir|bank|loon|derden)[ -]?beslag|"
        r"faillissement(?:saanvra\w+)? ?(?:aanvragen|aan te vragen)?|uit handen (?:geven|te geven|gegeven)|ingebrekestelling|bkr|aangifte doen"
    ),
    "it": (
        r"avvocat\w+|(?:il|al|un|dal|del) (?:nostro )?legale(?! rappresentant)|nostr[oi] legal[ei]|tribunal\w*|giudic[ei]|giudiziari\w+|"
        r"(?:vi[ae]|azion\w+|procediment\w+|provvediment\w+|ufficio) legal[ei]|decreto ingiuntivo|ingiunzion\w+|pignorament\w*|recupero (?:del |dei )?credit[oi]|"
        r"societa di recupero|(?:messa|costituzione) in mora|diffid\w+|precetto|causa (?:legale|civile)|querela\w*|istanza di fallimento|centrale (?:dei )?rischi"
    ),
    "pt": (
        r"advogad[oa]s?|tribuna(?:l|is)|judicia(?:l|is|lmente)|(?:acao|acoes|medidas?|vias?|processos?|meios|passos) lega(?:l|is)|penhora\w*|injuncao|"
        r"execucao (?:judicial|fiscal|da divida|forcada)|agente de execucao|oficial de justica|cobranca (?:judicial|coerciva)|empresas? de cobrancas?|contencioso|"
        r"(?:departamento|servicos?) juridicos?|interpelacao|requerer a (?:insolvencia|falencia)|central de riscos|serasa|queixa[- ]crime|protesto (?:do titulo|em cartorio)"
    ),
}

#: R-PRO-06: who we are not.
PERSONA: Words = {
    "en": (
        r"(?:i am|i'm|we are|writing as|acting as|acting for|instructed by|on behalf of) (?:an? |the |your |our |my )?(?:lawyer|attorney|solicitor|barrister|bailiff|court|judge|"
        r"police|government|ministry|tax (?:office|authorit\w+)|debt collect\w+|collections? agency|law firm|legal counsel|sheriff|notary|credit bureau|client)s?|"
        r"law offices?|attorneys?[- ]at[- ]law|our clients?,? (?:the creditor|your supplier)|government agency|officer of the court|his majesty's|her majesty's"
    ),
    "de": (
        r"(?:ich bin|wir sind|als) (?:ihre? |ein |eine |der |die |das |unser )?(?:rechtsanw\w+|anw[a]lt\w*|gericht\w*|inkasso\w*|behorde|finanzamt|polizei|notar\w*|kanzlei)|"
        r"im namen (?:unserer mandant\w+|unseres mandanten|des gerichts|des volkes)|(?:unsere?r?|namens unserer) mandant\w+|rechtsanwaltskanzlei|inkassoburo|amtsgericht"
    ),
    "fr": (
        r"(?:je suis|nous sommes|en (?:ma|notre) qualite d(?:e|')) ?(?:l'|un |une |votre |le |la )?(?:avocat\w*|huissier\w*|tribunal|police|administration|notaire|societe de recouvrement|"
        r"cabinet (?:d'avocats|de recouvrement))|notre client(?:e)?,? (?:la societe|votre fournisseur)|maitre [a-z]+,? avocat|agissant au nom de notre client"
    ),
    "es": (
        r"(?:soy|somos|en calidad de|como) (?:el |la |un |una |su )?(?:abogad\w+|juez|tribunal|policia|notari\w+|hacienda|agencia de cobros?|despacho de abogados)|"
        r"en nombre de nuestr[oa] client\w|nuestr[oa] mandante|bufete|procurador de los tribunales"
    ),
    "nl": (
        r"(?:ik ben|wij zijn|als|namens) (?:uw |een |de |het |onze )?(?:advoca\w+|deurwaarder\w*|rechtbank|politie|belastingdienst|notaris|incassobureau)|"
        r"namens (?:een |de |het |onze )?(?:client\w*|opdrachtgever\w*)|"
        r"advocatenkantoor|gerechtsdeurwaarder\w*"
    ),
    "it": (
        r"(?:sono|siamo|in qualita di) (?:il |lo |la |un |uno |una |i |gli )?(?:avvocat\w+|tribunale|polizia|notaio|agenzia delle entrate|societa di recupero|studio legale)|"
        r"studio legale|(?:in nome e )?per conto del nostro (?:client|assistit)\w*|nostr[oa] assistit[oa]|ufficiale giudiziario"
    ),
    "pt": (
        r"(?:sou|somos|na qualidade de|como) (?:o |a |um |uma |os )?(?:advogad\w+|juiz|tribunal|policia|notari\w+|autoridade tributaria|empresa de cobrancas?|escritorio de advogados)|"
        r"em nome d[oa] noss[oa] (?:cliente|constituinte)|noss[oa] constituinte|sociedade de advogados|solicitador\w*"
    ),
}

#: R-PRO-08: the last word, which is said once, and only when it is the last.
FINAL: Words = {
    "en": (
        r"(?:final|last) (?:demand|warning|chance|opportunity)|final (?:notice|reminder|request|call)|"
        r"(?<!since our )(?<!after our )(?<!during our )(?<!in our )(?<!on our )(?<!to our )(?<!from our )(?<!of our )(?<!since the )last (?:notice|reminder)|"
        r"(?<!your )(?<!since our )(?<!after our )(?<!during our )(?<!in our )(?<!on our )(?<!to our )(?<!from our )(?<!of our )(?<!since the )last (?:request|call)|"
        r"ultimatum|act now|(?:immediate|urgent) action (?:is )?required|"
        r"pay immediately|(?:immediate payment|payment is immediately|payment immediately)|before it is too late|time is running out"
    ),
    "de": (
        r"(?<!seit unserer )(?<!nach unserer )(?<!auf unsere )(?<!zu unserer )letzt(?:e|en|er|es|malig\w*) (?:mahnung|aufforderung|erinnerung|zahlungserinnerung)|"
        r"letzt(?:e|en|er|es|malig\w*) (?:warnung|gelegenheit|frist|chance)|zum letzten mal|letztmal\w*|ultimatum|"
        r"sofort(?:ige)? (?:zahlung|handeln|zahlen|uberweisen)|handeln sie (?:jetzt|sofort)|bevor es zu spat ist"
    ),
    "fr": (
        r"(?<!depuis le )(?<!depuis notre )(?<!suite a notre )dernier (?:rappel|avis)|dernier (?:avertissement|delai)|"
        r"(?<!depuis notre )(?<!apres notre )(?<!suite a notre )derniere relance|(?<!votre )(?<!depuis notre )(?<!apres notre )(?<!suite a notre )derniere demande|derniere (?:chance|mise|occasion|sommation)|avis final|ultimatum|paiement immediat|"
        r"agissez (?:maintenant|immediatement)|payez immediatement|avant qu'il ne soit trop tard"
    ),
    "es": (
        r"(?<!desde nuestr[oa] )(?<!tras nuestr[oa] )(?<!desde l[oa] )(?<!en nuestr[oa] )ultim[oa] (?:aviso|recordatorio|requerimiento)|(?<!su )(?<!desde nuestr[oa] )(?<!tras nuestr[oa] )(?<!desde l[oa] )(?<!en nuestr[oa] )ultima llamada|"
        r"ultim[oa] (?:advertencia|oportunidad|plazo)|aviso final|ultimatum|pago inmediato|pague inmediatamente|"
        r"actue (?:ahora|de inmediato)|antes de que sea (?:demasiado )?tarde"
    ),
    "nl": (
        r"(?<!sinds onze )(?<!sinds ons )(?<!na onze )(?<!na ons )(?<!tijdens ons )laatste (?:aanmaning|herinnering)|(?<!uw )(?<!sinds onze )(?<!sinds ons )(?<!na onze )(?<!na ons )(?<!tijdens ons )laatste verzoek|"
        r"laatste (?:waarschuwing|sommatie|kans|mogelijkheid)|ultimatum|onmiddellijk(?:e)? (?:betaling|betalen|actie)|"
        r"handel nu|voor het te laat is"
    ),
    "it": (
        r"(?<!dopo la nostra )(?<!dopo il nostro )(?<!dalla nostra )(?<!nella nostra )(?<!della nostra )ultim[oa] (?:sollecito|avviso)|(?<!vostra )(?<!sua )(?<!dopo la nostra )(?<!dopo il nostro )(?<!dalla nostra )(?<!nella nostra )(?<!della nostra )ultima chiamata|"
        r"ultim[oa] (?:avvertimento|diffida|possibilita|occasione|richiamo)|ultimatum|pagamento immediato|pag(?:hi|ate) (?:subito|immediatamente)|"
        r"agisca (?:ora|subito)|prima che sia (?:troppo )?tardi"
    ),
    "pt": (
        r"(?<!desde a nossa )(?<!desde o nosso )(?<!apos a nossa )(?<!na nossa )ultim[oa] (?:aviso|lembrete|notificacao)|(?<!sua )(?<!vossa )(?<!desde a nossa )(?<!desde o nosso )(?<!apos a nossa )(?<!na nossa )ultima chamada|"
        r"ultim[oa] (?:advertencia|oportunidade|interpelacao)|aviso final|ultimato|pagamento imediato|pague (?:imediatamente|ja)|"
        r"aja (?:agora|ja)|antes que seja tarde"
    ),
}
