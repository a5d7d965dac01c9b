"""The lines that phones and mail programs put under a mail by themselves: "Sent from my iPhone", in many languages.

Only whole lines count, and only with the name of a device or program in them: "Sent from our warehouse" is the customer's.
"""

from __future__ import annotations

import re

_DEVICE = (
    r"iphon\w*|ipad\w*|ipod|ios|mac(?:book)?|android\w*|galaxy|samsung\w*|blackberry\w*|black berry|mobile(?: device| phone|phone)?|mobil\w*|handy|smartphone|"
    r"cell(?: ?phone)?|tablet|téléphone|móvil|mobiel\w*|cellulare|telefono|telemóvel|celular|telefon\w*|phone|outlook|gmail(?: mobile)?|huawei|"
    r"honor|xiaomi|redmi|mi phone|pixel|nexus|htc|lg|motorola|moto|nokia|lumia|oneplus|oppo|vivo|sony|xperia|treo|palm|droid|verizon|sprint|t-mobile|at&t|"
    r"(?:proton|yahoo|windows|mozilla|aol|gmx|web\.de|infomaniak|zoho|fast|apple|mail\.ru|yandex|hcl|samsung) ?mail|protonmail|tutanota|tuta|"
    r"mail for windows|mail (?:für|pour|para|per|voor|til|för|dla) windows|courrier pour windows|correo para windows|posta per windows|"
    r"e-?mail für windows|e-mail voor windows|windows(?: 10| 11)? phone|thunderbird|airmail|spark|superhuman|mailbird|em client|newton|edison|bluemail|k-9|nine|hey|front|"
    r"canary|mailspring|missive|aquamail|mymail|myMail|spike|shortwave|mimestream|evolution|zimbra|sailfish|surface|iris|mail app|polymail|boxer|"
    r"apple watch|watch"
)
_SENT = (
    r"(?:this (?:e-?mail|message) was )?sent (?:from|via|with|using|by|on)|gesendet (?:von|mit|über)|(?:diese (?:nachricht|e-?mail) wurde )?(?:von|mit) "
    r"(?:meinem|meiner|dem|unterwegs|mobil)|von unterwegs|envoyé[es]? (?:de|du|depuis|à partir de|par|avec)|enviado (?:desde|do|da|de|a partir|con|por|via|pelo)|"
    r"inviato (?:da|dal|con|tramite|dallo)|verzonden (?:vanaf|met|via|vanuit|door)|verstuurd (?:vanaf|met|via)|skickat från|skickades från|sendt fra|sendt med|"
    r"wysłan[eoya] (?:z|za pomocą|przez)|odesláno (?:z|ze|pomocí)|odoslané (?:z|zo)|küldve|trimis (?:de pe|din|de la)|отправлено (?:с|из)|надіслано (?:з|із)|"
    r"στάλθηκε από|poslano (?:iz|s|z)|poslato (?:sa|iz)|saadetud minu|išsiųsta iš|lähetetty|composed (?:on|with)|typed on|written on"
)
_ADVERT = (
    r"get|download|try|télécharge[rz]|obtenir|obtenez|obtén|obtener|scarica|ottieni|obter|obtenha|hämta|hent|pobierz|holen sie sich|hanki|skaffa|stáhnout|"
    r"download(?:en)?|descargar|baixar|laden sie"
)
_TAIL = r"(?:[,.;:!–-]{0,2} ?(?:so |bitte |please |sorry |merci |desculpe |disculp|scus|excus|apolog|pardon|forgive|entschuld|verzeih|tipp).{0,80})?"
_LINES = re.compile(
    rf"(?:{_SENT})\b.{{0,40}}\b(?:{_DEVICE})\b.{{0,36}}?{_TAIL}|"
    rf"(?:{_ADVERT}) (?:o |l['’]|die )?outlook\b.{{0,30}}|outlook (?:für|para|per|voor|for|pour|til|för) .{{1,30}}|"
    rf"\b(?:{_DEVICE})(?: ?(?:から送信|より送信|에서 보냄|에서 보낸.{{0,10}}|'?(?:dan|den|umdan|imden|ümden) gönderildi|ról küldve|lähetetty).{{0,10}}|"
    rf".{{0,12}} (?:gesendet|verschickt|geschrieben))|"
    rf"(?:从我的|从|發自我的|发自我的|发自|来自|寄自|나의|내|我的).{{0,30}}(?:发送|傳送|寄出|에서 보냄|iphone|ipad|android|手机|邮箱|mail).{{0,10}}|"
    rf".{{0,25}}(?:から送信|より送信)(?:されました)?。?|"
    rf"von (?:meinem|meiner|unterwegs).{{0,40}} (?:gesendet|geschrieben|verschickt)",
    re.IGNORECASE,
)
_SENT_FROM_MY = re.compile(r"[Ss]ent from (?:my|a) (?:.{0,20}\b)?[A-Z0-9][^.,;:?!]{0,40}")
_LINK = re.compile(r"[<(\[]{1,2}(?:https?|mailto)[^\s<>()\[\]]{1,400}[>)\]]{1,2}|https?://\S{1,400}")
_MAX_WORDS = 14


def is_sent_from(line: str) -> bool:
    """Say whether a line was put there by a phone or a mail program."""
    if not 6 <= len(line) <= 600:
        return False
    bare = _LINK.sub("", line).replace("®", "").replace("™", "")
    bare = bare.strip(" \t*_~-–—[]()<>|.!\"'“”")
    if not bare or len(bare) > 120 or len(bare.split()) > _MAX_WORDS:
        return False
    return (bool(_LINES.fullmatch(bare)) and not _talks_on(bare)) or bool(_SENT_FROM_MY.fullmatch(bare))


def _talks_on(line: str) -> bool:
    """Say whether the line tells of a payment or a day, so that it is the customer's own sentence."""
    return bool(
        re.search(
            r"\b(?:invoice|payment|remittance|statement|today|yesterday|on \w+day|account|bank|\d{1,2}[./]\d{1,2}[./]\d{2,4})\b",
            line,
            re.I,
        )
    )
