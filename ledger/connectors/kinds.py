"""Which systems there are, where they are, and how a connection to one is put together from its settings. Asks nothing by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from ledger.connectors.failures import SignInNeeded
from ledger.connectors.hubspot import HubSpot
from ledger.connectors.hubspot import waits as hubspot_waits
from ledger.connectors.netsuite import NetSuite
from ledger.connectors.oauth import Endpoints, SignIn
from ledger.connectors.quickbooks import QuickBooks
from ledger.connectors.remote import Connector, NoteWriter
from ledger.connectors.salesforce import Salesforce
from ledger.connectors.stripe import VERSION as STRIPE_VERSION
from ledger.connectors.stripe import Stripe
from ledger.connectors.tokens import ApiKey, Bearer, Seals
from ledger.connectors.wire import Authorization, Wire
from ledger.connectors.xero import Xero
from ledger.settings import ConnectionSettings
from store.clock import Clock


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a system is: its API, its pages for people, its token server; with scopes and the way in which an app proves itself."""

    api: str
    people: str = ""
    login: str = ""
    token: str = ""
    scopes: str = ""
    method: str = "client_secret_basic"


_PLACES = {
    "quickbooks": _Places(
        api="https://quickbooks.api.intuit.com",
        people="https://appcenter.intuit.com/connect/oauth2",
        login="https://oauth.platform.intuit.com",
        token="/oauth2/v1/tokens/bearer",  # noqa: S106  (a path)
        scopes="com.intuit.quickbooks.accounting",
    ),
    "xero": _Places(
        api="https://api.xero.com",
        people="https://login.xero.com/identity/connect/authorize",
        login="https://identity.xero.com",
        token="/connect/token",  # noqa: S106
        scopes="offline_access accounting.contacts.read accounting.invoices.read accounting.payments.read accounting.settings.read",
    ),
    "stripe": _Places(api="https://api.stripe.com"),
    "netsuite": _Places(
        api="https://{account}.suitetalk.api.netsuite.com",
        login="https://{account}.suitetalk.api.netsuite.com",
        token="/services/rest/auth/oauth2/v1/token",  # noqa: S106
        scopes="rest_webservices",
    ),
    "salesforce": _Places(
        api="",
        people="https://login.salesforce.com/services/oauth2/authorize",
        login="https://login.salesforce.com",
        token="/services/oauth2/token",  # noqa: S106
        scopes="api refresh_token",
        method="client_secret_post",
    ),
    "hubspot": _Places(
        api="https://api.hubapi.com",
        people="https://app.hubspot.com/oauth/authorize",
        login="https://api.hubapi.com",
        token="/oauth/v1/token",  # noqa: S106
        scopes="oauth crm.objects.companies.read crm.objects.contacts.read crm.objects.contacts.write",
        method="client_secret_post",
    ),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connection works with: the database, the seal of its tokens, a clock. `beat` is called with each request."""

    engine: Engine
    seals: Seals
    clock: Clock
    sleep: Callable[[float], None] = time.sleep
    beat: Callable[[], None] = lambda: None

    def beating(self, beat: Callable[[], None]) -> Surroundings:
        """Give the same with another beat."""
        return replace(self, beat=beat)


def _placed(settings: ConnectionSettings, address: str) -> str:
    return address.format(account=settings.account.lower().replace("_", "-"))


def sign_in_of(settings: ConnectionSettings, clock: Clock) -> SignIn:
    """Give the sign-in of a connection."""
    places = _PLACES[settings.kind]
    endpoints = Endpoints(
        authorize=settings.authorize_url or places.people,
        token=(settings.login_url or _placed(settings, places.login)) + places.token,
        scopes=places.scopes,
        method=places.method,
    )
    return SignIn(settings, endpoints, clock=clock)


def _authorization(settings: ConnectionSettings, around: Surroundings) -> Authorization:
    by_key = settings.private_key_file is not None
    if by_key or settings.signs_in:
        return Bearer(
            settings.name,
            around.engine,
            sign_in_of(settings, around.clock),
            around.seals,
            around.clock,
            by_key=by_key,
            sleep=around.sleep,
        )
    return ApiKey(settings.name, settings.secret_text)


def wire_of(settings: ConnectionSettings, around: Surroundings) -> Wire:
    """Give the way to a system."""
    return Wire(
        settings.name,
        settings.base_url or _placed(settings, _PLACES[settings.kind].api),
        _authorization(settings, around),
        timeout_seconds=settings.timeout_seconds,
        max_requests=settings.max_requests,
        max_wait_seconds=settings.max_wait_seconds,
        headers={"Stripe-Version": STRIPE_VERSION} if settings.kind == "stripe" else {},
        waits=hubspot_waits if settings.kind == "hubspot" else None,
        clock=around.clock,
        sleep=around.sleep,
        beat=around.beat,
    )


def connector_of(settings: ConnectionSettings, wire: Wire, *, account: str) -> Connector:
    """Give the connector of a connection; `account` is what the sign-in named, where the settings name none."""
    wanted: dict[str, Any] = {"page_size": settings.page_size, "field": settings.customer_field}
    account = settings.account or account
    if settings.kind == "quickbooks":
        if not account:
            raise SignInNeeded(
                f"{settings.name}: which company it is (realm id) is not known: set `account`, or run "
                f"`dunwell connect add {settings.name}` and paste the whole address"
            )
        return QuickBooks(wire, realm=account, currency=settings.currency, since=settings.since, **wanted)
    if settings.kind == "xero":
        return Xero(wire, tenant=account, currency=settings.currency, since=settings.since, **wanted)
    if settings.kind == "stripe":
        return Stripe(wire, since=settings.since, **wanted)
    if settings.kind == "netsuite":
        return NetSuite(wire, account=account, currency=settings.currency, since=settings.since, **wanted)
    writer = writer_of(settings, wire)
    assert isinstance(writer, Salesforce | HubSpot)
    return writer


def writer_of(settings: ConnectionSettings, wire: Wire) -> NoteWriter:
    """Give what writes notes into a CRM."""
    if settings.kind == "salesforce":
        return Salesforce(
            wire,
            page_size=settings.page_size,
            field=settings.customer_field,
            contact_field=settings.contact_field,
            key_field=settings.key_field,
        )
    return HubSpot(
        wire, page_size=settings.page_size, field=settings.customer_field, contact_field=settings.contact_field
    )
