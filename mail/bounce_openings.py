"""The set phrases by which mail systems say that a mail was not delivered, in the languages they speak: data only."""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


#: Subjects of reports. Searched at the beginning, after tags such as [EXTERNAL].
SUBJECT = _any(
    r"^\W{0,3}(?:\[[^\[\]]{1,30}\] ?)?(?:\*{1,5} ?\w{1,12} ?\*{1,5} ?)?(?:"
    r"undeliver|un-?delivered|delivery (?:status|failure|failed|has failed|notification|problem|error|incomplete|delayed?|report|unsuccessful)|delivery to |"
    r"failure notice|failure delivery|failed(?: mail)? delivery|failed to deliver|failed mail|returned (?:e-?mail|mail|message)|return(?:ed|ing) (?:to sender|mail|message)|"
    r"(?:e-?)?mail (?:delivery|system|failure|could not|not delivered|undeliver|returned|status|error|non)|message (?:could not|delivery|undeliver|not delivered|status|has not been delivered|rejected|you sent|delayed|bounced|was not)|"
    r"(?:your (?:e-?mail|message|mail)|e-?mail)(?: to [^\s]{1,120})? (?:could not|couldn't|was not|wasn't|has not|has been (?:rejected|blocked|returned|delayed)|was (?:rejected|blocked|returned)|not delivered|bounced)|"
    r"(?:could not|unable to|cannot|can't) (?:be )?(?:deliver|send)|non[- ]?(?:delivery|deliverable|remis)|not delivered|ndr?:|ndn:|nondeliverable|permanent (?:delivery )?(?:failure|error)|temporary (?:delivery )?failure|"
    r"warning: (?:message|could not|mail|e-?mail)|\(?(?:delayed|delay)\b|address not found|user unknown|unknown user|mailbox (?:full|unavailable)|rejected(?: mail|:)|automatically rejected mail|"
    r"bounce|problem with (?:your )?(?:mail|message|delivery)|transient|considered unsolicited|mdaemon (?:notification|warning)|errors? (?:sending|in|delivering|while)|sending failed|service unavailable|notification d['’]état|notificação de status|notificación de estado|"
    r"unzustellbar|nicht zu(?:ge)?stell|zustell(?:ung|fehler|problem|status|bericht)|(?:ihre )?(?:e-?mail|nachricht) (?:konnte nicht|nicht zugestellt|unzustellbar)|mail nicht zugestellt|rückläufer|benachrichtigung (?:zum|über den) (?:über|zu)|"
    r"[ée]chec (?:de )?(?:la )?(?:remise|distribution|livraison|d['’]envoi)|(?:message )?non (?:remis|distribu|délivr)|courrier (?:non|retourné)|mail non remis|(?:votre )?message (?:n['’]a pas|non|retourné)|retour (?:de|du) (?:mail|message|courrier)|impossible de (?:remettre|distribuer)|remise (?:retardée|différée)|"
    r"no se (?:puede|pudo|ha podido) entregar|no entregado|(?:error|fallo|falla) (?:de|en la|al) entreg|correo (?:devuelto|no entregado)|mensaje (?:no|devuelto)|devuelto|imposible entregar|entrega (?:fallida|retrasada)|"
    r"mancato? recapito|mancata consegna|impossibile (?:recapitare|consegnare)|non recapitabile|(?:messaggio|posta|e-?mail) non (?:consegnat|recapitat|inviat)|errore (?:di|nella) consegna|notifica (?:di )?(?:mancat|stato)|consegna (?:fallita|ritardata)|avviso di mancata|anomalia messaggio|"
    r"onbestelbaar|niet (?:bezorgd|afgeleverd|bestelbaar)|kan niet worden (?:bezorgd|afgeleverd)|bezorging|afleverings?|bericht niet|"
    r"não (?:foi )?(?:entregue|possível)|não entregue|nao entregue|falha (?:na|de|no) (?:entrega|envio)|(?:e-?mail|mensagem) (?:não|devolvid)|devolvid|erro (?:de|na|no) (?:entrega|envio)|impossível entregar|"
    r"kunde inte levereras|(?:går )?(?:inte|ej) (?:att )?lever|olevererbart|leverans(?:fel|misslyck)|meddelandet kunde|kan ikke leveres|ikke leveret|kunne ikke leveres|"
    r"niedostarczon|nie można dostarczyć|nie dostarczono|nie udało się dostarczyć|niedoręczon|zwrot|błąd dostarcz|(?:wiadomość|poczta) (?:nie|niedostarcz)|powiadomienie o stanie|"
    r"недостав|не удалось доставить|не доставлен|невозможно доставить|ошибка (?:доставки|при отправке)|возврат|сообщение не доставлено|уведомление о (?:недоставк|статусе)|письмо не|"
    r"配信(?:不能|エラー|失敗|できません|状況)|送信(?:エラー|失敗|できません)|配送(?:エラー|不能)|メール(?:配信|送信|が(?:届き|配信|送信))|未配達|エラーメール|宛先不明|"
    r"退信|投递失败|无法(?:投递|送达)|未送达|退回|系统退信|邮件(?:投递|发送|无法|退)|發送失敗|無法傳遞|未傳遞|doručení|nedoručiteľ|nedoručitel|kézbesíthetetlen|teslim edilemedi|반송|전송 실패)",
)

#: The first words of reports, as the system itself says them.
OPENING = _any(
    r"this is the (?:mail (?:system|delivery (?:sub)?system|delivery agent|transfer agent)|postfix (?:program|mail)|qmail|deliver program|e-?mail (?:system|server)|machine generated|mail server|smtp)|hi\. this is the|"
    r"hi\. the mta program|this (?:message|e-?mail|report|is (?:a|an|the)) [^\n]{0,60}(?:created|generated|sent) automatically by (?:the )?(?:mail|our|a )|this is an? (?:automatically|automated)[ -](?:generated )?(?:delivery|message|bounce|notification|informative)[^\n]{0,60}(?:deliver|status|fail|bounce|from the|mail (?:system|server))|"
    r"(?:a |the |this )?(?:message|e-?mail|mail)s? (?:that )?(?:you|was|has)? ?(?:sent|have sent|attempted to send)?[^\n]{0,80}(?:could not|couldn['’]t|can ?not|was not|wasn['’]t|has not been|has not yet been|unable to be|failed to be|did not) (?:be |yet been )?(?:delivered|reach|sent|processed|accepted)|"
    r"your (?:e-?mail |mail )?(?:message|e-?mail|mail)[^\n]{0,150}\s?(?:could not|couldn['’]t|can ?not|can['’]t|was not|wasn['’]t|has not|hasn['’]t|did not|didn['’]t|is being|has been|was|could)\s(?:be |been )?(?:delivered|reach|sent|rejected|blocked|returned|delayed|accepted|undeliver|automatically rejected|denied|refused|completed|bounced|quarantin|not delivered)|"
    r"(?:delivery|sending) (?:to|of|for)[^\n]{0,120}(?:has )?(?:fail|failed|was aborted|is delayed|been delayed|delayed|not|could not|has been)|delivery (?:has )?failed|delivery (?:status notification|incomplete|delayed|report|failure|attempts will continue)|"
    r"(?:sorry|i'm sorry|i'm afraid|unfortunately|we're sorry|we were|we are|wasn't|it was|was|server was|i was|i) ?[^\n]{0,50}(?:unable to|not able to|could not|cannot|have (?:been unable|not been able)) (?:to )?(?:deliver|send|relay|process|complete)|could not (?:deliver|send) |(?:unable|failed|not possible|impossible) to (?:deliver|send|complete delivery)|"
    r"(?:the |these )?following (?:recipient|address|user|destination|person|message|addressee)[^\n]{0,60}(?:fail|could not|cannot|can't|not|had|have|was|were|did|undeliverable|rejected|invalid|is|are)|did not reach|(?:some or all|one or more|any) of (?:the intended|its|the) recipient|"
    r"transcript of session|(?:permanent|transient|fatal|delivery) (?:fatal |non-fatal )?errors?|undeliver(?:able|ed)|non-?deliver|not deliverable|address not found|message not delivered|mail (?:message )?(?:was )?not delivered|(?:message|mail|recipient) (?:blocked|rejected|refused|undeliverable|delayed)|"
    r"delivery to the following|failed (?:to deliver|recipient|addresses)|returned (?:mail|message|to sender)|return(?:ed|ing) (?:the |your )?(?:message|mail)|the (?:mail|message|e-?mail) (?:system|server|to|you sent|sent|from|could)[^\n]{0,80}(?:fail|reject|undeliver|not|could|unable|problem)|"
    r"(?:remote|destination|recipient['’]?s?|receiving|response from the|the) (?:mail )?(?:server|host|system)[^\n]{0,60}(?:reject|respond|said|refus|not accept|returned|was)|there was a (?:temporary )?problem (?:deliver|sending)|(?:had|encountered|have) (?:a )?(?:permanent|delivery|fatal) (?:error|problem|failure)|final-recipient:|reporting-mta:|"
    r"user(?:'s)? mailbox|mailbox (?:is full|unavailable|not found)|unknown (?:user|recipient)|no such user|user unknown|invalid final delivery|warning message only|you do not need to resend|will (?:keep|continue) trying|temporary (?:problem|failure|error)|it looks like|the reason|this message was undeliverable|was undeliverable|message (?:id|from|delivery)[^\n]{0,40}(?:fail|yahoo)|recipient (?:could not|address|not found|unknown)",
    r"(?:ihre |die |diese |eine )?(?:nachricht|e-?mail|mail)[^\n]{0,150}(?:konnte|kann|wurde|könnte|ist)(?:n)?[^\n]{0,80}(?:nicht|abgelehnt|zurückgewiesen|unzustellbar|verzögert)|unzustellbar|zustell(?:ung|fehler)[^\n]{0,60}(?:fehl|nicht|verzögert|an)|(?:fehler|problem) bei der (?:zustellung|übermittlung|übertragung)|folgende[nr]? empfänger|nicht zugestellt|dies ist eine automatisch (?:erzeugte|generierte) (?:nachricht|benachrichtigung|e-?mail|zustell)",
    r"(?:votre |le |ce |un )?(?:message|courrier|e-?mail|mail|courriel)[^\n]{0,150}(?:n['’](?:a|ont) pas|n['’]est pas|ne peut|n['’]a pu|a été (?:rejeté|refusé|retardé|bloqué)|non (?:remis|distribu|délivr))|[ée]chec|impossible de (?:remettre|distribuer|délivrer|livrer)|remise[^\n]{0,60}(?:échou|retard|impossible)|destinataires? suivants?|n['’]ont pas pu être|ceci est un(?:e)? (?:message|rapport|notification)[^\n]{0,40}(?:automati|généré)",
    r"(?:su |el |este |un )?(?:mensaje|correo|e-?mail)[^\n]{0,150}no (?:se |ha |pudo|puede|fue|llegó|ha podido)|no (?:se )?(?:pudo|puede|ha podido|fue posible)[^\n]{0,30}(?:entreg|enviar)|entrega[^\n]{0,60}(?:fall|error|retras)|error (?:al|en la|de) entreg|destinatarios? siguientes?|siguientes? destinatarios?|este mensaje (?:fue|ha sido) (?:creado|generado) autom",
    r"(?:il |suo |questo |un )?(?:messaggio|e-?mail|posta)[^\n]{0,150}non (?:è stato|può|è|ha|sono|e' stato|e' |è stata)|(?:impossibile|non è (?:stato )?possibile)[^\n]{0,40}(?:recapit|consegn|invi)|mancat[oa] (?:recapito|consegna)|consegna[^\n]{0,60}(?:fallit|ritard|non)|seguenti? destinatar|non recapitabil|non (?:consegnat|recapitat)",
    r"(?:uw |het |dit |een )?(?:bericht|e-?mail|mail)[^\n]{0,150}(?:kon|kan|is|werd|niet)[^\n]{0,60}(?:niet|onbestelbaar|geweigerd|vertraagd)|onbestelbaar|niet (?:bezorgd|afgeleverd)|bezorg\w{0,5}[^\n]{0,60}(?:mislukt|niet|vertraagd)|volgende (?:ontvanger|geadresseerde|adres)|de volgende",
    r"(?:sua |a |esta |o |seu )?(?:mensagem|e-?mail)[^\n]{0,150}(?:não|nao) (?:pôde|pode|foi|pude|será|puderam|é)|(?:não|nao) (?:foi possível|pôde|pode|conseguimos)[^\n]{0,60}(?:entreg|envi)|falha (?:na|de|no)|entrega[^\n]{0,60}(?:falh|atras|não)|seguintes? destinatár|destinatários? (?:a seguir|abaixo)",
    r"(?:ditt |ett |meddelandet)?[^\n]{0,60}(?:meddelande|e-?post|brev)[^\n]{0,100}(?:kunde|kan|har) (?:inte|ej)|kunde inte (?:levereras|skickas|nå)|leverans[^\n]{0,60}(?:misslyck|fel|försen|inte)|följande mottagare|kunne ikke leveres|kan ikke leveres",
    r"(?:twoja |ta |państwa )?(?:wiadomoś|e-?mail|poczt|list)[^\n]{0,150}nie (?:mog|został|może|udało|dotarł|dostarcz)|nie (?:udało się|można|mogła)[^\n]{0,60}(?:dostarcz|doręcz|wysła)|niedostarczon|następując[^\n]{0,20}(?:odbior|adres)|doręczen[^\n]{0,40}(?:nie|niemo)",
    r"(?:ваше |это |данное )?(?:сообщени|письм|почт)[^\n]{0,150}(?:не (?:было|может|удалось|доставлен|могло)|отклонен|отвергнут)|не (?:удалось|может быть|было|могу)[^\n]{0,30}достав|недостав|доставк[^\n]{0,60}(?:не |ошибк|задерж)|следующ[^\n]{0,30}(?:получател|адрес)|это письмо создано автоматически",
    r"(?:メール|メッセージ)[^\n]{0,80}(?:配信|送信|配送|届け|届き|送達|お届け)[^\n]{0,30}(?:でき|ません|され(?:ません|なかった)|失敗|エラー)|配信(?:でき|不能|エラー|に失敗)|送信(?:できません|に失敗|エラー)|お送りいただいたメール|次の(?:受信者|宛先|あて先)|以下の(?:受信者|宛先|あて先|アドレス|メールアドレス)|エラーメール|宛先[^\n]{0,20}(?:不明|見つかり|存在)",
    r"(?:邮件|郵件|信件|来信)[^\n]{0,80}(?:无法|未能|没有|無法|被退|不能|失败|失敗|退回|拒)|退信|无法(?:投递|送达|发送|传递)|投递失败|收件人[^\n]{0,40}(?:不存在|无法|失败)|很抱歉|抱歉[^\n]{0,30}(?:邮件|投递)|以下收件人",
)

#: Reports that the mail did arrive, read receipts, and robots that ask for something before they deliver.
SUCCESS = _any(
    r"awaits moderator approval|is being held until|held for (?:moderation|approval|review)|success(?:ful|fully)?[^\n]{0,40}(?:deliver|relay|sent|mail)|(?:was|were|has been|have been) (?:successfully )?(?:delivered|relayed)(?: successfully)?(?! (?:to|after)[^\n]{0,40}(?:fail|not))|^(?:delivered|relayed|expanded|read|gelesen|lu|leído|letto)\s?:|"
    r"return receipt|read receipt|lesebestätigung|empfangsbestätigung|übermittlungsbestätigung|accusé de (?:réception|lecture)|confirmación de lectura|conferma di lettura|disposition: [^\n]{0,60}displayed|your message[^\n]{0,200}was read on|was deleted without being read|"
    r"(?:confirm|verify|prove)[^\n]{0,60}(?:that )?(?:you are|you're|your identity|your (?:e-?mail )?address|human)|spam arrest|click[^\n]{0,60}(?:link|here|button)[^\n]{0,60}(?:release|deliver your|verify|be delivered|approve)|challenge|sender verification required|quarantine (?:report|digest|summary|notification)|spam (?:digest|summary)|"
    r"erfolgreich (?:zugestellt|übermittelt)|remis avec succès|entregado correctamente|consegnato (?:con successo|correttamente)|entregue com sucesso",
)

#: Reports of a delay: the mail is still being tried.
WARNING = _any(
    r"(?:will|to) (?:keep|continue)[^\n]{0,20}(?:trying|to (?:try|be made|attempt|be attempted))|will (?:be retried|be re-?tried|retry|try (?:again|for|until)|be attempted|be sent again)|delivery attempts will continue|attempts? to deliver[^\n]{0,40}will continue|"
    r"this is a warning (?:message )?only|warning message only|just a warning|you do(?: not|n['’]t) need to (?:re-?send|take|do)|no action is required|not yet been delivered|not been delivered yet|still (?:being|trying|in (?:the )?queue)|delivery (?:is |has been |was )?(?:delayed|incomplete|temporarily)|delivery delay|\bdelayed\b[^\n]{0,30}(?:mail|message|deliver)|has been delayed|^\(?delay(?:ed)?\b|"
    r"warning: (?:message|could not send|mail)|temporary problem delivering|has not been delivered (?:after|for)[^\n]{0,40}(?:so far|yet)|transient (?:non-fatal|delivery|failure)|message still undelivered|will stay in (?:the )?queue|advisory-only|"
    r"verzöger|(?:weitere|erneute)[^\n]{0,30}(?:zustell)?versuch|es wird (?:weiterhin|noch|erneut)|wird weiterhin versucht|keine aktion|nur eine warnung|retardée?|différée?|continuer(?:a|ons)|nouvelle tentative|seguirá intentando|seguiremos intentando|volverá a intentar|retras|in ritardo|ritardat|continuer[àa]|nuovi tentativi|"
    r"vertraagd|blijven proberen|blijft proberen|atrasad|continuar(?:á|emos)[^\n]{0,20}tent|fördröj|försenad|fortsätter|opóźni|będzie (?:nadal|ponawia)|задерж|будут продолжены|попытки[^\n]{0,30}продолж|遅延|再送を|引き続き|延迟|继续尝试|稍后重试"
)
