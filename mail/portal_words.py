"""How portals word an invoice's standing, in seven languages. Data only, on folded text: lower case, no accents.

A status is said by a participle or a noun ("was rejected", "abgelehnt"), never by what somebody may still do.
"""

from __future__ import annotations

from store.aftermath import PortalStatus

#: Status -> phrases. They are looked for in this order, so that "accepted for payment" is not taken for "accepted".
STATUS_WORDS: tuple[tuple[PortalStatus, str], ...] = (
    (
        PortalStatus.REJECTED,
        r"rejected|rejection|disputed|declined|returned|refused|failed|failure|on hold|invalid|unsuccessful"
        r"|not (?:been )?(?:accepted|delivered|processed|approved by)|(?:could|can) ?not be (?:accepted|delivered|processed|matched|validated)|unable to (?:process|deliver)"
        r"|abgelehnt|ablehnung|zuruckgewiesen|zuruckweisung|abgewiesen|beanstandet|beanstandung|reklamiert|bestritten|fehlgeschlagen|ungultig|fehlerhaft"
        r"|(?:nicht|konnte nicht|nicht erfolgreich) (?:angenommen|akzeptiert|zugestellt|verarbeitet|ubermittelt)"
        r"|refuse[es]{0,2}\b|rejet(?:ee?s?)?\b|conteste[es]{0,2}\b|en litige|litige|non conforme|echoue[es]{0,2}\b|echec|(?:n'a|n'ont) (?:pas )?pu etre (?:livre|traite|accepte|transmis)\w*|retournee?s?"
        r"|rechazad[oa]s?|rechazo|disputad[oa]s?|impugnad[oa]s?|en disputa|devuelt[oa]s?|fallid[oa]s?|no (?:ha|han) (?:sido|podido ser) (?:aceptad|entregad|procesad)\w*|no (?:se )?(?:ha|pudo) (?:podido )?(?:entregar|procesar)"
        r"|afgekeurd|afkeuring|afgewezen|afwijzing|geweigerd|betwist|mislukt|teruggestuurd|(?:niet|kon niet) (?:worden )?(?:verwerkt|afgeleverd|geaccepteerd|goedgekeurd door)"
        r"|rifiutat[ae]|rifiuto|respint[ae]|contestat[ae]|scartat[ae]|non (?:e stata |sono state )?(?:accettat|consegnat|elaborat)\w*"
        r"|rejeitad[ao]s?|rejeicao|recusad[ao]s?|contestad[ao]s?|devolvid[ao]s?|falhad[ao]s?|falhou|nao foi (?:aceite|entregue|processad[ao])",
    ),
    (
        PortalStatus.PAID,
        r"(?<!be )(?<!get )\bpaid\b|payment (?:was |has been )?(?:made|sent|issued|completed|executed|recorded|released)|has paid|remittance advice|payment of [^.\n]{0,60}(?:recorded|made|sent)"
        r"|\bbezahlt|(?:wurde|ist) (?:vollstandig )?(?:uberwiesen|beglichen)|zahlung (?:erfolgt|ausgefuhrt|veranlasst und ausgefuhrt)|zahlungsavis"
        r"|payee?s?\b|reglee?s?\b|paiement (?:effectue|emis|execute)|avis de paiement"
        r"|pagad[oa]s?\b|abonad[oa]s?\b|pago (?:efectuado|realizado|emitido|ejecutado)|aviso de pago"
        r"|\bbetaald|betaling (?:is )?(?:uitgevoerd|verricht|gedaan)|betaaladvies"
        r"|\bpagat[ae]\b|saldat[ae]|pagamento (?:effettuato|eseguito)|pagas?\b(?! em)|pagamento efetuado|liquidad[ao]s?",
    ),
    (
        PortalStatus.APPROVED,
        r"approved|accepted for payment|payment (?:has been |was |is )?scheduled|scheduled (?:a |for )?payment|scheduled payment date|cleared for payment|ok to pay|payable"
        r"|genehmigt|freigegeben|freigabe erteilt|gebilligt|zur zahlung (?:vorgesehen|eingeplant|angewiesen)|zahlung (?:ist |wurde )?(?:geplant|eingeplant|vorgesehen|terminiert)"
        r"|approuvee?s?\b|validee?s?\b|acceptee?s? pour paiement|bon a payer|paiement (?:est |a ete )?(?:programme|planifie|prevu)|mises? en paiement"
        r"|aprobad[oa]s?|validad[oa]s?|autorizad[oa]s?|pago (?:esta |ha sido )?programado|programado (?:el|para) (?:el )?pago"
        r"|goedgekeurd|akkoord bevonden|geaccordeerd|vrijgegeven|betaling (?:is )?(?:ingepland|gepland)|betaalbaar gesteld"
        r"|approvat[ae]|autorizzat[ae]|pagamento (?:e stato )?(?:programmato|pianificato|disposto)|aprovad[ao]s?|pagamento agendado",
    ),
    (
        PortalStatus.SUBMITTED,
        r"submitted|received|delivered|accepted|acknowledged|successfully (?:processed|sent|created)|(?:was|has been|have been|were|is|status:?) sent|sent to (?:your )?(?:customer|buyer|recipient)|transmitted|forwarded to"
        r"|eingereicht|eingegangen|zugestellt|ubermittelt|ubertragen|erhalten|empfangen|angenommen|weitergeleitet|versendet|gesendet"
        r"|envoyee?s?\b|transmise?s?\b|recue?s?\b|deposee?s?\b|livree?s?\b|acceptee?s?\b|remise?s? a"
        r"|enviad[oa]s?|recibid[oa]s?|entregad[oa]s?|presentad[oa]s?|transmitid[oa]s?|aceptad[oa]s?"
        r"|ontvangen|verzonden|verstuurd|afgeleverd|ingediend|doorgestuurd|geaccepteerd|bezorgd"
        r"|inviat[ae]|ricevut[ae]|consegnat[ae]|trasmess[ae]|inoltrat[ae]|presentat[ae]|accettat[ae]"
        r"|recebid[ao]s?|entregues?\b|submetid[ao]s?|aceites?\b",
    ),
)

#: A mail whose subject is about one of these says nothing of an invoice's standing, whatever else it names.
OTHER_MATTER = (
    r"comment|kommentar|commentaire|comentario|opmerking|commento|message from|nachricht von|question|ruckfrage"
    r"|credit (?:memo|note)|gutschrift|avoir\b|nota de (?:credito|abono)|creditnota|nota di credito"
    r"|catalog|katalog|profile|profil|password|passwort|mot de passe|contrasena|wachtwoord|invitation|einladung|invites you|join"
    r"|get paid early|early pay|paid early|discount|skonto|escompte|pronto pago|virtual card|survey|umfrage|newsletter|webinar"
    r"|draft|entwurf|entwurfe|brouillon|borrador|concept(?:factuur|en)?\b|bozza|rascunho"
    r"|maintenance|wartung|downtime|mantenimiento|onderhoud|manutenzione|manutencao"
    r"|reminder|erinnerung|rappel|recordatorio|herinnering|promemoria|lembrete"
    r"|remind|statement of account|service sheet|time ?sheet|leistungserfassung|goods receipt|wareneingang|ship notice|quote|rfq|rfp"
)
#: A subject about an order alone, without a word for invoice.
ORDER = r"purchase order|\bpo\b|\border\b|bestellung|auftrag|bon de commande|\bcommande\b|\bpedido\b|orden de compra|inkooporder|bestelling|\bordine\b|\bencomenda\b"
INVOICE = r"invoice|rechnung|facture|factura|factuur|fattura|fatura|document|dokument|beleg"

#: A sentence with one of these speaks of what may happen, or did not yet.
NOT_YET = (
    r"\bif\b|\bwhen\b|\bonce\b|\bbefore\b|\bunless\b|\buntil\b|\bmay\b|\bmight\b|\bcould you\b|\bwould\b|\bshould\b|\bwill be\b|\bto be\b|\bnot yet\b|\bcan be\b|\bas soon as\b|\bin order\b|\bplease\b|\bhow to\b"
    r"|\bwenn\b|\bsobald\b|\bfalls\b|\bbevor\b|\bdamit\b|\bnoch nicht\b|\bkann\b|\bkonnen\b|\bkonnte[n]? sie\b|\bwird\b|\bwerden\b|\bbitte\b"
    r"|\bsi\b|\blorsque\b|\blorsqu'|\bquand\b|\bune fois\b|\bdes que\b|\bpas encore\b|\bsera\b|\bseront\b|\bafin\b|\bpeut\b|\bpourra\b|\bveuillez\b|\bmerci de\b"
    r"|\bcuando\b|\buna vez\b|\ben cuanto\b|\bantes de\b|\baun no\b|\btodavia no\b|\bsera\b|\bseran\b|\bpuede\b|\bpara que\b"
    r"|\bals\b|\bzodra\b|\bwanneer\b|\bindien\b|\bvoordat\b|\bnog niet\b|\bwordt\b|\bworden\b|\bkunt\b|\bzal\b|\bzullen\b"
    r"|\bse\b(?! ha)|\bnon appena\b|\bnon ancora\b|\bverra\b|\bpuo\b|\bassim que\b|\bainda nao\b|\bpode\b|\bcaso\b"
)
#: Before a status in the same clause: it is not so, or only for a part. ("No" alone is also a number.)
DENIED = (
    r"\b(?:not|never|cannot|no longer|nicht|nie|niemals|kein\w*|pas|jamais|plus|no (?:ha|han|fue|fueron|esta|estan|es|se)|nunca|niet|nooit|geen|non(?!-)|nao)\b|n't\b"
    r"|\b(?:part(?:ly|ially|iell)?|teilweise|zum teil|partiellement|en partie|parcialmente|en parte|gedeeltelijk|deels|parzialmente|in parte|em parte)\b"
)
#: What a portal writes before the status that was.
FORMER = r"\b(?:previous|old|former|from|vorheriger?|bisheriger?|alter|ancien|precedent|anterior|vorige|oude|precedente)\b[^:\n]{0,20}(?:status|statut|estado|stato)|(?:status|statut|estado|stato) (?:previous|anterior|precedent|precedente|bisher)"
#: A label before the status that is.
STATED = r"(?:\b(?:invoice|new|current|present|neuer?|aktueller?|nouveau|actuel|nuevo|actual|nieuwe|huidige|nuovo|attuale|novo|atual)\b )?(?:status|statut|estado|stato)(?: (?:actuel|nuevo|actual|attuale|atual|der rechnung|de la facture|de la factura))?(?: (?:is|est|es|ist|e))? ?:"
#: Labels of a reason; what stands after them, or on the next line, is it.
REASON = (
    r"(?:dispute |rejection |failure |error |reject )?(?:reasons?|comments?|details?|error message|description)(?: (?:for|of) (?:the )?(?:dispute|rejection|failure|error|rejecting))?(?: from [^:\n]{1,60})?"
    r"|(?:ablehnungs|zuruckweisungs|fehler|beanstandungs)(?:grund|grunde|beschreibung|meldung)|(?:grund|begrundung)(?: (?:der|fur die|fur) (?:beanstandung|ablehnung|zuruckweisung))?|kommentar|bemerkung"
    r"|(?:motif|raison|cause)s?(?: (?:du|de|de la|d'|des) ?(?:refus|rejet|litige|contestation|echec))?|commentaire"
    r"|motivos?(?: (?:del|de la|de) (?:rechazo|disputa|devolucion|impugnacion|rejeicao|recusa))?|causa(?: del rechazo)?|comentarios?"
    r"|redenen|reden(?: van (?:afkeuring|afwijzing|weigering))?|afkeurreden|toelichting|opmerking|foutmelding"
    r"|motivo(?: (?:del rifiuto|dello scarto))?|motivazione|errore"
)
#: Where a part of a sentence ends.
CLAUSE = r"[,;–]| (?:and|but|und|aber|sowie|et|mais|y|pero|en|maar|e|ed|ma|mas) "
#: What we did ourselves ("the invoice that you submitted") and courtesies: no news, taken out before a status is looked for.
OURS = (
    r"\b(?:please (?:note|be advised|be informed)|bitte (?:beachten sie|nehmen sie zur kenntnis)|veuillez noter|merci de noter|si prega di notare|por favor,? tenga en cuenta)\b|"
    r"\byou (?:have )?(?:recently |just )?(?:submitted|sent|created|delivered)\b"
    r"|\bsie (?:[\w.-]+ ){0,4}(?:eingereicht|ubermittelt|gesendet|versendet|zugestellt)\b"
    r"|\bvous (?:nous )?avez (?:envoye|depose|transmis|remis|soumis)[es]{0,2}\b|\b(?:usted|que nos|que) ha (?:enviado|presentado|entregado)\b"
    r"|\bu (?:[\w.-]+ ){0,4}(?:ingediend|verzonden|verstuurd|doorgestuurd)\b|\b(?:lei|che) ha (?:inviato|presentato|trasmesso)\b|\bque (?:enviou|submeteu)\b"
)
