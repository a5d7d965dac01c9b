"""Access tokens for XOAUTH2, got by refresh token, by client credentials or from a command, and renewed ahead of expiry.

Tokens and secrets live in memory and in the files the settings name; they never reach a log, an error text or the store.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from mail.settings import OAuthSettings
from store.clock import Clock, system_clock
from store.lasting import sync_names

log = logging.getLogger(__name__)

#: A token is renewed this long before it ends, or after four fifths of its life where that is later.
AHEAD = timedelta(minutes=5)
#: How long a token from a command, or one whose life the server does not state, is trusted.
UNSTATED_LIFE = timedelta(minutes=5)
REQUEST_SECONDS = 30
#: RFC 6750, 2.1: the characters of a bearer token. Anything else could break out of the SASL response.
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
#: RFC 6749, 5.2: these answers mean that a person must look; trying again does not help.
_FINAL = frozenset({400, 401, 403})


class TokenError(Exception):
    """No token can be had right now. The text is one line for a person and holds no secret."""


class TokenRefused(TokenError):
    """The token server says no: waiting does not help, a person must look."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    renew_at: datetime


@dataclass
class AccessTokens:
    """Gives the access token of one account. Safe to use from several threads; one request is made at a time."""

    settings: OAuthSettings
    clock: Clock = system_clock
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _held: _Token | None = field(default=None, repr=False)

    def token(self, *, refused: str | None = None) -> str:
        """Give a token that is good for a while; one other than `refused`, which a server has just turned down.

        Raises TokenError, or TokenRefused where only a person can help.
        """
        with self._lock:
            held = self._held
            if held is None or held.text == refused or self.clock() >= held.renew_at:
                self._held = held = self._get()
            return held.text

    def _get(self) -> _Token:
        if self.settings.grant == "command":
            text, life = _ask_command(self.settings), UNSTATED_LIFE
        else:
            text, life = self._ask_server()
        if not _BEARER.fullmatch(text):
            raise TokenRefused(f"{_where(self.settings)}: what came back is not a bearer token")
        return _Token(text=text, renew_at=self.clock() + max(life - AHEAD, life * 4 / 5))

    def _ask_server(self) -> tuple[str, timedelta]:
        answer = _post(self.settings, _form(self.settings))
        text, rotated = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(text, str):
            raise TokenError(f"{_where(self.settings)}: the answer holds no access_token")
        if self.settings.grant == "refresh_token" and isinstance(rotated, str) and rotated:
            _keep_refresh_token(self.settings, rotated)
        return text, _life(answer.get("expires_in"))


@functools.lru_cache(maxsize=64)
def shared_tokens(settings: OAuthSettings) -> AccessTokens:
    """Give the one provider of these settings in this process, so that reading and sending renew a token once."""
    return AccessTokens(settings)


def _where(settings: OAuthSettings) -> str:
    return f"token command {settings.command[0]}" if settings.grant == "command" else f"token_url {settings.token_url}"


def _life(stated: object) -> timedelta:
    try:
        seconds = float(str(stated))
    except ValueError:
        return UNSTATED_LIFE
    return timedelta(seconds=seconds) if 0 < seconds < 10_000_000 else UNSTATED_LIFE


def _form(settings: OAuthSettings) -> dict[str, str]:
    """Fill in the request of RFC 6749, 4.4.2 or 6."""
    form = {"grant_type": settings.grant, "client_id": settings.client_id}
    if settings.scope:
        form["scope"] = settings.scope
    try:
        if settings.password is not None or settings.password_file is not None:
            form["client_secret"] = settings.secret()
        if settings.refresh_token_file is not None and settings.grant == "refresh_token":
            form["refresh_token"] = settings.refresh_token_file.read_text("utf-8").strip()
    except OSError as error:
        raise TokenRefused(
            f"refresh_token_file {settings.refresh_token_file} cannot be read: {error.strerror}"
        ) from error
    except ValueError as error:
        raise TokenRefused(f"oauth: {error}") from error
    return form


def _post(settings: OAuthSettings, form: dict[str, str]) -> dict[str, object]:
    import httpx2

    try:
        # No redirects: the secret goes to the address in the settings and nowhere else.
        response = httpx2.post(settings.token_url, data=form, timeout=REQUEST_SECONDS, follow_redirects=False)
    except httpx2.HTTPError as error:
        raise TokenError(f"{_where(settings)} cannot be reached ({type(error).__name__})") from error
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    if response.status_code == 200:
        return answer
    text = f"{_where(settings)} answered {response.status_code}{_reason(answer)}"
    if response.status_code in _FINAL:
        raise TokenRefused(f"{text}: check client_id, secret, scope and refresh token, or sign in anew")
    raise TokenError(text)


def _reason(answer: dict[str, object]) -> str:
    """Give the error code of RFC 6749, 5.2 alone: descriptions may repeat what was sent."""
    code = answer.get("error")
    return f" {code}" if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else ""


def _keep_refresh_token(settings: OAuthSettings, token: str) -> None:
    """Store a rotated refresh token: with some providers the old one has just died."""
    path = settings.refresh_token_file
    if path is None or path.read_text("utf-8").strip() == token:
        return
    try:
        _replace(path, token)
    except OSError as error:
        log.error("refresh_token_file %s cannot be written (%s): sign-in may fail later", path, error.strerror)


def _replace(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
        # The name as well: after a power failure the folder would know the old file, whose token is dead.
        sync_names(path.parent)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _ask_command(settings: OAuthSettings) -> str:
    """Run the command and take the first line that it prints, or the access_token of a JSON object."""
    try:
        # The command is the operator's own, given as a list; no shell is involved.
        done = subprocess.run(settings.command, capture_output=True, timeout=REQUEST_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise TokenError(f"{_where(settings)} took longer than {REQUEST_SECONDS} s") from error
    except OSError as error:
        raise TokenRefused(f"{_where(settings)} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        raise TokenError(f"{_where(settings)} failed with exit code {done.returncode}: run it by hand to see why")
    printed = done.stdout.decode("utf-8", "replace").strip()
    if printed.startswith("{"):
        try:
            return str(json.loads(printed)["access_token"])
        except (ValueError, KeyError, TypeError) as error:
            raise TokenRefused(f"{_where(settings)} printed JSON without access_token") from error
    return printed.partition("\n")[0].strip()
