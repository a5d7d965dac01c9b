r"""The ideas that sentences of robots are made of, as word stems in twelve languages. Words only; `mail.robot_moves` joins them.

A stem matches folded text from a word's beginning and may go on, unless it ends in `\b`. They may be written with accents:
they are folded when compiled. No stem has an unbounded gap, so that matching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from mail.robot_fold import fold
from mail.robot_matter import MATTER

CONCEPTS: Mapping[str, tuple[str, ...]] = {
    # --- who ------------------------------------------------------------------------------------------------------
    "first": (
        r"(?:i|i'm|i'll|i've|im|my|me|we|we're|we'll|our|us)\b",
        r"(?:ich|bin|mein\w*|wir|sind|unser\w*)\b|(?:je|j'\w+|me|m'\w+|mon|ma|mes|suis|nous|notre|nos)\b",
        r"(?:estoy|estaré|estamos|estaremos|me|mi|mis|nos|encuentro|yo|nuestr[oa]s?)\b|(?:sono|sarò|siamo|saremo|mi|mio|mia|io|nostr[oaie])\b",
        r"(?:ik|mij|mijn|wij|we|ons|onze)\b|(?:estou|estarei|estamos|eu|meus?|minhas?|noss[oa]s?|encontro-me)\b",
        r"(?:jestem|będę|przebywam|mój|moja|moje|mnie|jesteśmy|nasz\w*)\b|(?:jag|min|mitt|mina|mig|vi|vår\w*|jeg|mit|mine|meg|vore|vores)\b|(?:olen|olemme|minun|minulla|meidän)\b",
    ),
    "third": (
        r"(?:is|isn't|he's|she's|has|ist|befindet|est|(?:está|estará|è|sarà) (?:de|en|in|fuera|ausente|assente|fuori|enferm\w+|malat\w+|via|attualmente|actualmente)|jest|będzie|är|er|zal|zit)\b|will be\b|wird\b|sera\b",
    ),
    "other": (
        r"(?:he|she|they|his|her|their|mr|mrs|ms|colleagues?|boss|manager|owner|director)\b|(?:titolare|dueñ[oa]|propietari[oa]|inhaber\w*|geschäftsführer\w*|gérante?|propriétaire|direttore|direttrice|directora?|dono|właściciel\w*|kierowni\w+|ejeren|eieren|ägaren|omistaja|directeur|projectleider|bauleiter|bookkeeper|accountant|secretary|wife|husband|buchhalter\w*|comptable|contable|contabile|boekhoud\w+|księgow[ay]|ekonomen|bogholderen|herr|frau|kolleg\w+|chefin|chef|elle|mme|monsieur|collègue|patron|jefe|jefa|colega|compañer[oa]|collega|capo|hij|zij|baas|chefe|pan|pani|szef\w*|chefen|sjefen|kollega\w*|hän|pomo|johtaja)\b",
    ),
    "of_another": (
        r"^(?:[^,!]{0,24}[,!] )?(?:the|der|die|das|il|lo|la|le|el|o|a|de|het|min|mein\w*|unser\w*|notre|nos|mon|ma|mi|nuestr\w+|our|my|vår|vores|onze|mijn|meu|minha|noss[oa]|nasz\w*|mój|moja)\b \w+ (?:is|ist|est|está|è|zit|jest|är|er|on|tem|har|hat|ha|has)\b",
    ),
    "was_away": (
        r"(?:was|were|been) (?:away|closed|out|off|on|ill|sick|shut|abroad)\b|(?:war|waren)\b[^.!?]{0,40}(?:urlaub|krank|geschlossen|weg|ferien|messe|reise|unterwegs)|(?:étais|étions|était)\b|estuv\w+|(?:he|hemos|ha) estado|(?:ero|eravamo)\b|(?:har|hade|havde|hadde) (?:haft|hatt|varit|været|vært)\b|was\b[^.!?]{0,20}(?:ziek|vakantie|vrij|gesloten)|był[aeioy]?\w*\b|oli(?:n|mme)\b",
    ),
    "one": (
        r"(?:i|i'm|i'll|i've|i'd|me|my|ich|mich|mein\w*|je|j'\w+|moi|mon|ma|yo|mi|io|mio|mia|ik|mij|mijn|eu|meu|minha|jag|mig|min|mitt|jeg|mig|meg|mit|minä|minun|mnie|mój|moja)\b|(?:habe|hab)\b(?! (?:sie|wir))|(?:responderé|contestaré|risponderò|odpowiem|odpiszę|responderei|miro|verifico|controllo|sprawdz[ęe]|vastaan)\b",
    ),
    "past": (
        r"(?:was(?! (?:danach|nicht|sie|ich|wir|die|das|der|kommt|sonst))|were|been|had|back from|returned|just (?:got )?back|came back|back today|now back)\b|only just",
        r"(?:war|waren|gewesen|kam|zurück aus|gerade zurück|wieder zurück aus)\b|(?:étais|étions|était|été|de retour de|rentrés?|rentrée)\b",
        r"(?:estaba|estuve|estuvimos|estado|he vuelto|ya de vuelta|de vuelta (?:de|después|tras)|volví)\b|(?:ero|eravamo|stat[oaie]|rientrat[oaie]|tornat[oaie])\b",
        r"(?:waren|geweest|terug van|teruggekomen)\b|(?:estive|estava|estivemos|voltei|regressei|de volta d[aeo]s?|regressámos)\b|(?:był\w*|wrócił\w*)\b",
        r"(?:var|varit|vært|været|haft|hade|hadde|havde|kom|tillbaka från|tilbage fra|tilbake fra)\b|(?:olin|olimme|oli|palasin)\b",
    ),
    # --- away, gone, closed ---------------------------------------------------------------------------------------
    "absent": (
        r"(?:on|for|my|our|taking|annual|parental|maternity|paternity|sick|medical|family|bereavement|compassionate|study)[- ](?:\w+ )?(?:leave|holidays?|vacation|pto|sabbatical)\b|leave of absence|(?:holiday|vacation|leave) (?:until|till|from|to|mode)\b|holidaying",
        r"out of (?:the )?(?:office|town|country)|(?<!passed )away (?:from|on|for|until|till|at|in|this|next|and)\b|(?:off|out) (?:sick|ill|work|today|tomorrow|this|next|until|till|on)\b|(?:sick|unwell|poorly)\b|(?:am|i'm|is|been|off|currently|feeling|very|quite|too|fallen|taken) ill\b|absent|abroad|overseas|travel(?:l?ing|s)\b|on the road\b|(?:gone|off) \w+ing\b|not (?:in|at) (?:the )?(?:office|desk|work|my desk)|business trip|(?:at|attending) (?:a|an|the) (?:\w+ )?(?:conference|fair|exhibition|event|course|training|seminar|funeral)|in hospital|recovering|convalesc|unreachable|unavailable|bank holiday|public holiday",
        r"\w*urlaub|ferien|abwesen|erkrankt|auf montage|krank\b|krankgemeldet|krankgeschrieben|elternzeit|mutterschutz|babypause|auszeit|karenz|dienstreise|geschäftsreise|auf reisen|verreist|unterwegs|auf (?:der |einer )?(?:\w*messe|schulung|tagung|fortbildung|lehrgang)|außer haus|nicht (?:im|in der|am|da\b|anwesend|erreichbar|verfügbar|greifbar)|feiertag|brückentag|in kur\b|reha\b|krankenhaus|arbeitsunfähig|gleittag|freizeitausgleich|im ausland",
        r"absen(?:te?s?|ce)\b|(?:en|mes|nos|mon) congés?|vacances|malade|souffrante?|en arrêt|arrêt (?:de travail|maladie)|en déplacement|déplacement professionnel|en voyage|en formation|sur un salon|congé (?:mat|par|pat)|hors (?:du|de) (?:bureau|mon)|en rtt|pas (?:là|présente?|au bureau|joignable|disponible)|injoignable|indisponible|à l'étranger|hospitalis",
        r"(?:de|mis|nuestras) vacaciones|ausen(?:te|cia)s?\b|fuera (?:de|del|unos|hasta)\b|de (?:baja|viaje|permiso|excedencia|licencia)\b|(?:baja|licencia) (?:médica|maternal|por)|viajando|enferm[oa]\b|en (?:una|la) feria\b|en un curso|(?:no estoy|no estaré) (?:en|disponible|localizable)|en el extranjero",
        r"(?:in|alle|mie|nostre) ferie\b|ferie (?:dal|fino|estive)|assen(?:te|ti|za)\b|(?:in|per) malattia|malat[oa]\b|influenza|in trasferta|in viaggio|fuori (?:sede|ufficio|città|per)|in maternità|congedo|in permesso|in fiera|a un corso|all'estero|in vacanza|non (?:sono|sarò) (?:in|raggiungibile|disponibile|presente)|convalescen|infortunio",
        r"(?:op|met|mijn|onze) vakantie|afwezig|(?:met|op) (?:\w*)verlof|\w+verlof\b|ziek\b|ziekgemeld|op reis\b|op zakenreis|(?:in|naar) het buitenland|op cursus|op een (?:beurs|cursus|congres)|(?:ben|ik|dag|dagen|weekje) vrij\b|niet (?:aanwezig|bereikbaar|op kantoor|beschikbaar|op het werk|in de gelegenheid)|door ziekte",
        r"(?:de|minhas|nossas) férias|ausen(?:te|cia)s?\b|de (?:licença|baixa|folga|atestado)\b|licença\b|doente\b|(?:em|de) viagem|viajando|a viajar|fora (?:do|da|de|até)\b|numa feira|em formação|no (?:estrangeiro|exterior)|afastad[oa]\b|indisponível",
        r"(?:na|mam|mój) (?:\w+ )?urlop\w*|nieobecn|choruj\w+|chor[aya]\b|chorob|zwolnieni|na l4\b|w delegacji|w podróży|na wyjeździe|wyjazd|na targach|na szkoleniu|macierzyń|tacierzyń|poza biurem|poza firmą|za granicą|nieosiągaln|w szpitalu",
        r"(?:på|har|min) (?:\w*)semester|semesterled|(?:föräldra|tjänst|mamma|pappa|studie|barn)?ledig\b|(?:föräldra|mamma|pappa)\w*ledig\w*|sjuk\b|sjukskriv|hemma sjuk|vabb|bortrest|på (?:tjänste|affärs)?resa|på resande fot|på (?:\w+)?mässa|på kurs|på konferens|frånvarande|utomlands|inte (?:på kontoret|på plats|i tjänst|anträffbar|här)",
        r"(?:\w*)ferie\b|syg\b|syk\b|sygemeld|sykmeld|barsel|orlov|permisjon|foreldreperm|(?:på|ude på|ute på) (?:\w*)rejse|(?:på|ute på) (?:\w*)reise|på (?:\w+)?messe\b|på kursus|på kurs\b|på samling|fravær|bortrejst|bortreist|i udlandet|i utlandet|ikke (?:på kontoret|til stede|på plads|på jobb|på arbejde|inne)|ude af (?:huset|kontoret)|ute av kontoret|holder fri|har fri\b|avspaserer|afspadserer",
        r"\w*loma(?:lla|n|ni|t|a)?\b|poissa(?:olo)?|sairas(?:lomalla|tunut|tapauksen)?\b|sairaana|kipeänä|virkamatka|työmatka|matkoilla|matkalla|messuilla|kurssilla|koulutuksessa|\w*vapaalla|ulkomailla|en ole (?:tavoitettavissa|paikalla|töissä)",
    ),
    "after": (
        r"(?:nach (?:meine[mr]|dem|unserem|der)|after (?:my|the|our|his|her)|après (?:mes|les|ses)|después de|tras (?:las|mis)|dopo le|na (?:mijn|de) (?:vakantie|verlof)|depois d[aoe]s?|po urlopie|efter (?:min |mina )?(?:semester|ferien)|etter ferien|loman jälkeen|loman takia)\b",
    ),
    "gone": (
        r"(?:no longer|not any ?more|left|leaving|finished|retire[ds]?|retiring|retirement|resigned|departed|moved on|ceased|ended|ends|last (?:working )?day|parted|changed (?:jobs|employers?)|new (?:job|employer|role|challenge))\b|passed away",
        r"nicht mehr|gehöre [^.!?]{0,40}nicht mehr|nicht länger|ausgeschieden|ausscheid\w*|verlassen|verlasse\b|verließ|beendet|endet\w*|letzte[rn]? (?:arbeits)?tag|ruhestand|rente\b|verabschied\w+|gewechselt",
        r"quitt[eéai]\w*|ne \w+ plus|n'\w+ plus|plus (?:partie|dans|chez|salarié)|parti\w* (?:de|à la retraite|en retraite)|retraite\b|cessé|dernier jour|départ\b",
        r"ya no\b|dej[oóaeé]\w*\b|he dejado|ha dejado|caus\w+ baja|jubil\w+|último día|finaliz\w+|desvincul\w+|non (?:\w+ )?più|più non|lasci\w+|cessat[oa]|in pensione|terminat[oa]|ultimo giorno|conclus[oa]",
        r"niet meer|niet langer|verlaten|uit dienst|vertrokken|pensioen|laatste werkdag|beëindigd|gestopt|(?:já|ja) não|não (?:\w+ )?mais\b|não \w+ mais|deix\w+ de|deixei|saí\b|saiu\b|deslig\w+|reform\w+-|aposent\w+|último dia|termin\w+",
        r"nie (?:\w+ )?już|już (?:\w+ )?nie|nie pracuj\w+|zakończył\w*|odszedł\w*|odeszł\w*|rozstał\w*|emerytur\w*|przestał\w*",
        r"slutat|slutade|slutar|inte längre|inte kvar|lämnat|lämnar|pension\b|sista (?:arbets)?dag|sluttet|slutter|stoppet|fratrådt|fratråd\w*|ikke lenger|ikke længere|fratrer|fratrådte|opsagt|pensjon|(?:min|mitt) siste (?:arbeids)?dag|enää|lopettanut|päättynyt|päättyi|päättyy|eläkkee\w*|lähtenyt|jättänyt|siirtynyt",
    ),
    "surely_gone": (
        r"(?:finished|finishing) (?:up )?(?:at|with) |moved on from|(?:retired|resigned|departed) from|parted (?:company|ways) with|stepped down|gehöre [^.!?]{0,40}nicht mehr|my (?:last (?:working )?day|employment|contract|time (?:at|with))\b[^.!?]{0,20} (?:was|ended|ends|is|has)|(?:mein\w*|das) (?:arbeitsverhältnis|beschäftigung|arbeitsvertrag|letzter arbeitstag)|mon (?:contrat|dernier jour)|mi (?:último día|contrato)|il mio (?:ultimo giorno|contratto|rapporto)|mijn (?:laatste werkdag|dienstverband|contract)|(?:o )?meu (?:último dia|contrato)|mój ostatni dzień|min (?:sista (?:arbets)?dag|anställning|siste (?:arbeids)?dag|sidste (?:arbejds)?dag)|työsuhte\w+",
    ),
    "myself": (
        r"(?:i|i've|i'm|im|ich|je|j'\w+|yo|io|ik|eu|ja|jag|jeg|minä|my (?:last|employment|time|contract)|mein\w* (?:arbeits\w*|beschäftigung|letzter|vertrag)|mon (?:contrat|dernier)|mi (?:último|contrato)|il mio|mijn (?:laatste|dienstverband|contract)|meu (?:último|contrato)|mój ostatni|min (?:sist\w+|sidste|anställning)|työsuhteeni)\b",
    ),
    "employed": (
        r"(?:compan|compagn)\w+|employ\w*|work(?:s|ed|ing)?\b|firm\b|organi[sz]ation|business\b|team\b|staff\b|here\b|position\b|role\b|service\b",
        r"unternehmen|firma|betrieb|haus(?:es)?\b|beschäftig|tätig|arbeit\w*|angestellt|mitarbeiter\w*|team\b|bei\b|für (?:die|uns|unser\w*) |gmbh|dienst\w*|ruhestand|rente\b",
        r"société|entreprise|partie\b|travaill\w*|poste\b|effectifs?|groupe|équipe|fonctions|salarié\w*|chez\b|maison|cabinet|agence|empresa|trabaj\w*|formo|forma\b|parte\b|plantilla|equipo|vincul\w+|puesto",
        r"azienda|lavor\w*|società|collabor\w*|servizio|dipendent\w*|presso|parte\b|ditta|studio|bedrijf|werkzaam|werk\w*|dienst|organisatie|onderneming|in dienst|firma\b|empresa|trabalh\w*|faç?o|equipa|equipe|time\b|colabor\w*|quadro",
        r"firm\w+|pracuj\w*|pracownik\w*|pracę|prac[ay]\b|współprac\w*|zespoł\w*|spół\w+|företag\w*|anställ\w*|arbet\w*|jobba\w*|bolaget|tjänst\w*|hos\b|på\b|virksomhed\w*|ansat\w*|ansatt|arbejd\w*|arbeid\w*|jobb\w*|stilling\w*|selskap\w*|bedrift\w*|i [a-zæøå]+ (?:as|a/s)\b",
        r"työ\w*|yrity\w*|palvelu\w*|yhtiö\w*|talo\w*|tehtäv\w*",
    ),
    "house": (
        r"(?:our |the )?(?:\w+ )?(?:office|offices|company|shop|store|works|workshop|factory|plant|warehouse|business|firm|department|yard|premises|showroom|site)s?\b|we\b|we're\b|all of us|everyone|everything",
        r"(?:unser\w*|das|die|der|betrieb)\b|büro|betrieb|firma|unternehmen|werkstatt|werk\b|wir\b|haus\b|geschäft|abteilung|verwaltung|kanzlei|praxis|lager\b",
        r"(?:nos|notre|nous|l')|bureaux?|société|entreprise|atelier|usine|magasin|établissement|étude\b|nuestr[oa]s?|oficinas?|empresa|taller|fábrica|tienda|almacén|estamos|estaremos|permane\w+",
        r"nostr[oaie]|uffici\w*|azienda|ditta|stabilimento|sede\b|studio\b|negozio|siamo|saremo|reparto|ons\b|onze|wij|we\b|kantoor\w*|bedrijf\w*|winkel|werkplaats|fabriek|magazijn|noss[oa]s?|escritórios?|empresa|loja|fábrica|oficina|estamos|estaremos",
        r"biur\w+|firma|zakład|sklep|magazyn|nasz\w*|vår\w*|vi\b|kontor\w*|företag\w*|butik\w*|verkstad\w*|fabrik\w*|vor[et]?s?\b|firma\w*|virksomhed\w*|bedrift\w*|verksted\w*|værksted\w*|butikk\w*|toimisto\w*|yrity\w*|liike\b|tehdas|me\b|olemme",
    ),
    "shut": (
        r"(?:closed|closes|closing|close(?! of)|closure|shut|shuts|shutting|shutdown|shut-down|reopens?|re-open\w*|reopening)\b",
        r"geschlossen|schließt|schließen (?:wir )?(?:vom|ab|über|von|für|unser)|betriebs(?:ferien|ruhe|urlaub|pause|schließung|versammlung|ausflug)|werks(?:ferien|urlaub)|zu\b(?= (?:bis|vom|ab))|nicht besetzt|unbesetzt|(?:sommer|winter|weihnachts|ferien)pause|wiedereröffn",
        r"fermée?s?\b|fermons|fermera|ferme (?:ses|du|le|pour)|fermeture|réouv\w+|rouvr\w+|cerrad[oa]s?|cerramos|cerrar(?:á|emos|án)|cierra (?:por|del|sus|el)|cierre\b|reabr\w+|chius[oaie]\b|chiud(?:iamo|eremo|erà|eranno|e\b)|chiusura|riapr\w+|riapertura",
        r"gesloten|sluit\w*|dicht\b|bouwvak\w*|zomersluiting|heropen\w+|encerrad[oa]s?|encerramos|encerramento|fechad[oa]s?|fechamos|fechamento|recesso|férias coletivas|reabertura|nieczynn\w+|zamknięt\w+|przerwa|przerwy|przestój",
        r"stäng[td]\w*|stänger|semesterstäng\w*|lukket|lukker|ferielukket|sommerlukket|stengt|stenger|feriestengt|fellesferie\w*|suljettu|kiinni\b|sulkeutu\w+",
    ),
    "shutdown": (
        r"(?:summer|winter|christmas|easter) (?:break|recess|holidays?)|(?:nobody|no one|no-one|none of us) (?:will be|is|are) (?:in|here|there|available|around)\b|(?:niemand|keiner) (?:ist |wird )?(?:im haus|da\b|erreichbar|im büro)|(?:ist|wird) niemand|personne (?:ne sera|n'est)|no habrá nadie|nadie (?:estará|está)|non (?:ci sarà|c'è) nessuno|is er niemand|niemand aanwezig|ninguém (?:estará|está)|nikogo nie (?:ma|będzie)|ingen (?:är|er|på|til) (?:\w+ )?(?:plats|kontoret|stede|her)|(?:sommar|sommer|vinter|jul)(?:ledighet|pause)|(?:sommer|winter|weihnachts|ferien|oster)pause|(?:annual|summer|winter|christmas|easter|holiday|company|factory|works|plant) (?:\w+ )?(?:shut-?down|closure|closing)|(?:betriebs|werks)(?:ferien|ruhe|urlaub|pause|schließung)|fermeture (?:annuelle|estivale|d'été|de fin|pour)|cierre (?:anual|por|de verano|vacacional)|chiusura (?:estiva|aziendale|natalizia|per|invernale)|(?:zomer|winter|kerst)(?:sluiting|stop)|collectieve (?:sluiting|vakantie)|bouwvak\w*|férias coletivas|encerramento (?:anual|para)|recesso\b|przerwa (?:urlopowa|świąteczna|wakacyjna|technologiczna)|semesterstäng\w*|industrisemester|julstäng\w*|sommerlukke\w*|ferielukke\w*|industriferie|fellesferie\w*|sommerstengt|kesäsulku|kesäseis\w+|joulusulku",
    ),
    "address": (r"@",),
    # --- mail and how it is read ----------------------------------------------------------------------------------
    "mail": (
        r"(?:e-?)?mails?\b|messages?\b|inbox|mailbox|internet|wi-?fi|connection|network|signal\b|laptop|nachricht\w*|posteingang|postfach|netz\b|internet\w*|verbindung",
        r"messagerie|messages?\b|courriels?|courriers?|boîte mail|connexion|réseau|correos?|mensajes?|buzón|conexión|cobertura|posta\b|messaggi\w*|casella|connession\w+|mails?\b|mailtjes?|bericht\w*|verbinding|internet",
        r"correio|mensage[mn]s?|caixa|conexão|ligação à|poczt\w+|wiadomo\w+|maile?\b|meila?\w*|skrzynk\w*|zasięg\w*|mejl\w*|mail\w*|e-?post\w*|meddeland\w*|inkorg|uppkoppling|besked\w*|meldinger|innboks|indbakke|nett\b|dækning|dekning|sähköpost\w*|viest\w+|posti\w*|yhtey\w*",
    ),
    "read": (
        r"(?:read|reads|reading|check|checks|checking|answer|answers|answered|answering|reply|replies|replied|respond|responding|responses?|monitor|monitored|monitoring|access|get(?:ting)? back|look(?:ed|ing)? at|see|reach|reachable|online|available|in touch|dealt with|hear from|forwarded|be picked up)\b",
        r"les\w*|liest|lies\w*|antwort\w*|beantwort\w*|zugriff|zugang|abruf\w*|abgerufen|erreichbar|meld\w+|bearbeit\w*|reagier\w*|rückmeld\w*|schau\w*|kümmer\w*|weitergeleitet|weiterleit\w*|répon\w+|lirai|lis\b|lire\b|lus?\b|lues?\b|consult\w*|relèv\w*|accès|joignable|trait\w+|transfér\w+|reviendrai|recontact\w+",
        r"le[oíe]\w*\b|respond\w+|respuesta|contest\w+|revis\w+|acceso|consult\w+|atend\w+|reenv[ií]\w+|legg\w+|rispond\w*|rispost\w+|controll\w+|accesso|lett[eioa]\b|inoltrat\w+|raggiungibile|ricontatt\w+|lees\b|lezen|gelezen|beantwoord\w*|antwoord\w*|reager\w*|reageer\w*|toegang|doorgestuurd|bereikbaar",
        r"l[eê]io\b|lerei|lid[ao]s?\b|responder\w*|respond\w+|resposta\w*|retorn\w+|verific\w+|acesso|acess\w+|encaminhad\w+|czyta\w*|odczyt\w*|odpowi\w+|odpis\w+|sprawdza\w*|dostęp\w*|przekaz\w+|odbier\w+|läs\w*|svar\w*|besvar\w*|åtkomst|tillgång|återkomm\w*|vidarebefordr\w*|læs\w*|les\w*|adgang|tilgang|videresend\w*|vender tilbage|kommer tilbake|tjekker|sjekker",
        r"lue\w*|luet\w*|vasta\w*|tavoitettavissa|pääsy\w*|seuraa\w*|katso\w*|palaan",
    ),
    "seldom": (
        r"(?:not|no|never|nobody|cannot|can't|won't|don't|isn't|aren't|unable|limited|patchy|intermittent|sporadic\w*|occasional\w*|infrequent\w*|irregular\w*|rarely|seldom|slow|slower|slowly|delay\w*|poor|little|restricted|comes and goes|from time to time|now and then|only|later|when i(?:'m| am)|once i(?:'m| am)|when i next|(?:on|upon|after) (?:my|our) return|next (?:time|day|working)|as soon as i|when i get|after that|then|until i|barely|hardly|shan't|again|from (?:mon|tues|wednes|thurs|fri)day|before (?:mon|tues|wednes|thurs|fri|\d)\w*)\b",
        r"nicht\b|ab (?:dem|\w+tag|\d)|kaum\b|wieder\b|zuerst|kein\w*|nie\b|nur\b|eingeschränkt\w*|begrenzt\w*|beschränkt\w*|sporadisch|gelegentlich|unregelmäßig\w*|selten|verspätet|verzöger\w*|später|langsam|erst\b|danach|dann\b|anschließend|nach (?:meiner|unserer|der) |sobald ich|wenn ich|nächsten (?:arbeits)?tag|folgenden|am \w+tag\b|schlecht\w*|bedingt|hin und wieder|ab und zu",
        r"ne\b|n'\w+|pas\b|limité\w*|occasionnel\w*|ponctuel\w*|rarement|sporadique\w*|difficile\w*|retard\w*|tard\b|dès (?:mon|notre|que)|à mon retour|au retour|quand je|mon prochain|par intermittence|irréguli\w+|que le\b|(?:lundi|mardi|mercredi|jeudi|vendredi)\b",
        r"no\b|ni\b|sin\b|limitad\w+|esporádic\w+|ocasional\w*|intermitente\w*|tard\w+|retras\w+|lent\w+|cuando (?:vuelva|regrese|pueda)|a mi (?:vuelta|regreso)|a la vuelta|en cuanto (?:vuelva|pueda|regrese)|de vez en cuando|solo\b|non\b|limitat\w+|saltuari\w+|sporadic\w+|ritard\w+|lentamente|al (?:mio )?(?:rientro|ritorno)|appena (?:rientr|torn|possibile|poss)\w*|quando (?:rientr|torn)\w*|di rado|ogni tanto|poc[oa]\b|a singhiozzo|solo\b",
        r"niet\b|geen\b|beperkt\w*|af en toe|sporadisch|onregelmatig|zelden|later\b|vertrag\w*|traag|trager|slecht\w*|zodra ik|als ik|wanneer ik|na (?:mijn|terug)\w*|daarna|bij terugkeer|maar (?:af|beperkt)|não\b|nem\b|sem\b|limitad\w+|esporádic\w+|raramente|pouco\b|demor\w+|atras\w+|quando (?:volt|regress|retorn)\w+|assim que (?:volt|regress|retorn|poss)\w*|no (?:meu )?regresso|ao (?:meu )?(?:retorno|regresso)|mais tarde",
        r"nie\b|bez\b|ograniczon\w*|sporadyczn\w*|rzadko|czasami|od czasu do czasu|opóźni\w+|później|po powrocie|po (?:moim )?powroc\w+|gdy wróc\w+|jak wróc\w+|tylko\b|inte\b|ej\b|ingen\b|begränsa\w*|sporadisk\w*|ibland|sällan|oregelbund\w*|dröj\w*|försena\w*|långsam\w*|när jag|senare|efter (?:min|semest)\w*|då\b",
        r"ikke\b|først\b|ingen\b|begræns\w*|begrens\w*|sporadisk\w*|af og til|av og til|sjældent|sjelden|forsink\w*|tregt|treg\b|langsom\w*|når jeg|senere|efter (?:min|ferie)\w*|etter (?:min|ferie)\w*|dårlig\b|kun\b|en\b|ei\b|eikä|rajoit\w*|satunnais\w*|harvoin|viive\w*|hitaa\w*|palattua\w*|loman jälkeen|vasta\b(?! )|kun (?:palaan|olen)",
    ),
    "offline": (
        r"(?:no|hardly any|little|poor|patchy|barely any|without) (?:phone |mobile )?(?:signal|connection|wi-?fi|coverage|internet|laptop|computer|comms)\b|(?:kein\w*|kaum|schlechte[ns]?) (?:netz|empfang|internet|laptop|wlan)|(?:pas de|sans) (?:réseau|connexion|internet|ordinateur)|sin (?:cobertura|conexión|internet|ordenador)|senza (?:connessione|rete|computer|internet)|geen (?:bereik|internet|verbinding|laptop)|sem (?:rede|internet|computador|sinal)|(?:bez|brak) (?:zasięgu|internetu|komputera)|(?:ingen|dålig|dårlig) (?:täckning|uppkoppling|dækning|dekning|internett?|nett)|ilman (?:verkkoa|nettiä|tietokonetta)",
    ),
    # --- hours of work --------------------------------------------------------------------------------------------
    "works": (
        r"(?:i(?:'m| am)? (?:only |usually |normally |mostly )?(?:work(?:ing)?|at my desk|in the office|in\b|available|reachable)|my (?:normal |usual |regular )?(?:working|office|work) (?:days|hours|pattern|week)|(?:working|office|opening|business) (?:days|hours)|check (?:this|my|the) (?:inbox|mailbox|e?-?mails?) (?:on|only)|(?:team|office|department|desk|phones?|line) (?:works|(?:is|are) (?:only )?(?:open|staffed|manned|available))|(?:queries|enquiries|calls|e-?mails|questions) (?:are|will be) (?:answered|dealt with|handled|read)|part[- ]?time|reduced hours|job[- ]?share|only days? (?:i'm|i am|i work|on which)|days? (?:i'm|i am) (?:in|at)|i do not work|i don't work|not work (?:on )?\w+days|not working (?:on )?\w+days)\b",
        r"(?:ich arbeite|arbeite ich|(?:meine |unsere )?(?:büro|arbeits|sprech|service|geschäfts|öffnungs|kern|telefon)(?:zeiten|tage|stunden|zeit)|teilzeit|bin (?:ich )?(?:nur|immer|jeweils|üblicherweise|in der regel)|erreiche\w* (?:sie )?mich|erreichbar)\b",
        r"(?:je travaille|temps partiel|mi-temps|4/5e?|jours? de (?:travail|présence)|horaires|suis (?:présente?|au bureau|joignable|là)|ne travaille pas|trabajo (?:solo |únicamente |de |los |a )|jornada (?:reducida|parcial)|tiempo parcial|media jornada|mi horario|horario\b|días laborables|no trabajo)\b",
        r"(?:lavoro (?:solo |part|il|dal|nei)|part-time|tempo parziale|orari\w*|giorni lavorativi|(?:sono|sarò) (?:in ufficio|presente|reperibile|operativ[oa])|non lavoro (?:il|di)|ik werk|werk ik|ik ben er|parttime|deeltijd|werkdagen|werktijden|kantoortijden|openingstijden|(?:ben ik|ik ben) (?:aanwezig|op kantoor|bereikbaar|er (?:op|niet)))\b",
        r"(?:trabalho (?:apenas |só |de |às |a )|tempo parcial|meio[- ]período|part-time|horário|dias úteis|não trabalho|pracuję (?:w|od|tylko|na)|godzin\w* pracy|pół etatu|niepełn\w+ (?:etat|wymiar)|niepełny\w*|część etatu|dni pracy|biuro czynne)",
        r"(?:jag (?:arbetar|jobbar)|arbetar jag|jobbar jag|deltid\w*|arbetstid\w*|arbetsdagar|kontorstid\w*|öppettid\w*|telefontid\w*|jeg (?:arbejder|arbeider|jobber)|arbejdstid\w*|arbejdsdage|arbeidstid\w*|arbeidsdager|kontortid\w*|åbningstid\w*|åpningstid\w*|telefontid\w*|osa-aika\w*|työpäivä\w*|työskentelen|työaika\w*|aukioloa\w*|lyhennet\w+)\b",
    ),
    "hours": (
        r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|satur|sun)(?:day)?s?\b|mornings?\b|afternoons?\b|(?:mo|di|mi|do|fr|lu|ma|me|je|ve|mar|mié|jue|vie|lun|mer|gio|ven|wo|vr|pn|wt|śr|czw|pt|mån|tis|ons|tors|fre|man|tir|ma|ti|ke|to|pe) ?(?:-|–|/|,|bis|to|au?|al|tot|und|i) ?(?:mo|di|mi|do|fr|lu|ma|me|je|ve|mar|mié|jue|vie|lun|mer|gio|ven|wo|vr|pn|wt|śr|czw|pt|mån|tis|ons|tors|fre|man|tir|ti|ke|to|pe)\b",
        r"\w*(?:montag|dienstag|mittwoch|donnerstag|freitag)\w*|vormittags?|nachmittags?|halbtags|lundis?|mardis?|mercredis?|jeudis?|vendredis?|matins?\b|après-midi|lunes|martes|miércoles|jueves|viernes|mañanas?|tardes\b|lunedì|martedì|mercoledì|giovedì|venerdì|mattin[ao]|pomeriggio|pomeriggi\b",
        r"maandag\w*|dinsdag\w*|woensdag\w*|donderdag\w*|vrijdag\w*|ochtend\w*|middag\w*|segundas?|terças?|quartas?|quintas?|sextas?|manhãs?|tarde\b|poniedział\w+|wtor\w+|śro\w+|czwart\w+|piąt\w+|rano\b",
        r"måndag\w*|tisdag\w*|onsdag\w*|torsdag\w*|fredag\w*|förmiddag\w*|eftermiddag\w*|mandag\w*|tirsdag\w*|formiddag\w*|ettermiddag\w*|maanantai\w*|tiistai\w*|keskiviik\w*|torstai\w*|perjantai\w*|aamu\w*",
        r"\d{1,2}(?:[.:h/]\d{2})? ?(?:-|–|to|bis|à|a|alle|tot|às|do|till|til) ?\d{1,2}(?:[.:h/]\d{2})?(?: ?(?:uhr|h|uur|am|pm))?\b|\d{1,2} (?:hours|stunden|heures|horas|ore|uur|timmar|timer)\b",
    ),
    # --- tickets and receipts -------------------------------------------------------------------------------------
    "case": (
        r"(?:service |support )?(?:tickets?|cases?|requests?|incidents?|enquir\w+|inquir\w+|quer(?:y|ies)|issue|submission|claim|contact)\b|ticket\w*|vorgang\w*|vorgänge|anfrage\w*|anliegen|meldung|serviceanfrage|supportanfrage|störung|fall\b|fallnummer|eingang",
        r"demande|requête|dossier|incident|signalement|réclamation|sollicitation|solicitud|consulta|incidencia|petición|gestión|caso\b|expediente|segnalazione|richiesta|pratica|domanda|melding|verzoek|vraag|zaak|aanvraag|dossier",
        r"pedido\b|solicitação|chamado|protocolo|atendimento|ocorrência|questão|processo|zgłoszeni\w+|zapytani\w+|spraw[aęy]\b|ärende\w*|förfrågan|sag(?:en|snummer)?\b|sak(?:en|snummer)?\b|henvendelse\w*|forespørsel\w*|tikett\w*|pyyntö\w*|palvelupyyn\w*|yhteydenotto\w*|tapaus|asiointi\w*|tiketti\w*|asiasi\b",
    ),
    "message": (
        r"(?:e-?mails?|messages?|mails?|correspondence|letter|document|attachment|submission|invoices?|upload)\b|nachricht|e-?mail|mail\b|schreiben|dokument\w*|rechnung\b|beleg\b|message|courriel|envoi\b|pièce|facture|mensaje|correo|documento|factura|messaggio|comunicazione|fattura|bericht|factuur|document",
        r"mensagem|fatura|wiadomość|wiadomości|korespondencj\w+|faktur\w+|dokument|meddelande\w*|mejl\w*|besked\w*|melding\w*|e-?post\w*|lasku\w*|viesti\w*",
    ),
    "made": (
        r"(?:(?:been|was|were|is|are|now|have|has|i've|i) (?:\w+ ){0,2})(?:registered|created|opened|logged|recorded|raised|assigned|filed|queued|open|allocated|generated|acknowledged|routed|entered|under review|with our|being reviewed|in our queue|set up|added to)|opened a\b|created a\b",
        r"registriert|erfasst|angelegt|eröffnet|erstellt|aufgenommen|eingetragen|zugewiesen|zugeteilt|vermerkt|erzeugt|weitergegeben|enregistré\w*|créée?\b|ouverte?\b|prise? en (?:compte|charge)|attribué\w*|transmise?\b|affecté\w*|en cours (?:de|d')",
        r"registrad\w+|cread[oa]|abiert[oa]|asignad[oa]|anotad[oa]|generad[oa]|en (?:trámite|curso|cola)|tramita\w+|registrat[oa]|apert[oa]|creat[oa]|pres[oa] in carico|assegnat[oa]|inserit[oa]|protocollat[oa]|aperta|in lavorazione|in gestione",
        r"geregistreerd|aangemaakt|vastgelegd|in behandeling|genoteerd|toegewezen|geopend|ingeschreven|doorgezet|registad[oa]|registrad[oa]|criad[oa]|abert[oa]|atribuíd[oa]|em análise|encaminhad[oa]|analisá\w*|em tratamento",
        r"zarejestrowan\w+|utworzon\w+|przyjęt\w+|przekazan\w+|przydzielon\w+|nadan\w+|trafił\w*|registrera\w*|skapat\w*|upprättat\w*|öppnat\w*|tilldelat\w*|registrer\w*|oprettet|opprettet|tildelt|modtaget|mottatt|åbnet|åpnet|lagt i kø|rekisteröity|kirjattu|avattu|luotu|vastaanotettu|välitetty|siirretty",
    ),
    "came": (
        r"(?:we|we've|has|have|was|were|been|i've|is)(?: \w+){0,3} (?:received|arrived|reached|got|delivered|landed|accepted)\b|(?:received|acknowledge|confirm\w*)(?: the)?(?: safe)? (?:receipt|your)|in good order",
        r"(?:eingegangen|erhalten|angekommen|eingetroffen|empfangen|entgegengenommen|entgegen genommen|bekommen|zugestellt|übermittelt)\b|reçue?s?\b|parvenue?\b|accus\w+ (?:de )?réception|réception\w*|recibid[oa]s?|recibimos|llegado\b|acus\w+ recibo|recepción",
        r"ricevut[oa]|ricevuti|pervenut[oa]|arrivat[oa]|ontvangen|binnengekomen|aangekomen|ontvangst|recebid[oa]|recebemos|recepcionad[oa]|chegou|receção|recepção|otrzymaliśmy|otrzymał\w*|wpłynę\w+|dotarł\w+|odebran\w+",
        r"mottagit\w*|tagit emot|tagits emot|kommit (?:in|fram)|fått\b|mottagen|modtaget|mottatt|har fået|har fått|tatt imot|vastaanot\w+|saapunut|saatu|perillä",
    ),
    "number": (r"[a-z]{0,8}[#:/-]{0,2}(?:[a-z0-9]{1,8}[/-]){0,3}\d{3,}\b", r"[#n°º]{1,2}\.? ?[a-z-]{0,6}\d{2,}"),
    "subject_line": (
        r"subject(?: line)?\b|betreff\w*|objet (?:de|du)|ligne d'objet|asunto (?:del|de)|línea de asunto|oggetto (?:del|della)|onderwerp\w*|assunto (?:d[oa]|deste)|temat\w* (?:wiadomości|maila)|ämnesrad\w*|emnefelt\w*|emnelinj\w*|aihekent\w*|otsikko\w*|(?:ticket|case|reference|vorgangs|fall|ticket)[- ]?(?:number|nummer)|numéro de (?:dossier|ticket|demande)|número de (?:caso|ticket|incidencia|protocolo)|numero di (?:pratica|ticket)|(?:meldings|ärende|sags|saks)nummer",
    ),
    "keep": (
        r"(?:do not|don't|never) (?:change|alter|modify|edit)|unchanged|keep\b|leave\b|quote\b|mention\b|include\b|state\b|unverändert|nicht (?:ändern|verändern)|belassen|lassen sie|angeben|geben sie|inchangé\w*|ne pas modifier|conserv\w+|indiqu\w+|mentionn\w+|rappel\w+|no (?:modifique|cambie|altere)\w*|manten\w+|indique\w*|cite\b|citar\w*|non modific\w+|indic\w+|niet (?:te )?(?:wijzigen|aan te passen)|ongewijzigd|vermeld\w*|não (?:altere|modifique)|mencione|nie zmieniać|zachowa\w+|poda(?:ć|nie|wanie)|ändra inte|oförändrad|ange\b|uppge|ændr ikke|endre ikke|uændret|uendret|oplys\b|oppgi\b|älä muuta|säilyt\w+|mainit\w+",
    ),
    "reply_here": (
        r"(?:reply|respond|answer|antworte\w*|répondez|répondre|responda|respondiendo|risponda|rispondere|rispondi|antwoord\w*|beantwoord\w*|reageer|responder|respondendo|odpowi\w+|svara\w*|svar|vasta\w*)\b[^.!?]{0,20} (?:to this|auf diese\w*|à ce|à cet|este|a este|questa|a questa|op deze|op dit|deze|esta|a este|na tę|na tego|på det här|på detta|detta|denne|på denne|tähän)\b",
    ),
    "answer": (
        r"(?:hoort u|hört man|hören (?:sie )?von uns|you(?:'ll| will) hear|entendrez parler|tendrá noticias|avrà (?:nostre )?notizie|hör(?:s| av oss)|hører|kuulet)|(?:answer\w*|repl(?:y|ies|ied)|respon\w+|get(?:s)? back|be in touch|in contact|contact you|hear from|attended to|dealt with|processed|reviewed|handled|look(?:ed)? (?:at|into)|turnaround|processing)\b|antwort\w*|beantwort\w*|rückmeld\w*|meld\w+ uns|melde\w*|bearbeit\w*|kümmer\w*|kontaktier\w*|sehen sich|schau\w* (?:sich|uns)|répon\w+|contacter\w*|reviendr\w+|recontact\w*|traite\w*|trait[eé]\w*",
        r"respond\w*|respuesta|contest\w+|contactar\w*|atend\w+|tramit\w+|rispo\w+|ricontatt\w*|contatt\w+|evasion\w*|gestit\w+|beantwoord\w*|antwoord|reactie|reageren|contact met u|respost\w*|retorn\w*|contactá\w*|analis\w+|odpowi\w+|skontaktuj\w*|rozpatrz\w*|svar\w*|återkomm\w*|kontakta\w*|behandla\w*|hanter\w*|vender tilbage|kommer tilbake|besvar\w*|hører fra|hører du|behandl\w*|tar kontakt|vasta\w+|käsitel\w+|käsittel\w+|otamme yhteyttä|palaamme",
    ),
    "term": (
        r"(?:\d{1,3}|a few|one|two|three|four|five|ten|zwei|drei|vier|fünf|wenigen|deux|trois|quatre|cinq|dos|tres|cuatro|cinco|due|tre|quattro|cinque|twee|drie|vier|vijf|dois|três|quatro|dwóch|trzech|pięciu|två|tre|fyra|fem|to|fire|kahden|kolmen|viiden)(?: ?(?:-|to|bis|à|a|tot|do) ?\d{1,3})? (?:\w+ )?(?:days?|hours?|weeks?|werktag\w*|arbeitstag\w*|tage\w*|stunden|wochen|jours?|heures|semaines?|días|horas|semanas|giorni|ore|settimane|(?:werk)?dagen|uur|weken|dias|dni|godzin|\w*dagar|timmar|\w*dage\b|\w*dager|timer|(?:arki)?päiv\w+|tunnin|vuorokau\w+|hverdage|virkedager)",
        r"(?:average|usual|typical|normal|current|expected|standard) (?:\w+ )?(?:time|response|answer)|(?:bearbeitungs|antwort|warte)zeit\w*|délai\w*|plazo\b|tiempo (?:medio|de|estimado)|tempo (?:medio|di|de|médio)|prazo\b|antwoordtijd|verwerkingstijd|doorlooptijd|reactietijd|czas (?:odpowiedzi|realizacji|oczekiwania)|handläggningstid|svarstid|svartid\w*|sagsbehandlingstid|saksbehandlingstid|behandlingstid|vastausaika|käsittelyaika",
    ),
    "soon": (
        r"(?:shortly|as soon as (?:possible|we can)|in due course|soon|in order of|in (?:the )?order)\b|in kürze|schnellstmöglich|baldmöglichst|so (?:bald|schnell|rasch) wie möglich|zeitnah|umgehend|meilleurs délais|plus brefs délais|plus vite|rapidement|dès que possible|lo antes posible|mayor brevedad|en breve|cuanto antes|al più presto|il prima possibile|quanto prima|a breve|appena possibile|zo (?:spoedig|snel) mogelijk|binnenkort|spoedig|o mais (?:breve|rápid)\w*|assim que possível|em breve|brevidade|jak najszybciej|wkrótce|niezwłocznie|så snart|snarast|inom kort|hurtigst|snarest|så fort|så raskt|mahdollisimman pian|pian\b|viipymättä",
    ),
    "numbered": (
        r"(?:under|with|unter|mit|sous|avec|bajo|con|sotto|onder|met|sob|com|pod|med|har fått|har) (?:the |der |dem |le |la |el |il |het |o |a |folgender )?(?:\w+[- ])?(?:number|no\.?|id|reference|ref\.?|code|\w*nummer|\w*kennung|aktenzeichen|referenz\w*|numéro|n°|référence|número|nº|numero|código|codice|referencia|riferimento|referentie|kenmerk|referência|protocolo|numerem|ärendenummer|referens|sagsnummer|saksnummer)(?!\w)|numerolla|tunnuksella",
        r"(?:given|assigned|got|received|bears|hat|trägt|erhielt|bekam|porte|reçu|lleva|tiene|ricevuto|heeft|kreeg|tem|recebeu|otrzymało|ma|fått|har) (?:the |die |das |der |le |la |el |il |het |o |a )?(?:\w+[- ])?(?:number|id|reference|nummer|\w+nummer|kennung|aktenzeichen|numéro|référence|número|numero|referencia|referentie|numer|numeret)(?!\w)",
    ),
    "takes": (
        r"(?:takes?|need|allow|within|up to|at least|about|approximately|currently|benötig\w+|dauer\w*|brauchen|bis zu|rund|etwa|ca\.?|prend|prenons|comptez|prévoir|environ|jusqu'à|tarda\w*|llev\w+|hasta|unos|aproximadamente|richied\w+|occorr\w+|circa|fino a|duurt|duren|ongeveer|rekening|demora\w*|leva|até|cerca de|trwa|potrwa|około|zajmuje|tar|tager|tager|cirka|omkring|omtrent|kestää|noin)\b",
    ),
    "desk": (
        r"(?:you have|you've) (?:reached|contacted|got through to|written to|mailed)|(?:this|it) (?:is|inbox belongs to|mailbox belongs to) (?:the |our )?(?:shared |central |general |purchase |accounts |supplier |payables |finance )+|this (?:mailbox|inbox|address) (?:belongs|is (?:shared|used|read|for|handled|managed))|sie haben (?:die|den|das|unsere\w*) [^.!?]{0,60}(?:erreicht|angeschrieben|kontaktiert)|sie (?:erreichen|schreiben an) (?:die|den|das|unsere?)|dies(?:es)? (?:ist das )?(?:sammel)?postfach|vous (?:êtes (?:bien )?(?:sur|au)|avez (?:joint|contacté|écrit))|cette (?:boîte|adresse) (?:est|appartient)|ha (?:contactado|escrito|llegado)(?: usted)? (?:con|a|al)|este (?:buzón|correo) (?:es|pertenece)|ha (?:contattato|scritto)|avete (?:contattato|scritto)|questa casella (?:è|appartiene)|u (?:bereikt|heeft (?:de|het|onze) [^.!?]{0,40}(?:bereikt|gemaild|aangeschreven))|deze (?:mailbox|inbox) (?:is|hoort)|(?:você )?(?:contactou|entrou em contato com|escreveu para)|esta caixa (?:é|pertence)|skontaktował\w+ się|napisał\w* (?:do|na) |to jest skrzynka|du har (?:kommit till|nått|skrivit till|nådd|skrevet til|kontaktet)|du er kommet til|olet (?:tavoittanut|kirjoittanut)",
    ),
    "no_need": (
        r"you need not|you needn't|no need to|(?:do|does) not need to|don't need to|not necessary|refrain from|(?:do not|don't) (?:open|create|submit|send|raise) (?:a |another |any |the )?(?:second|another|new|duplicate|further|multiple|same|request|ticket|it again)|müssen (?:sie )?nicht|brauchen (?:sie )?nicht|nicht (?:nötig|erforderlich|notwendig)|sehen sie (?:\w+ ){0,3}ab\b|von (?:nachfragen|rückfragen|erinnerungen|sachstandsanfragen)|(?:pas|n'est pas|inutile) (?:nécessaire|utile|besoin|de (?:nous )?re)|no (?:es|hace) (?:necesario|falta)|non (?:è|serve|occorre) (?:necessario|bisogno|inviare|rispondere)|(?:u|je) hoeft|niet nodig|não (?:é|há) (?:necess\w+|preciso)|nie (?:ma potrzeby|trzeba|jest konieczne)|(?:du|ni) behöver inte|(?:du|i|de) behøver (?:\w+ )?ikke|(?:du|dere) trenger ikke|ei tarvitse",
    ),
    "deleted": (
        r"(?:account|mailbox|inbox|address) (?:will be|is being|is going to be|gets) (?:deleted|closed|switched off|removed|deactivated|shut)|(?:konto|postfach|adresse|mailadresse) wird (?:[^.!?]{0,25})(?:gelöscht|abgeschaltet|geschlossen|deaktiviert)|(?:boîte|adresse|compte) (?:sera|va être) (?:[^.!?]{0,15})(?:supprimée?|fermée?|désactivée?)|(?:buzón|cuenta|dirección) (?:será|se|va a ser) (?:[^.!?]{0,15})(?:eliminad|cerrad|desactiv|cerrará|eliminará)\w*|(?:casella|indirizzo|account) (?:sarà|verrà) (?:[^.!?]{0,15})(?:disattivat|chius|eliminat)\w*|(?:mailbox|adres|account) (?:wordt|zal) (?:[^.!?]{0,25})(?:opgeheven|verwijderd|gesloten)|(?:caixa|conta|endereço) (?:será|vai ser) (?:[^.!?]{0,15})(?:desativad|encerrad|eliminad|apagad)\w*|(?:skrzynka|konto|adres) zostanie (?:[^.!?]{0,15})(?:usunięt|zamknięt|wyłączon)\w*|(?:konto\w*|adress\w*|brevlåda\w*|postkasse\w*|adresse\w*) (?:kommer att|kommer|bliver|blir) [^.!?]{0,20}(?:stäng|tas bort|raderas|lukket|slettet|nedlagt|stengt)\w*",
    ),
    # --- house rules ----------------------------------------------------------------------------------------------
    "bills": (
        r"(?:invoices|bills|documents|statements|reminders|attachments|credit notes|queries|enquiries|payments|payment (?:enquiries|queries|status|terms|runs?|dates?)|orders|supplier\w*|vendors?|order numbers?|purchase order|pdf|xml|portal|one invoice)\b|rechnungen|rechnungseingang|mahnungen|belege\b|dokumente\b|anlagen|bestellungen|aufträge|lieferanten|bestellnummer|zahlläufe?|zahlungslauf|zahlungsläufe|zahllauf|zahlungen|x-?rechnung|zugferd|pdf\w*|portal\w*",
        r"factures|relances|relevés|documents|pièces jointes|fournisseurs?|bon de commande|numéro de commande|règlements|paiements|facturas|recordatorios|documentos|proveedores|pedidos?|pagos|fatture|solleciti|documenti|fornitori|ordine\b|pagamenti|portale|facturen|aanmaningen|herinneringen|bijlagen|leveranciers?|bestelnummer|inkoopordernummer|inkoopnummer|kostenplaats|betaalruns?|betalingen",
        r"faturas|boletos|documentos|fornecedores|pagamentos|ordem de compra|notas fiscais|faktury|faktur\b|dokumenty|dostawc\w+|numer\w* zamówienia|płatności|wezwania|fakturor\w*|påminnelser|leverantörer\w*|ordernummer|betalningar|bilagor|fakturaer|rykkere|purringer|leverandører|ordrenummer|bestillingsnummer|betalinger|ean-?nummer|ehf\b|laskut\b|laskuja|verkkolasku\w*|tilausnumero|toimittaj\w+|maksut\b",
    ),
    "rule": (
        r"(?:must|should (?:always )?be|only|exclusively|without|cannot be|will (?:not )?be (?:returned|rejected|deleted|processed|accepted|paid|considered|made)|returned|rejected|deleted|not (?:accepted|processed|considered)|per (?:pdf|file|e-?mail|invoice|message)|required|mandatory|quote\b|do not (?:send|chase|call|phone|resend)|take place|every|each|weekly|daily|twice|please (?:send|use|ensure|make sure|note|quote|include|upload|submit)|answered|reviewed|no payments?|visit|consult|anything else)\b",
        r"ausschließlich|nur\b|ohne\b|müssen|muss\b|zurückgesandt|zurückgeschickt|zurückgewiesen|abgelehnt|nicht (?:bearbeitet|berücksichtigt|akzeptiert|verarbeitet|angenommen)|werden\b|je (?:datei|rechnung|e-?mail|pdf)|pro (?:datei|pdf|mail)|zwingend|erforderlich|bitte (?:senden|nutzen|beachten|geben|verwenden|laden|schicken)|senden sie|wöchentlich|(?:montags|dienstags|mittwochs|donnerstags|freitags)|jeden\b|automatisch\b",
        r"uniquement|exclusivement|sans\b|doi(?:t|vent)|obligatoire\w*|rejeté\w*|retourné\w*|refusé\w*|ne (?:sont|seront) (?:pas|plus)|par fichier|par mail|merci de|veuillez|chaque|hebdomadaire\w*|les \d{1,2} et|aucune?\b|únicamente|exclusivamente|solo\b|sin\b|deb(?:en|e|erán)\b|rechaza\w+|devuel\w+|devolver\w*|no (?:se|serán)|obligatori\w+|cada\b|se realizan|por archivo|indicando|rogamos",
        r"esclusivamente|soltanto|senza\b|devono|deve\b|respint[ei]|rifiutat[ei]|non (?:saranno|verranno|vengono)|obbligatori\w+|ogni\b|vengono|vanno\b|si prega|uitsluitend|alleen\b|zonder\b|moet\b|moeten|dienen|worden\b|geweigerd|teruggestuurd|geretourneerd|verplicht|per (?:bestand|mail)|elke\b|ter kennisgeving|gelieve|wekelijks",
        r"apenas|somente|exclusivamente|sem\b|deve(?:m|rão)?\b|rejeitad\w+|devolvid\w+|não (?:serão|são)|obrigatóri\w+|programad\w+|cada\b|às \w+-feiras|wyłącznie|tylko\b|bez\b|muszą|należy|odrzuc\w+|zwraca\w+|nie będą|nie są|wymagan\w+|każd\w+|prosimy|proszę|endast|enbart|bara\b|utan\b|måste|ska(?:ll)?\b|returneras|avvisas|behandlas inte|krävs|varje|kun\b|uden\b|uten\b|skal\b|må\b|afvises|avvises|returneres|behandles ikke|hver\b|vain\b|ilman\b|tulee\b|on oltava|palautetaan|hylätään|lähettäkää|jokainen|joka\b",
    ),
    # --- systems --------------------------------------------------------------------------------------------------
    "this": (
        r"(?:this|the|our|diese[rsn]?|dies|die|ce|cet|cette|ceci|il s'agit|este|esta|éste|esto|el|questo|questa|il presente|la presente|dit|deze|het|esta|ta|to|niniejsz\w+|ten|detta|denna|det här|den här|dette|denne|det|tämä|hierbei)\b",
    ),
    "machine": (
        r"auto(?:mat\w+|-?generated|-?reply|-?response|svar|gener\w+|repl\w+)|machine\b|maschinell\w*|system(?:generier\w*|seitig|generated)?\b|robot\w*|bot\b|computer\w*|automate\b|zautomatyzowan\w+|järjestelm\w*|systeem|sistema\b|systemet|generated\b",
    ),
    "written": (
        r"generat\w+|created|sent\b|issued|produced|erstellt|erzeugt|generiert|versandt|versendet|verschickt|gesendet|généré\w*|envoyé\w*|émis\w*|generad[oa]|enviad[oa]|emitid[oa]|generat[oa]|inviat[oa]|creat[oa]|gegenereerd|verzonden|verstuurd|aangemaakt|opgesteld|gerad[oa]|wygenerowan\w+|wysłan\w+|genererat\w*|skickat\w*|skapat\w*|skickas|genereret|sendt\b|generert|luotu|lähetetty|kuittaus|reply\b|response\b|acknowledg\w+|antwort\b|réponse|respuesta|risposta|antwoord|resposta|odpowiedź|svar\b|vastaus",
    ),
    **MATTER,
}


@cache
def concept(name: str) -> re.Pattern[str]:
    """Compile one idea, once a process: it matches folded text from a word's beginning."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(fold(stems) for stems in CONCEPTS[name])})")
