"""What mail servers say when they refuse a mail, by reason: data only, in the order in which it decides.

Patterns are searched without regard to case in one line of text, addresses taken out. `[^.]` and `[^.:]` mean "within the sentence": a
dot that is followed by no space, as in a host name, does not end one. Every repetition is bounded, so that no text makes them slow.
"""

from __future__ import annotations

from store.vocabulary import BounceReason as _R


def _any(*patterns: str) -> str:
    return "|".join(patterns)


#: Who or what does not exist, in the words around it.
_BOX = r"(?:mail ?box|inbox|account|user|recipient|mail folder|mail ?drop|e-?mail(?: address)?|address(?:ee)?|destinatario|maildir)"
_GONE = (
    r"(?:does(?: not|n['’]?t) (?:seem to )?exist|do(?: not|n['’]t) exist|not exist|not found|is unknown|unknown|no longer (?:exists?|valid|available|in use|"
    r"on (?:our|this|server|the)|with|employed|works|here|in service|used|a valid)|isn['’]?t (?:valid|found|known)|not (?:a )?(?:valid|known|listed|recogni[sz]ed|"
    r"registered|present|here|local|current)|(?:was|has been|is|been) (?:deleted|removed)|(?:could ?n[o'’]?t|can ?not|can['’]t|was ?n[o'’]?t|couldn['’]t) be found|"
    r"wasn['’]?t found|(?:is )?invalid|non-?existent|is not a (?:valid|known)|never existed)"
)
_OFF = r"(?:disabled|inactive|deactivated|de-activated|not active|not activated|not enabled|dormant|(?:has|is|was) expired|blocked|locked|frozen|on hold)"
_CLOSED = r"(?:(?:been|is|was|permanently) closed|cancell?ed|terminated|discontinued|decommissioned|retired|abandoned|shut down)"
_FULL = r"(?:(?:is|are|was|currently|almost|too) (?:too )?full|\bfull\b|over[- ]?(?:the )?(?:its |his |allowed |their )?quota|over(?:drawn|full|flow)|out of (?:storage |disk )?space|exceed(?:s|ed|ing)?)"

CLEAR: tuple[tuple[_R, str], ...] = (
    (
        _R.USER_UNKNOWN,  # words that look like a policy but are how these servers refuse an unknown recipient
        _any(
            r"5\.4\.1\W{0,4}(?:\[?[^\s]{0,80}\W{0,3})?recipient address rejected: access denied",
            r"recipient address rejected: access denied\W{0,3}(?:as\(\d{1,8}\))?",
            r"resolver\.adr\.\w{0,4}recip(?:ient)?not ?found",
            r"nosuchuser",
            r"unknown user name in virtual",
            r"dd (?:this|the) user|delivery error: dd (?:this|requested|no such)",
        ),
    ),
    (
        _R.LOOP,
        _any(
            r"mail(?:ing)?[- ]loop|loop detected|loops? back to (?:myself|itself)|routing loop|forwarding loop|messages? (?:is )?looping|possible loop",
            r"too many (?:hops|received|mta)|hop ?count|maximum (?:number of )?hops|points? back to|5\.4\.(?:6|14)\b|too many times through|delivered-to (?:header|line)",
            r"(?:mail|e-?mail|zustell)schleife|boucle de (?:courrier|messagerie)|bucle de correo|loop di posta",
        ),
    ),
    (
        _R.POLICY,  # the sender is at fault: before words on domains and users that do not exist
        _any(
            r"sender (?:address |domain |email )?(?:rejected|denied|refused|not (?:allowed|found|valid)|verif\w{1,8} (?:failed|error)|unknown|invalid|does not exist)",
            r"(?:domain of sender|sender'?s? domain|sender address).{0,60}(?:not (?:exist|resolve|found)|unresolvable|invalid)|sender callout|invalid sender|unknown sender",
            r"relay(?:ing)?[- ]{0,2}(?:access )?(?:is )?(?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|refused|rejected)|(?:unable|not allowed|not permitted|unauthori[sz]ed|refuse|cannot|not authori[sz]ed|does not permit|denied) (?:to )?relay",
            r"we do(?: not|n['’]t) relay|no relay|relay not|rcpthosts|not a gateway|open relay prohibited",
            r"\bspf\b|\bdkim\b|\bdmarc\b|sender policy framework|sender id|unauthenticated|not authenticated|authentication (?:is )?(?:required|failed|checks?|information)|authenticate",
            r"notauthorized|authrequired|senderauth|auth(?:entication)? required|smtp auth|must (?:issue|use) (?:a )?starttls|requires? (?:tls|encryption|authentication)|tls (?:is )?required",
        ),
    ),
    (
        _R.USER_UNKNOWN,  # beyond doubt, whatever else the server says
        _any(
            r"user unknown|unknown user|no such (?:user|recipient|mailbox|address|local user|person)|(?:user|recipient|mailbox|account|address)(?: <it>)?[\"'’>]{0,2} (?:not found|does(?: not|n['’]?t) exist)|recipient unknown|unknown recipient|invalid recipient|no longer accept(?:s|ing) (?:e-?)?mail",
        ),
    ),
    (
        _R.SYSTEM_ERROR,
        _any(
            r"insufficient system (?:storage|resources)|no space left on device|temporary local problem|internal (?:server|software|system)? ?error|unexpected (?:internal )?error|software (?:caused|error)",
            r"local configuration (?:error|problem)|configuration (?:error|problem)|system config(?:uration)? error|system (?:error|trouble|i/o)|i/o error|back ?pressure|server configuration",
            r"command (?:died|failed|not found)|can(?:not|'t) (?:open|create|write|append|chdir|access)|unable to (?:open|create|write|chdir|lock)|(?:read|write) error|pipe to \||command output|unknown mailer error|child process|exit(?:ed with)? (?:status|code|value) \d|(?:transport|router) (?:error|returned)",
            r"lmtp error|ldap (?:lookup|server|error)|database (?:error|unavailable)|error (?:writing|opening|reading)|mail system (?:full|error)|(?:storedrv|mapiexception)(?!.{0,60}(?:quota|full|overquota))|interner fehler|erreur interne|error interno|errore interno|内部エラー",
        ),
    ),
    (
        _R.RATE_LIMITED,
        _any(
            r"(?:submission|sending|message|connection|delivery) rate|too many (?:messages|e-?mails|mails|connections?|concurrent|sessions|recipients|errors|invalid|login|unknown|deferred|simultaneous|bad|smtp|requests)",
            r"rate[- ]?limit|throttl|(?:sending|sender|receiving|hourly|daily|message|e-?mail|connection|recipient|send) (?:rate )?(?:limits?|quota)(?: has been| is| was)? ?(?:exceed|reached|over)|(?:hourly|daily|per[- ]hour|per[- ]day|24[- ]hour)[^.]{0,40}(?:limit|quota|maximum)|exceeded[^.]{0,60}(?:per (?:hour|day|minute)|hourly|daily|rate|sending limit|in (?:a|an|one) (?:hour|day))",
            r"receiving mail (?:too quickly|at a rate)|at a rate that|slow(?:ing)? down|(?:max|limit).{0,25}(?:connections|messages|recipients|concurren).{0,25}(?:exceed|reach)|(?:exceed|reach)\w{0,4}.{0,30}(?:max\w{0,6} (?:number of )?(?:connections|messages|recipients)|recipient limit|connection limit)|max\w{0,6} (?:defers and failures|messages|e-?mails) per|reciplimit|messages per (?:hour|day|minute|connection)|concurrency limit|频率|发送限制",
            r"limite (?:d['’]envoi|de envío|di invio)|zu viele (?:nachrichten|verbindungen|e-?mails|empfänger)|trop de (?:messages|connexions|destinataires)|demasiad[oa]s (?:mensajes|conexiones)|troppi (?:messaggi|destinatari)",
        ),
    ),
    (
        _R.BLOCKED,
        _any(
            r"spamhaus|spamcop|barracudacentral|\bsorbs\b|psbl|uceprotect|abuseat|\bcbl\b|dnsbl|\brbl|rbl\.|mail-abuse|cloudmark|senderbase|senderscore|talosintelligence|abusix|mailspike|invaluement|trustedsource|csi\.|spamrats|blackholes|dnswl",
            r"black[- ]?list|block[- ]?list|deny[- ]?list|blocked using|on our (?:local )?block|(?<!not )listed (?:in|at|on|by)\b|is (?:currently )?listed|has been listed|reputation|bad (?:ip|sender) |s31[45]0|s775|\[?(?:tss?0\d|bl\d\d|ph01)\]|net(?:work)?block|poor (?:ip )?rep",
            r"(?:client host rejected|unusual rate of)|(?:ip|ip address|client|host|server|network|sending system|mta|connection)\b[^.:]{0,80}(?:\b(?:is|was|been|are) (?:temporarily |currently )?(?:blocked|banned|denied|listed|rejected|refused|blocked)|not (?:allowed|accepted|permitted))",
            r"(?:block(?:ed|ing)?|ban(?:ned)?|reject(?:ed|ing)?|den(?:y|ied)|refus(?:ed|ing)?|unusual)[^.]{0,60}(?:from (?:your|this|the|an?)|your|this|sending) (?:ip|host|network|server|mail server|domain|isp)|unsolicited mail originating from your",
            r"access denied[^.]{0,20}(?:banned|ip)|banned send(?:er|ing)|no smtp service here|(?:we do not|not) accept(?:ing)? (?:e-?mail|messages?|connections?|traffic) from|user complaints|unexpected volume|temporarily deferred due to",
            r"reverse (?:dns|hostname|lookup)|\brdns\b|\bptr\b|cannot find your (?:reverse )?hostname|(?:helo|ehlo)[^.]{0,40}(?:reject|invalid|command|must|name|not|resol)|need fully-qualified hostname|dynamic (?:ip|address)|dial-?up|residential|open prox|5\.7\.(?:25|606|607|511)\b|ip[- ](?:adresse)?[^.]{0,30}gesperrt|adresse ip[^.]{0,40}bloqu|dirección ip[^.]{0,40}bloque|sua ip|indirizzo ip[^.]{0,40}bloccat",
        ),
    ),
    (
        _R.CONTENT,
        _any(
            r"\bvirus|malware|infected|trojan|phish|ransom|\beicar\b|spamassassin|antispam|anti-spam|surbl|uribl|unsolicited|junk ?mail|junk e-?mail",
            r"\bspam\b(?!\.\w)|bulk ?mail|spam[- ]?(?:score|content|filter|message|like|check)|als spam|comme (?:du )?spam|como spam|come spam|spammessage|垃圾邮件|迷惑メール|スパム|спам",
            r"(?:message|mail|e-?mail|your) content|content (?:reject|filter|block|restrict|polic|violat|not)|(?:unacceptable|inappropriate|prohibited|objectionable|suspicious|blocked) (?:content|url|link|word|file|attachment)|word filter|keyword",
            r"(?:attachment|file)s?[^.]{0,40}(?:not (?:allowed|permitted|accepted)|blocked|prohibited|forbidden|banned|type|extension|executable|encrypted)|\bbanned ?(?::|names?\b|contents?)|(?:archivo|fichero|adjunto|pièces? jointes?|anhang|anhänge|allegat\w|bijlage\w?|anexo|bilag\w|załącznik\w?|вложени\w|附件|添付)[^.]{0,60}(?:no (?:es |está )?permiti|prohibid|bloque|interdit|bloqu|non autoris|verboten|nicht (?:erlaubt|zulässig|gestattet)|gesperrt|abgelehnt|non (?:consentit|ammess)|vietat|niet toegestaan|geblokkeerd|não permitid|inte tillåt|niedozwol|zablok|запрещ|заблокир|禁止|不允许)|(?:banned|prohibited|illegal|forbidden|dangerous|blocked|executable|disallowed) (?:file|attachment|extension)|potentially executable|security (?:issue|risk|threat)|harmful",
            r"(?:header|message|from|date|mime|line|format)[^.]{0,40}(?:malformed|non-?compliant|not rfc|rfc ?5?[28]22|violat)|rfc ?(?:2822|5322|822)|bare (?:lf|cr|line)|line (?:is )?too long|missing (?:date|from|message-id|required|mime)|duplicate header|invalid header|8[- ]?bit|conversion|smtputf8|unicode|5\.6\.\d",
        ),
    ),
    (
        _R.POLICY,
        _any(
            r"only accepts? (?:e-?mails?|messages|mail) from|restrict(?:ed|ions?)|not (?:allowed|permitted|authori[sz]ed) to (?:send|post|deliver|e-?mail|mail)|(?:don['’]t|do not|does not|lacks?) have permission|permission to (?:send|post)|no permission|send permission",
            r"members? only|not a member|(?:only|non-?)(?:subscribers|members)|moderat(?:or|ed|ion)|closed list|not subscribed|subscribers only",
            r"(?:nicht berechtigt|keine berechtigung|vous n['’](?:êtes pas autorisé|avez pas)|no tiene permiso|non (?:autorizz|dispone)|não tem permissão)",
            r"resolver\.rst\.|delivery not authorized|organi[sz]ation(?:al)? polic",
        ),
    ),
    (
        _R.MAILBOX_FULL,
        _any(
            _BOX + r"\b[^.]{0,60}" + _FULL + r"(?! (?:the )?(?:max\w{0,6} )?(?:message|mail) size)",
            r"quota (?:is |has been |was )?(?:exceed|exhaust|violat|full|limit|reached|used)|exceed\w{0,4}[^.]{0,40}(?:quota|mailbox size|mailbox limit|storage (?:limit|capacity|allocation))|over[- ]?quota|overquota|quota[- ]?exceed|exceededquota|disk quota|out of quota|no quota|would exceed (?:the )?quota|full mailbox|mailfull",
            r"insufficient (?:disk |storage |mailbox )?(?:space|storage|quota)|(?:not enough|no|out of|lack of) (?:free )?(?:storage |disk |mailbox )?space|too much (?:mail|data)|5\.2\.2|4\.2\.2|storage limit|mailbox size limit|(?:size|storage) (?:limit|quota) of the mailbox",
            r"(?:post|brief|mail)(?:fach|kasten|box)[^.]{0,50}(?:voll|überfüllt|überschritten|überschreitet|erschöpft|kein(?:en)? (?:freien |speicher)?platz)|speicher(?:platz|plat)?[^.]{0,40}(?:voll|erschöpft|überschritten|aufgebraucht)|quota[^.]{0,20}(?:überschritten|dépassé|superad|superat|excedid|superat)",
            r"(?:bo[iî]te|messagerie|espace)[^.]{0,50}(?:pleine?|saturée?|dépassé)|buz[oó]n[^.]{0,50}(?:llen|complet|supera|excedid|excede)|(?:casella|cassetta)[^.]{0,50}(?:pien|esaurit|satur|superat)|(?:postbus|mailbox|postvak)[^.]{0,40}\bvol\b|caixa[^.]{0,50}(?:chei|lotad|excedid|esgotad)|(?:brevlåda|inkorg|postlåda)[^.]{0,40}\bfull|skrzynk[^.]{0,50}(?:pełn|przepełn|przekrocz)|limit miejsca",
            r"переполнен|ящик[^.]{0,30}(?:полон|заполнен)|квот|邮箱(?:空间)?[^。]{0,10}(?:满|不足)|(?:空间|容量)(?:已|不足|超)|(?:メールボックス|受信ボックス|容量)[^。]{0,20}(?:一杯|いっぱい|満杯|超過|不足|オーバー|超えて)",
        ),
    ),
    (
        _R.TOO_LARGE,
        _any(
            r"(?:message|mail|e-?mail|attachment|content|file|size)\b[^.]{0,40}(?:too (?:large|big)|(?:is|was) too long|larger than|exceed\w{0,4}[^.]{0,40}(?:size|limit|maximum|length|bytes|kb|mb)|over the (?:maximum|size))|exceed\w{0,4}[^.]{0,40}(?:message|mail|size)[- ]?(?:size|limit|length)",
            r"(?:message|mail|maximum|max)[- ](?:message |mail )?(?:size|length)[^.]{0,30}(?:exceed|limit|violat|too|over|is)|size limit|message length|too (?:large|big) (?:for|to)|(?:zu|sehr) groß|maximale größe|trop (?:volumineu|gros|grand|lourd)|taille (?:maximale|limite)|demasiado (?:grande|pesad)|tamañ\w{0,2} máxim|tamanho máxim|troppo grand|dimension\w{0,2} massim|te groot|för stor|zbyt duż|muito grande|サイズ|слишком больш|超过.{0,12}大小|太大",
        ),
    ),
    (
        _R.MOVED,
        _any(
            r"(?:has|have|user) moved|moved (?:to|away|permanently)|new (?:e-?mail )?address(?: is|:)|address (?:has )?(?:been )?changed|has changed (?:his|her|their|its)? ?(?:e-?mail )?(?:address|to)|changed to|user not local[;,:. ]{1,3}(?:please )?(?:try|forward)|please (?:try|use|forward to|send to|update)[^.]{0,40}(?:<|instead|@|new address)|use (?:the )?(?:new )?address|replaced by|superseded by|no forwarding address|now at|\b551\b",
            r"neue (?:e-?mail-?)?adresse|adresse (?:hat sich )?geändert|umgezogen|nouvelle adresse|a changé d['’]adresse|nueva (?:dirección|direccion)|ha cambiado|nuovo indirizzo|è cambiato|nieuw (?:e-?mail)?adres|novo endereço|ny(?:a)? (?:e-?post)?adress|nowy adres|новый адрес|新しい(?:メール)?アドレス|アドレス(?:が|は)変更|新邮箱",
        ),
    ),
    (
        _R.SUSPENDED,  # switched off, but still there
        _any(
            r"suspended|(?:temporarily|currently) (?:disabled|locked|blocked|inactive|closed|deactivated)|" + _BOX + r"\b[^.:]{0,80}\b" + _OFF,
            r"(?:disabled|inactive|deactivated|expired|dormant|locked) (?:account|mailbox|user|recipient|e-?mail|address)|not accepting messages|(?:user|customer|subscriber) (?:is )?inactive|not logged in for",
            r"deaktiviert|gesperrt|désactivé|suspendu|inactif|suspendid|desactivad|inactiv|inativ|sospes|inattiv|disattivat|disabilitat|opgeschort|gedeactiveerd|geblokkeerd|inaktiv|avstängd|zawieszon|nieaktywn|zablokowan|wyłączon|приостановлен|заблокирован|отключен|неактив|冻结|停用|禁用|停止中|凍結|無効|利用停止",
        ),
    ),
    (
        _R.INACTIVE,  # given up: nobody will read it again
        _any(
            _BOX + r"\b[^.:]{0,80}\b" + _CLOSED,
            r"(?:closed|cancell?ed|terminated|abandoned|discontinued) (?:account|mailbox|user|e-?mail|address)|stillgelegt|abgeschaltet|clôturé|dada de baja|opgeheven|avslutad|zamknięt|удалён|удален|已注销|解約",
        ),
    ),
    (
        _R.HOST_UNKNOWN,  # before the words for users: "domain x does not exist"
        _any(
            r"(?:\bdomain|domaine|dom[íi]nio|domäne|domein|domän|domen\w|домен\w{0,2}|hostname|host name|mail ?server|rechner|serv(?:eur|idor))\b[^.:;]{0,80}(?:not found|unknown|does(?: not|n['’]?t) exist|not exist|nicht (?:gefunden|existier|bekannt)|existiert nicht|unbekannt|introuvable|inconnu|n['’]existe pas|no existe|desconocid|no se (?:encuentra|encontró|pudo encontrar)|non (?:esiste|trovato)|inesistente|sconosciut|não (?:existe|encontrad|foi encontrad)|inexistente|bestaat niet|niet gevonden|finns inte|hittades inte|nie istnieje|nieznan|не (?:найден|существует))",
            r"host not found\b(?!, try again)|nxdomain|(?:域名|ドメイン|ホスト)[^。]{0,20}(?:不存在|无法解析|错误|見つかり|存在|不明)",
        ),
    ),
    (
        _R.USER_UNKNOWN,
        _any(
            r"user(?:name)?(?: [^\s]{1,120}){0,3}? (?:unknown|doesn['’]?t|does not|not found|not known|not listed|not local|is not|isn['’]?t)|unknown (?:user|recipient|address|local|mailbox|account|e-?mail|person|name|addressee)|user unknown|userunknown|unknown-user|unknown or illegal (?:user|alias)|unknown to",
            r"no such (?:user|recipient|mailbox|address|person|account|local|e-?mail|name|alias|employee|customer|id\b|one|mail|addressee|subscriber)|no (?:mailbox|user|account|one|recipient|person|valid recipients?|such)[^.]{0,40}(?:here|by that name|with that name|found|at this|on this|match|exist|named)|there is no[^.]{0,60}(?:user|one|mailbox|account|such|address)",
            _BOX + r"s?\b[^.:]{0,100}?" + _GONE,
            r"invalid (?:recipient|mailbox|address|user|account|e-?mail|final delivery|local|rcpt)|(?:recipient|address|user|mailbox|rcpt)\w{0,3} (?:is )?(?:invalid|not valid)|not our (?:customer|user)|(?:is|are)(?: not|n['’]t) (?:a|an|our|in our|listed)[^.]{0,30}(?:user|mailbox|customer|recipient|address|account|directory|subscriber)|does(?:n['’]?t| not) have an?[^.]{0,60}(?:account|mailbox)",
            r"unknown in (?:local|virtual|relay)|not listed in[^.]{0,60}(?:directory|address ?book|domino)|(?:nicht|non|no|pas|niet|não|inte|nie)\b[^.]{0,40}(?:domino|verzeichnis|annuaire|directori|rubrica|adresboek|diretório|katalog)|no valid recipients?|recip(?:ient)? ?not ?found|bad destination mailbox|can(?:['’]t|not) (?:find|locate|identify)[^.]{0,20}(?:user|recipient|mailbox|account|person)|(?:could ?n[o'’]t|unable to) (?!find an?y? (?:mail|host))(?:find|locate|be found|look ?up)[^.]{0,30}(?:user|recipient|mailbox|account|address|person|at)",
            r"(?:left|no longer (?:works|employed|with|at|part of))[^.]{0,30}(?:the )?(?:company|organi[sz]ation|us|here|firm)|badrcpt|bad-rcpt|recipient verif|(?:recipient|address) (?:verification )?(?:callout|failed)|address not (?:found|exist|known)|unrout(?:e)?able (?:mail )?address|unknown local[- ]part|unroutable|not a (?:local|valid) (?:user|address|mailbox)|not in (?:the )?recipient|not in (?:my|our|the)[^.]{0,20}(?:list|map|table|database)|addressee unknown|misspelled|mistyped|(?:check|verify) (?:the )?(?:spelling|recipient['’]?s? (?:e-?mail )?address)",
            r"unbekannt|existiert nicht|nicht (?:bekannt|gefunden|vorhanden|existier)|gibt es nicht|kein(?:e|en)? (?:solche\w{0,2} |gültige\w{0,2} |lokale\w{0,2} )?(?:benutzer|empfänger|postfach|mailbox|adresse|konto)|(?:empfänger|adresse)\w{0,8} (?:ist )?(?:ungültig|falsch)|inconnu|n['’]existe p(?:as|lus)|inexistant|introuvable|(?:adresse|destinataire)[^.]{0,30}(?:invalide|erroné|non valide)|n['’]a pas été trouvé",
            r"desconocid|no (?:existe|se (?:encontr|ha encontr|pudo encontrar))|inexistente|(?:dirección|destinatario|usuario|cuenta)[^.]{0,30}(?:no (?:es )?válid|inválid|erróne|incorrect)|sconosciut|non (?:esiste|esistente|trovat|è stato trovato)|inesistente|(?:indirizzo|destinatario|utente)[^.]{0,30}(?:non (?:è )?valid|errat)|onbekend|bestaat niet|niet (?:gevonden|bekend)|ongeldig|desconhecid|não (?:existe|encontrad|p[ôo]de ser encontrad|foi (?:possível )?encontrad|foi localizad)|nao existe|inválido",
            r"okänd|(?:finns|existerar|hittades) inte|kunde inte hittas|gick inte att hitta|hittar inte|ogiltig|ukendt|findes ikke|ukjent|tuntematon|nieznan|nie (?:istnieje|znaleziono|można znaleźć|odnaleziono|ma takiego|został\w? znalezion)|nieprawidłow|niepoprawn|neznám|neexistuje|ismeretlen|nem létez|bilinmeyen|bulunamadı|неизвест|не (?:существует|найден|зарегистрирован|обнаружен)|нет такого|такого пользователя|недействител",
            r"用户(?:名)?不存在|不存在|无此用户|查无此|未找到|找不到|地址(?:错误|有误|无效)|無此|(?:ユーザ|宛先|アドレス|メールボックス|受信者)[^。]{0,30}(?:存在しま|存在しない|見つかりま|見つからない|不明|ありません|間違|誤り|正しくな)|存在しません|見つかりません(?:でした)?|あて先不明|宛先不明|사용자|존재하지",
        ),
    ),
    (
        _R.NETWORK,  # before "host not found": these say that it may be found later
        _any(
            r"host not found, try again|try again[^.]{0,20}host|temporary (?:name|dns|lookup|resolution)|(?:lookup|resolution) (?:did not complete|timed out|failure \(temporary)|temporarily unable to resolve|servfail|server failure|dns (?:server )?(?:timed? ?out|timeout|is not respond)|cname lookup failed temporarily|name service error[^.]{0,200}try again",
        ),
    ),
    (
        _R.NOT_ACCEPTED,
        _any(
            r"null[- ]?mx|(?:mx|srv) record indicated no smtp|does(?: not|n['’]t) (?:accept|receive|handle) (?:any |incoming )?(?:e-?)?mails?\b(?! (?:from|larger))|accepts? no (?:e-?)?mail|not (?:set ?up|configured|setup) to (?:receive|accept)|\b556\b|does not (?:run|have) (?:a|an) (?:smtp|mail) server|keine e-?mails? (?:an|entgegen)",
        ),
    ),
    (
        _R.HOST_UNKNOWN,
        _any(
            r"(?:host|domain|server|machine|site|system)\w{0,4}(?: or domain)?(?: name)?\b[^.:]{0,80}(?:not found|unknown|does(?: not|n['’]?t) exist|could ?n[o'’]?t be found|wasn['’]?t found|can ?not be (?:found|resolved)|could ?n[o'’]?t be resolved|is not (?:valid|registered|known)|invalid|not (?:exist|resolv|registered)|non-?existent|unresolvable|no longer (?:exists?|valid|in use))",
            r"(?:unknown|no such|invalid|illegal|bad|nonexistent|non-existent|unresolvable|unroutable|unrouteable) (?:mail |destination |remote )?(?:host|domain|site|system|server|destination)|nxdomain|non-existent hosts|name or service not known|nodename nor servname|no (?:valid |usable |working )?(?:mx|mail exchanger|a|dns|mail exchange|mail)\b[^.]{0,20}(?:records?|hosts?|servers?|exchangers?)|no mail ?(?:hosts?|servers?|exchangers?)|no hosts? (?:found|named)|couldn['’]?t find (?:any|a) (?:host|mail)",
            r"(?:can ?not|can['’]t|unable to|could ?n[o'’]?t|failed to|did not) (?:be )?resolved?|not resolv|address resolution|(?:resolve|dns)[^.]{0,30}(?:not found|no such|domain name not found|nxdomain|non-?existent)|find the (?:domain|server)|(?:domain|rechner|server|host)[^.]{0,40}(?:nicht gefunden|nicht existier|existiert nicht|unbekannt|introuvable|inconnu|n['’]existe pas|no existe|desconocid|non esiste|sconosciut|não existe|bestaat niet|nie istnieje|не найден|не существует)|(?:ドメイン|ホスト)[^。]{0,20}(?:見つかり|存在|不明)|域名(?:不存在|无法解析|错误)",
        ),
    ),
    (
        _R.EXPIRED,
        _any(
            r"delivery time (?:expired|exceeded)|message (?:has )?expired|expired (?:in|from) (?:the )?queue|retry (?:time(?:out)?|period|count|limit)[^.]{0,30}(?:exceed|expired|not reached|reached)|(?:in|on) (?:the )?(?:mail )?queue (?:too long|for (?:more|over|too))|queue (?:time|lifetime|expir)|(?:unreachable|failing|undeliverable|undelivered|tried|trying|retrying|attempt\w{0,3})[^.]{0,40}(?:for (?:a |too )?long|(?:for|after|over|within|in)(?: \w+){0,4} (?:hours|days|minutes))|message (?:timed out|is too old)|too old|max(?:imum)? (?:retries|number of (?:retries|delivery attempts)|delivery (?:time|attempts))|not (?:been )?(?:able to be )?delivered (?:within|in|after|for) |giving up after|could not be delivered (?:for|within|after|in) \w|couldn['’]t be delivered (?:after|in|within)|repeated attempts|4\.4\.7|5\.4\.7|#[45]\.4\.7|maximale (?:zustell|anzahl)|délai (?:de remise|dépassé|expiré)|expir(?:ed|ado|é|ató|ata)",
        ),
    ),
    (
        _R.NETWORK,
        _any(
            r"connection (?:timed? ?out|refused|reset|closed|dropped|lost|failed|attempts?|was|to|broken|error|terminated|aborted)|timed? ?out|time-out|timeout|no route to host|network (?:is )?(?:unreachable|error|problem)|host (?:is )?(?:unreachable|down)|unreachable|(?:could ?n[o'’]?t|can['’]?t|can ?not|unable to|failed to|did not accept our requests to) (?:be )?(?:connect|contact|establish|reach|open connection)|lost connection|conversation with|not respond|did not respond|no answer|didn['’]?t respond|no response|name service error|dns[^.]{0,20}(?:fail|error)|host lookup|tls (?:handshake|negotiat|session)|handshake|\bssl\b|bad (?:response|greeting)|protocol error|remote host closed|communication|connexion|verbindung(?:s|saufbau)?[^.]{0,30}(?:fehl|nicht|abgelehnt|zeit)|conexión|connessione|接続|соединени|连接",
        ),
    ),
    (
        _R.DEFERRED,
        _any(
            r"gr[ae]y-?list(?:ed|ing)?|gr[ae]y listed|postgrey|(?:please )?try (?:again|later)|come back later|temporar(?:y|ily)|resources temporarily|verification in progress|service (?:is )?(?:currently )?(?:unavailable|not available)|retry later|server (?:is )?(?:too )?busy|later|will (?:be retried|keep trying|continue|retry)|still (?:trying|being)|delayed|deferred|verzöger|vorübergehend|später|temporaire|plus tard|temporal|más tarde|temporane|più tardi|tijdelijk|tillfällig|tymczasow|временн|позже|稍后|一時的",
        ),
    ),
)  # fmt: skip

VAGUE: tuple[tuple[_R, str], ...] = (
    (
        _R.USER_UNKNOWN,
        _any(
            r"mailbox (?:is )?(?:unavailable|not available|name not allowed)|(?:recipient|user|rcpt|account) (?:is )?(?:unavailable|not available|not accepted|refused|denied)|recipient(?: address)? (?:was )?rejected|address (?:was )?rejected|bad (?:address|recipient)|undeliverable address|(?:does not|doesn['’]t) like recipient|\binvalid\b(?! (?:command|syntax|argument|helo|ehlo|response|parameter|data|character|message|header|mime|certificate|login|credential|tls|request|format|encod))|address(?:es)?[^.]{0,30}(?:typos?|incorrect|wrong|error|fail)|cannot be delivered to this address|not deliverable|unable to deliver to|unzustellbar an",
        ),
    ),
    (
        _R.POLICY,
        _any(
            r"polic(?:y|ies)|access denied|permission|prohibit|not (?:allowed|permitted|authori[sz]ed)|refused|security|denied|forbidden|administrator|rejected by|violat|richtlinie|politique|stratégie|directiva|política|criteri|拒绝|拒否|отклонен",
        ),
    ),
)  # fmt: skip
