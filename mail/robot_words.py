"""The stock phrases of robots, by what they say and in thirteen languages. Words only; `mail.robots` weighs them.

Patterns match folded text (lower case, no accents, single spaces, one sentence) from a word's beginning. They may be
written with accents: they are folded when compiled. Every gap is bounded, so that matching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from mail.robot_fold import fold
from mail.robot_office import CONTACTING, RECEIVED, SERVICE_LEVEL, WILL_ANSWER
from mail.robot_phrases import AUTOMATIC, CHALLENGE, CLOSED, LEFT, RECEIPT, TICKET, UNMONITORED

#: The writer says of themselves (or nobody says of anybody) that they are away.
_AWAY = (
    r"(?:due to|because of) (?:illness|sickness|ill health|a bereavement|my (?:absence|leave|holiday))|krankheitsbedingt|urlaubsbedingt|pour (?:cause de|raison de) (?:maladie|congés)|por (?:enfermedad|vacaciones)[^.!?]{0,40}no (?:puedo|podré)|wegens (?:ziekte|vakantie|verlof) (?:ben|kan) ik",
    r"^(?:absente?|ausente|assente|afwezig|frånvarande|nieobecn\w+|in trasferta|en déplacement|auf dienstreise|de baja|in ferie|en congé|de vacaciones|de férias|met verlof|på semester|na urlopie|maternity leave|paternity leave|gone fishing|on leave)(?!\w)|caught me (?:on|at|in)|at sea|(?:on|away on) (?:our|my) (?:first |annual |summer |long[- ]awaited )?(?:holiday|vacation|honeymoon|trip)|on site (?:at|until|till|in)[^.!?]{0,30}until|military service|(?:paddling|sailing|hiking|skiing|fishing|lying|sunning|camping) ",
    r"(?:ich )?mache (?:\w+ )?(?:urlaub|pause|ferien)|(?:macht|machen) (?:[^.!?]{0,40})(?:pause|ferien|urlaub)|tot [^.!?]{1,25} ben ik|ik werk niet|jag jobbar inte|(?:encontro-me|me encuentro|mi trovo|je me trouve|znajduję się) (?:de|en|in|em|na) ",
    r"^(?:on )?(?:annual leave|parental leave|maternity leave|sick leave|vacation|holidays?|urlaub|elternzeit|congés?(?: \w+)?|vacaciones|baja|ferie|vakantie|verlof|férias|urlop|semester|ferier|loma|dovolená)(?: (?:until|till|from|to|bis|vom|von|jusqu|du|hasta|del|fino|dal|tot|van|t/m|até|de|do|od|till|från|til|fra)|:| \d)",
    r"(?:out of (?:the )?office|away|on leave) (?:again )?(?:on|for|until|till|from|between|starting)",
    r"(?:i am|i'm|i will be|i'll be|currently|will be)(?: \w+){0,2} (?:on|in|at|away (?:on|at|for)|attending) (?:jury (?:duty|service)|training|a (?:course|seminar|conference|workshop|trade fair|site visit|business trip|day off)|courses?|hospital|surgery|rehab\w*|military service|bereavement|study leave|strike|an (?:event|offsite|all-day))|taking (?:\w+[- ]?){0,4}(?:time off|leave|break|holiday|vacation|days? off|week off)",
    r"(?:will be |am )?back (?:at (?:my desk|work|the office)|in the office|at my computer|online|on deck)|(?:ill|sick|unwell)(?: today| this week| at the moment| until)|off (?:sick|work|today|this week)",
    r"(?:bin ich|ich bin|bin|sind wir|wir sind)[^.!?]{0,70} (?:nur (?:\w+ )?(?:eingeschränkt|bedingt|schwer|sporadisch|unregelmäßig|per)\w*|erkrankt|krank|krankgeschrieben|verhindert|auf (?:einer )?(?:schulung|messe|tagung|reise|dienstreise|fortbildung|seminar)|im (?:\w+ )?(?:urlaub|mutterschutz|ausland)|in (?:\w+ )?(?:elternzeit|urlaub|reha|kur)|nicht (?:im (?:büro|haus|hause|dienst)|erreichbar|am (?:arbeits)?platz|da)|abwesend|außer haus|weg|unterwegs|zurück)(?!\w)",
    r"(?:je suis|je serai|actuellement)[^.!?]{0,30} (?:malade|souffrante?|en (?:arrêt|formation|déplacement|réunion|mission|séminaire|congé\w*|vacances)|absente?|de retour|injoignable)",
    r"(?:me encuentro|estoy|estaré)[^.!?]{0,25} (?:de (?:baja|vacaciones|viaje|permiso|licencia)|enferm[oa]|en (?:un curso|formación|una feria|reunión)|ausente|fuera|de vuelta)|(?:sono|sarò)[^.!?]{0,25} (?:in (?:ferie|malattia|maternità|trasferta|vacanza|congedo)|assente|malat[oa]|fuori|in fiera|al rientro)",
    r"(?:ik ben|ben ik)[^.!?]{0,45} (?:niet (?:op kantoor|aanwezig|bereikbaar|beschikbaar)|afwezig|ziek|op (?:vakantie|reis|cursus)|met (?:vakantie|verlof|zwangerschapsverlof|ouderschapsverlof)|vrij|terug|weer)",
    r"(?:estou|estarei)[^.!?]{0,25} (?:ausente|de (?:férias|licença|baixa|folga)|em (?:formação|viagem|licença|reunião)|doente|fora)|(?:jestem|będę)[^.!?]{0,40} (?:nieobecn\w+|na (?:urlopie|zwolnieniu|szkoleniu|macierzyńskim)|poza biurem|chor[ya])|(?:jag är|är jag)[^.!?]{0,40} (?:sjuk\w*|ledig|föräldraledig|bortrest|på (?:kurs|semester|resa|tjänsteresa|konferens|mässa)|tillbaka|inte på)",
    r"(?:i am|i'm|i will be|i'll be) (?:\w+ )?(?:away|off|out|gone|on leave|on holiday|on vacation|unreachable|offline)(?!\w)|(?:will|shall|am|i'm) not (?:be )?(?:reading|checking|answering|monitoring|looking at)[^.!?]{0,30}(?:mail|messages|inbox|this)?",
    r"(?:as|because|since) i am (?:away|out|on)|(?:my|the) (?:last day|absence|leave|holiday|vacation) (?:is|was|will|runs|lasts|until|from)",
    r"(?:ich )?(?:bin|werde|wäre) (?:[^.!?]{0,60})(?:weg|fort|verreist|offline|nicht zu erreichen|im homeoffice|krankgeschrieben)(?!\w)|(?:mein|der) urlaub (?:dauert|geht|beginnt)|meine abwesenheit",
    r"(?:i am|i'm|i will be|i'll be|i shall be|we are|we're|i have been|currently|presently) (?:currently |now |presently |away )?(?:on (?:my )?(?:annual |parental |maternity |paternity |sick |medical |summer |extended |family |compassionate |long[- ]term |adoption )*(?:leave|vacation|holidays?|pto|sabbatical|secondment)|out (?:of (?:the )?office|of town|on)|out\b|away\b|off (?:work|sick|on)|off\b|ooo\b|not (?:in|at) (?:the )?(?:office|work|my desk)|not available|unavailable|travell?ing|abroad|at a (?:conference|trade fair)|in (?:meetings|training) all|on a (?:business )?trip|attending)",
    r"(?:away|absent) from (?:the|my) (?:office|desk)(?: and|,|\.| until| from| with| on| for|$)",
    r"(?:i am|i'm|i will be|i'll be) (?:back|returning)",
    r"(?:i )?(?:will )?(?:return|be back) (?:to (?:the office|work)|in the office|on|at work)",
    r"(?:out of (?:the )?office|on (?:annual |maternity |parental |sick )?leave|on (?:holiday|vacation)|ooo|^away|^back(?: in(?: the)? office)?)(?: again)? ?(?:[-:,]|until|till|from|on|through|this|next|all|today|$)",
    r"i (?:do not|don't) work (?:on )?(?:\w+days?|fridays|part)",
    r"(?:i )?(?:work|am working) (?:part[- ]time|reduced hours|only)",
    r"enjoying (?:some|a|my)(?: \w+)? (?:time off|vacation|holiday|leave|break)",
    r"(?:ich )?(?:bin|befinde mich|werde|war|habe)(?: ich)?(?: \w+){0,3}? (?:im (?:\w+ )?(?:urlaub|mutterschutz|krankenstand|ausland|\w*urlaub)|in (?:\w+ )?(?:urlaub|elternzeit|karenz|mutterschutz|kur)|auf (?:dienstreise|geschäftsreise|reisen|fortbildung|einer)|nicht (?:im (?:büro|haus|hause|dienst)|erreichbar|am (?:arbeits)?platz|da|verfügbar)|außer (?:haus|hause)|abwesend|dienstlich unterwegs|unterwegs|ortsabwesend|krank)",
    r"(?:ich )?bin (?:[^.!?]{0,60}) (?:im (?:\w+ )?urlaub|in elternzeit|nicht (?:im (?:büro|haus|hause)|erreichbar|am arbeitsplatz)|außer haus|abwesend|wieder (?:im (?:büro|haus|hause|dienst)|erreichbar|da|für sie)|zurück)",
    r"(?:ich )?(?:habe|genieße) (?:[^.!?]{0,30})urlaub",
    r"(?:ich bin )?(?:erst )?(?:wieder )?(?:ab|am) [^.!?]{1,40} (?:wieder )?(?:im (?:büro|haus)|erreichbar|für sie da|zurück)",
    r"(?:derzeit|momentan|zurzeit|zur zeit|aktuell|leider)(?: bin ich)? (?:nicht (?:im (?:büro|haus|hause)|erreichbar|am platz)|abwesend|außer haus|im urlaub|in elternzeit)",
    r"(?:abwesend|nicht im büro|im urlaub|außer haus|urlaub):? (?:bis|vom|von|ab|kw|am|in|\d)",
    r"(?:bis|vom) [^.!?]{2,40}(?:im urlaub|abwesend|nicht (?:im (?:büro|haus|hause)|erreichbar|am platz)|außer haus)",
    r"(?:je suis|je serai|étant|actuellement|je me trouve|je pars)(?: actuellement| donc| présentement| moi-même)? (?:en (?:\w+ )?(?:congé|vacances|déplacement|formation|arrêt|rtt|télétravail)|absente?\b|hors (?:du|de mon) bureau|indisponible|de retour|à l'étranger)",
    r"(?:en (?:congés?|vacances)|absente?) (?:du|jusqu|à partir)",
    r"(?:je )?(?:serai de|suis de|de|mon) retour (?:au bureau )?(?:le|à partir|au)",
    r"(?:estoy|estaré|me encuentro|me encontraré|actualmente)(?: estoy| actualmente| ahora| me encuentro)? (?:de (?:vacaciones|baja|viaje|permiso|licencia)|fuera (?:de (?:la )?oficina|del despacho)|ausente|disfrutando de|de vuelta|en (?:período|periodo) de vacaciones)",
    r"(?:ausente|fuera de (?:la )?oficina|de vacaciones) (?:hasta|del|desde)",
    r"(?:volveré|regresaré|vuelvo|regreso|me reincorporo|me reincorporaré)(?: a la oficina| al trabajo)? (?:el|a partir)",
    r"(?:sono|sarò|attualmente|mi trovo)(?: sono| attualmente| momentaneamente)? (?:in (?:ferie|vacanza|maternità|trasferta|malattia|permesso|congedo)|fuori (?:sede|ufficio|dall'ufficio)|assente|via|di ritorno|non (?:sono )?in ufficio)",
    r"(?:assente|in ferie|fuori (?:sede|ufficio)) (?:dal|fino|sino)",
    r"(?:rientrerò|rientro|tornerò|torno|sarò di nuovo)(?: in (?:ufficio|sede))? (?:il|lunedì|martedì|mercoledì|giovedì|venerdì|a partire|dal|operativ)",
    r"(?:ik|momenteel|wegens)(?: ben| zal)?(?: ik)?(?: momenteel| helaas| nu| van| tot| t/m| op){0,2}[^.!?]{0,45}? (?:met (?:\w+)?(?:vakantie|verlof|zwangerschapsverlof)|op (?:vakantie|zakenreis|reis)|afwezig|niet (?:op kantoor|aanwezig|bereikbaar|beschikbaar|in de gelegenheid)|buiten kantoor|weer (?:aanwezig|op kantoor|bereikbaar|terug)|terug op kantoor)",
    r"(?:afwezig|met verlof|met vakantie|niet aanwezig) (?:tot|van|t/m|vanaf)",
    r"(?:estou|estarei|encontro-me|encontrar-me-ei|me encontro|estou atualmente|ausente)(?: atualmente| actualmente| neste momento| de momento)? (?:de (?:férias|licença|baixa|folga|viagem|volta)|em (?:férias|viagem|licença)|fora (?:do escritório|da empresa)|ausente|do escritório|de \d|até|indisponível|no estrangeiro)",
    r"(?:regresso|regressarei|retorno|retornarei|voltarei|volto)(?: ao (?:escritório|trabalho|serviço))? (?:no dia|a|em|na|dia)",
    r"(?:jestem|będę|przebywam|aktualnie|obecnie)(?: obecnie| aktualnie| teraz)? (?:na (?:\w+ )?(?:urlopie|zwolnieniu|delegacji|macierzyńskim|wyjeździe)|poza biurem|nieobecn|w delegacji|nieosiągaln)",
    r"(?:wracam|będę ponownie|będę z powrotem|wrócę)(?: do (?:biura|pracy))? (?:w|dnia|\d|dost)",
    r"(?:jag|vi)(?: är| har| kommer)? (?:[^.!?]{0,20})(?:semester|föräldraledig|tjänsteledig|sjukskriven|ledig|bortrest|inte på kontoret|på resande fot|tjänsteresa|tillbaka|åter (?:på|den|i))",
    r"(?:på semester|på ledighet|inte på kontoret|tillbaka|åter på kontoret) (?:till|t\.o\.m|fr|från|den|igen|på|mån|tis|ons|tors|fre)",
    r"jeg (?:er|har|holder|kommer)[^.!?]{0,25} (?:\w*ferie|permisjon|barsel\w*|orlov|fraværende|ikke (?:på kontoret|til stede)|ute av kontoret|tilbake|tilbage|på tjenestereise|bortrejst|bortreist)",
    r"olen (?:[^.!?]{0,25})?(?:lomalla|poissa|virkamatkalla|vanhempainvapaalla|äitiyslomalla|tavattavissa|perhevapaalla|työmatkalla)",
    r"(?:palaan|olen takaisin) ",
    r"(?:jsem|budu|čerpám|mám|do [^.!?]{1,25}|momentálně)[^.!?]{0,25}? ?(?:dovolen|nepřítom|mimo kancelář|na služební cestě|na mateřské|zpět v kanceláři)",
    r"(?:夏季|夏期|冬季|年末年始)?(?:休暇|休業|休み)(?:と(?:いた|させ)|を(?:いただ|取))|(?:休暇|不在|外出|出張|産休|育休|休業)(?:中|に|のため|を|と|して|期間|:)",
)

#: A third person is away: an assistant's robot, or more often a colleague who writes.
_AWAY_OTHER = (
    r"(?:mr|mrs|ms|dr)\.? \w+ is (?:away|out|on)",
    r"(?:(?:mr|mrs|ms|dr)\.? )?(?!i\b|we\b|you\b|it\b|this\b|that\b)\w+(?: \w+)? (?:is|will be) (?:currently |away |out )?(?:on (?:\w+ )?(?:leave|holiday|vacation)|out of (?:the )?office|away|absent)",
    r"(?:herr|frau) \w+(?: \w+)? (?:ist|befindet sich) (?:[^.!?]{0,30})(?:im urlaub|in elternzeit|nicht im|abwesend|außer haus|erkrankt)",
    r"(?:m\.|mme|monsieur|madame) \w+(?: \w+)? est (?:actuellement )?(?:absente?|en congé|en vacances)",
)

#: When the mail will be read, and that nobody else reads it.
_UNREAD = (
    r"(?:nothing|no e-?mails?|e-?mails?|mails?|messages|nobody)[^.!?]{0,20} (?:will be|gets?|is|are) (?:read|answered|looked at|checked)|(?:we |i )?(?:aren't|are not|am not|isn't) reading|(?:we )?read (?:e-?)?mails? (?:from|on|again)|patchy (?:comms|signal|connection)|no (?:connection|laptop|signal|internet)|laptop (?:stayed|is) (?:at )?home|unable to (?:answer|reply|respond|read)[^.!?]{0,20}",
    r"(?:messaggio|caixa|mail|message|bericht) (?:non verrà|não é|non viene|wordt niet|ne sera pas|no será)[^.!?]{0,20}|(?:vragen|demandes|relances)[^.!?]{0,30}(?:onbeantwoord|pas l'objet)|(?:lesen|lese) (?:ich|wir) [^.!?]{0,30}(?:ab|wieder|erst)|(?:rispondo|respondo|réponds|antworte) (?:a singhiozzo|com atraso|avec retard|verspätet)|(?:antwort|réponse|respuesta|risposta|antwoord) (?:etwas |un peu |algo )?(?:dauert|tarder|tardar|später)",
    r"(?:check|read|monitor|access|see|look at)\w* (?:my )?(?:e-?mails?|mails?|messages|inbox)[^.!?]{0,30}(?:occasional|periodic|sporadic|infrequent|intermittent|rarely|only|once|from time|irregular|limited)\w*",
    r"(?:e-?mails?|mails?|mejl|messagerie|courriels|correos?|posta|mail|poczt\w*)[^.!?]{0,30}(?:sporadi\w+|gelegentlich|unregelmäßig|ponctuel\w+|occasionnel\w+|esporádic\w+|ocasional\w*|saltuari\w+|af en toe|beperkt|rzadko|ibland|af og til|av og til)",
    r"(?:in|during) (?:this|that) (?:time|period)[^.!?]{0,40}(?:mail|messages|available|reach)",
    r"(?:do not|don't|can't|cannot|can not|won't|will not|unable to|not be able to|am not|not)(?: be)? (?:regularly )?(?:check|read|look(?:ing)? at|access|monitor|see|answer|reading|checking|answering)\w*[^.!?]{0,20}(?:e-?mails?|mails?|inbox|messages|this mailbox)",
    r"(?:your |this |ihre |votre |su |uw |sua )?(?:e-?mail|message|mail|nachricht|mensaje|correo|messaggio|bericht|mensagem|wiadomość|meddelande)[^.!?]{0,12} (?:will be|is|has been|is being|wird|wurde|est|sera|a été|será|ha sido|viene|sarà|è stat\w|wordt|foi|zostanie|została|vidarebefordras)[^.!?]{0,40}(?:forwarded|redirected|passed on|weitergeleitet|transféré|transmis|redirig\w+|reenviad|inoltrat|doorgestuurd|encaminhad|przekazana|vidarebefordra)",
    r"(?:返信|回答|対応)(?:いた|させ|が遅|は|を)",
    r"(?:your |this |any )?(?:e-?mail|message|mail)s? (?:has|have|was|were) not (?:been )?(?:\w+ )?(?:forwarded|read|redirected)|(?:get back|reply|respond|answer|read it|look at it|deal with it)[^.!?]{0,40}(?:after that|then|afterwards|on our return|when we|once we)(?!\w)",
    r"(?:catch up|work(?:ing)? (?:my way )?through|go through|see (?:your|this|it))[^.!?]{0,40}(?:on|upon|after|when|once|mail|messages|inbox)",
    r"(?:e-?mails?|nachricht(?:en)?|mails?|post)[^.!?]{0,20} (?:lese|beantworte|bearbeite|sehe|checke|rufe)(?:t)? (?:ich|wir) [^.!?]{0,20}(?:danach|dann|erst|anschließend|nach|wieder|nicht|später)|(?:ich|wir) (?:melde|melden|antworte|antworten|lese|beantworte|kümmere)[^.!?]{0,50}(?:danach|dann|anschließend|nach (?:meine|unsere)|im anschluss|zurück bin)",
    r"ne (?:sera|seront|sont) ni (?:lu|transmis|transfér)|(?:répondrai|lirai|traiterai|consulterai|recontacterai)[^.!?]{0,50}|(?:je )?ne (?:consulte|lis|relève|réponds)[^.!?]{0,30}|réponse (?:tardive|différée)",
    r"(?:contestaré|responderé|leeré|atenderé|le(?:s)? contestaré|miraré)[^.!?]{0,50}|a la vuelta|no (?:leo|reviso|consulto|podré|tendré|atenderé)[^.!?]{0,30}(?:correo|mensajes|mail|e-?mail|acceso)",
    r"(?:risponderò|leggerò|leggo|ricontatterò)[^.!?]{0,50}|non (?:leggo|consulto|leggerò|consulterò|ho accesso)[^.!?]{0,30}",
    r"(?:ik )?(?:beantwoord|lees|reageer|antwoord)(?: ik)?[^.!?]{0,40}(?:daarna|dan|terug|niet|weer|later|mail|als ik|na)|(?:e-?mail|bericht|mail)s? (?:wordt|worden|lees ik|beantwoord ik)",
    r"(?:responderei|lerei|respondo|leio|retornarei|darei resposta)[^.!?]{0,50}|não (?:leio|consulto|terei|tenho|poderei)[^.!?]{0,30}(?:e-?mail|mensagens|acesso|correio)",
    r"(?:odpowiem|odpiszę|odczytam|skontaktuję się)[^.!?]{0,40}|nie (?:odbieram|czytam|sprawdzam|odczytuję)[^.!?]{0,30}",
    r"(?:jag )?(?:svarar|läser|besvarar|återkommer)[^.!?]{0,40}(?:när|då|efter|inte|sedan|igen)|(?:jeg )?(?:svarer|læser|leser|vender tilbage)[^.!?]{0,40}(?:når|efter|etter|ikke|igen|da)",
    r"(?:vastaan|luen)[^.!?]{0,30}|odpovím[^.!?]{0,30}",
    r"(?:limited|no|intermittent|little|restricted|only occasional|sporadic|occasional|infrequent|minimal) (?:or no )?(?:access|opportunity) to (?:my |the )?(?:e-?mails?|messages|inbox|internet|mail)",
    r"(?:will|shall) (?:not )?(?:be )?(?:\w+ )?(?:reply|respond|answer|read|get back|attend|deal|check|revert|return your)[^.!?]{0,60}(?:on|upon|after|when|until|once) (?:my return|i return|i am back|i'm back|i get back|i'm in|returning|i come back|then)",
    r"(?:on|upon|after) my return",
    r"when i(?: a|')?m back\b|when i (?:return|get back)|not be(?:ing)? (?:able to )?(?:check|read|monitor|access)\w* (?:my )?(?:e-?mails?|mails?|messages|inbox|voicemail)|won't be (?:checking|reading|answering)",
    r"(?:your |this )?(?:e-?mail|message|mail)s? (?:will|is|are) not (?:be )?(?:being )?(?:automatically )?(?:forwarded|read|redirected|monitored)",
    r"(?:replies|responses?|answers?|my (?:reply|response)) (?:may|might|will|could) (?:be|take) (?:delayed|slow|slower|longer|a (?:bit|little|while))",
    r"(?:be slow|slower than usual) (?:to respond|in responding|to reply)|(?:e-?mail|message) will be (?:answered|read|dealt with) (?:as soon as possible|when|on|after)",
    r"(?:ihre |diese )?(?:e-?mails?|nachricht(?:en)?|mails?|anfrage) (?:wird|werden)(?: \w+){0,3}? (?:nicht (?:\w+ )?(?:weitergeleitet|gelesen|bearbeitet)|nach meiner rückkehr|erst)|(?:lese|bearbeite|rufe) (?:[^.!?]{0,30})(?:e-?mails?|nachrichten|mails?) (?:nicht|nur)",
    r"(?:keinen|eingeschränkten|nur (?:eingeschränkt|sporadisch|begrenzt|unregelmäßig)\w*|keine möglichkeit)(?: \w+){0,3} (?:zugriff|zugang|e-?mails?|mails?)",
    r"nach meiner rückkehr|werde (?:ich )?(?:mich )?(?:[^.!?]{0,60})(?:nach meiner|wenn ich (?:zurück|wieder)|sobald ich (?:zurück|wieder))",
    r"(?:à|dès|lors de) mon retour|(?:n'ai|n'aurai|n'ayant|avec) (?:pas|qu'un|un|aucun)(?: d'| )accès[^.!?]{0,15}(?:limité|messagerie|mails?|e-?mails|courriel|boîte)|(?:accès limité|(?:pas|sans|ni) accès) à (?:mes |ma |la )?(?:messagerie|mails?|e-?mails|courriels)|(?:message|mail|courriel|e-?mail)s? ne (?:sera|seront|sont) pas (?:transféré|lu|redirigé|transmis)",
    r"(?:a|tras|en) mi (?:regreso|vuelta|retorno)|(?:sin|con) acceso (?:limitado )?(?:al|a mi|a)(?: \w+)? ?(?:correo|e-?mail)|cuando (?:vuelva|regrese)|acceso limitado",
    r"(?:al|dopo il) mio (?:rientro|ritorno)|(?:accesso limitato|non (?:ho|avrò|potrò)[^.!?]{0,20}(?:accesso|leggere|consultare|controllare))[^.!?]{0,20}(?:posta|mail|e-?mail|casella)",
    r"(?:bij|na) (?:mijn )?terugkomst|(?:bij|na) (?:mijn )?terugkeer|(?:e-?mail|bericht|mail)s? (?:wordt|worden) niet (?:doorgestuurd|gelezen|doorgezonden)|(?:geen|beperkt\w*) (?:toegang|inzage)|lees(?: ik)? mijn (?:mail|e-?mail)",
    r"(?:no|após o|aquando do|ao) meu re(?:gresso|torno)|sem acesso (?:ao|a) (?:\w+ )?(?:e-?mail|correio)|acesso (?:limitado|restrito)|quando (?:regressar|voltar)",
    r"po (?:moim )?powrocie|(?:brak|ograniczony|bez) dostęp|nie (?:mam|będę miał\w*) dostępu|wiadomości nie będą (?:przekazywane|czytane)",
    r"när jag (?:är|kommer) (?:åter|tillbaka)|efter (?:min )?(?:semester|återkomst)|(?:begränsad|ingen) tillgång till|(?:läser|besvarar)[^.!?]{0,20}(?:inte|begränsat|sporadiskt)",
    r"(?:når jeg er (?:tilbake|tilbage)|begrenset (?:tilgang|adgang)|begrænset (?:adgang|tilgang)|(?:besvarer|leser|læser)[^.!?]{0,20}ikke)",
    r"(?:en lue|luen)[^.!?]{0,20}(?:sähköpost|viest)|palattuani|po (?:mém )?návratu|(?:omezený|bez) přístup",
)

#: Somebody else to write to meanwhile.
_SUBSTITUTE = (
    r"(?:prend le relais|risponde (?:allo|al)|è in mano a|picks? up|picked up by|handled (?:meanwhile )?by|carried out by|en caso de|em caso de|en cas de|bei|bij)[^.!?]{0,60}(?:@|\d{4,}|necess\w+|spoed)|(?:contact|try|for)[^.!?]{0,60}: ?[^.!?]{0,40}@",
    r"(?:call|ring|phone|try) (?:the|our|my|on) [^.!?]{0,30}(?:office|reception|switchboard|number|mobile|desk|colleague)|(?:contact|ask for|speak to|see|reach) (?:mr|mrs|ms|dr)?\.? ?\w+ \w+(?: in (?:my|his|her) absence| instead| for| if)|(?:my|our) (?:line )?(?:manager|boss|team|supervisor|deputy|team leader)[^.!?]{0,50}(?:help|assist|can|will)",
    r"(?:zentrale|empfang|sekretariat)[^.!?]{0,60}|vertritt|vertreten|(?:llame|ligue|appelez|chiamare|chiami|bel|ring|zadzwoń)[^.!?]{0,60}(?:\d{2,}|växeln|centralita|standard|centralino|receptie)|en su ausencia|au standard|l'accueil",
    r"(?:drop|send)(?: me| us)? a (?:line|note|message|mail)[^.!?]{0,40}|(?:will|can|is happy to|are happy to) (?:help|assist|take|deal|pick|cover|look after|step in)[^.!?]{0,60}|ring (?:the|our|my) [^.!?]{0,30}",
    r"(?:hilft|helfen|unterstützt|betreut|übernimmt|bearbeitet|beantwortet)[^.!?]{0,60}(?:ihnen|sie|gern|anliegen|anfrage|aufgaben|vertretung)|(?:mi|nuestr[oa]) (?:compañer\w+|colega)[^.!?]{0,60}|(?:prowadzi|przejmuje|zastępuje)[^.!?]{0,60}|(?:tar|tager|tar hand|sköter|hjälper|hjælper)[^.!?]{0,40}(?:över|hand|ärenden|dig|mine|mina)",
    r"while i(?: am|'m)? (?:away|out|off|gone|on)|in the meantime|meanwhile|(?:is|are|will be) (?:looking after|taking care of|covering|handling|dealing with|standing in|filling in|your contact)|(?:my |the )?(?:successor|replacement)|(?:e-?mail|mail|ring|try|ask|ping)(?: to)? (?:my |our |the )?[^.!?]{0,60}(?:@|instead|desk|team|reception|office|\+?\d{4,})|(?:send|forward|direct|address|mail)[^.!?]{0,60} to [^.!?]{0,30}@|use [^.!?]{0,30}@",
    r"(?:nachfolger|ansprechpartner|zuständig)\w*|(?:mail|schreib|wenden|frag)\w*[^.!?]{0,50}@|(?:rechnungen|mahnungen|nachrichten|anfragen|e-?mails)[^.!?]{0,40}(?:an|unter) @|ist (?:für sie )?(?:erreichbar|da|zuständig)",
    r"(?:votre|mon|ma|le) (?:interlocut\w+|remplaçante?|successeu\w+|nouve\w+ contact)|(?:adressez|contactez|écrivez|envoyez|joignez|voyez)[^.!?]{0,60}(?:@|à|mon|ma|le|la)|est (?:votre|joignable)|(?:pour|toute)[^.!?]{0,40}(?:demande|question|urgence)[^.!?]{0,40}@",
    r"(?:mi|su|el) (?:sustitut\w+|compañer\w+|sucesor\w*|nuevo contacto)|(?:escriba|envíe|remita|dirija|llame|mande|utilice|use)[^.!?]{0,60}@|(?:para|cualquier)[^.!?]{0,50}@",
    r"(?:il|la|mia?o?) (?:sostitut\w+|mio collega|mia collega|referente|nuovo contatto)|(?:scriva|scrivete|inviate|invii|utilizzi|utilizzare|chiami)[^.!?]{0,60}@|(?:per|in caso)[^.!?]{0,50}@",
    r"mijn (?:vervang\w+|opvolg\w+)|(?:mail|bel|schrijf|stuur|gebruik)(?: dan)?(?: \w+)? (?:naar|met|aan)?[^.!?]{0,50}@|(?:ontvangen|ontvangt)[^.!?]{0,30}@|voor [^.!?]{0,40}@|vervangt mij",
    r"(?:o meu|a minha) (?:substitut\w+|colega|sucessor\w*)|(?:utilize|use|envie|escreva|ligue|contacte)[^.!?]{0,60}@|(?:para|qualquer)[^.!?]{0,50}@",
    r"(?:skriv|ring|mejla|prata|använd|skicka|hør|ring til|brug|bruk|send)[^.!?]{0,60}(?:@|till|til)|min (?:ersättare|efterträdare|afløser|vikar|stedfortreder)|(?:w sprawach|sprawy)[^.!?]{0,60}@|(?:zajmie|zajmuje|przejmie)",
    r"(?:please|kindly|you (?:can|may)|do|feel free to|should you|if you need)?[^.!?]{0,40}?(?:contact|reach out to|get in touch with|write to|e-?mail|call|direct|forward|send|address|refer|speak to|turn to|reach)[^.!?]{0,80}(?:@|\+?\d{2,}[\d /()-]{5,}|colleague|instead|in my absence|team|assistant|desk|department)",
    r"(?:in|during) my absence|(?:my )?(?:colleague|assistant|deputy|substitute|stand-in|cover)s?[^.!?]{0,60}(?:will|can|is|are|covering|@|:)",
    r"(?:meine?|die|als|eine) vertretung|vertretung:|vertreten (?:mich|werde)|vertritt mich|wenden sie sich|(?:kontaktieren|schreiben|erreichen) sie|bitte an\b|nutzen sie|(?:senden|schicken|richten) sie[^.!?]{0,60}@|(?:kollegin|kollege|kollegen)[^.!?]{0,50}(?:@|tel|hilft|helfen|zur verfügung)|steht (?:ihnen )?[^.!?]{0,40}zur verfügung|in der zwischenzeit",
    r"(?:merci de|veuillez|vous pouvez|n'hésitez pas à|je vous (?:invite|prie))[^.!?]{0,30}(?:contacter|adresser|écrire|joindre|envoyer|tourner|vous rapprocher)|en mon absence|(?:mon|ma) collègue[^.!?]{0,50}(?:@|reste|peut|se tient)",
    r"(?:póngase|pónganse|ponerse|puede(?:n)?|rogamos|por favor|diríjase|dirija|contacte|contactar|escriba|escríbanos)[^.!?]{0,30}(?:en contacto|contactar|escribir|dirigirse|@|contacte|escriba|con mi)|(?:durante|en) mi ausencia",
    r"(?:contattare|rivolgersi|rivolgetevi|rivolgiti|scrivere|contatti|contattate|potete|può|puoi|inviare)[^.!?]{0,50}(?:@|colleg|all'indirizzo|contattare|rivolger|ufficio)|in mia assenza",
    r"(?:kunt u|kan u|u kunt|kun je|gelieve|neem|neemt u|stuur|richt|verzoek)[^.!?]{0,60}(?:contact|terecht|bereiken|mailen|sturen|@|wenden|bij)|tijdens mijn afwezigheid|mijn collega[^.!?]{0,50}(?:@|helpt|kan)",
    r"(?:contacte|contactar|contate|contatar|por favor|favor|queira|poderá|dirija-se|escreva|envie)[^.!?]{0,40}(?:@|contact|contat|colega|dirigir|escrev)|(?:na|durante a) minha ausência",
    r"(?:proszę|prosimy|prośba)[^.!?]{0,20}(?:o kontakt|kontaktować|kierować|pisać)|zastępuje mnie|w (?:czasie|trakcie) mojej nieobecności|podczas mojej nieobecności",
    r"(?:kontakta|vänd dig|hör av dig|mejla|maila|skicka)[^.!?]{0,60}(?:@|till|kolleg|\w)|under min frånvaro",
    r"(?:kontakt(?:e)?|vennligst|venligst|ta kontakt|tag kontakt|skriv til|henvend)[^.!?]{0,60}(?:@|kontakt|kolleg|til)|i mitt fravær|i mit fravær",
    r"(?:ottakaa|ota)[^.!?]{0,10}yhteyttä|sijaise|(?:kontaktujte|obraťte se|obracejte se|zastupuje mě|pište)",
    r"(?:まで|へ|に)(?:ご連絡|お願い)|代理",
)

#: The word for an urgent case.
_URGENT = (
    r"haster det|(?:can't|cannot|won't|can not|unable to) wait|kan (?:het |det )?(?:niet |inte |ikke )(?:wachten|vänta|vente)|nicht warten|ne peut (?:pas )?attendre|no puede esperar|non può (?:aspettare|attendere)|não pode esperar|nie może czekać",
    r"urgent|urgence|urgentes?\b|urgenza|urgenze|urgências?|immediate (?:assistance|attention|help|response)|emergenc|if it (?:can't|cannot) wait",
    r"(?:in )?dringend|eilig|spoed|dringende zaken|brådskande|pilny|pilne|pilnych|haste|kiireelli|naléhav",
    r"(?:お急ぎ|緊急)",
)

#: An opening that thanks for a mail.
_THANKS = (
    r"(?:thank you|thanks|many thanks)(?: very much| so much)? for (?:your |the |getting in touch|contacting|reaching out|writing|e-?mailing|submitting|sending)",
    r"(?:vielen |herzlichen |besten )?dank für (?:ihre|deine|ihr|die|eure)|danke für (?:ihre|deine)",
    r"(?:merci|nous vous remercions|je vous remercie)[^.!?]{0,15} (?:pour|de|d'avoir|du) ?(?:votre|ton|l'envoi)?",
    r"(?:muchas )?gracias por (?:su|tu|el|contactar|ponerse|escribir|enviar)|le agradecemos|grazie per (?:il|la|l'|aver)|la ringrazi",
    r"(?:hartelijk |hartelijk be)?(?:be)?dank(?:t)? voor (?:uw|je|het)|wij danken u|(?:muito )?obrigad[oa] p(?:elo|ela|or)|agradecemos (?:o|a)",
    r"dziękuj(?:ę|emy) za|tack för|takk for|tak for|kiitos (?:viesti|yhteyden|sähkö)|děkuj(?:i|eme) za",
    r"(?:お問い合わせ|ありがとう|いただき)",
)

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "automatic": AUTOMATIC,
    "unmonitored": UNMONITORED,
    "receipt": RECEIPT,
    "challenge": CHALLENGE,
    "ticket": TICKET,
    "received": RECEIVED,
    "away": _AWAY,
    "away_other": _AWAY_OTHER,
    "closed": CLOSED,
    "left": LEFT,
    "unread": _UNREAD,
    "substitute": _SUBSTITUTE,
    "urgent": _URGENT,
    "thanks": _THANKS,
    "will_answer": WILL_ANSWER,
    "service_level": SERVICE_LEVEL,
    "contacting": CONTACTING,
}


#: Japanese writes no spaces between words.
_UNSPACED = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@cache
def family(name: str) -> re.Pattern[str]:
    """Compile one family, once a process: it matches folded text from a word's beginning."""
    words = [fold(pattern) for pattern in FAMILIES[name]]
    spaced = "|".join(pattern for pattern in words if not _UNSPACED.search(pattern))
    unspaced = "|".join(pattern for pattern in words if _UNSPACED.search(pattern))
    return re.compile(rf"(?<!\w)(?:{spaced})" + (f"|{unspaced}" if unspaced else ""))
