"""Words by which customers agree to a plan, counter it or decline it, in seven languages. Data only, on folded text.

A kind that a language leaves out has no words there. What each kind means stands in `agent.resolving.stance`.
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The patterns of one language. `agree` may be negated, `firm` not; `polite` is what only looks like a condition."""

    agree: str
    firm: str
    negation: str
    decline: str
    counter: str
    condition: str
    polite: str
    undecided: str
    full: str
    plan: str
    means: str
    elsewhere: str


EN = Words(
    agree=(
        r"\bagree(?:d|able)?\b|\baccept(?:ed|ance|able)?\b|\b(?:works?|fine|good|great|ok|okay|perfect|suits?|manageable|doable|all right|alright)(?: \w+){0,2} (?:for|by|with) (?:us|me|our (?:side|end))\b"
        r"|\bsuits? (?:us|me)\b|\b(?:that|this|it|which|schedule|plan|proposal|offer|instal+ments?|payments?|dates?|terms?)(?:'s| is| are| looks?| sounds?| all| would be| will be| seems?)? (?:absolutely |perfectly |quite |all |just |very |entirely )?(?:works?|fine|good|great|ok|okay|perfect|doable|manageable|fair|reasonable)\b"
        r"|\b(?:sounds|looks|is) (?:fair|good|fine|great|ok|okay|reasonable|perfect)\b|\bhappy (?:with|to (?:go|proceed|follow|stick|pay))|\bgo(?:ing)? ahead\b|\bgo with (?:that|this|it|the|your)|\bconfirm(?:ed|ing|s)?\b(?: \S+){0,6}? (?:plan|schedule|instal+ments?|arrangement|agreement|acceptance|proposal|offer|dates|payments)\b"
        r"|\b(?:can|will|shall|we'll|i'll) (?:do|manage|meet|keep to|stick to|live with|honou?r|follow|keep) (?:that|this|it|these|those|(?:the|your|all) (?:\w+ )?(?:dates|plan|schedule|instal+ments?|payments))\b|\bon board\b|\bsign(?:ed)? (?:us )?up\b|\bcount us in\b"
    ),
    firm=(
        r"^(?:yes|yep|yeah|sure|absolutely|agreed|confirmed)(?:[,.! ]|$)|^(?:deal|done|perfect|brilliant|lovely|excellent|wonderful)(?:[,.!]|$| (?:thanks?|cheers|that|we|i)\b)|\bno (?:objections?|problem|issues?)\b|\bdeal\b(?! with)|\blet'?s do (?:it|that|this)\b|\b(?:many )?thanks?(?: you)? for (?:agreeing|accommodating|working with us|the arrangement)"
    ),
    negation=r"\b(?:not|never|cannot|unable|hardly|no longer|nor|without)\b|n't\b|\bno\b(?! (?:problem|objection|issue|doubt))",
    decline=(
        r"\bno,? thank(?:s| you)\b|\bthank(?:s| you),? but no\b|^no[,.!]|^no$|\bdeclin(?:e|ed|ing)\b|\breject|\bturn(?:ing)? \w+(?: \w+)? down\b|\bnot (?:something|interested|an option|possible|acceptable|workable|feasible|for us|doable|going to work)\b|\bout of the question\b|\bpass on (?:the|this|your)\b"
        r"|\b(?:can't|cannot|can not|couldn't|won't|don't|do not|will not|would not|wouldn't|unable to|not able to|not in a position to)(?: \w+)? (?:agree|accept|commit|promise|afford|manage|meet|sign|enter|go (?:along|ahead|for)|do|work|want|keep|take|stretch)\b|\b(?:doesn't|does not|don't|won't) (?:work|suit|fit)|\bno (?:interest in|wish (?:to|for))"
    ),
    counter=(
        r"\binstead\b|\brather\b|\bprefer|\bcounter-?(?:offer|propos)|\b(?:could|can|might|may) (?:we|i|it|(?:the|this|that|each) \w+(?: \w+)?|you) (?:\w+ ){0,3}?(?:make|do|pay|start|begin|move|push|shift|split|spread|extend|stretch|reduce|lower|bring|add|drop|be|go|manage|stagger|have|settle)\b"
        r"|\bwould (?:you|it|that|there|weekly|monthly)\b(?: \S+){0,6}? (?:accept|consider|possible|ok|okay|open to|work|be|take)\b|\b(?:how|what) about\b|\bany (?:chance|room|scope|flexibility|possibility)\b|\bis there (?:any |a )?(?:room|way|scope|chance)|\bpossible to (?:start|pay|move|spread|make|have|push|extend|split)"
        r"|\b(?:smaller|lower|longer|more time|a bit more|later start)\b|\btoo (?:high|much|steep|short|soon|early|tight|heavy|big|large|few|quick)\b|\b(?:can|could) only\b|\bonly (?:manage|afford|pay)\b|\b(?:the )?most we can\b|\bat (?:the )?most\b|\bwe(?:'d| would) (?:need|like|want)\b|\bwhat we (?:can|could) do is\b|\b(?:we|i) could\b(?!n\'t| not| hardly)|\b(?:first|next) (?:one|payment|instal\w+)[^.!?]{0,20}\b(?:can|could|would) (?:only|wait|not)\b"
    ),
    condition=(
        r"\bif\b|\buntil\b(?! (?:then|the (?:last|final|plan|balance|debt)|it|all|every))|\bbefore (?:you|we) (?:get|have|receive|send|agree)\b|\bprovid(?:ed|ing)\b|\bon (?:the )?condition|\bas long as\b|\bso long as\b|\bsubject to\b|\bunless\b|\bonce (?:you|we have|we've|the)\b|\bassuming\b|\bin (?:return|exchange) for\b|\bproviso\b|\bwhen you\b|\bas soon as you\b|\bin so far as\b|\bdepends on\b|\bwith(?:out)? (?:any |the )?(?:late )?(?:interest|fees|charges)\b"
    ),
    polite=r"\bif (?:you|there)(?: \w+)? (?:need|have|require|want|wish|don't mind|any|anything|is|are)\b(?! (?:waiv|drop|cancel|remov|credit|reduc))|\bif (?:anything|any|need be|necessary)\b|\bif not already\b",
    undecided=(
        r"\blet you know\b(?! (?:when|once|as soon))|\b(?:get|come|be) back to (?:you|ye)\b|\brevert\b|\brun (?:it|this|that|your \w+) (?:past|by)\b|\b(?:check|discuss|clear|talk|speak|confer|consult)(?: \w+){0,3} with\b|\b(?:talk|speak) to\b|\bneed (?:\w+ )?(?:approval|sign-?off|to (?:ask|check|think|discuss|get|clear|see))\b|\bthink (?:about|it over)\b|\bwill (?:review|consider|look)\b|\blook(?:ing)? into\b|\bin principle\b|\bpending\b|\bawaiting\b|\bwaiting (?:for|on)\b|\bpassed? (?:it|this|that|your \w+) (?:on )?to\b|\bforwarded\b"
    ),
    full=r"\bfull (?:amount|balance|sum|payment)\b|(?<!accepted )\bin full\b|\b(?:whole|entire|total|full) (?:amount|balance|sum|lot|thing|invoice|bill|debt)\b|\beverything\b|\ball of it\b|\bpay(?:ing)? (?:it |them )?all\b|\bin one (?:go|payment|sum|hit|transfer)\b|\bat once\b|\blump sum\b|\boutright\b",
    plan=r"\binstal+ments?\b|\bschedule\b|\bplan\b|\bin (?:two|three|four|five|six|\d+) (?:payments|parts)\b",
    means=r"\b(?:card|paypal|cheque|check|direct debit|iban|account|bank details|reference|which|where|how)\b",
    elsewhere=r"\bagree(?:d)? (?:that|the invoice|on the (?:invoice|amount|price)|with (?:the|your) (?:invoice|figures?|amount|balance))\b|\bagreed (?:price|rate|terms|delivery|discount)\b|\bconfirm(?:ing|ed)? (?:that we (?:have )?)?rece(?:ipt|ived)\b|\baccept (?:our|my) apolog|\b(?:never|not) agreed to\b|\bif (?:you|this) agree",
)
DE = Words(
    agree=(
        r"\beinverstanden\b|\bzustimm\w*|\bstimm(?:e|en)\b[^.!?]{0,60}\bzu\b|\bzugestimmt\b|\b(?:nehm(?:e|en)|genommen)\b[^.!?]{0,60}\ban\b|\bangenommen\b|\bakzeptier\w*|\bbestatig(?:e|en)\b[^.!?]{0,60}\b(?:plan|ratenplan|raten\w*|vereinbarung|teilbetrag\w*|zahlungsplan|vorschlag|angebot|termine)\b|\b(?:passt|passen|past)\b(?: (?:so|uns|mir|fur uns|fur mich|das|gut|alles))*|\bgeht (?:so )?(?:klar|in ordnung|fur uns)\b|\b(?:ist|sind|war|ware) (?:so )?(?:fur uns )?(?:ok|okay|in ordnung|machbar|gut|prima|recht|perfekt|fair)\b"
        r"|\b(?:machen|halten) wir(?: das| es)? so\b|\bso machen wir\w*\b|\bhalten (?:wir )?(?:uns )?(?:daran|an den plan|die termine ein)\b|\bkonnen wir (?:so )?(?:leisten|stemmen|machen|einhalten|darstellen)\b|\bschaffen wir\b|\bkommen wir hin\b|\bgerne? so\b"
    ),
    firm=r"^(?:ja|jawohl|jo|abgemacht|einverstanden|passt)(?:[,.! ]|$)|^(?:klar|gerne)(?:[,.!]|$)|\babgemacht\b|\bkeine einwande\b|\bkein problem\b|\bspricht nichts dagegen\b",
    negation=r"\b(?:nicht|kein\w*|nie|niemals|weder|unmoglich|ohne)\b",
    decline=(
        r"\blehn(?:e|en)\b[^.!?]{0,60}\bab\b|\bablehn\w+|\babgelehnt\b|\bnein(?:,| danke|[.!]|$)|\bkommt (?:fur uns |leider )*nicht in (?:frage|betracht)\b|\blassen wir uns nicht\b|\bnicht (?:stemmen|leisten|schaffen|aufbringen|tragen|darstellbar|machbar|moglich|einverstanden|zustimmen|akzeptieren|annehmen|akzeptabel|einhalten|zusagen|eingehen)\b|\bkein(?:e|en)? (?:interesse|ratenzahlung|ratenplan|bedarf)\b|\bverzichten (?:auf|wir)\b(?! die)|\bwollen (?:wir )?(?:keine|nicht)\b|\bnichts fur uns\b"
    ),
    counter=(
        r"\bstattdessen\b|\bstatt (?:am|der|des|dessen|in|zu)\b|\blieber\b|\bbevorzug\w+|\bgegenvorschlag\b|\b(?:wir|ich) konnten\b(?! nicht| leider)|\b(?:konnten|durften|(?=[^?]*\?)(?:konnen|durfen)) (?:wir|sie|die|der|das|es)\b[^.!]{0,80}\b(?:anfangen|beginnen|starten|zahlen|verschieben|strecken|aufteilen|verteilen|senken|machen|verlangern|hinausschieben|bezahlen|andern|haben|begleichen|entgegenkommen)\b|\b(?:ware|waren|ginge|gehen|ging) (?:es|das|auch|eventuell|vielleicht|da)\b|\bmoglich,? (?:in|dass|die|den|erst|ab|auf)\b|\bwie ware\b|\bvorschlagen\b|\bschlagen\b[^.!?]{0,30}\bvor\b"
        r"|\b(?:kleinere|niedrigere|geringere|langere|mehr) (?:raten|zeit|betrage|laufzeit|teilbetrage|luft)\b|\bzu (?:hoch|viel|knapp|fruh|kurz|wenig|schnell|groß|sportlich)\b|\bnur (?:\d|zahlen|leisten|aufbringen|noch)|\bhochstens\b|\bmaximal\b|\bmehr als [^.!?]{0,20} (?:geht|schaffen|ist)\b|\bbrauchten\b|\bbrauchen (?:wir )?(?:mehr|langer|kleinere)\b|\berst (?:ab|am|zum|im|nachsten)\b[^.!]{0,40}\b(?:anfangen|beginnen|starten|zahlen|moglich)\b|\b(?:rate|raten|zahlung|termin)\b[^.!?]{0,30}\berst (?:zum|am|ab|im|nach|mitte|ende|anfang)\b|\banzubieten\b|\bkonnten? (?:wir )?anbieten\b"
    ),
    condition=r"\bwenn\b|\bbevor\b|\bsolange\b|\bbis (?:die|der|das|sie|wir) |\bsofern\b|\bfalls\b|\bsoweit\b|\bvorausgesetzt\b|\bunter der (?:bedingung|voraussetzung)\b|\bvorbehaltlich\b|\bsobald (?:sie|die gutschrift)\b|\bim gegenzug\b|\bes sei denn\b|\bnur,? wenn\b",
    polite=r"\b(?:wenn|falls) (?:sie )?(?:noch |dazu |weitere )*(?:fragen|ruckfragen|etwas|noch was|unterlagen|mochten|wunschen)\b|\bfalls notig\b|\bwenn es (?:recht|ihnen recht|fur sie) ",
    undecided=r"\bmelde(?:n)? (?:mich|uns|wir uns)\b|\bbesprech\w+|\bkomm(?:e|en) (?:wieder )?(?:auf sie|darauf) zu\w*|\babklar\w+|\bklar(?:e|en) (?:das|ich|wir)\b|\bprufen\b|\bprufe\b|\buberleg\w+|\bgrundsatzlich\b|\bim prinzip\b|\bprinzipiell\b|\brucksprache\b|\bfreigabe (?:steht|fehlt|durch|des|der)\b|\bleite\b[^.!?]{0,40}\bweiter\b|\bweitergeleitet\b|\bgebe (?:ihnen )?bescheid\b|\bgeben (?:ihnen )?bescheid\b|\bentscheidet\b",
    full=r"\b(?:gesamte[nr]?|volle[nr]?|ganze[nr]?|komplette[nr]?) (?:betrag|summe|rechnung\w*|saldo|forderung)\b|\bin einer summe\b|\bauf einmal\b|\bkomplett\b|\bvollstandig (?:bezahl|uberweis|begleich|zahl)\w*|\balles (?:am|bis|auf|zusammen|diese|nachste|bezahl|uberweis)|\bgesamtbetrag\b|\bgesamtsumme\b",
    plan=r"\braten\w*|\brate\b|\bzahlungsplan\b|\bteilbetrag\w*|\bteilzahlung\w*|\bplan\b",
    means=r"\b(?:konto|iban|karte|paypal|lastschrift|verwendungszweck|wohin|welche[ns]?|wie)\b",
    elsewhere=r"\beinverstanden[^.!?]{0,40}\b(?:rechnung|preis|lieferung|betrag)\b|\b(?:rechnung|preis|lieferung|betrag)\b[^.!?]{0,20}\beinverstanden\b|\bvereinbart war\b|\bempfang\b|\berhalt\b",
)
FR = Words(
    agree=(
        r"\bd'accord\b|\baccept(?:e|ons|ee|ees|er|ation)\b|\b(?:me|nous|lui) (?:convient|conviennent|va|vont|conviendra)\b|\bconvient\b|\bparfait\b|\bca (?:marche|roule|me va|nous va)\b|\bc'est (?:bon|parfait|note et accepte|ok|entendu|bien)\b|\bentendu\b|\bvalid(?:e|ons|ee)\b|\bconfirm(?:e|ons)\b[^.!?]{0,60}\b(?:echeancier|plan|versements?|accord|echeances|mensualites|proposition|etalement)\b|\bdonn(?:e|ons) (?:notre|mon) accord\b|\baccord (?:sur|pour|donne)\b|\bok pour\b|\bbon pour accord\b|\brespecter(?:ons|ai)\b|\bon (?:fait|part|procede) (?:comme|sur|ainsi)\b|\bfaisons (?:comme|ainsi)\b|\bapprouv(?:e|ons)\b"
    ),
    firm=r"^(?:oui|ok|entendu|parfait|bien sur|marche conclu)(?:[,.! ]|$)|\bmarche conclu\b|\b(?:pas|aucune) d?'?objection\b|\baucun probleme\b|\bpas de (?:souci|probleme)\b",
    negation=r"\b(?:ne|pas|jamais|aucun\w*|ni|impossible|sans)\b|\bn'",
    decline=r"\bnon,? merci\b|^non[,.! ]|^non$|\brefus(?:e|ons|er)\b|\bdeclin(?:e|ons|er)\b|\bne (?:pouvons|peux|pourrons|pourrai|souhaitons|souhaite|voulons|veux|sommes)\b[^.!?]{0,25}\bpas\b|\bn'(?:acceptons|accepte|avons|est|en)\b[^.!?]{0,25}\bpas\b|\b(?:pas|guere) (?:possible|envisageable|tenable|acceptable|interess\w+|en mesure|dans nos moyens|pour nous)\b|\bimpossible\b|\bhors de question\b|\bhors de (?:notre )?portee\b|\bne (?:nous |me )?(?:convient|conviennent|va|vont) pas\b|\bpas donner suite\b",
    counter=(
        r"\bplutot\b|\bau lieu de\b|\bprefer\w+|\bcontre-?proposition\b|\bserait[- ]il (?:possible|envisageable)\b|\best[- ](?:il|ce qu)\w*\b[^.!]{0,20}\b(?:possible|pourrait|peut|envisageable)\b|\b(?:pourr(?:ions|ait|iez|ais)|peut|pouvons|puis|pouvez|peux)[- ](?:nous|on|vous|je|t-on|tu)\b|\b(?:on|nous) (?:pourrait|pourrions|peut|pouvons) (?:\w+ )?(?:faire|payer|verser|commencer|etaler|decaler|passer|repousser|proposer|avoir)\b|\bpropos(?:e|ons|erais|erions)\b|\bsouhait(?:erions|erais|ons)\b|\bvoudr(?:ions|ais)\b|\baimerions\b"
        r"|\bplus (?:petit\w*|faibles?|long\w*|de temps|tard|bas\w*|leger\w*)\b|\btrop (?:eleve\w*|lourd\w*|cher\w*|court\w*|tot|juste|important\w*|serre\w*|haut\w*)\b|\b(?:que|seulement|maximum|au mieux|uniquement) \d|\bau (?:maximum|plus)\b|\bet si\b|\bil nous faudrait\b|\bdecaler\b|\brepousser\b"
    ),
    condition=r"\bjusqu\'a ce que\b|\bavant (?:que|d\'avoir)\b|\bsi (?:vous|l'on|on|les|la|le|tu)\b|\bs'il y a\b(?! d'autres)|\ba (?:la )?condition\b|\bsous reserve\b|\bpourvu que\b|\bdes (?:lors que|que vous)\b|\ben (?:echange|contrepartie)\b|\bmoyennant\b|\bdu moment que\b|\bsauf si\b|\buniquement si\b|\ba moins que\b|\btant que\b",
    polite=r"\bsi (?:vous avez|vous souhaitez|besoin|necessaire|vous voulez|vous desirez|vous preferez|cela vous)\b|\bs'il (?:vous|te) plait\b",
    undecided=r"\breviens? vers vous\b|\brevien(?:drai|drons) vers\b|\brevenons vers\b|\btransmet\w*|\btransmis\w*|\bje (?:vois|verrai|vais voir|demande|vais en parler|vais demander|regarde)\b|\ben (?:parle|parler|parlerai|discuter)\b|\ben principe\b|\bsur le principe\b|\ba priori\b|\breflech\w+|\betudi(?:e|ons|er)\b|\bexamin\w+|\bdois (?:voir|demander|consulter|en)\b|\bvalidation (?:de|par)\b|\btien(?:s|drai|drons)[^.!?]{0,12}au courant\b|\bvous repondr\w+|\bexpert-comptable\b[^.!?]{0,30}\b(?:avis|voir)\b",
    full=r"\b(?:la )?totalite\b|\bmontant (?:total|integral)\b|\btout (?:regler|payer|solder|vendredi|d'un coup|le montant)\b|\b(?:regl|pay|sold)\w+ (?:le )?tout\b|\bintegral\w*|\ben une (?:seule )?fois\b|\bd'un (?:seul )?coup\b|\bsolder (?:la|le|les)\b",
    plan=r"\bechean\w+|\bversements?\b|\bmensualites?\b|\bplan\b|\betal\w+|\ben (?:deux|trois|quatre|cinq|six|\d+|plusieurs) fois\b",
    means=r"\b(?:rib|iban|compte|carte|cheque|prelevement|comment|ou faut|quel\w*|reference)\b",
    elsewhere=r"\bd'accord (?:sur le montant|avec (?:la|cette|votre) facture|que)\b|\baccus\w+ reception\b|\bconfirm\w+ (?:la )?reception\b|\bbien recu\b",
)
ES = Words(
    agree=(
        r"\bde acuerdo\b|\bconformes?\b|\bacept(?:o|amos|ado|ada|acion)\b|\bnos parece (?:bien|correcto|perfecto|razonable|justo)\b|\bme parece (?:bien|correcto|perfecto|razonable)\b|\b(?:nos|me) (?:viene|va|vale|sirve|encaja|cuadra)n?(?: bien| perfecto)?\b|\bperfecto\b|\best(?:a|amos) (?:bien|perfecto|conformes?)\b|\bvale\b|\badelante\b|\bconfirm(?:o|amos)\b[^.!?]{0,60}\b(?:plan|calendario|cuotas|plazos|acuerdo|pagos|propuesta|fechas)\b|\b(?:lo hacemos|lo dejamos|quedamos|procedemos) asi\b|\bcumplir(?:emos|e)\b|\bdamos (?:el|nuestro) (?:visto bueno|ok|conformidad)\b|\btrato hecho\b|\b(?:nuestra|mi) conformidad\b|\bdoy (?:el|mi) visto bueno\b"
    ),
    firm=r"^(?:si|claro|vale|ok|conforme|perfecto|hecho|de acuerdo)(?:[,.! ]|$)|\btrato hecho\b|\bsin (?:problema|objecion\w*)\b|\bningun (?:problema|inconveniente)\b",
    negation=r"\b(?:no|nunca|tampoco|jamas|ni|imposible|sin)\b(?! (?:problema|objecion))",
    decline=r"\bno,? (?:muchas )?gracias\b|^no[,.!]|^no$|\brechaz\w+|\bdeclin\w+|\bno (?:podemos|puedo|podremos|nos es posible|estamos en condiciones|vamos a poder|queremos|quiero|deseamos|aceptamos|acepto|llegamos|alcanzamos)\b|\bno (?:nos|me|les) (?:interesa|conviene|sirve|encaja|viene|va|vale|es posible)n?\b|\bno (?:es|son) (?:posible|viable|asumible|aceptable)\w*|\binasumible\w*|\bimposible\b|\bdescartamos\b|\bni hablar\b",
    counter=(
        r"\ben (?:vez|lugar) de\b|\bprefer\w+|\bcontrapropuesta\b|\bcontraoferta\b|\bmejor (?:empezar|en|seria|si|el|a|que|\d)|\bvendria mejor\b|\bpodr(?:ia|ian|iamos|ias?|iais)\b|\b(?:seria|es|seria|fuera) posible\b|\bse puede(?:n)?\b|\bpodemos (?:hacer|empezar|pagar|pasar|dejar|ofrecer|partir)\b|\bpropon(?:go|emos|dria\w*)\b|\bofrec(?:emos|o)\b|\bnecesitar\w+|\bque tal\b|\by si\b|\bquisi\w+|\bnos gustaria\b"
        r"|\bmas (?:bajas?|pequen\w+|largo|tiempo|plazo|tarde|comod\w+|reducid\w+)\b|\b(?:muy|demasiado) (?:alt\w+|elevad\w+|pronto|just\w+|cort\w+|grande\w*|fuerte\w*)\b|\bsolo (?:podemos|puedo|podriamos|\d)|\bcomo (?:mucho|maximo)\b|\bmaximo\b"
    ),
    condition=r"\bhasta que\b|\bantes de que\b|\bmientras no\b|\bsi (?:nos|me|ustedes|ud\w*|usted|se|quit\w+|renunci\w+|retir\w+|elimin\w+|anul\w+|descuent\w+|perdon\w+|la|las|el|los)\b|\bsiempre (?:que|y cuando)\b|\bcon (?:la condicion|tal de)\b|\ba condicion\b|\bcondicionad\w+|\ba cambio de\b|\bsujet\w+ a\b|\bsalvo que\b|\ba menos que\b|\ben cuanto (?:nos|ustedes|emitan)\b|\bsolo si\b",
    polite=r"\bsi (?:necesita\w*|tiene\w*|desea\w*|quiere\w*|hace falta|le parece|les parece|es necesario)\b",
    undecided=r"\bconsult\w+|\ble (?:digo|dire|diremos|contesto|confirmo|respondo)\b|\bles (?:digo|diremos|confirmamos|contestamos)\b|\blo (?:hablo|hablare|hablamos|comento|comentare|vemos|miramos|reviso|estudi\w+|paso)\b|\ben principio\b|\bpensar\w*|\bpensamos\b|\bestudiar\w*|\bestudiando\b|\btengo que (?:ver|hablar|preguntar|consultar)\b|\bpendiente de\b|\breenvi\w+|\btraslad\w+|\bvalor(?:ar|amos|aremos|ando)\w*|\bavisar\w*",
    full=r"\b(?:el|la|su) (?:total|totalidad|importe (?:total|integro)|importe completo)\b|\bpagar(?:lo|la|emos|e)? todo\b|\btodo (?:el|junto|de una)\b|\bintegr(?:o|amente)\b|\bde una (?:vez|sola vez)\b|\ben un (?:solo|unico) pago\b|\bsaldar (?:todo|la|el)\b|\bal completo\b|\bpor completo\b",
    plan=r"\bcuotas?\b|\bplazos?\b|\bplan\b|\bcalendario\b|\bfraccion\w+|\bmensualidades\b|\ben (?:dos|tres|cuatro|cinco|seis|\d+) (?:pagos|veces)\b",
    means=r"\b(?:iban|cuenta|tarjeta|cheque|domicili\w+|cual\w*|como|donde|recargo|bizum)\b",
    elsewhere=r"\bde acuerdo con (?:la factura|el importe|el precio)\b|\brecibid[oa]\b|\bacus\w+ recibo\b|\bacuerdo (?:comercial|marco)\b|\bsegun lo acordado\b",
)
NL = Words(
    agree=(
        r"\bakkoord\b|\b(?:mee |er )?eens\b|\bacceptere?n?\b|\baccepteren\b|\bgeaccepteerd\b|\baanvaard\w*|\bstem(?:men)? (?:hier\w* |er\w* |daar\w* )?(?:mee )?in\b|\bingestemd\b|\b(?:is|lijkt|klinkt|past|schikt|komt) (?:ons |mij |voor ons |ook |zo )*(?:goed|prima|prettig|uit|in orde|redelijk|ok|oke|haalbaar|te doen|prima uit|goed uit)\b|\b(?:past|schikt) (?:ons|mij)\b|\bprima(?=[,.!]| zo| voorstel| regeling| plan| geregeld)|\bbevestig(?:en)?\b[^.!?]{0,60}\b(?:regeling|betalingsregeling|plan|termijnen|schema|voorstel|afspraak|data)\b"
        r"|\b(?:doen|houden) we (?:het|dat)?\s?(?:zo|ons aan)\b|\bzo doen we\b|\bdoen we zo\b|\bhouden (?:wij |we )?ons (?:eraan|aan)\b|\bgaan (?:wij |we )?(?:ervoor|mee)\b|\bgaat? (?:wij |we )?(?:er|hier)?mee (?:akkoord|door)\b|\bkunnen (?:wij|we) (?:opbrengen|nakomen|betalen|halen)\b|\bhalen we\b|\bmee door\b|\buit de voeten\b|\btop\b(?=[,.!])"
    ),
    firm=r"^(?:ja|jazeker|prima|oke|ok|akkoord|afgesproken|graag)(?:[,.! ]|$)|\bafgesproken\b|\bgeen (?:bezwaar|probleem)\b",
    negation=r"\b(?:niet|geen|nooit|evenmin|onmogelijk|zonder)\b(?! bezwaar| probleem)",
    decline=r"\bnee,? (?:dank|bedankt)\b|\bnee[,.!]|^nee$|\bafwijz\w+|\bwijzen\b[^.!?]{0,40}\baf\b|\bweiger\w*|\bgeen (?:gebruik|interesse|behoefte|betalingsregeling|regeling)\b|\bniet (?:opbrengen|betalen|akkoord|mogelijk|haalbaar|accepteren|aanvaarden|instemmen|redden|nakomen|halen|dragen|trekken|voor ons|mee eens|te doen)\b|\bredden (?:we|wij) (?:\w+ )?niet\b|\blukt (?:ons )?(?:\w+ )?niet\b|\bgaat (?:ons )?niet (?:lukken|worden)\b|\bzien (?:wij |we )?(?:er)?van af\b",
    counter=(
        r"\bin plaats van\b|\bliever\b|\bvoorkeur\b|\btegenvoorstel\b|\b(?:zou|zouden|(?=[^?]*\?)(?:kan|kunnen|mogen|mag)) (?:het|wij|we|dat|de|u|er|dit)\b|\bzou(?:den)?\b[^.!?]{0,40}\b(?:kunnen|willen|mogelijk|betalen|beginnen|starten)\b|\bis het mogelijk\b|\bwat dacht u\b|\bstel(?:len)? (?:wij |we |ik )?(?:\w+ ){0,3}voor\b|\bvoorstellen\b|\bbieden\b[^.!?]{0,20}\baan\b"
        r"|\b(?:kleinere|lagere|langere|meer) (?:termijn\w*|bedrag\w*|tijd|looptijd|ruimte)\b|\bte (?:hoog|veel|kort|vroeg|krap|zwaar|weinig|snel)\b|\b(?:maximaal|hooguit|hoogstens)\b|\bniet meer dan\b|\balleen (?:maar )?\d|\bpas (?:vanaf|op|per|in|eind)\b|\bspreiden\b|\bopschuiven\b"
    ),
    condition=r"\bmits\b|\btot(?:dat)? (?:u|de|we|wij) |\bvoordat\b|\bals (?:u|jullie|de|er)\b|\bindien\b|\bop voorwaarde\b|\bonder (?:de )?voorwaarde\b|\bonder voorbehoud\b|\btenzij\b|\bzodra (?:u|de)\b|\bin ruil voor\b|\bzolang\b|\bwanneer u\b",
    polite=r"\b(?:als|indien) (?:u|er|jullie)? ?(?:nog )?(?:vragen|iets|meer|wilt|wenst|nodig|verder)\b|\balstublieft\b|\bindien (?:nodig|gewenst)\b",
    undecided=r"\bkom(?:en)?\b[^.!?]{0,20}\b(?:op|erop|hierop|bij u)\b[^.!?]{0,10}\bterug\b|\blaat (?:het )?(?:u |je |nog )*(?:\w+ )?weten\b|\blaten (?:het )?u\b[^.!?]{0,20}\bweten\b|\bleg\b[^.!?]{0,30}\bvoor\b|\boverleg\w*|\bin principe\b|\bbespreek\w*|\bbespreken\b|\bnadenken\b|\bbekijk\w*|\bbekijken\b|\bdoorgestuurd\b|\bstuur\b[^.!?]{0,20}\bdoor\b|\bmoet (?:ik )?(?:\w+ )?(?:vragen|navragen|checken)\b|\bgoedkeuring\b|\bwacht(?:en)? (?:nog )?op\b|\buitzoeken\b",
    full=r"\b(?:hele|volledige|gehele|totale|complete) (?:bedrag|som|factuur|saldo|rekening)\b|\bin een keer\b|\bineens\b|\balles (?:in|vrijdag|over|tegelijk|betalen|voldoen)\b|\bvolledig (?:betalen|voldoen|over)\b|\btotaalbedrag\b",
    plan=r"\btermijn\w*|\bregeling\b|\bbetalingsregeling\b|\bplan\b|\bschema\b|\bin (?:twee|drie|vier|vijf|zes|\d+) (?:keer|delen)\b",
    means=r"\b(?:iban|rekeningnummer|ideal|creditcard|incasso|welke?|hoe|waar|kenmerk)\b",
    elsewhere=r"\bakkoord (?:met (?:de factuur|het bedrag|de prijs)|van de)\b|\bontvangen\b|\bontvangst\b|\bniet afgesproken\b|\bafgesproken (?:prijs|levering|tarief)\b",
)
IT = Words(
    agree=(
        r"\bd'accordo\b|\baccett(?:o|iamo|ato|ata|azione)\b|\bva (?:bene|benissimo)\b|\bvanno (?:bene|benissimo)\b|\bper (?:noi|me) (?:e |sono )?(?:ok|okay|bene|fattibile|perfetto)\b|\bperfetto\b|\bbenissimo\b|\bconferm(?:o|iamo)\b[^.!?]{0,60}\b(?:piano|rate|rateizzazione|accettazione|accordo|scadenze|proposta|pagamenti)\b|\bprocediamo\b|\bprocedete\b|\bapprov(?:o|iamo|ato)\b|\bci (?:sta|stiamo|va) bene\b|\brispetteremo\b|\bconcordiamo\b|\bfacciamo cosi\b|\baderiamo\b|\bsiamo (?:a posto|favorevoli)\b|\bconvien\w+ a (?:noi|entrambi)\b"
    ),
    firm=r"^(?:si|certo|ok|okay|perfetto|d'accordo|affare fatto|volentieri)(?:[,.! ]|$)|\baffare fatto\b|\bnessun(?:a)? (?:problema|obiezione)\b|\bnulla in contrario\b",
    negation=r"\b(?:non|mai|nemmeno|neppure|impossibile|ne)\b",
    decline=r"\bno,? grazie\b|\bgrazie,? ma no\b|^no[,.!]|^no$|\brifiut\w+|\bdeclin\w+|\bnon (?:possiamo|posso|potremo|riusciamo|riesco|siamo in grado|vogliamo|intendiamo|accettiamo|accetto|desideriamo|abbiamo intenzione)\b|\bnon (?:ci|mi) (?:interessa|va|conviene|e possibile|sta)\b|\bnon (?:e|sono) (?:possibile|sostenibil\w+|fattibil\w+|accettabil\w+)|\binsostenibil\w+|\bimpossibile\b|\bnon se ne parla\b|\bnon fa per noi\b",
    counter=(
        r"\binvece (?:di|del|che)\b|\banziche\b|\bpiuttosto\b|\bprefer\w+|\bcontroproposta\b|\bpotr(?:emmo|este|ebbe|ebbero|ei)\b|\b(?:sarebbe|e|fosse) possibile\b|\bsi (?:puo|potrebbe|riesce)\b|\bpossiamo (?:fare|iniziare|pagare|partire|spostare|versare|offrire|arrivare)\b|\bpropon(?:go|iamo|remmo)\b|\bvorr(?:emmo|ei)\b|\bavremmo bisogno\b|\bci servirebb\w+|\bche ne dite\b|\be se\b|\briusciremmo (?:a|solo)\b"
        r"|\bpiu (?:bass\w+|piccol\w+|lung\w+|tempo|tardi|leggere|contenut\w+|respiro)\b|\btropp[oaie] (?:alt\w+|elevat\w+|presto|pesant\w+|strett\w+|brev\w+|vicin\w+)\b|\bsolo \d|\bal massimo\b|\bmassimo\b|\bspostare\b|\bposticip\w+|\bdilazion\w+ (?:in|su|piu)\b"
    ),
    condition=r"\bsolo se\b|\bfinche\b|\bfino a quando\b|\bprima che\b|\bse (?:togliete|ci|voi|rinunciate|stornate|annullate|la|le|il|viene|vengono|eliminate|non)\b|\ba (?:condizione|patto)\b|\bpurche\b|\bsalvo (?:che)?\b|\ba meno che\b|\bin cambio\b|\bsubordinat\w+|\bprevia\b|\bsempre che\b|\bnon appena (?:ci|avrete|stornate|emettete)\b|\bqualora\b",
    polite=r"\bse (?:avete|ha|serve|occorre|necessario|ha bisogno|avete bisogno|possibile|volete|desidera)\b",
    undecided=r"\bne parl(?:o|iamo|ero|eremo)\b|\bfaccio sapere\b|\bfaro sapere\b|\bfaremo sapere\b|\bfacciamo sapere\b|\bvalut\w+|\bci pens\w+|\bin linea di (?:massima|principio)\b|\bin principio\b|\bdevo (?:chiedere|sentire|verificare|parlare)\b|\bdobbiamo (?:chiedere|sentire|verificare|parlare)\b|\bverific(?:o|hiamo|hero)\b|\bgiro (?:la|al|alla)\b|\binoltr\w+|\bapprovazione d\w+|\bconsult\w+|\bsento (?:il|la|l')|\bin attesa d\w+",
    full=r"\btutto (?:venerdi|subito|insieme|l'importo|in una)\b|\b(?:sald\w+|pag\w+|vers\w+) tutto\b|\bl'intero (?:importo|saldo|ammontare)\b|\bimporto (?:totale|intero|completo)\b|\bin un'?unica soluzione\b|\bin una (?:sola )?volta\b|\bper intero\b|\bintegralmente\b|\bsaldo completo\b",
    plan=r"\brate\b|\brata\b|\brateizz\w+|\brateal\w+|\bpiano\b|\bscadenz\w+|\bin (?:due|tre|quattro|cinque|sei|\d+) (?:volte|tranche)\b",
    means=r"\b(?:iban|conto|carta|assegno|bonifico su|quale|quali|come|dove|causale)\b",
    elsewhere=r"\bd'accordo (?:con la fattura|sul prezzo|sull'importo)\b|\bricevut[oa]\b|\bconferm\w+ (?:di aver|la) ric\w+|\bprezzo concordato\b|\bcome concordato\b",
)
PT = Words(
    agree=(
        r"\bde acordo\b|\bconcord(?:o|amos|ado)\b|\baceit(?:o|amos|e|acao|amo-lo)\b|\bcombinado\b|\bperfeito\b|\bpode ser\b(?= assim|[,.!])|\b(?:esta|fica|estamos) (?:bem|otimo|optimo|perfeito|combinado|certo|fechado|ok|conformes?)\b|\b(?:nos|me) (?:convem|serve|agrada)\b|\bserve(?:-nos|-me)\b|\bpara (?:nos|mim) (?:esta|e|fica) (?:bem|otimo|ok|perfeito|viavel)\b|\bconfirm(?:o|amos)\b[^.!?]{0,60}\b(?:plano|prestacoes|parcelas|acordo|datas|proposta|parcelamento|aceitacao|calendario)\b|\bfechado\b|\bpodem avancar\b|\bpode avancar\b|\bavancamos\b|\bcumprir(?:emos|ei)\b|\bfazemos assim\b|\baprov(?:o|amos|ado)\b|\bparece(?:-nos|-me)? (?:bem|justo|razoavel|otimo)\b"
    ),
    firm=r"^(?:sim|claro|ok|certo|combinado|fechado|perfeito)(?:[,.! ]|$)|\bsem (?:problema|objec\w+|qualquer problema)\b|\bnada a opor\b|\bnegocio fechado\b",
    negation=r"\b(?:nao|nunca|jamais|nem|impossivel|sem)\b(?! problema| objec)",
    decline=r"\bnao,? (?:muito )?obrigad[oa]\b|\bobrigad[oa],? mas nao\b|^nao[,.!]|^nao$|\brecus\w+|\bdeclin\w+|\brejeit\w+|\bnao (?:podemos|posso|conseguimos|consigo|conseguiremos|temos (?:condicoes|como|possibilidade)|aceitamos|aceito|queremos|quero|pretendemos|concordamos|concordo|vamos (?:conseguir|aceitar))\b|\bnao (?:nos|me) (?:convem|serve|interessa|e possivel|agrada)\b|\bnao (?:e|sao) (?:possivel|viavel|aceitavel|comportavel|comportaveis|viaveis)\b|\bnao (?:ha|da|dao)\b|\bincomportave\w+|\bimpossivel\b|\bfora de questao\b",
    counter=(
        r"\bem (?:vez|lugar) d\w+|\bao inves\b|\bprefer\w+|\bcontraproposta\b|\b(?:seria|e|fosse|sera) possivel\b|\bpoder(?:iam|iamos|ia|ao|emos|ias)\b|\bpodemos (?:fazer|comecar|pagar|passar|dividir|oferecer|adiar)\b|\bpodem (?:fazer|aumentar|baixar|reduzir|adiar|dividir|passar|alargar)\b|\bda para (?:fazer|pagar|comecar|dividir|passar|ser)\b|\bdava para\b|\bpropo(?:mos|nho|riamos)\b|\bgostari\w+|\bprecis(?:avamos|ariamos|amos de (?:mais|prestac)|ava)\b|\bque tal\b|\be se\b|\b(?<!nao )conseguimos (?:pagar|so|apenas|\d)"
        r"|\bmais (?:baix\w+|pequen\w+|long\w+|tempo|tarde|prazo|suave\w*|leve\w*)\b|\b(?:muito|demasiado) (?:alt\w+|elevad\w+|cedo|curt\w+|pesad\w+|apertad\w+)\b|\be muito (?:para|alto)\b|\b(?:so|apenas) (?:podemos|posso|conseguimos|consigo|\d)|\bno maximo\b|\badiar\b"
    ),
    condition=r"\bdesde que\b|\bate que\b|\benquanto nao\b|\bantes que\b|\bse (?:retirarem|nos|voces|tirarem|anularem|abdicarem|a|o|as|os|perdoarem|eliminarem|for|forem|houver)\b|\bcom a condicao\b|\ba condicao\b|\bcaso (?:retirem|aceitem|nos|os|as|anulem)\b|\bem troca\b|\bsujeito a\b|\bmediante\b|\bsalvo se\b|\ba menos que\b|\bassim que (?:nos|emit\w+|anul\w+|credit\w+)\b|\bso se\b|\bcontanto que\b",
    polite=r"\bse (?:precisar\w*|tiver\w*|desejar\w*|quiser\w*|for (?:preciso|necessario)|necessario)\b|\bcaso (?:precise\w*|necessite\w*|tenha\w*)\b",
    undecided=r"\bvou (?:falar|ver|perguntar|consultar|analisar|confirmar com)\b|\bvamos (?:ver|analisar|falar|avaliar|consultar)\b|\bdepois (?:digo|dizemos|confirmo)\b|\bdarei (?:uma )?resposta\b|\bdou (?:uma )?resposta\b|\bdaremos\b|\bem principio\b|\ba partida\b|\bpens(?:ar|amos|arei)\b|\bavali(?:ar|amos|arei|ando)\b|\banalisar\w*|\banalisando\b|\btenho de (?:perguntar|ver|falar|consultar)\b|\bencaminh\w+|\breencaminh\w+|\baguard\w+|\baprovacao d\w+|\bretorn(?:o|aremos|arei)\b",
    full=r"\bpagar (?:tudo|o total|a totalidade|por inteiro)\b|\b(?:valor|montante) (?:total|integral|inteiro)\b|\ba totalidade\b|\btudo (?:na|de uma|numa|ate|junto|sexta)\b|\bde uma (?:so )?vez\b|\bnuma (?:so|unica) (?:vez|prestacao)\b|\bintegralmente\b|\bpor inteiro\b|\bpagamento unico\b|\bliquidar (?:tudo|o total|a totalidade)\b",
    plan=r"\bprestac\w+|\bparcel\w+|\bplano\b|\bcalendario\b|\bmensalidades\b|\bem (?:duas|tres|quatro|cinco|seis|\d+) vezes\b",
    means=r"\b(?:iban|conta|cartao|cheque|mb ?way|multibanco|qual|quais|como|onde|referencia)\b",
    elsewhere=r"\bde acordo com (?:a fatura|o valor|o preco)\b|\brecebid[oa]\b|\bacus\w+ (?:a )?rec\w+|\bpreco (?:acordado|combinado)\b|\bconforme combinado\b|\bacordo comercial\b",
)

#: What somebody would pay each time: a counter-offer where nobody says yes, and where the plan has another figure.
RATE = (
    r"\d ?(?:eur\w*|€|£|\$|gbp|usd|chf|quid|dollars?|pounds?|francs?|franken)? ?(?:(?:a|per|each|every) (?:month|week|fortnight)|im monat|pro (?:monat|woche)|monatlich|wochentlich|die woche"
    r"|par (?:mois|semaine)|mensuels?|/ ?(?:mois|monat|month|maand|mes|mese)|al mes|por (?:semana|mes)|a la semana|cada mes|mensuales|per (?:maand|week)|al mese|alla settimana|mensili|ao mes|mensais)\b"
)

WORDS: dict[str, Words] = {"en": EN, "de": DE, "fr": FR, "es": ES, "nl": NL, "it": IT, "pt": PT}
