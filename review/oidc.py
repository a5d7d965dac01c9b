"""Signing in at an identity provider: OpenID Connect, authorisation code with PKCE. It says who somebody is, never what they may.

Nothing here trusts what the browser carries back but the code; an ID token counts only when its signature, issuer, audience,
nonce and times are right. Accounts are told apart by issuer and subject (OpenID Connect Core 5.7), never by an e-mail address.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mail.settings import is_loopback
from review.sealing import Broken, Sealer

#: Signature algorithms that an ID token may have. None is symmetric, and "none" can never be one.
ALGORITHMS: tuple[str, ...] = ("RS256", "PS256", "ES256", "EdDSA")
#: How far the clocks of the two sides may be apart, in seconds.
LEEWAY = 60
_LASTS = timedelta(minutes=10)
_KNOWN_FOR = timedelta(hours=1)
_TIMEOUT = 10.0


class Untrusted(Exception):
    """The provider, or what came back from it, cannot be believed. The text is for the log: it holds no token."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account: both together are who they are."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that begins: where the browser goes, and what it keeps meanwhile, sealed."""

    address: str
    kept: str


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who came back: their account, and the invitation that they followed, if any.

    `at`: when the provider last asked them for a proof, where it says so. `proves`: the session that was to be proven anew,
    "" at a sign-in, and `page` where it goes on then.
    """

    account: Account
    invitation: str
    at: datetime | None = None
    proves: str = ""
    page: str = ""


class Provider:
    """One identity provider. Its description and its keys are fetched when first needed, and again after an hour."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        address: str,
        key: bytes,
        clock: Callable[[], datetime],
        scopes: str = "openid",
        algorithms: tuple[str, ...] = ("RS256", "ES256"),
        accepted_amr: tuple[str, ...] = (),
    ) -> None:
        """Take the settings; `address` is where our pages are, `key` (32 bytes) seals what a browser keeps.

        `accepted_amr`: where any are named, the token must say that one of these methods was used (RFC 8176). Raises ValueError.
        """
        if not set(algorithms) <= set(ALGORITHMS) or not algorithms:
            raise ValueError(f"algorithms: choose from {', '.join(ALGORITHMS)}")
        self.issuer = issuer
        self._client_id, self._client_secret = client_id, client_secret
        self._back = f"{address}/sign-in/oidc/back"
        self._sealer = Sealer(key)
        self._clock = clock
        self._scopes = scopes
        self._algorithms = list(algorithms)
        self._amr = frozenset(accepted_amr)
        self._known: tuple[datetime, dict[str, Any], KeySet] | None = None
        self._turn = threading.Lock()

    def start(self, invitation: str = "", *, proves: str = "", page: str = "") -> Started:
        """Begin a sign-in. Raises Untrusted when the provider cannot be asked.

        `proves`: the session (hash of its token) whose person shall prove anew who they are: a session at the provider is not
        enough then, it has to ask them (OpenID Connect Core 3.1.2.1, prompt and max_age).
        """
        description, _ = self._description()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client() as client:
            anew = {"prompt": "login", "max_age": "0"} if proves else {}
            address, _ = client.create_authorization_url(
                str(description["authorization_endpoint"]), state=state, code_verifier=verifier, nonce=nonce, **anew
            )
        now = self._clock()
        flow = {"s": state, "n": nonce, "v": verifier, "i": invitation, "t": (now + _LASTS).timestamp()}
        kept = json.dumps(flow | {"p": proves, "b": page, "a": now.timestamp()})
        return Started(str(address), self._sealer.seal(kept, place="oidc flow"))

    def finish(self, kept: str, *, code: str, state: str, issuer: str = "") -> Came:
        """End a sign-in: change the code for an ID token and check it. Raises Untrusted.

        `issuer` is what the answer names (RFC 9207), where it does.
        """
        try:
            flow = json.loads(self._sealer.open(kept, place="oidc flow"))
        except Broken:
            raise Untrusted("this browser began no sign-in") from None
        if self._clock().timestamp() > flow["t"]:
            raise Untrusted("the sign-in took too long")
        if not state or not secrets.compare_digest(str(flow["s"]).encode(), state.encode("utf-8", "replace")):
            raise Untrusted("the state is another one")
        if issuer and issuer != self.issuer:
            raise Untrusted("the answer names another issuer")
        token = self._exchange(code, verifier=str(flow["v"]))
        subject, at = self._subject(token, nonce=str(flow["n"]))
        if flow["p"] and (at is None or at.timestamp() < flow["a"] - LEEWAY):
            raise Untrusted("the token does not say that the person was asked anew")
        return Came(Account(self.issuer, subject), str(flow["i"]), at, str(flow["p"]), str(flow["b"]))

    def _exchange(self, code: str, *, verifier: str) -> str:
        description, _ = self._description()
        try:
            with self._client() as client:
                answer = client.fetch_token(
                    str(description["token_endpoint"]),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self._back,
                )
        except (AuthlibBaseError, httpx2.HTTPError, ValueError) as error:
            raise Untrusted(f"the provider did not change the code for a token ({type(error).__name__})") from None
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Untrusted("the provider gave no ID token")
        return token

    def _subject(self, token: str, *, nonce: str) -> tuple[str, datetime | None]:
        """Check an ID token (OpenID Connect Core 3.1.3.7); give whose it is, and when they were last asked for a proof."""
        claims = self._claims(token)
        audience = claims.get("aud")
        if audience not in (self._client_id, [self._client_id]):
            raise Untrusted("the token is for somebody else")
        if claims.get("azp") not in (None, self._client_id):
            raise Untrusted("the token was made for another party")
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Untrusted("the nonce is another one")
        if self._amr and not self._amr & {str(method) for method in claims.get("amr") or ()}:
            raise Untrusted("the token does not say that a second factor was used")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
            raise Untrusted("the subject cannot be one")
        return subject, self._asked_at(claims.get("auth_time"))

    def _asked_at(self, auth_time: object) -> datetime | None:
        if auth_time is None:
            return None
        now = self._clock()
        if (
            isinstance(auth_time, bool)
            or not isinstance(auth_time, int | float)
            or auth_time > now.timestamp() + LEEWAY
        ):
            raise Untrusted("the time of the proof cannot be one")
        return min(now, datetime.fromtimestamp(max(0, auth_time), UTC))

    def _claims(self, token: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        for fresh in (False, True):
            _, keys = self._description(fresh=fresh)
            try:
                claims = jwt.decode(token, keys, algorithms=self._algorithms).claims
                rules.validate(claims)
            except (JoseError, ValueError, TypeError) as error:
                # The provider may have changed its keys since we asked: once, they are asked for anew.
                if not fresh and type(error).__name__ in ("InvalidKeyIdError", "BadSignatureError", "ValueError"):
                    continue
                raise Untrusted(f"the token is not valid ({type(error).__name__})") from None
            return claims
        raise AssertionError("both rounds end")

    def _description(self, *, fresh: bool = False) -> tuple[dict[str, Any], KeySet]:
        with self._turn:
            now = self._clock()
            if self._known is not None and not fresh and now - self._known[0] < _KNOWN_FOR:
                return self._known[1], self._known[2]
            description = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if description.get("issuer") != self.issuer:
                raise Untrusted("the provider's description names another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not is_safe_address(str(description.get(name, ""))):
                    raise Untrusted(f"the provider's {name} is no https address")
            try:
                keys = KeySet.import_key_set(_without_symmetric(self._fetch(str(description["jwks_uri"]))))
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise Untrusted(f"the provider's keys cannot be read ({type(error).__name__})") from None
            self._known = (now, description, keys)
            return description, keys

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            with httpx2.Client(timeout=_TIMEOUT, follow_redirects=False) as client:
                answer = client.get(address)
                answer.raise_for_status()
                found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Untrusted(f"the provider cannot be asked ({type(error).__name__})") from None
        if not isinstance(found, dict):
            raise Untrusted("the provider answers something else than it should")
        return found

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self._client_id,
            self._client_secret,
            scope=self._scopes,
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
            follow_redirects=False,
        )


def is_safe_address(address: str) -> bool:
    """Say whether an address is https, or on loopback."""
    try:
        parts = httpx2.URL(address)
    except httpx2.InvalidURL:
        return False
    return bool(parts.host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.host)))


def _without_symmetric(keys: dict[str, Any]) -> Any:
    """Leave out shared secrets and keys that are not for signatures: no token is ever checked with one."""
    usable = [k for k in keys.get("keys", ()) if k.get("kty") in ("RSA", "EC", "OKP") and k.get("use", "sig") == "sig"]
    return {"keys": usable}
