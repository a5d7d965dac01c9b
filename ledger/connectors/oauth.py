"""Signing in at a system: the authorisation code with state and PKCE (RFC 6749, 7636), refreshing, and signed assertions (RFC 7523).

Tokens are given to the caller and kept nowhere here. Only error codes of RFC 6749 reach a text: descriptions may repeat a token.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from ledger.connectors.failures import BadAnswer, ConnectorError, SignInNeeded, Unreachable
from ledger.connectors.wire import trusted
from ledger.settings import ConnectionSettings
from store.clock import Clock

_TIMEOUT = 30.0
#: A token is renewed so long before it ends.
AHEAD = timedelta(minutes=2)
#: How long a token is trusted whose life the system does not state.
UNSTATED_LIFE = timedelta(minutes=30)
#: RFC 6750, 2.1.
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/!:|]+=*")
#: RFC 6749, 5.2: a person must look; trying again does not help.
_FINAL = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied", "invalid_scope"})
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a system lets people sign in and gives tokens; how the app proves itself; what it asks for."""

    authorize: str
    token: str
    scopes: str
    method: str = "client_secret_basic"
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a system gave. `account`: whose data it is, where the sign-in says so."""

    access: str = field(repr=False)
    ends_at: datetime
    refresh: str = field(default="", repr=False)
    account: str = ""

    def fresh(self, now: datetime) -> bool:
        """Say whether the access token is good for a while."""
        return bool(self.access) and now < self.ends_at - AHEAD


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that begins: the address for the person, and what to compare and send when they come back."""

    address: str
    state: str
    verifier: str = field(repr=False)
    redirect_url: str


class SignIn:
    """The sign-in of one connection."""

    def __init__(self, settings: ConnectionSettings, endpoints: Endpoints, *, clock: Clock) -> None:
        """Take the settings; nothing is asked yet."""
        self._settings, self._endpoints, self._clock = settings, endpoints, clock

    def start(self, redirect_url: str) -> Started:
        """Begin: nobody is asked yet."""
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        client = OAuth2Client(
            self._settings.client_id,
            scope=self._settings.scopes or self._endpoints.scopes,
            redirect_uri=redirect_url,
            code_challenge_method="S256",
            verify=trusted(),
        )
        with client:
            address, _ = client.create_authorization_url(
                self._settings.authorize_url or self._endpoints.authorize,
                state=state,
                code_verifier=verifier,
                **self._endpoints.extra,
            )
        return Started(str(address), state, verifier, redirect_url)

    def finish(self, started: Started, came_back: str) -> Tokens:
        """Change what came back (the address that the browser was sent to, or the code alone) for tokens. Raises ConnectorError."""
        code, account = self._code(started, came_back)
        given = self._ask(
            grant_type="authorization_code",
            code=code,
            code_verifier=started.verifier,
            redirect_uri=started.redirect_url,
        )
        tokens = self._tokens(given, refresh="")
        return Tokens(tokens.access, tokens.ends_at, tokens.refresh, account)

    def _code(self, started: Started, came_back: str) -> tuple[str, str]:
        said = {name: values[0] for name, values in parse_qs(urlsplit(came_back.strip()).query).items()}
        if not said and re.fullmatch(r"[A-Za-z0-9\-._~+/=%!|]{4,2000}", came_back.strip()):
            # Pasted by the person at the terminal that began: there is no browser's answer whose state could be forged.
            return came_back.strip(), ""
        if "error" in said:
            raise SignInNeeded(f"{self._settings.name}: the sign-in was not given ({_code_of(said['error'])})")
        state = said.get("state", "")
        if not secrets.compare_digest(state.encode(), started.state.encode()):
            raise SignInNeeded(f"{self._settings.name}: what came back belongs to another sign-in: begin anew")
        if not said.get("code"):
            raise SignInNeeded(f"{self._settings.name}: no code came back: paste the whole address of the last page")
        account = said.get("realmId", "")
        return said["code"], account if re.fullmatch(r"[0-9]{1,30}", account) else ""

    def refreshed(self, tokens: Tokens) -> Tokens:
        """Change a refresh token for new tokens. The old one may be void from then on. Raises ConnectorError."""
        given = self._ask(grant_type="refresh_token", refresh_token=tokens.refresh)
        new = self._tokens(given, refresh=tokens.refresh)
        return Tokens(new.access, new.ends_at, new.refresh, tokens.account)

    def asserted(self) -> Tokens:
        """Get a token with the connection's own key, without a person. Raises ConnectorError."""
        name = self._settings.name
        if self._settings.kind == "netsuite":
            given = self._ask(
                grant_type="client_credentials",
                client_assertion_type=_ASSERTION,
                client_assertion=self._signed_for_netsuite(),
            )
        elif self._settings.kind == "salesforce":
            given = self._ask(
                grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=self._signed_for_salesforce()
            )
        else:
            raise BadAnswer(f"{name}: {self._settings.kind} gives no token for a key")
        return self._tokens(given, refresh="")

    def _signed_for_netsuite(self) -> str:
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._settings.client_id,
            "scope": (self._settings.scopes or self._endpoints.scopes).split(),
            "aud": self._endpoints.token,
            "iat": now,
            "exp": now + 300,
        }
        return self._signed(claims, {"kid": self._settings.key_id, "typ": "JWT"}, rsa="PS256")

    def _signed_for_salesforce(self) -> str:
        parts = urlsplit(self._endpoints.token)
        claims = {
            "iss": self._settings.client_id,
            "sub": self._settings.user,
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock().timestamp()) + 180,
        }
        return self._signed(claims, {}, rsa="RS256")

    def _signed(self, claims: dict[str, Any], header: dict[str, Any], *, rsa: str) -> str:
        pem = self._settings.private_key()
        for kind, algorithm in ((RSAKey, rsa), (ECKey, "ES256")):
            try:
                return jwt.encode({**header, "alg": algorithm}, claims, kind.import_key(pem), algorithms=[algorithm])
            except (JoseError, ValueError, TypeError):
                continue
        raise SignInNeeded(f"{self._settings.name}: private_key_file holds no RSA or EC key that can sign")

    def _ask(self, **form: str) -> Mapping[str, Any]:
        name, url = self._settings.name, self._endpoints.token
        by_key = "assertion" in form or "client_assertion" in form
        try:
            secret = None if by_key or not self._has_secret else self._settings.secret_text()
        except ValueError as error:
            raise SignInNeeded(str(error)) from None
        method = self._endpoints.method if secret is not None else "none"
        try:
            with OAuth2Client(
                self._settings.client_id,
                secret,
                token_endpoint_auth_method=method,
                timeout=_TIMEOUT,
                follow_redirects=False,
                verify=trusted(),
                trust_env=not url.startswith("http://"),
            ) as client:
                given = client.fetch_token(url, **form)
        except AuthlibBaseError as error:
            raise self._refusal(str(error.error or "")) from None
        except httpx2.HTTPStatusError as error:
            status = error.response.status_code
            raise Unreachable(f"{name}: the token server answered HTTP {status}") from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise Unreachable(f"{name}: the token server cannot be reached ({type(error).__name__})") from None
        except (ValueError, TypeError, KeyError):
            raise Unreachable(f"{name}: the token server's answer is no JSON") from None
        if not isinstance(given, Mapping):
            raise Unreachable(f"{name}: the token server's answer is no object")
        return given

    @property
    def _has_secret(self) -> bool:
        return self._settings.secret is not None or self._settings.secret_file is not None

    def _refusal(self, code: str) -> ConnectorError:
        name, said = self._settings.name, _code_of(code)
        if code in _FINAL:
            return SignInNeeded(
                f"{name}: the token server refuses ({said}): check client_id and secret, then run `dunwell connect add {name}`"
            )
        return Unreachable(f"{name}: the token server gives no token ({said})")

    def _tokens(self, given: Mapping[str, Any], *, refresh: str) -> Tokens:
        access, rotated = given.get("access_token"), given.get("refresh_token")
        if not isinstance(access, str) or not _BEARER.fullmatch(access):
            raise BadAnswer(f"{self._settings.name}: the token server's answer holds no token")
        kept = rotated if isinstance(rotated, str) and rotated else refresh
        return Tokens(access, self._clock() + _life(given.get("expires_in")), kept)


def _code_of(said: str) -> str:
    return said if re.fullmatch(r"[a-z_]{1,40}", said) else "no code"


def _life(stated: object) -> timedelta:
    try:
        seconds = float(str(stated))
    except ValueError:
        return UNSTATED_LIFE
    return timedelta(seconds=seconds) if 0 < seconds < 10_000_000 else UNSTATED_LIFE
