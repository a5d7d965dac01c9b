"""Who we are in every mail: the creditor's own profile. It comes from configuration and never from a mail or a model."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator

from store.aftermath import Portal

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


_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
#: Where each portal's notification mails come from, as its vendor tells suppliers; every domain below one counts too.
_PORTAL_DOMAINS: dict[Portal, tuple[str, ...]] = {
    Portal.COUPA: ("coupahost.com", "coupa.com"),
    Portal.ARIBA: ("ariba.com",),
    Portal.TUNGSTEN: ("tungsten-network.com", "ob10.com"),
    Portal.BASWARE: ("basware.com",),
}


class CompanyProfile(BaseModel):
    """The creditor: the name, address and voice that drafts go out with.

    `vat_id` and `registration` stand in portals' forms. `portal_domains`: whose mails may move what stands in a portal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    address: str = ""
    country: str = Field(
        default="",
        pattern=r"^([A-Z]{2})?$",
        description="ISO 3166: a letter that leaves it names the country it goes to",
    )
    team: str = "Accounts Receivable"
    email: EmailStr
    own_domains: tuple[str, ...] = ()
    privacy_url: str = Field(default="", pattern=r"^(https://\S{3,180})?$", description="our notice on personal data")
    vat_id: str = Field(default="", max_length=40)
    registration: str = Field(default="", max_length=80)
    language: Literal["de", "en", "es", "fr", "it", "nl", "pt"] = Field(
        default="en", description="of papers for others than customers, such as the packet for an agency"
    )
    portal_domains: dict[Portal, tuple[str, ...]] = Field(default_factory=lambda: dict(_PORTAL_DOMAINS))

    @field_validator("portal_domains")
    @classmethod
    def _no_open_domain(cls, stated: dict[Portal, tuple[str, ...]]) -> dict[Portal, tuple[str, ...]]:
        """Refuse a domain at which anybody has an address; portals that are not stated keep their defaults."""
        given = {portal: tuple(d.strip().lower() for d in domains) for portal, domains in stated.items()}
        for domain in (d for domains in given.values() for d in domains):
            if not _DOMAIN.fullmatch(domain):
                raise ValueError(f"{domain!r} is not a domain such as mail.portal.example")
            if domain in PUBLIC_PROVIDERS:
                raise ValueError(f"{domain} is a mail provider at which anybody has an address")
        return {**_PORTAL_DOMAINS, **given}

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
