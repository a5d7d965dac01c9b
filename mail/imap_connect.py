"""Connecting to an IMAP server, signing in, and saying in one line what went wrong.

Nothing is ever sent in plain text off loopback, no certificate goes unchecked, and no secret reaches a log or an error text.
"""

from __future__ import annotations

import logging
import re
import socket
import ssl
from contextlib import suppress

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mail.mailbox import LoginRefused, MailboxError
from mail.oauth import AccessTokens, TokenError, TokenRefused
from mail.settings import MailboxSettings, is_loopback

#: RFC 5530 and RFC 9051, 7.1: codes of a refusal that passes by itself.
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)
#: What imaplib makes of a line that is no answer, and then quotes.
_QUOTED = re.compile(r"(unexpected (?:tagged )?response).*", re.DOTALL)


def connect(settings: MailboxSettings, tokens: AccessTokens | None) -> IMAPClient:
    """Connect and sign in. Raises LoginRefused, MailboxError, or what imapclient and the socket raise."""
    client = _reach(settings)
    try:
        _sign_in(client, settings, tokens)
    except BaseException:
        hang_up(client)
        raise
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the connection without a word; it may be dead already."""
    with suppress(Exception):
        client.shutdown()


def cut_off(client: IMAPClient) -> None:
    """Break the connection under a command that another thread is waiting for; that thread then cleans up."""
    with suppress(Exception):
        client.socket().shutdown(socket.SHUT_RDWR)


def log_out(client: IMAPClient) -> None:
    """Log out, waiting two seconds at most for the server's goodbye."""
    try:
        client.socket().settimeout(2)
        client.logout()
    except Exception:
        hang_up(client)


def _reach(settings: MailboxSettings) -> IMAPClient:
    """Open the connection, secured before anything secret is said."""
    # imapclient logs addresses and folder contents at DEBUG; ours never go to a log.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    if settings.tls == "none" and not is_loopback(settings.host):
        raise LoginRefused(f'mailbox {settings.name}: tls = "none" is allowed on loopback only')
    context = None
    if settings.tls != "none":
        context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    client = IMAPClient(
        settings.host,
        settings.port,
        ssl=settings.tls == "implicit",
        ssl_context=context,
        timeout=settings.timeout_seconds,
    )
    # imapclient turns imaplib's trace on, which builds a text copy of every mail only to throw it away.
    client._imap.debug = 0
    client.normalise_times = False
    if settings.tls == "starttls":
        try:
            client.starttls(context)
        except BaseException:
            hang_up(client)
            raise
    return client


def _sign_in(client: IMAPClient, settings: MailboxSettings, tokens: AccessTokens | None) -> None:
    if tokens is None:
        _sign_in_with_password(client, settings)
        return
    token = _token(settings, tokens)
    try:
        client.oauth2_login(settings.user, token)
    except LoginError as error:
        if _passes(error):
            raise _refusal(settings, error) from error
        # A token may be withdrawn before its time: get one other, once.
        fresh = _token(settings, tokens, refused=token)
        try:
            client.oauth2_login(settings.user, fresh)
        except LoginError as again:
            raise _refusal(settings, again) from again


def _sign_in_with_password(client: IMAPClient, settings: MailboxSettings) -> None:
    try:
        password = settings.secret()
    except ValueError as error:
        raise LoginRefused(f"mailbox {settings.name}: {error}") from error
    try:
        # RFC 9051, 6.2.3: PLAIN before LOGIN, which knows ASCII only.
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(settings.user, password)
        else:
            client.login(settings.user, password)
    except UnicodeError as error:
        raise LoginRefused(
            f"mailbox {settings.name}: {settings.host} takes ASCII passwords only (no AUTH=PLAIN): change the password"
        ) from error
    except LoginError as error:
        raise _refusal(settings, error) from error


def _token(settings: MailboxSettings, tokens: AccessTokens, *, refused: str | None = None) -> str:
    try:
        return tokens.token(refused=refused)
    except TokenRefused as error:
        raise LoginRefused(f"mailbox {settings.name}: {error}") from error
    except TokenError as error:
        raise MailboxError(f"mailbox {settings.name}: {error}; will be tried again") from error


def _passes(error: LoginError) -> bool:
    """Say whether a refused login is only a server in trouble, which is no refusal."""
    return isinstance(error.__context__, IMAPClientAbortError) or bool(_PASSING.search(str(error)))


def _refusal(settings: MailboxSettings, error: LoginError) -> MailboxError:
    said = _one_line(error)
    if _passes(error):
        return MailboxError(
            f"mailbox {settings.name}: {settings.host} cannot sign us in now ({said}); will be tried again"
        )
    check = "user and the rights of the OAuth client" if settings.oauth else "user and password"
    return LoginRefused(f"mailbox {settings.name}: {settings.host} refuses the login ({said}): check {check}")


def explain(settings: MailboxSettings, error: Exception, doing: str) -> MailboxError:
    """Turn what a connection raised into one line: which mailbox, which server, what happened, what to do."""
    return MailboxError(
        f"mailbox {settings.name}: {doing} at {settings.host}:{settings.port}: {_cause(settings, error)}"
    )


def _cause(settings: MailboxSettings, error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"the certificate is not trusted ({error.verify_message}): check host, or set ca_file"
        case ConnectionRefusedError():
            return "nothing listens there: check host and port; will be tried again"
        case IMAPClientAbortError() | ConnectionError() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            said = f" ({_one_line(error)})" if isinstance(error, IMAPClientAbortError) else ""
            return f"the connection was lost{said}; will be tried again"
        case ssl.SSLError():
            return f"TLS failed ({error.reason}): check port and tls (implicit is 993, starttls 143)"
        case socket.gaierror():
            return "no such host: check host, or the network"
        case TimeoutError():
            return f"no answer within {settings.timeout_seconds:g} s; will be tried again"
        case CapabilityError():
            return f'{_one_line(error)}: check port and tls = "{settings.tls}"'
        case FileNotFoundError():
            return f"{error.filename or settings.ca_file} is missing: check ca_file"
        case ProtocolError():
            return "the server's answer cannot be read; will be tried again"
        case IMAPClientError():
            return f"the server says {_one_line(error)}"
        case _:
            return f"{type(error).__name__} {_one_line(error)}"


def _one_line(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    text = str(text)
    if text.startswith(("b'", 'b"')):
        text = text[2:-1]
    # What the server sent where an answer was expected may be a piece of a mail, and what is said here is logged.
    return " ".join(_QUOTED.sub(r"\1", text).split())[:200]
