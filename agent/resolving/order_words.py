"""Words around order numbers and payment references in seven languages. Data only, as patterns on folded text."""

ORDER_KEYWORDS = (
    r"p\.?o\.?s?(?:[ -]?(?:number|no|nr|nummer|ref))?|purchase orders?(?: numbers?| no)?|order(?:[ -]?(?:number|no|nr|nummer))|orders?|blanket order|scheduling agreement"
    r"|call[ -]?off(?: order)?|oc|pc|work order|bestell(?:ung|nummer|nr|-nr)(?: nr)?|auftrag(?:snummer|snr)?|rahmen(?:vertrag|bestellung)?"
    r"|bestelling|bestelnummer|bestelbon|inkoop(?:order|nummer)|ordernummer|opdrachtbon|opdracht(?:nummer)?|(?:bon|bons) de commande|bon d'achat|ba|commande|n[°ºo]\.? (?:de )?commande|numero (?:de commande|d'engagement|de pedido)"
    r"|orden de compra|numero de orden|pedido(?: de compra| marco)?s?|ordine(?: d'acquisto| nso)?|numero (?:d')?ordine|n[°º] ordine|oda|ordini"
    r"|encomenda|nota de encomenda|ordem de compra|numero d[ao] (?:encomenda|pedido)|n[ºo°]\.? d[ao] (?:encomenda|pedido)"
)

INVOICE_KEYWORDS = (
    r"\b(?:inv(?:oices?)?|bills?|rechnung(?:en|snummer)?|faktura|factures?|facturas?|factuur|facturen|fattur[ae]|faturas?|nota|nf|re|fv|fe|ft"
    r"|item|line|pos(?:ition)?|tel|phone|kw|week|ext|kundennummer|vendor)"
)

RIGHT_BEFORE = (
    r"\b(?:should (?:be|read|have been|quote|say|carry)|must (?:be|read|carry|quote|show)|needs? to (?:be|read|show|quote|carry)|(?:correct|right|proper|valid|actual|live|current)(?: one| po| order| number| oc)*(?: is|:)?"
    r"|(?:against|charged? to|booked? to|bill(?:ed)?(?: it| them)? to|called off (?:against|on)|raised against)(?: the)?(?: new)?(?: one)?|(?:re-?issue|re-?bill|reinvoice|resend|resubmit|send|redo)(?: it| this| them)*(?: \w+)? (?:with|quoting|on|under|against|to)"
    r"|(?:please |kindly |just )?(?:use|quote|put|add|show|quoting|using|reference)(?: the)?(?: new)?(?: one)?|(?:a |the |our )?new (?:one|po|order|number|purchase order|order number)(?: on it| i raised| is| for this| for it)*"
    r"|replace(?:d)? (?:it )?(?:with|by)|changed? (?:it )?to|(?:the one you need|one you need|ours|yours|call-off) is|we've only ever had a|but(?: rather)?|wants(?: po)?|until it's got|till it's got|it's|its"
    r"|(?:korrekt|richtig|korrekte?|richtige?) (?:ist|ware|lautet|bestellnummer|bestellung)(?: ist| lautet)?|(?:muss|musste|sollte|soll) (?:heißen|lauten|sein)?|sondern(?: auf)?|neue (?:bestellung|bestellnummer|nummer|po)(?: ist| lautet)?|stattdessen|die nummer (?:war|ware|ist|lautet)|bitte (?:mit|auf|unter)|verwenden sie(?: bitte)?(?: die)?|gehort auf"
    r"|(?:le|la) bonn?e?(?: numero| commande)?(?: est| c'est)?|il faut(?: mettre| indiquer)?|ce sera|remplacer? par|au lieu de \S+,? mettre|avec (?:le|la) (?:bon de commande|commande|numero)|mais(?: bien)?|celui de \w+ \(|le nouveau(?: numero| bon)?(?: est)?|ca prend le ba de \w+ \("
    r"|(?:la|el) (?:correct[oa]|buen[oa]|nuev[oa])(?: oc| pedido| es)*|deb(?:e|eria|ia) (?:ser|decir|figurar)(?: el| la)?|sino(?: el| la| al)?|con (?:el|la) (?:pedido|oc|orden de compra|nueva oc)|es la|usar"
    r"|(?:de )?(?:juiste|goede|correcte|nieuwe)(?: bon| order| nummer| ordernummer| bestelnummer| po)*(?: is)?|moet (?:zijn|op)(?: po)?|maar|wel|graag (?:met|op)|gebruik"
    r"|(?:quello |il |l'ordine )?(?:giusto|corretto|nuovo)(?: ordine| oda| numero)*(?: e)?|dovrebbe essere|deve (?:essere|riportare)(?: il| l')?|ma(?: il| l')?|bensi|rifatta con (?:il|l')|con il|va messo (?:il|l')"
    r"|(?:o |a )?(?:corret[oa]|cert[oa]|nov[oa])(?: encomenda| pedido| numero)*(?: e)?(?: [oa])?|deve ser(?: a| o)?|mas(?: sim)?(?: [oa])?|a vossa e (?:a|o)|com (?:o|a) (?:pedido|encomenda)|usem?(?: [oa])?)"
)

WRONG_BEFORE = (
    r"\b(?:instead of|rather than|not(?: against| on| to)?|and not|in place of|you(?:'ve)? (?:put|wrote|quoted?|used|printed|have)|it says|(?:which |it |invoice |\S+ )?(?:quotes|cites|states|shows|bears|carries|references|quoting the (?:old|wrong))"
    r"|(?:the )?(?:old|wrong|closed|expired|previous|incorrect)(?: one| po| order| number| purchase order)*|swapped|insufficient funds remaining on order|no longer|(?:the one )?you('ve)? used|replaces"
    r"|statt|anstatt|anstelle(?: von| der)?|nicht(?: auf| die)?|alte (?:bestellung|bestellnummer|nummer)|habt (?:die|ihr)|angegebene (?:nummer|bestellung|bestellnummer)|ihr habt die po|steht(?: die)?(?: bestellnummer| bestellung)?"
    r"|au lieu d[ue]|pas(?: la| le)?|et non(?: pas)?(?: la| le)?|refere au(?: bon d'achat)?|l'ancien(?:ne)?(?: numero| bon)?"
    r"|en (?:vez|lugar) de(?:l| la)?|no(?: es)?(?: la| el)?|y no(?: la| el)?|antigu[oa]|viej[oa]"
    r"|in plaats van|niet(?: de)?|oude(?: order| nummer| po)?|het oude,?|verwijst naar(?: po)?|erop \("
    r"|invece d[ie]l?|non(?: il| l')?|e non(?: il| l')?|vecchio(?: ordine)?"
    r"|em vez d[aeo]|nao(?: [oa])?|e nao [oa]|antig[oa]|puseram na fatura a(?: encomenda)?)"
)

WRONG_AFTER = (
    r"(?:is|was|were|has been|had been|got) (?:now |already )?(?:closed|shut|expired|exhausted|cancelled|canceled|full|used up|wrong|issued to|void|fully)|closed (?:in|at|out)|expired|exhausted|used up|has no|no funds|doesn't exist|does not exist|insufficient"
    r"|belongs to|is not ours|is (?:our|from|for) (?:another|a different|last)|(?:is|of) (?:our )?sister|only covers|has insufficient|no corresponding|old po|to your belfast|ran out|overdrawn|not valid|invalid|fully (?:invoiced|billed)|rev 0"
    r"|geschlossen|abgeschlossen|endgeliefert|ausgeschopft|leer|geloscht|gehort (?:zu|einem)|existiert (?:nicht|in unserer bestellung nicht)|ungultig|falsch|aufgebraucht|erschopft|storniert|das ist die vom|ist die vom"
    r"|clotur\w+|epuis\w+|sold(?:e|ee)|ferm(?:e|ee)|est de 0|n'existe pas|consomme|annul\w+|c'est pour|n'est pas"
    r"|cerr(?:o|ad[oa])|sin saldo|agotad[oa]|cancelad[oa]|vencid[oa]|no existe|no casa|se quedo sin"
    r"|afgesloten|verbruikt|bestaat niet|vervallen|gesloten|hoort bij|op is|ingetrokken"
    r"|chius[oa]|esaurit[oa]|scadut[oa]|non esiste|annullat[oa]|evaso"
    r"|encerrad[oa]|fechad[oa]|esgotad[oa]|que e de outro|nao existe|cancelad[oa]|vencid[oa]|nao casa"
)

REFERENCE_KEYWORDS = (
    r"(?:our |your |the |payment |bank |wire |tt |fed |fps |sepa-?|bank-?)?ref(?:erence|erencia|erenz|s)?|reference no|trace(?: (?:no|number|id))?|utr|(?:check|cheque|chq)s?(?: (?:no|number))?|remittance(?: advice)?(?: (?:no|number))?|voucher"
    r"|debit (?:note|memo)|credit (?:note|memo)|advice(?: no)?|payment advice|ach batch|batch|clearing number|end-to-end id|approval code|confirmation(?: (?:no|number|code))?|transaction(?: id| ends)?|deal|account number,"
    r"|avis|verwendungszweck|beleg(?:nummer|nr)?|scheck(?:nummer)?|sepa-referenz|referenznummer|unter angabe ihrer kundennummer"
    r"|cro|trn|riferimento|rif|mandato|bonifico n|cheque n[°º]|notre cheque|communication|libelle|virement|no de confirmation|demande de paiement"
    r"|comprobante|comprovante|op(?=\.? ?\d{4})|transf|transferencia|el cheque|autenticacao|kenmerk|betalingskenmerk|rekeninguittreksel|o\.v\.v\.|omschrijving"
)
