"""Words for documents, grounds of dispute, portals and instalments in seven languages. Data only, on folded text."""

from store.vocabulary import DisputeKind, DocumentKind

DOCUMENTS: dict[DocumentKind, str] = {
    DocumentKind.W9: r"(?:form |formulaire |formular )?w-?\s?(?:9|8(?:[ -]?ben(?:-?e)?)?)\b|taxpayer id\w* form|tax(?:payer)? id form",
    DocumentKind.STATEMENT: (
        r"statements? of (?:account|our account)|account statement|(?:a |an |full |current |up to date |up-to-date |the |monthly |latest )+statements?\b(?! of work)|(?:breakdown|printout|overview) of (?:the|our|everything on)"
        r"|open item list|aging report|kontoauszug|kontoubersicht|saldenbestatigung|saldenliste|offene[n]?[- ]posten|op-liste|ubersicht[^.]{0,60}offen"
        r"|releve (?:de|des) (?:compte|factures)|extrait de compte|etat de compte|estado de cuenta|extracto de (?:la )?cuenta|extrato de|saldo-?overzicht|openstaande ?posten ?lijst|rekeningoverzicht|estratto conto"
    ),
    DocumentKind.PROOF_OF_DELIVERY: (
        r"pods?\b|proofs? of delivery|(?:signed |carrier's signed )?(?:delivery (?:notes?|dockets?|receipts?|slips?|tickets?)|consignment notes?|bills? of lading|packing slips?)|cmr\b|lieferschein\w*|liefernachweis\w*|ablieferbeleg\w*|zustellnachweis\w*"
        r"|bons? de livraison|preuve de livraison|bordereau de livraison|albaran\w*|comprobante de entrega|prueba de entrega|guia de despacho|remito|afleverbon\w*|leverbon\w*|pakbon\w*|leveringsbewijs|vrachtbrief"
        r"|ddt\b|d\.d\.t|bolla|bolle|documento di trasporto|prova di consegna|guia de (?:remessa|transporte)|comprovativo de entrega|comprovante de entrega|canhoto|signed sheet|signature showing"
    ),
    DocumentKind.BANK_LETTER: (
        r"(?:letter|confirmation|certificate) (?:issued )?(?:from|by|of) (?:your|the) bank|bank(?:er's)? (?:confirmation|letter|certificate|reference|letterhead)|on (?:bank |its )letterhead|stamped letter from yours"
        r"|bestatigung ihrer (?:haus)?bank|bankbestatigung|rib\b|attestation bancaire|releve d'identite bancaire|certific(?:acion|ado) bancari[ao]|certificado de titularidad|caratula del estado de cuenta|bewijs van uw bank|bankverklaring|bankbevestiging"
        r"|lettera (?:della|di) banca|attestazione bancaria|coordinate bancarie su carta intestata|comprovativo de iban|comprovante bancario|declaracao bancaria|carta do banco"
    ),
    DocumentKind.VENDOR_FORM: (
        r"(?:vendor|supplier)(?: \w+){0,2} (?:forms?|packs?|questionnaire|declaration)|(?:registration|enrollment|enrolment|onboarding|set-?up|anti-bribery|code of conduct) (?:\w+ ){0,3}forms?|stammdatenblatt|lieferantenfragebogen|lieferantenformular|lieferantenselbstauskunft|selbstauskunft"
        r"|formulaire (?:de creation|fournisseur|d'ouverture|de referencement)|fiche fournisseur|formulario de alta|alta de proveedor|ficha de (?:proveedor|alta|fornecedor)|aanmeldformulier|leveranciersformulier|scheda (?:fornitore|anagrafica)|modulo fornitore|formulario de (?:fornecedor|cadastro)|cadastro de fornecedor"
    ),
    DocumentKind.CONTRACT: (
        r"(?:countersigned |signed )?(?:contracts?\b|(?:rental|maintenance|service|framework|frame) agreements?\b|signed tender)|vertrag\b|vertrage\b|\w+vertrag\b|vereinbarung unterschrieben|contrat\b|convention (?:de|signee)|contrato\b(?! social)|\w*overeenkomst\b|contract\b|contratto\b"
    ),
    DocumentKind.OTHER: (
        r"certificates? of (?:insurance|origin)|insurance certificate|liability certificate|origin certificate|tax clearance|tax residence|lien waiver|inspection certificate|mill sheet|certified payroll|freistellungsbescheinigung|handelsregisterauszug|prufbericht|unbedenklichkeits\w+"
        r"|attestation urssaf|kbis|attestation de vigilance|durc\b|certificado de estar al corriente|opinion de cumplimiento|constancia de|cnd\b|certidao|certidoes|kvk-uittreksel|uittreksel kvk|visura"
    ),
}

DISPUTES: dict[DisputeKind, str] = {
    DisputeKind.PRICING: (
        r"(?:over)?pric(?:e|es|ed|ing)\b(?! (?:list|of the goods))|over-?charg\w+|rate card|weekend rate|day rate|list price|(?:was|were|been|rep|keith|we) quoted|agreed (?:price|rate|\d+ per)|discount|(?:in|from|the) (?:the )?quot(?:e|ation)\b|\w*preis\w*|rabatt|angebot\b|listenpreis|zu teuer"
        r"|prix\b|tarif\b|devis\b|remise\b|precio\w*|presupuesto|descuento|portes gratis|prijs\w*|offerte\b|per stuk|korting|prezz\w+|listino|preventivo|sconto|preco\w*|orcamento|desconto|reajuste|acima do pedido"
    ),
    DisputeKind.QUALITY: (
        r"damaged?|defect\w*|faulty|broken|broke down|crack\w*|mould\w*|moldy|leak\w*|scrap\b(?! it\b)|quality|rotten|rusty|scratch\w*|perished|ripped|bent\b|burrs|expired film|failed|wrong grade|not the grade|snags|misprinted|chips, hairlines|blinks|died ten|warped|contaminated|out of spec\w*|burn marks|size smaller|unusable"
        r"|beschadigt\w*|defekt\w*|mangel\w*|kaputt\w*|schrott|kratzer|reklam\w+|qualitat\w*|schaden|unbrauchbar|aufquollen|umgekippt|endommag\w+|defectueu\w+|abime\w*|casse[se]?\b|qualite|moisi\w*|boulochonn\w+|non conforme\w*|malfacon\w*|danad[oa]s?|defectuos[oa]s?|rot[oa]s\b|calidad|averiad[oa]s?|quebrad[oa]s?|gorgojo"
        r"|beschadigd\w*|kapot\w*|gebrek\w*|kwaliteit|ondeugdelijk|verkeerd gegalvaniseerd|over de datum|bruin\b|danneggiat\w+|difett\w+|rott[oi]\b|qualita\b|guast\w+|rancid\w+|si spezzano|perde da|danificad[oa]s?|defeit\w+|qualidade|partid[oa]s\b|avari\w+|estragad[oa]s?|cheirava mal|fora da especificacao"
    ),
    DisputeKind.NOT_RECEIVED: (
        r"never (?:arrived|came|delivered|received|turned up|fitted|got (?:those|the|any|here|them)|in the box|emptied|reached|showed)|not (?:been )?(?:delivered|received|arrived)|no delivery|non-?delivery|nobody came|wasn't delivered|hasn't (?:arrived|come)|didn't (?:arrive|come|turn up)|have not (?:received|had) (?:the )?(?:goods|delivery)|is not here"
        r"|nie (?:erhalten|bekommen|angekommen|geliefert|eingetroffen)|nicht (?:geliefert|erhalten|angekommen|eingetroffen|bekommen)|nicht erbracht|kein \w+ (?:abgeladen|geliefert)|ausgefallen|platzen lassen|jamais (?:recu|livre|arrive|eu de)\w*|pas (?:ete )?(?:recu|livre|arrive)\w*|non (?:livre|recu)\w*|rien (?:de )?(?:recu|rentre)"
        r"|(?:nunca|jamas) (?:llego|llegaron|recibimos|nos llego|se entrego|entro|chegou|ca entrou|recebemos|mais apareceu|foi entregue)|no (?:hemos recibido|se entrego|ha llegado|llego|recibimos) ?(?:la mercancia)?|(?:nooit|niet) (?:ontvangen|geleverd|aangekomen|gekregen|binnengekomen)|geen \w+ (?:langs geweest|geleverd)"
        r"|mai (?:arrivat|ricevut|consegnat|entrat|pervenut)\w*|non (?:e |sono )?(?:mai )?(?:arrivat|consegnat|ricevut|pervenut)\w*|nao (?:recebemos|foi entregue|chegou|chegaram)|consegna non esiste"
    ),
    DisputeKind.QUANTITY: (
        r"short (?:delivery|shipment|delivered|shipped|by|count)|short-?ship\w*|missing (?:items?|units?|pieces?|boxes)|(?:wrong|incorrect) quantit\w+|quantity\b|goods-?in counted|counted (?:eleven|\d+|only)|only \d+ (?:were |was )?(?:arrived|received|delivered|came|on the pallet)|(?:cartons?|pallets?|pieces?) (?:in|short)|a zero too many|nos\. excess|\d+ not \d+|not eight times|two days not five"
        r"|fehlmenge|fehlende[n]? \d+|minderlieferung|(?:nur|bloß) \d+ (?:stuck|sacke?|kartons?|\w+)? ?(?:angekommen|geliefert|erhalten|auf der palette)|nur \d+ \w+ (?:angekommen|geliefert)|zu wenig|menge\b|mengen\w*|stuckzahl|quantite\w*|manquant\w*|\d+ \w+ recue?s?(?: vs| au lieu)|zero de trop|faltan\b|falta(?:ron|ban) \d+|cantidad\w*|menos (?:cajas|unidades)|llegaron (?:solo )?\d+"
        r"|te weinig|aantal\w*|ontbrek\w+|uitgepakt zijn er|hoeveelheid|manca(?:no|vano)? \d+|quantita\b|ammanco|ne avete contat\w+|pezzi mancanti|a menos na carga|quantidade\w*|em falta \d+|faltam \d+"
    ),
    DisputeKind.DUPLICATE: (
        r"duplicat\w+|double[- ]?(?:billed|charged|invoiced|billing|invoice)|(?:billed|charged|invoiced|invoicing|billing) (?:us |me )?(?:for \w+ )?(?:twice|double)|invoiced twice|(?:on there|on it|went through) twice|count us double|same (?:delivery|shipment|job|work|pipettes|goods)\b|over again|the rebill of|are the same sixty|already (?:billed|invoiced)"
        r"|doppelt\w*|zweimal (?:berechnet|in rechnung|verrechnet|abgerechnet|gestellt)|ein zweites mal|dubbel\w*|dezelfde (?:zending|prestatie|levering)|precies hetzelfde|tweemaal|twee keer (?:gefactureerd|berekend)|en double|doublon\w*|deux fois (?:facture|la meme)\w*|facture\w* deux fois|meme livraison|deux factures pour un"
        r"|duplicad[oa]s?|dos veces|por duplicado|mismo albaran|calcada a|doppi[ao]\b|due volte|duplicat[oa]\b|una delle due e di troppo|em duplicado|duas vezes|e repetida"
    ),
    DisputeKind.TERMS: (
        r"net ?(?:30|45|60|90)|payment terms?|(?:our|the|agreed) terms|(?:30|45|60|90|sixty|ninety|thirty) days? (?:end of month|terms|with (?:you|ye)|from)|(?:on|shook on|had) sixty days|not (?:yet )?(?:due|late)|isn't (?:due|late)|aren't due|due date (?:on|is wrong)|late fee|zahlungsziel\w*|zahlungsbedingung\w*|tage valuta|noch nicht fallig|nicht fallig|tage netto"
        r"|conditions (?:de paiement|signees)|fin de mois|pas (?:encore )?(?:echue|exigible)|echeance (?:est )?fausse|plazo de pago|condiciones de pago|dias fecha factura|no (?:ha vencido|esta vencida)|betaaltermijn\w*|betalingsvoorwaarden|dagen einde maand|nog (?:lang )?niet vervallen|condizioni (?:pattuite|di pagamento)|gg f\.?m|nulla di scaduto|non (?:e )?(?:ancora )?scadut\w+|prazo de pagamento|condicoes de pagamento|dias da entrega|ainda nao venc\w+"
    ),
    DisputeKind.TAX: (
        r"vat\b|(?:sales |input )tax\b|taxes us|gst\w*|reverse charge|zero[- ]?rat\w+|tax[- ]exempt|exempt\b|mwst\b|mehrwertsteuer|umsatzsteuer|ust\b|steuersatz|tva\b|taux\b[^.]{0,20}(?:tva|taxe)|bon taux|\biva\b|exenta\b|retencion de iva|btw\b|aliquota|split payment|icms|imposto\b|isenc\w+|\bst num"
    ),
    DisputeKind.NOT_OURS: (
        r"(?:is|are|was)(?:n't| not) (?:one of )?ours\b|not ours|never ordered|(?:didn't|did not|haven't|have never|nobody \w+) order(?:ed)?|not our (?:invoice|order|company)|wrong (?:company|customer|entity)|does not concern|different (?:production )?company|someone else's|not us\b|don't have a site|nothing to do with us|nicht (?:bestellt|unsere|von uns bestellt|fur uns bestimmt)|nie bestellt|gar nicht zu uns"
        r"|pas (?:commande|pour nous|a nous|la notre)|jamais (?:commande|loue)|ne nous concerne pas|n'a rien a faire dans|no (?:es (?:nuestr[oa]|mia?|mio)|hemos pedido|la pedimos|corresponde a nosotros)|nunca (?:pedimos|encomend\w+)|niet (?:besteld|van ons|voor ons)|nooit besteld|nooit een \w+ laten komen|mai ordinat\w+|non (?:e nostr[oa]|abbiamo ordinat\w+|ci riguarda|di nostra competenza)|a nome mio non|nao (?:e noss[oa]|encomendamos|pedimos|e para nos)"
    ),
}

#: Pattern -> how the portal is called. Longer names first.
PORTALS: tuple[tuple[str, str], ...] = (
    (r"sap business network", "SAP Business Network"),
    (r"sap ariba|ariba network|ariba", "Ariba"),
    (r"coupa(?: supplier portal)?", "Coupa"),
    (r"tungsten(?: network| automation)?", "Tungsten"),
    (r"basware(?:-netzwerk| network)?", "Basware"),
    (r"jaggaer", "Jaggaer"),
    (r"tradeshift", "Tradeshift"),
    (r"taulia", "Taulia"),
    (r"tipalti", "Tipalti"),
    (r"proactis", "Proactis"),
    (r"pagero", "Pagero"),
    (r"medius", "Medius"),
    (r"textura", "Textura"),
    (r"workday", "Workday"),
    (r"ivalua", "Ivalua"),
    (
        r"oracle (?:i ?supplier|supplier (?:portal|site|network))|oracle's supplier portal|isupplier",
        "Oracle Supplier Portal",
    ),
    (r"chorus(?: ?pro)?", "Chorus Pro"),
    (r"peppol(?: network)?", "Peppol"),
    (r"(?:(?<=en )|(?<=por )|(?<=via )|(?<=portal )|(?<=plataforma ))face(?! (?:de|du|a|to)\b)", "FACe"),
    (r"sistema di interscambio|sdi", "SDI"),
    (r"zentrale rechnungseingangsplattform|zre", "ZRE"),
    (r"ozg-re", "OZG-RE"),
    (r"mercurius", "Mercurius"),
    (r"digipoort", "Digipoort"),
    (r"saphety", "Saphety"),
    (r"fe-ap", "FE-AP"),
    (r"ilink", "iLink"),
    (r"e-?bill", "eBill"),
    (r"e-fatura", "e-Fatura"),
    (r"esker", "Esker"),
    (r"sap srm|sap supplier portal|sap portal", "SAP"),
)

#: A portal that the words do not name.
NAMELESS = "supplier portal"
NAMELESS_WORDS = (
    r"(?:supplier|vendor|e-?invoicing|purchasing|procurement) (?:portal|hub|gateway|site|platform)|lieferantenportal|rechnungsportal|(?:portail|extranet|espace) (?:des )?fournisseurs?"
    r"|(?:portal|extranet) de proveedores|leveranciersportaal|portale (?:dei )?fornitori|portal d[eo] fornecedor(?:es)?"
)

COUNTS: dict[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "eighteen": 18, "twenty-four": 24, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9,
    "zehn": 10, "zwolf": 12, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "douze": 12,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12, "twee": 2,
    "drie": 3, "vijf": 5, "zes": 6, "zeven": 7, "negen": 9, "tien": 10, "twaalf": 12, "due": 2, "tre": 3, "quattro": 4, "cinque": 5,
    "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10, "dodici": 12, "dois": 2, "duas": 2, "quatro": 4, "sete": 7, "oito": 8,
    "dez": 10, "doze": 12,
}  # fmt: skip

_EQUAL = r"(?:equal |level |gleich\w* |monatliche[n]? |monthly |weekly |egale?s |gelijke |maandelijkse |iguales |cuotas |mensuales |mensais |uguali |mensili |interest-free )*"
INSTALMENTS: tuple[str, ...] = (
    rf"<N> {_EQUAL}(?:instal+ments?|payments|parts?|bits|goes|lots|tranches|checks|cheques|parcels|quotas|chunks|monthly payments)",
    rf"<N> {_EQUAL}(?:raten|monatsraten|teil(?:e|en|zahlungen|betrage[n]?)|tranchen|abschlage[n]?|rate\b)",
    rf"<N> {_EQUAL}(?:mensualites?|fois|versements?|echeances?|coups|tranches|paiements|traites|cheques)",
    rf"<N> {_EQUAL}(?:cuotas|plazos|pagos|mensualidades|recibos|parcialidades|quincenas|letras)",
    rf"<N> {_EQUAL}(?:termijnen|delen|keer|porties|helften|maandtermijnen)",
    rf"<N> {_EQUAL}(?:rate|tranche|rimesse|versamenti|quote|soluzioni)",
    rf"<N> {_EQUAL}(?:prestacoes|parcelas|parcelinhas|vezes|boletos|cheques|mensalidades|tranches)",
    r"(?:over|within|across|for|in|uber|auf|sur|en|a|in|over|em|durante)(?: the next| die nachsten| les)? <N> (?:months|monate[n]?|mois|meses|maanden|mesi)(?! (?:ago|old|late))",
    r"<N> ?(?:x|mal) (?:(?:eur|usd|gbp|chf|€|£|\$) ?)?\d[\d.,']*",
    r"<N>x(?! ?\d{1,2}\b)",
    r"(?:split|splitting|break|divide|couper|dividir|opknippen|spalten|teilen)[^.?!]{0,30} (?:in|into|en|em) <N>(?! (?:days|weeks|tagen|jours|dias))",
)
