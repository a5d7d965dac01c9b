"""The stock phrases of offices that answer mail: it came in, somebody will see to it, within how many days. Words only."""

from __future__ import annotations

#: A mail or an invoice came in, said without a person.
RECEIVED = (
    r"(?:has|have) (?:reached|arrived (?:at|in))[^.!?]{0,60}|(?:submission|upload|delivery|transmission|registration) (?:was|is) (?:successful|complete)|(?:was|were|has been) successfully \w+",
    r"(?:we(?:'ve| have)?|it was) (?:successfully )?(?:got|received) (?:it|your (?:e-?mail|message|mail|enquiry|inquiry|note|query|request))",
    r"(?:bei uns|in unserem \w+) (?:angekommen|eingegangen|eingetroffen)|wir haben (?:diese|sie|ihre (?:e-?mail|nachricht|anfrage|rechnung|mail|unterlagen))[^.!?]{0,30}erhalten",
    r"ihre (?:e-?mail|nachricht|anfrage|mail|rechnung|dokumente)[^.!?]{0,20} (?:ist|wurde|haben wir)[^.!?]{0,30}(?:eingegangen|erhalten|empfangen|übermittelt|angenommen|zugestellt)",
    r"nous avons (?:bien )?(?:pris en compte|enregistré|réceptionné) votre|votre (?:demande|message)[^.!?]{0,20}(?:pris en compte|prise en compte)",
    r"(?:your|the|this)(?: \w+){0,2} (?:e-?mail|message|mail|enquiry|inquiry|request|invoice|document|submission|correspondence|query)s?(?: \w+)? (?:has|have|was|were)(?: been)?(?: \w+)? (?:received|accepted|delivered to|forwarded to|uploaded|submitted|queued|imported|passed)",
    r"(?:we|this)(?: have| confirms?| acknowledges?| hereby| are pleased to| is to| would like to)*(?: (?:confirm|acknowledge|inform you))*(?: that we have)?(?: the| successfully)* (?:received?|receipt of) (?:your|the|this) (?:e-?mail|message|mail|enquiry|inquiry|request|invoice|submission|correspondence|query)",
    r"(?:eingang|erhalt|empfang)[^.!?]{0,40}bestätigt",
    r"(?:bestätigen|hiermit)[^.!?]{0,30}(?:den )?(?:eingang|erhalt|empfang)",
    r"(?:nous (?:avons bien reçu|accusons|confirmons)|votre (?:message|courriel|mail|e-?mail|facture|demande)[^.!?]{0,15} (?:nous est|a(?: bien)? été|est bien)(?: bien)? (?:parvenu|reçu|transmis|arrivé))[^.!?]{0,60}",
    r"(?:hemos recibido|acusamos recibo|confirmamos la recepción|su (?:mensaje|correo|factura|consulta)[^.!?]{0,20} (?:ha sido|se ha|fue) (?:recibid|enviad|entregad))[^.!?]{0,60}",
    r"(?:abbiamo ricevuto|confermiamo (?:la ricezione|il ricevimento|di aver)|(?:la|il) (?:sua|suo|vostra|vostro|fattura|documento|e-?mail|messaggio)[^.!?]{0,25} è stat[oa] (?:\w+ )?(?:ricevut|acquisit|pres|inoltrat|trasmess))[^.!?]{0,60}",
    r"(?:wij|we) hebben uw (?:e-?mail|bericht|factuur|aanvraag|vraag|mail)[^.!?]{0,30}ontvangen|uw (?:e-?mail|bericht|factuur|aanvraag|mail)[^.!?]{0,30}ontvangen",
    r"(?:recebemos|acusamos a rece[pç]|confirmamos a rece|(?:a sua|o seu|sua|seu) (?:mensagem|e-?mail|fatura|pedido)[^.!?]{0,15} foi (?:\w+ )?(?:recebid|entregue|encaminhad))[^.!?]{0,60}",
    r"受領(?:いた)?しました|追って",
    r"otrzymaliśmy|potwierdzamy (?:otrzymanie|odbiór)|państwa (?:wiadomość|faktura|zapytanie)[^.!?]{0,15} została (?:\w+ )?(?:dostarczon|odebran|przyjęt)",
    r"vi har (?:tagit emot|mottagit|fått)|(?:ditt|ert|er) (?:meddelande|mejl|faktura|mail|e-?post)[^.!?]{0,20}(?:mottagits|har tagits|tagits emot|kommit)",
    r"vi har (?:modtaget|mottatt)|olemme vastaanottaneet|obdrželi jsme",
)

#: Somebody of the office will see to it, or when; never "I will".
WILL_ANSWER = (
    r"(?:gesonderte |persönliche |individuelle )?(?:antwort|rückmeldung) (?:erfolgt|erhalten sie)[^.!?]{0,40}|statements and reminders[^.!?]{0,40}",
    r"(?:is|are|will be) (?:processed|answered|handled|dealt with|read)[^.!?]{0,20} (?:in (?:the )?order|on (?:the )?(?:following|next)|during|between)|not (?:be )?(?:answered|acknowledged|replied to)? ?individually|please allow[^.!?]{0,40}(?:days|hours|weeks)|refrain from[^.!?]{0,40}|do not (?:send|submit|resend)[^.!?]{0,40}(?:duplicate|again|twice|several)",
    r"(?:someone|somebody|a (?:\w+ ){0,2}(?:member|colleague|agent|representative|human|person|specialist|advisor)|one of (?:us|our)|our \w* ?\w* ?team|the \w+ team|team members?)[^.!?]{0,40} will (?:\w+ )?(?:get back|be in touch|respond|reply|contact|answer|review|look|reach|take|pick)[^.!?]{0,40}|you will (?:be (?:notified|informed|contacted)|receive|hear from us|get)[^.!?]{0,60}",
    r"our (?:finance |accounts? |\w+ )?(?:team|department|office|staff) (?:works?|is available|is staffed|answers|reads|operates)[^.!?]{0,60}",
    r"(?:bearbeitung|beantwortung)[^.!?]{0,30} (?:kann|dauert|erfolgt|nimmt)[^.!?]{0,50}|(?:von|bitten wir)[^.!?]{0,20}(?:nachfragen|rückfragen)[^.!?]{0,30}|bitten wir (?:um etwas|um geduld|von)|geben sie[^.!?]{0,40}(?:nummer|ticket|aktenzeichen)[^.!?]{0,40}an",
    r"(?:krijgt u|u krijgt|u ontvangt|wij reageren|we reageren)[^.!?]{0,50}|nous traitons [^.!?]{0,50}|(?:en breve|próximamente|in kürze|sous peu|a breve|binnenkort|wkrótce|inom kort|snarest)(?!\w)[^.!?]{0,50}",
    r"(?:un|une|uno|una|een|ein|um|nasz|nostro|nuestro|onze|unsere?|en|vår) (?:\w+ )?(?:conseill\w+|operator\w*|operador\w*|mitarbeiter\w*|kolleg\w*|medewerker\w*|collaborat\w+|agente?|colaborador\w*|konsultant\w*|pracownik\w*|handläggare|servicedesk|équipe|equipo|team|afdeling|dział|zespół)[^.!?]{0,50}(?:répond|reviend|contact|responder|risponder|antwort|melde|kümmer|neemt|antwoord|odpowie|skontakt|återkomm|svara|entrar)[^.!?]{0,40}",
    r"(?<!ich )(?:zo spoedig mogelijk|zo snel mogelijk|schnellstmöglich|baldmöglichst|so bald wie möglich|dans les (?:meilleurs|plus brefs) délais|lo antes posible|a la mayor brevedad|al più presto|il prima possibile|o mais breve\w*|com a (?:maior )?brevidade|assim que possível|jak najszybciej|så snart (?:som )?(?:möjligt|vi kan)|hurtigst muligt|snarest mulig)",
    r"(?:recibirá|recevrez|riceverà|riceverete|erhalten sie|ontvangt u|receberá|otrzyma(?:ją)?|får du|du får)[^.!?]{0,30}(?:respuesta|réponse|risposta|antwort|antwoord|reactie|resposta|odpowiedź|svar)",
    r"(?:will|shall) be (?:processed|reviewed|handled|dealt with|answered|attended to|actioned)(?: \w+){0,4} (?:shortly|soon|as soon|within|in due|in the order|by (?:our|the)|accordingly)?",
    r"(?<!they )(?:will|shall|aim to|endeavou?r to|try to|strive to)(?: \w+)? (?:respond|reply|get back|answer|contact you|be in touch|review|revert|process)[^.!?]{0,50}(?:within|as soon|shortly|in due course|soon|working days|business days|hours)",
    r"(?:response|processing|turnaround|handling|waiting) times?[^.!?]{0,50}(?:hours|days|longer|week)|(?:due to|because of)[^.!?]{0,20}(?:high|large) volume",
    r"(?:wird|werden|wir)[^.!?]{0,40}(?:schnellstmöglich|umgehend|so bald wie möglich|in kürze|innerhalb|baldmöglichst|bearbeitet|zeitnah|so schnell wie möglich|in den nächsten)|melden (?:wir )?uns[^.!?]{0,40}",
    r"(?:sera|seront|nous)[^.!?]{0,40}(?:traité|dans les (?:meilleurs|plus brefs) délais|rapidement|sous \d|dans un délai|reviendrons|répondrons)",
    r"(?:será|serán|le|nos|en breve)[^.!?]{0,30}(?:procesad|tramitad|atendid|responderemos|contestaremos|pondremos en contacto|lo antes posible|a la mayor brevedad|en un plazo|en breve)",
    r"(?:sarà|verrà|le|la|vi)[^.!?]{0,20} ?(?:elaborat|gestit|risponderemo|ricontatteremo|contatteremo|al più presto|il prima possibile|nel più breve|entro \d)",
    r"(?:wij|we|u|wordt|zal)[^.!?]{0,40}(?:zo spoedig mogelijk|zo snel mogelijk|binnen \d|binnen (?:een|twee|vijf)|in behandeling|verwerkt)",
    r"(?:será|serão|responderemos|entraremos)[^.!?]{0,40}(?:processad|tratad|analisad|respondid|assim que possível|brevidade|em breve|em contacto|em contato|dentro de|o mais)",
    r"(?:odpowiemy|skontaktujemy|zostanie)[^.!?]{0,40}(?:jak najszybciej|najszybciej|w ciągu|wkrótce|rozpatrzon|przetworzon)|odpowiemy[^.!?]{0,40}",
    r"(?:vi )?(?:återkommer|besvarar|svarar|behandlas)[^.!?]{0,40}(?:så snart|inom|snarast|kort)|(?:vi )?(?:svarer|vender tilbage|besvarer|kommer tilbake)[^.!?]{0,40}(?:hurtigst|snarest|inden|innen|så snart)|(?:vastaamme|odpovíme)[^.!?]{0,40}",
    r"追って",
)

#: An answer is promised within a time that an office sets itself.
SERVICE_LEVEL = (
    r"(?:within|in|under|up to|allow|takes?|at the latest|innerhalb|binnen|bis zu|sous|dans (?:un délai|les)|en (?:un plazo|menos)|(?:plazo|máximo) (?:máximo )?de|entro|in|tot|dentro de|no prazo|até|w ciągu|do|inom|inden|innen)[^.!?]{0,25}? "
    r"(?:business|working|work|office|werk|arbeits|ouvr|lavorativ|laborab|hábil|út(?:eis|il)|robocz|arbets|hverdag|virke|arbejds|hours|stunden|heures|horas|ore\b|uur|godzin|timmar|timer)\w*",
    r"(?:\d+|one|two|three|five|zwei|drei|fünf|deux|trois|cinq|dos|tres|cinco|due|tre|cinque|twee|drie|vijf|dois|dwóch|två|to)[- ](?:\d+ )?(?:business|working|werktag\w*|arbeitstag\w*|jours ouvr\w+|días (?:hábiles|laborables)|giorni lavorativi|werkdagen|dias úteis|dni robocz\w+|arbetsdagar|hverdage|arbejdsdage|virkedager)",
)

#: Thanks as an office says them.
CONTACTING = (
    r"(?:self[- ]service|supplier|vendor) (?:page|portal)|did you know|was this answer helpful|(?:our|telephone|phone) hours|horario de atención|orari (?:di|d')|(?:thanks|thank you) for (?:writing|message)|(?:dear|liebe|gentile|estimad[oa]|cher) (?:requestor|utente|usuario|user|business partner)",
    r"(?:high|large|increased|unusual) (?:volume|number|amount)s?[^.!?]{0,40}|(?:help|support) (?:centre|center|pages?|portal)|(?:you )?(?:may|can|might) find[^.!?]{0,60}(?:answer|information|faq|help|portal|website)|(?:log|sign) in(?:to)? (?:to )?(?:the|our|your) [^.!?]{0,30}(?:portal|account)|(?:visit|see|use) our [^.!?]{0,30}(?:portal|website|faq|help)|could not be (?:assigned|processed|matched|delivered)[^.!?]{0,40}automatically",
    r"(?:thank you|thanks) for (?:contacting|getting in touch with|reaching out to|writing to|submitting|e-?mailing|your (?:enquiry|inquiry|submission|interest))|danke,? dass sie (?:sich an uns|uns)|(?:vielen )?dank für ihre (?:anfrage|kontaktaufnahme)|(?:ihre|deine) nachricht an (?:unser|uns)",
    r"merci (?:de nous avoir|d'avoir) contact|gracias por (?:contactar|ponerse|su consulta)|grazie per (?:averci|aver) contattat|bedankt (?:voor het opnemen|dat u contact)|obrigado por (?:nos )?contact|dziękujemy za (?:kontakt|zgłoszenie)|tack för att du kontakt|tak for din henvendelse|takk for (?:din )?henvendelse",
)
