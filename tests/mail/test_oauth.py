"""Access tokens from a real token server on loopback, and from a command."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mail.oauth import AccessTokens, TokenError, TokenRefused, shared_tokens
from mail.settings import OAuthSettings
from tests.mail.servers import free_port
from tests.mail.token_server import TokenServer


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def by_refresh_token(tokens: TokenServer, folder: Path, **changes: Any) -> OAuthSettings:
    file = folder / "refresh"
    if not file.exists():
        file.write_text(tokens.refresh_token + "\n")
    fields = {
        "grant": "refresh_token",
        "token_url": f"{tokens.url}/token",
        "client_id": "dunwell",
        "password": SecretStr(tokens.client_secret),
        "refresh_token_file": file,
    }
    return OAuthSettings(**{**fields, **changes})


def printing(text: str, *, code: int = 0) -> OAuthSettings:
    return OAuthSettings(
        grant="command", command=(sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})")
    )


def test_a_token_is_kept_until_shortly_before_its_end(tokens: TokenServer, tmp_path: Path) -> None:
    clock = Hands()
    access = AccessTokens(by_refresh_token(tokens, tmp_path), clock)
    first = access.token()
    clock.now += timedelta(minutes=54)
    assert access.token() == first
    clock.now += timedelta(minutes=1)
    assert access.token() != first
    assert [form["grant_type"] for form in tokens.requests] == ["refresh_token"] * 2


def test_a_short_lived_token_is_used_for_most_of_its_life(tokens: TokenServer, tmp_path: Path) -> None:
    tokens.expires_in = 100
    clock = Hands()
    access = AccessTokens(by_refresh_token(tokens, tmp_path), clock)
    first = access.token()
    clock.now += timedelta(seconds=79)
    assert access.token() == first
    clock.now += timedelta(seconds=2)
    assert access.token() != first


def test_a_refused_token_is_replaced_but_not_its_successor(tokens: TokenServer, tmp_path: Path) -> None:
    access = AccessTokens(by_refresh_token(tokens, tmp_path))
    first = access.token()
    second = access.token(refused=first)
    assert second != first
    assert access.token(refused=first) == second
    assert len(tokens.requests) == 2


def test_many_threads_make_one_request(tokens: TokenServer, tmp_path: Path) -> None:
    access = shared_tokens(by_refresh_token(tokens, tmp_path))
    assert shared_tokens(by_refresh_token(tokens, tmp_path)) is access
    gate = threading.Barrier(8)

    def ask(_: int) -> str:
        gate.wait()
        return access.token()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(tokens.requests) == 1


def test_client_credentials_send_scope_and_secret(tokens: TokenServer, tmp_path: Path) -> None:
    settings = OAuthSettings(
        grant="client_credentials",
        token_url=f"{tokens.url}/token",
        client_id="dunwell",
        password=SecretStr(tokens.client_secret),
        scope="https://mail.example/.default",
    )
    assert AccessTokens(settings).token().startswith("token-")
    assert tokens.requests == [
        {
            "grant_type": "client_credentials",
            "client_id": "dunwell",
            "client_secret": tokens.client_secret,
            "scope": "https://mail.example/.default",
        }
    ]


def test_a_rotated_refresh_token_is_stored(tokens: TokenServer, tmp_path: Path) -> None:
    tokens.rotate = True
    settings = by_refresh_token(tokens, tmp_path)
    AccessTokens(settings).token()
    file = tmp_path / "refresh"
    assert file.read_text().strip() == tokens.refresh_token
    assert file.stat().st_mode & 0o077 == 0
    assert AccessTokens(settings).token().startswith("token-")
    assert [path.name for path in tmp_path.iterdir()] == ["refresh"]


def test_a_person_must_look_where_the_server_says_no(tokens: TokenServer, tmp_path: Path) -> None:
    (tmp_path / "refresh").write_text("an-old-one")
    with pytest.raises(TokenRefused, match="400 invalid_grant") as caught:
        AccessTokens(by_refresh_token(tokens, tmp_path)).token()
    assert "an-old-one" not in str(caught.value)
    with pytest.raises(TokenRefused, match="401 invalid_client") as caught:
        AccessTokens(by_refresh_token(tokens, tmp_path, password=SecretStr("hunter2"))).token()
    assert "hunter2" not in str(caught.value)


def test_missing_files_are_said_plainly(tokens: TokenServer, tmp_path: Path) -> None:
    gone = by_refresh_token(tokens, tmp_path, refresh_token_file=tmp_path / "gone")
    with pytest.raises(TokenRefused, match="gone cannot be read: No such file"):
        AccessTokens(gone).token()
    no_secret = by_refresh_token(tokens, tmp_path, password=None, password_file=tmp_path / "gone")
    with pytest.raises(TokenRefused, match="password_file"):
        AccessTokens(no_secret).token()


@pytest.mark.parametrize(
    ("answer", "refused", "says"),
    [
        ((503, b"later"), False, "answered 503"),
        ((429, b'{"error": "slow_down"}'), False, "429 slow_down"),
        ((302, b""), False, "answered 302"),
        ((200, b"<html>sign in</html>"), False, "no access_token"),
        ((200, b'{"access_token": 7}'), False, "no access_token"),
        ((200, b'{"access_token": "a\\u0001auth=Bearer b"}'), True, "not a bearer token"),
        ((403, b'{"error": "Denied: token-1 is bad"}'), True, "answered 403:"),
    ],
)
def test_what_a_token_server_may_answer(
    tokens: TokenServer, tmp_path: Path, answer: tuple[int, bytes], refused: bool, says: str
) -> None:
    tokens.answer = answer
    with pytest.raises(TokenError, match=says) as caught:
        AccessTokens(by_refresh_token(tokens, tmp_path)).token()
    assert isinstance(caught.value, TokenRefused) is refused


def test_an_unreachable_token_server_is_no_refusal(tokens: TokenServer, tmp_path: Path) -> None:
    settings = by_refresh_token(tokens, tmp_path, token_url=f"http://127.0.0.1:{free_port()}/token")
    with pytest.raises(TokenError, match="cannot be reached") as caught:
        AccessTokens(settings).token()
    assert not isinstance(caught.value, TokenRefused)


def test_a_token_from_a_command(tmp_path: Path) -> None:
    assert AccessTokens(printing("abc.def")).token() == "abc.def"
    assert AccessTokens(printing('{"access_token": "abc", "expires_in": 9}')).token() == "abc"


def test_a_command_that_fails_shows_nothing_it_printed() -> None:
    with pytest.raises(TokenError, match="exit code 3") as caught:
        AccessTokens(printing("hunter2", code=3)).token()
    assert "hunter2" not in str(caught.value)
    for text in ("two words", "", "{}"):
        with pytest.raises(TokenRefused):
            AccessTokens(printing(text)).token()
    with pytest.raises(TokenRefused, match="cannot be run"):
        AccessTokens(OAuthSettings(grant="command", command=("no-such-command-here",))).token()


def test_no_token_is_shown_by_accident(tokens: TokenServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    tokens.rotate = True
    access = AccessTokens(by_refresh_token(tokens, tmp_path))
    text = access.token()
    assert text not in repr(access)
    for secret in (text, tokens.client_secret, "refresh-"):
        assert secret not in caplog.text
