"""Words that admit, advise, concede or promise (R-PRO-09 to R-PRO-11), in `reading.folded` form."""

from __future__ import annotations

from agent.rules.words import Words

#: R-PRO-09: liability, rights, contract, tax and legal advice.
ADMITTING: Words = {
    "en": (
        r"our (?:own )?(?:fault|mistake|error|negligence|liability)|(?:error|mistake|fault) on our (?:side|part)|we (?:are|were|admit (?:to )?being|accept being) (?:at fault|liable|to blame)|"
        r"(?:we |i )(?:accept|admit|acknowledge|take) (?:full |all |any )?(?:liability|fault|responsibility|blame)|responsible for (?:the|this|your) (?:damage|loss|losses|defects?)|"
        r"waiv\w+ (?:our|any|all|its) (?:rights?|claims?)|give up (?:our|any|all) (?:rights?|claims?)|(?:amend|chang|modify|modif|vary|vari)\w* (?:the|our|your) (?:contract|agreement)|"
        r"(?:contract|agreement) (?:is|has been|will be) (?:hereby )?(?:amended|changed|modified)|tax[- ]deductible|(?:deduct|reclaim|recover) (?:the )?(?:vat|tax)|for tax purposes|"
        r"(?:legal|tax) advice|under the law|legally (?:obliged|required|bound|entitled|binding)|by law|in our legal view"
    ),
    "de": (
        r"unser(?:e|en|em|es)? (?:fehlers?|verschulden\w*|schuld|versehen)|fehler (?:liegt|lag|unsererseits|von uns)|(?:wir )?haften|(?<!beschrankter )haftung(?!sbeschrankt)\w*|haftbar|"
        r"(?:ubernehmen|erkennen) (?:wir )?(?:die )?(?:volle )?(?:schuld|haftung|verantwortung fur)|wir verzichten|verzichten wir|verzicht auf (?:unsere|alle|die) (?:rechte|anspruche|forderung)|"
        r"vertragsanderung\w*|vertrag (?:wird|ist|wurde) (?:hiermit )?(?:geandert|angepasst)|(?:andern|anpassen) (?:wir )?den vertrag|steuerlich\w* (?:absetz\w+|geltend)|vorsteuer\w*|"
        r"(?:steuer|rechts)(?:beratung|auskunft)|(?:gesetzlich|rechtlich|vertraglich) verpflichtet"
    ),
    "fr": (
        r"notre (?:erreur|faute|negligence)|(?:erreur|faute) de notre part|nous (?:reconnaissons|admettons|acceptons|assumons) (?:notre|la|toute|etre)? ?(?:responsabilite|faute|erreur|responsables)|"
        r"nous sommes (?:responsables|fautifs|en tort)|notre responsabilite|nous renoncons|renonc\w+ a (?:nos|tous nos|notre) (?:droits?|creances?)|(?:modification|avenant) (?:du|au) contrat|"
        r"contrat est modifie|(?:modifions|modifierons) le contrat|deductible\w*|recuperer la tva|conseils? (?:juridiques?|fiscal|fiscaux)|legalement (?:tenu|oblige)\w*"
    ),
    "es": (
        r"nuestr[oa] (?:error|culpa|fallo|equivocacion|negligencia)|(?:error|fallo|culpa) (?:por|de) nuestra parte|(?:reconocemos|admitimos|asumimos|aceptamos) (?:la |nuestra |toda la )?(?:responsabilidad|culpa|error)|"
        r"somos (?:los )?(?:responsables|culpables)|renunciamos|renuncia (?:a|de) (?:nuestros|los) derechos|(?:modificamos|modificaremos|cambiamos) el contrato|modificacion del contrato|"
        r"deducible\w*|deducir(?:se)? el iva|asesoramiento (?:legal|fiscal|juridico)|legalmente obligad\w+"
    ),
    "nl": (
        r"onze (?:fout|schuld|nalatigheid|vergissing)|fout (?:ligt |lag )?(?:bij|van) ons|(?:erkennen|aanvaarden|accepteren) (?:wij )?(?:de |onze |alle )?(?:aansprakelijkheid|schuld|fout)|"
        r"(?<!beperkte )aansprakelijk\w*|wij doen afstand|wij zien af van|afstand van (?:ons|onze|het|alle) recht\w*|(?:wijzig\w+|pass\w+) (?:wij )?(?:het|de) (?:contract|overeenkomst)|"
        r"(?:contract|overeenkomst) (?:wordt|is) (?:hierbij )?gewijzigd|(?:fiscaal )?aftrekbaar|(?:juridisch|fiscaal) advies|wettelijk verplicht"
    ),
    "it": (
        r"nostr[oa] (?:errore|colpa|sbaglio|negligenza)|(?:errore|sbaglio) da parte nostra|(?:riconosciamo|ammettiamo|accettiamo|ci assumiamo) (?:la |nostra |ogni )?(?:responsabilita|colpa|errore)|"
        r"siamo responsabili|rinunciamo|rinuncia ai (?:nostri )?diritti|(?:modifichiamo|modifica del) (?:il )?contratto|contratto (?:e|viene) modificato|deducibil\w+|detrarre l'iva|"
        r"consulenza (?:legale|fiscale)|legalmente (?:obbligat\w+|tenut\w+)|per legge"
    ),
    "pt": (
        r"noss[oa] (?:erro|culpa|falha|lapso|negligencia)|(?:erro|falha|lapso) (?:nosso|da nossa parte)|(?:reconhecemos|admitimos|assumimos|aceitamos) (?:a |o |nossa |toda a )?(?:responsabilidade|culpa|erro)|"
        r"somos responsaveis|renunciamos|prescindimos d|renuncia aos (?:nossos )?direitos|(?:alteramos|alteracao do) (?:o )?contrato|contrato (?:e|foi) alterado|dedutivel|dedutiveis|"
        r"deduzir o iva|aconselhamento (?:juridico|fiscal)|legalmente obrigad\w+|por lei"
    ),
}

#: R-PRO-10: what costs money. "Please settle the invoice" does not.
CONCEDING: Words = {
    "en": (
        r"discount\w*|rebates?|waiv(?:e|er|ers|ing|ed)|writ(?:e|es|ten|ing)[- ]?off|(?:full and final|final|partial|reduced) settlement|settle(?:ment)? (?:for|offer|figure|proposal|sum)|"
        r"without prejudice|goodwill|free of charge|forgiv(?:e|en|eness)|half (?:of )?the (?:amount|balance|sum)|reduc(?:e|ed|tion) (?:of |in )?(?:the|your) (?:amount|balance|invoice|debt|sum)|"
        r"accept (?:a )?(?:lower|smaller|reduced|part(?:ial)?) (?:amount|payment|sum)"
    ),
    "de": (
        r"rabatt\w*|skont\w+|(?:preis)?nachl(?:ass|asse\w*)|erlass(?:en|t)?|kulanz\w*|vergleichs(?:angebot|zahlung|summe|vorschlag)\w*|(?:gutliche[nr]?|einen) vergleich|abschreiben|ausbuch\w+|"
        r"ohne anerkennung|unter vorbehalt|kostenlos\w*|teilerlass|verzicht\w*|(?:reduzier|verringer|ermassig)\w+ (?:wir )?(?:den|die|ihre)"
    ),
    "fr": (
        r"remises? (?:exceptionnelle|commerciale|accordee)\w*|une remise(?! (?:de la|des) (?:marchandise|document)s?)|remises? (?:de|sur) (?:\d+|votre|vos|le (?:prix|montant)|la facture|moitie|l'ensemble)|rabais|ristournes?|escompte|geste commercial|abandon de creance|renonc\w+|solde de tout compte|"
        r"sous toutes reserves|sans prejudice|annul\w+ (?:la|votre|une partie de la) (?:dette|creance)|reduction (?:du|de) (?:montant|prix|solde|la facture)|a titre gracieux|gratuit\w*"
    ),
    "es": (
        r"descuent\w+|rebaj\w+|quitas?|condon\w+|renunci\w+|bonificacion\w*|acuerdo transaccional|sin perjuicio|reduccion (?:del|de la|de) (?:importe|deuda|saldo|factura)|gratuit\w+|"
        r"aceptamos (?:un |una )?(?:importe|pago|cantidad) (?:menor|parcial|reducid\w+)"
    ),
    "nl": (
        r"korting\w*|kwijtscheld\w*|kwijtgescholden|afboek\w*|schikking\w*|coulance\w*|onder voorbehoud|zonder erkenning|kosteloos|gratis|vermindering van (?:het|de|uw)"
    ),
    "it": (
        r"scont[oi]|abbuono|abbuon\w+|riduzione (?:dell'importo|del|della)|rinunci\w+|saldo e stralcio|stralcio|condon\w+|gratuit\w+|in omaggio|senza pregiudizio"
    ),
    "pt": (
        r"descontos?|abatimentos?|perdo(?:ar|amos|ado|ada)\w*|perdao|renunci\w+|acordo extrajudicial|sem prejuizo|reducao (?:do|da) (?:montante|valor|divida|fatura|saldo)|gratuit\w+"
    ),
}

#: R-PRO-11: what no collector may promise.
PROMISING: Words = {
    "en": (
        r"(?:no|not charge(?: you)?(?: any)?|won't charge(?: you)?(?: any)?|without(?: any)?|free of) (?:late |further )?(?:interest|late fees?|late charges?|reminder fees?)(?! in)|"
        r"(?:restore|reinstate|increase|extend) your credit|credit (?:limit|line|facility|terms) (?:is|has been|have been|will be|are) (?:\w+ )?(?:restored|reinstated|increased|released|extended)|"
        r"(?:invoice|invoices) (?:is|are|has been|have been|will be) (?:cancelled|canceled|withdrawn|void)|(?:we will|we'll|we can|we are going to|we have) (?:cancel|withdraw)\w* (?:the|this|your|these) (?:\w+ )?invoices?|"
        r"we (?:can )?guarantee|guaranteed|(?:release|resume|unblock|restart) (?:your |the )?(?:orders?|deliver\w+|shipments?)|(?:deliver\w+|shipments?|orders?) (?:will|can) (?:be )?(?:resumed?|released|restarted)|"
        r"you (?:no longer|do not|don't) owe"
    ),
    "de": (
        r"(?:keine|ohne) (?:weiteren )?(?:verzugs)?zinsen|keine mahn(?:gebuhr\w*|kosten)|kreditlimit\w* (?:ist|wird|wurde|wieder)|kreditrahmen (?:ist|wird|wurde)|"
        r"liefersperre (?:ist |wird |wurde |heben )?(?:wir )?(?:wieder )?auf(?:gehoben|heben)?|wieder (?:auf rechnung )?beliefer\w+|rechnung(?:en)? (?:ist|wird|wurde|sind|werden|wurden) (?:hiermit )?storniert|"
        r"stornier\w+ (?:wir )?(?:die|diese|ihre)|(?:die|diese|ihre) rechnung stornier\w+|wir garantieren|garantieren wir|garantiert|schulden (?:sie )?uns nichts"
    ),
    "fr": (
        r"(?:aucuns?|pas d'|sans) (?:interets?|penalites?|frais de retard)|aucune penalite|(?:ligne|limite|encours) de credit (?:est|a ete|sera) (?:\w+ )?(?:retabli|debloque|augmente)\w*|"
        r"(?:retabli\w*|debloqu\w*) (?:votre|vos|les) (?:credit|encours|commandes?|livraisons?)|factures? (?:est|a ete|sera|sont|seront) annulees?|annul(?:ons|erons) (?:la|votre|cette|les) factures?|"
        r"(?:nous (?:vous )?)garantissons|vous ne (?:nous )?devez plus"
    ),
    "es": (
        r"(?:sin|ningun|no (?:le )?cobraremos) (?:intereses|interes|recargos?)|(?:restablec\w+|ampli\w+|desbloque\w+) (?:su|el|los|sus) (?:credito|limite|pedidos?|entregas?)|"
        r"facturas? (?:esta|ha sido|queda|quedara|sera) (?:anulada|cancelada)|(?:anular(?:emos)?|anulamos|cancelaremos) (?:la|su|esta) factura|(?:le |les )?garantizamos|ya no (?:nos )?debe"
    ),
    "nl": (
        r"(?:geen|zonder) (?:rente|incassokosten|aanmaningskosten)|kredietlimiet (?:is|wordt|weer)|leveringen? (?:worden |wordt |zullen )?(?:weer )?(?:hervat\w*|vrijgegeven)|"
        r"(?:hervatten|vrijgeven) (?:wij )?(?:de|uw) leveringen|factu(?:ur|ren) (?:is|wordt|werd|zijn|worden) (?:geannuleerd|ingetrokken|vervallen verklaard)|annuleren (?:wij )?(?:de|deze|uw) factuur|"
        r"wij garanderen|garanderen wij|niets meer verschuldigd"
    ),
    "it": (
        r"(?:nessun|senza|non addebiteremo) (?:interess[ei]|penali|spese di mora)|(?:ripristin\w+|aument\w+|sblocc\w+) (?:il|la|i|gli|le) (?:vostr\w+ |su\w+ )?(?:fido|credito|ordin\w+|consegn\w+|fornitur\w+)|"
        r"fattur[ae] (?:e|e stata|sara|verra|sono state) (?:annullat[ae]|stornat[ae])|annull(?:eremo|iamo) (?:la|questa) fattura|(?:le |vi )?garantiamo|non (?:ci )?deve piu"
    ),
    "pt": (
        r"(?:sem|nao cobraremos) juros|nenhuns? juros?|(?:repor|repomos|restabelec\w+|desbloque\w+|aument\w+) (?:o|os|a|as) (?:seu|seus|sua|suas)? ?(?:credito|limite|encomendas?|fornecimentos?)|"
        r"faturas? (?:esta|foi|sera|fica) (?:anulada|cancelada)|(?:anularemos|anulamos|vamos anular) a fatura|garantimos|ja nao (?:nos )?deve"
    ),
}

#: R-PRO-11 as well, but true where the account is empty.
ACCOUNT_CLOSED: Words = {
    "en": r"(?:your |the )account (?:is|has been|will be) (?:now |hereby )?(?:closed|cleared|settled|up to date)|nothing (?:is|more is|further is) (?:owed|open|due)",
    "de": r"konto (?:ist|wurde|wird) (?:damit |nun |hiermit )?(?:geschlossen|ausgeglichen)|nichts (?:mehr )?offen",
    "fr": r"compte (?:est|a ete|sera) (?:desormais )?(?:solde|cloture|regularise|a jour)|plus rien (?:n'est )?du",
    "es": r"cuenta (?:esta|ha sido|queda|quedara|sera) (?:ya )?(?:cerrada|saldada|cancelada|al dia)|no queda nada pendiente",
    "nl": r"(?:rekening|account) is (?:nu |hiermee )?(?:gesloten|vereffend|bijgewerkt)|niets meer open",
    "it": r"conto (?:e|e stato|sara) (?:ora )?(?:chiuso|saldato|regolarizzato)|non resta nulla",
    "pt": r"conta (?:esta|foi|sera|fica) (?:agora )?(?:encerrada|saldada|regularizada)|nada (?:mais )?em divida",
}

#: R-PRO-11 as well, but true where a dispute was credited.
CREDITED: Words = {
    "en": r"(?:issue|send|raise|issued|sent|raised) (?:you )?(?:a|the) credit note|credit note (?:is|has been|will be|follows)|(?:have|has been|will be|we will|we'll) credit(?:ed)? (?:to )?(?:you|your account|the|this)",
    "de": r"gutschrift (?:ist|wird|wurde|erstell\w+|erhalten|veranlass\w+|folgt)|(?:erhalten|bekommen) (?:sie )?(?:eine|die) gutschrift|gutgeschrieben|schreiben (?:wir )?(?:ihnen )?gut",
    "fr": r"(?:emettrons|etablirons|emettons|etablissons|recevrez|avons emis|avons etabli) (?:un|l')? ?avoir|un avoir (?:est|a ete|sera|de)|crediter(?:ons)?|avons credite",
    "es": r"(?:emitiremos|recibira|enviaremos|hemos emitido|emitimos) (?:una |la |un )?(?:nota de )?(?:abono|credito|factura rectificativa)|abonaremos|hemos abonado",
    "nl": r"crediteren|gecrediteerd|creditnota (?:is|wordt|ontvangt|sturen|volgt)|(?:ontvangt|sturen) (?:u |wij )?(?:een|de) creditnota",
    "it": r"(?:emetteremo|ricevera|invieremo|abbiamo emesso|emettiamo) (?:una |la )?nota (?:di credito|d'accredito)|nota di credito (?:e|sara|verra)|accrediter\w+|abbiamo accreditato",
    "pt": r"(?:emitiremos|recebera|enviaremos|emitimos) (?:uma |a )?nota de credito|nota de credito (?:foi|sera|esta)|creditar(?:emos)?|creditamos",
}
