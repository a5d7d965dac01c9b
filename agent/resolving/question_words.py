"""Words for the questions that our own books can answer, in seven languages. Data only, on folded text."""

from store.vocabulary import QuestionTopic

_SOON = r"[^.?!]{0,40}\b"

#: "When is it due?", "How much is open?" and so on: each pattern speaks for one topic.
TOPICS: dict[QuestionTopic, str] = {
    QuestionTopic.HOW_TO_PAY: (
        r"bank(?:ing)? details|payment (?:details|instructions)|account (?:details|number)|sort code|iban\b|(?:which|what)(?: is your)?(?: bank)? account\b"
        rf"|how (?:do|can|could|should|shall|may|must|are|to)\b{_SOON}(?:pay|settle|transfer|wire|remit)\b|where (?:do|can|could|should|shall|may|must|to)\b{_SOON}(?:pay|payment|transfer|wire|remit|money)\b"
        rf"|bankverbindung|bankdaten|kontoverbindung|kontonummer|welche[sm]? (?:bank)?konto\b|wohin\b{_SOON}(?:uberweis\w+|zahl\w+|zu zahlen)"
        rf"|wie (?:konnen|kann|sollen|soll|durfen|zahlen|bezahlen|uberweisen|begleichen)\b{_SOON}(?:zahlen|bezahlen|uberweisen|begleichen|das|die|den)\b"
        rf"|coordonnees bancaires|rib\b|(?:quel|votre numero de) compte\b|ou (?:devons|dois|faut|pouvons|puis|peut|payer|virer|regler|verser)\b{_SOON}(?:payer|virer|regler|verser|virement|paiement|reglement|facture)"
        rf"|comment (?:pouvons|puis|peut|devons|dois|faut|payer|regler|proceder)\b{_SOON}(?:payer|regler|virer|paiement|reglement|facture)"
        rf"|datos bancarios|numero de (?:su )?cuenta|(?:que|cual)(?: es (?:su|la))? cuenta\b|donde\b{_SOON}(?:pagar|pagamos|ingresar|transferir|transferencia|pago)\b|como (?:podemos|puedo|debemos|debo|hay|se|pagamos|hacemos|realizar|pagar)\b{_SOON}(?:pagar|pago|transferir|abonar|factura)"
        rf"|bankgegevens|rekeningnummer|welke? (?:bank)?rekening\b|waar(?:heen|naartoe|naar toe)?\b{_SOON}(?:betalen|overmaken|overboeken)|hoe (?:kunnen|kan|moeten|moet|dienen|mogen|mag|betalen|betaal)\b{_SOON}(?:betalen|voldoen|overmaken|factu\w+)"
        rf"|coordinate bancarie|dati bancari|(?:quale|che|qual e il vostro) conto\b|dove\b{_SOON}(?:pagare|bonifico|versare|pagamento)|come (?:possiamo|posso|dobbiamo|devo|si)\b{_SOON}(?:pagare|saldare|pagamento|bonifico)"
        rf"|dados bancarios|nib\b|(?:qual|que) (?:e )?(?:a )?(?:vossa )?conta\b|(?:para )?onde\b{_SOON}(?:pagar|transferir|pagamento|transferencia)|como (?:podemos|posso|devemos|devo|fazemos|faco|pagamos)\b{_SOON}(?:pagar|pagamento|transferir|liquidar|fatura)"
    ),
    QuestionTopic.DUE_DATE: (
        rf"when (?:is|are|was|were|does|do|will)\b{_SOON}(?:due|payable|paid)\b|due (?:date|dates|day)\b|by when\b|until when\b|by (?:what|which) date\b|latest (?:payment )?date\b"
        rf"|falligkeit\w*|falligkeitsdatum|wann\b{_SOON}(?:fallig|bezahlt|zahlen)\b|bis wann\b|zahlungsfrist\w*"
        rf"|echeances?\b|avant quelle date\b|jusqu'a quand\b|pour quand\b|date limite\b|quand\b{_SOON}(?:echue?s?|payer|exigibles?)\b"
        r"|cuando vence\w*|vencimientos?\b|fecha limite\b|hasta cuando\b|para cuando\b"
        rf"|vervaldat\w+|vervaldag\w*|wanneer\b{_SOON}(?:vervalt|vervallen|betaald|betalen)\b|uiterste (?:betaal)?datum|voor wanneer\b|uiterlijk wanneer\b|tot wanneer\b"
        r"|scadenz[ae]\b|quando scad\w+|entro quando\b|termine ultimo\b"
        r"|(?:datas? de )?vencimento\b|quando (?:e que )?(?:se )?vence\w*|data[- ]limite\b|ate quando\b"
    ),
    QuestionTopic.BALANCE: (
        rf"how much (?!longer|time)\w+|(?:open|outstanding|total|current|remaining|exact) (?:balance|amount|sum)\b|(?:balance|amount) (?:due|outstanding|open|owed|owing|payable)\b|what (?:do|does)\b{_SOON}owe\b|what is (?:still )?(?:open|outstanding|owed)\b|total (?:due|owed)\b"
        r"|wie ?viel\b(?! tage)|offene[rnm]? (?:betrag|saldo|summe)\b|gesamtbetrag|restbetrag|saldo\b|(?:noch|genau) offen\b|welche[rn]? betrag\b"
        r"|combien\b(?! de (?:jours|temps))|quel (?:est le )?(?:montant|solde)\b|montant (?:exact|total|restant|du|ouvert)\b|solde (?:restant|ouvert|du|de notre compte)\b|reste a payer\b"
        r"|cuanto\b(?! tiempo)|importe (?:total|pendiente|exacto)\b|saldo pendiente\b|(?:que|cual es el) (?:importe|saldo|total)\b"
        r"|hoeveel\b(?! (?:dagen|tijd))|openstaande? (?:bedrag|saldo)\b|welk bedrag\b|totaalbedrag|restbedrag"
        r"|quanto\b(?! tempo)|importo (?:totale|esatto|residuo|aperto|dovuto)\b|saldo (?:aperto|residuo|totale|scoperto)\b|che importo\b|qual e (?:l'importo|il saldo)\b"
        r"|(?:valor|montante|saldo) (?:total|em divida|em aberto|exac?to)\b|qual (?:e )?(?:o )?(?:valor|saldo|montante)\b"
    ),
    QuestionTopic.TERMS: (
        r"payment terms?\b|terms of payment\b|credit terms\b|(?:what|which) (?:are )?(?:your|the|our) terms\b|how many days\b"
        r"|zahlungsbedingung\w*|zahlungsziel\w*|zahlungskondition\w*|wie ?viele? tage\b|conditions de (?:paiement|reglement)\b|delais? de paiement\b|combien de jours\b"
        r"|condiciones de pago\b|plazo de pago\b|cuantos dias\b|betalingsvoorwaarden|betalingstermijn\w*|betaaltermijn\w*|betalingscondities|hoeveel dagen\b"
        r"|condizioni di pagamento\b|termini di pagamento\b|quanti giorni\b|condicoes de pagamento\b|prazo de pagamento\b|quantos dias\b"
    ),
    QuestionTopic.STATEMENT: (
        rf"statements?\b(?! of work)|account statement|list of (?:all |our |the )*(?:open|unpaid|outstanding)|(?:which|what) invoices\b{_SOON}(?:open|unpaid|outstanding|overdue|due)\b|what else is (?:open|outstanding)\b"
        rf"|kontoauszug|kontoubersicht|saldenliste|offene[nr]? posten|op-liste|welche rechnungen\b{_SOON}(?:offen|fallig|unbezahlt)\b|releve (?:de|des) (?:compte|factures)|quelles factures\b{_SOON}(?:ouvertes|impayees|dues|restent|attente)\b"
        rf"|(?:estado|extracto) de (?:la )?cuenta|(?:que|cuales) facturas\b{_SOON}(?:pendientes|abiertas|vencidas)\b|rekeningoverzicht|saldo-?overzicht|openstaande posten|welke facturen\b{_SOON}(?:open|openstaan)\b"
        rf"|estratto conto|quali fatture\b{_SOON}(?:aperte|scadute|pagare)\b|extrato de conta|(?:que|quais) (?:as )?faturas\b{_SOON}(?:aberto|pagar|pendentes|atraso)\b"
    ),
}

#: A question with one of these asks for more than our books say: another way to pay, a fee, a ground, a change.
BEYOND = (
    r"why|what for|cards?\b|paypal|che(?:que|ck)s?\b|cash\b|direct debit|dollars?\b|crypto\w*|bitcoin|discount|fee\b|fees\b|interest\b|surcharge|freight|instal+ments?|new (?:bank|account|iban|details)|chang(?:e|ed|es|ing)\b|updated\b|different (?:bank|account)"
    r"|warum|wieso|weshalb|wofur|karte\b|kreditkarte|lastschrift|scheck|bar(?:geld)?\b|skonto|rabatt|zins\w*|gebuhr\w*|zuschlag|fracht|raten\b|neue[nrs]? (?:bank|konto|iban)\w*|geandert|anderung|gewechselt"
    r"|pourquoi|carte\b|prelevement|especes|remise|escompte|interets?\b|frais\b|supplement|acomptes?\b|nouveau|nouvelles? coordonnees|chang\w+|modifi\w+"
    r"|por ?que\b(?! (?:cuenta|importe))|tarjeta|efectivo|domicilia\w+|descuento|interes(?:es)?\b|recargo|gastos|plazos\b|nuev[oa]s?\b|cambi\w+|modific\w+"
    r"|waarom|waarvoor|creditcard|pinpas|incasso|contant|korting|rente\b|kosten\b|toeslag|termijnen\b|nieuwe?\b|gewijzigd|veranderd|wijziging"
    r"|perche|carta di credito|carta\b|contanti|assegno|sconto|interessi|spese\b|sovrapprezzo|supplemento|rate\b|nuov[oaie]\b|cambiat\w+|modificat\w+"
    r"|porque|cartao|dinheiro\b|multibanco|debito direto|desconto|juros|despesas|sobretaxa|prestacoes|nov[oa]s?\b|alterad\w+|alterac\w+|mudou|mudaram"
)
