"""Who we are in every mail: the creditor's own profile. It comes from configuration and never from a mail or a model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, EmailStr, Field

_PROVIDERS = """
gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com msn.com yahoo.com yahoo.co.uk yahoo.de
yahoo.fr yahoo.es yahoo.it ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de
t-online.de freenet.de mail.de posteo.de bluewin.ch orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it
virgilio.it tiscali.it alice.it hotmail.fr hotmail.it hotmail.es outlook.fr outlook.de telefonica.net ziggo.nl
kpnmail.nl planet.nl telenet.be skynet.be sapo.pt uol.com.br bol.com.br terra.com.br wp.pl o2.pl onet.pl interia.pl
btinternet.com sky.com virginmedia.com talktalk.net eircom.net comcast.net verizon.net att.net proton.me
protonmail.com fastmail.com zoho.com mail.ru yandex.ru qq.com 163.com
"""
#: Mail providers at which strangers have addresses: their domain says nothing of who somebody is.
PUBLIC_PROVIDERS = frozenset(_PROVIDERS.split())


class CompanyProfile(BaseModel):
    """The creditor: the name, address and voice that drafts go out with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    address: str = ""
    team: str = "Accounts Receivable"
    email: EmailStr
    own_domains: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The domain that mail of ours comes from."""
        return self.email.rpartition("@")[2].lower()

    def owns(self, address: str) -> bool:
        """Say whether an address is one of ours. At a provider that anybody can use, only our very address is."""
        local, _, domain = address.strip().lower().rpartition("@")
        if domain in PUBLIC_PROVIDERS:
            return f"{local.partition('+')[0]}@{domain}" == self.email.strip().lower()
        return domain == self.domain or domain in {own.lower() for own in self.own_domains}
