"""SMS: off by default, each sent at most once, only in hours, never after a stop; against a provider over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from sqlmodel import select
from starlette.testclient import TestClient

from agent.cli.doctor import _texts
from agent.cli.errands import errands_of
from agent.config import ConfigError, build_alone, load
from agent.installation import Installation
from outreach.channels.provider import Twilio
from outreach.channels.sending import MOST_ATTEMPTS, SmsRound, Texting
from outreach.channels.settings import SmsSettings
from outreach.channels.texting import checked_texts, says_stop, text_of
from prompts.texts import length_of, text_body
from prompts.wording import LOCALES
from review.app import create_app
from review.item import Blocked
from store.channel_tasks import ChannelStop, ChannelTask
from store.engine import unit_of_work
from store.outreach_words import Channel, TaskState
from store.tables import Customer
from tests.channel_house import PHONE, agreed, reachable_house, settings_for, task_of, waiting
from tests.factories import COMPANY, House, wide
from tests.outreach_house import CUSTOMER, empty_books
from tests.sms_server import ACCOUNT, TOKEN, Provider, running_provider
from tests.unit.test_config import GOOD
from tests.unit.test_review_app import BASE
from tools.limits import Policy

OURS = "+4940555010"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    return reachable_house(tmp_path, books)


@pytest.fixture
def provider(house: House) -> Iterator[Provider]:
    with running_provider(lambda: house.now) as running:
        yield running


def settings(provider: Provider, **changes: object) -> SmsSettings:
    values: dict[str, object] = {
        "account": ACCOUNT,
        "sender": OURS,
        "secret": SecretStr(TOKEN),
        "base_url": provider.url,
    }
    return SmsSettings.model_validate(values | changes)


def go(
    house: House, provider: Provider, *, worker: str = "test", policy: Policy | None = None, **changes: object
) -> SmsRound:
    with Twilio(settings(provider, **changes)) as twilio:
        texting = Texting(
            house.engine,
            clock=lambda: house.now,
            policy=policy or house.policy,
            provider=twilio,
            worker=worker,
        )
        return texting.round()


def test_an_approved_text_goes_once_and_tells_no_figure(house: House, tmp_path: Path, provider: Provider) -> None:
    task = agreed(house, tmp_path, Channel.SMS)
    assert task.state == TaskState.QUEUED
    assert go(house, provider).sent == 1
    (message,) = provider.taken
    assert (message["to"], message["from"]) == (PHONE, OURS)
    assert message["body"] == text_of("en", company=COMPANY) == task.words
    assert not any(each in message["body"] for each in ("F-1", "GBP", "1,800", "invoice", "Bracken"))
    assert task_of(house).state == TaskState.SENT
    assert go(house, provider).sent == 0
    message["status"] = "delivered"
    go(house, provider)
    assert (task_of(house).state, task_of(house).provider_state) == (TaskState.SENT, "delivered")
    assert len(provider.taken) == 1


def test_a_broken_line_is_looked_up_and_never_sent_again(house: House, tmp_path: Path, provider: Provider) -> None:
    agreed(house, tmp_path, Channel.SMS)
    provider.next_answers = [("cut", {})]
    assert go(house, provider).uncertain == 1
    assert task_of(house).state == TaskState.UNCERTAIN
    go(house, provider)
    assert (task_of(house).state, task_of(house).provider_ref) == (TaskState.SENT, provider.taken[0]["sid"])
    assert (len(provider.taken), provider.asked) == (1, 1)


def test_what_nobody_knows_stays_a_persons(house: House, tmp_path: Path, provider: Provider) -> None:
    agreed(house, tmp_path, Channel.SMS)
    provider.next_answers = [(500, {})]
    go(house, provider)
    for _ in range(3):
        house.now += timedelta(minutes=20)
        go(house, provider)
    assert (task_of(house).state, provider.asked, provider.taken) == (TaskState.UNCERTAIN, 1, [])


def test_a_worker_that_died_on_the_way_leaves_it_uncertain(house: House, tmp_path: Path, provider: Provider) -> None:
    task = agreed(house, tmp_path, Channel.SMS)
    with unit_of_work(house.engine) as session:
        row = session.get_one(ChannelTask, task.id)
        row.state, row.claimed_by, row.done_at = TaskState.TRANSMITTING, "dead", house.now
        row.claimed_until = house.now + timedelta(minutes=10)
    assert go(house, provider).uncertain == 0, "it may still be at it"
    house.now += timedelta(minutes=11)
    assert go(house, provider).uncertain == 1
    assert (task_of(house).state, provider.asked) == (TaskState.UNCERTAIN, 0)


def test_a_provider_that_asks_to_wait_is_asked_again_later_and_not_for_ever(
    house: House, tmp_path: Path, provider: Provider
) -> None:
    agreed(house, tmp_path, Channel.SMS)
    provider.next_answers = [(429, {"code": 20429})] * 9
    go(house, provider)
    assert task_of(house).state == TaskState.QUEUED
    assert go(house, provider).waiting == 0, "not before its time"
    for _ in range(MOST_ATTEMPTS):
        house.now += timedelta(minutes=6)
        go(house, provider)
    assert (task_of(house).state, provider.asked, provider.taken) == (TaskState.FAILED, MOST_ATTEMPTS, [])


def test_a_number_that_is_refused_is_not_tried_again(house: House, tmp_path: Path, provider: Provider) -> None:
    agreed(house, tmp_path, Channel.SMS)
    provider.next_answers = [(400, {"code": 21211, "message": f"The number {PHONE} is not valid"})]
    go(house, provider)
    house.now += timedelta(hours=1)
    go(house, provider)
    assert (task_of(house).state, provider.asked) == (TaskState.FAILED, 1)
    assert PHONE not in (task_of(house).last_error or "")
    number = task_of(house).id or 0
    assert [row.task.id for row in house.desk.tasks(Channel.SMS)] == [number], "it is shown until a person takes it off"
    house.desk.drop_task(number, note="asked for the right number", actor="ines")
    assert house.desk.tasks(Channel.SMS) == []


@pytest.mark.parametrize("how", ["word", "refusal"])
def test_who_says_stop_gets_no_more(house: House, tmp_path: Path, provider: Provider, how: str) -> None:
    agreed(house, tmp_path, Channel.SMS)
    if how == "word":
        provider.heard(PHONE, "Stop.")
    else:
        provider.next_answers = [(400, {"code": 21610})]
    done = go(house, provider)
    assert (done.stopped, provider.taken) == (1, [])
    assert task_of(house).state == (TaskState.VOID if how == "word" else TaskState.FAILED)
    with unit_of_work(house.engine) as session:
        assert [(s.phone, s.channel) for s in session.exec(select(ChannelStop))] == [(PHONE, "sms")]
    assert go(house, provider).stopped == 0


def test_nothing_goes_outside_of_hours_or_to_who_is_stopped(house: House, tmp_path: Path, provider: Provider) -> None:
    agreed(house, tmp_path, Channel.SMS)
    house.now = house.now.replace(hour=23)
    assert go(house, provider, policy=Policy()).waiting == 1
    assert (task_of(house).state, task_of(house).not_before > house.now) == (TaskState.QUEUED, True)
    with unit_of_work(house.engine) as session:
        session.get_one(Customer, CUSTOMER).stopped_reason = "asked"
    house.now = task_of(house).not_before
    assert go(house, provider).ended == 1
    assert (task_of(house).state, provider.asked) == (TaskState.VOID, 0)


def test_a_wrong_secret_sends_nothing_and_tells_nobody(
    house: House, tmp_path: Path, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    agreed(house, tmp_path, Channel.SMS)
    go(house, provider, secret=SecretStr("another-token-that-is-wrong"))
    assert (task_of(house).state, provider.taken) == (TaskState.QUEUED, [])
    assert "another-token" not in caplog.text + (task_of(house).last_error or "")


@pytest.mark.parametrize("language", LOCALES)
def test_the_text_is_short_names_us_and_says_how_it_ends(language: str) -> None:
    text = text_of(language, company=COMPANY)
    length = length_of(text)
    assert (length.coding, length.segments <= 2) == ("GSM-7", True), "no letter that costs twice"
    assert checked_texts({language: text_body(language)}) == {language: text_body(language)}
    assert COMPANY.name in text
    assert COMPANY.email in text
    word = "BAJA" if language == "es" else "STOPP" if language == "de" else "STOP"
    assert word in text
    assert says_stop(word)
    assert not any(c.isdigit() for c in text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", (1, "GSM-7", 0)),
        ("a" * 160, (1, "GSM-7", 160)),
        ("a" * 161, (2, "GSM-7", 161)),
        ("a" * 306, (2, "GSM-7", 306)),
        ("a" * 307, (3, "GSM-7", 307)),
        ("€" * 80, (1, "GSM-7", 80)),
        ("€" * 81, (2, "GSM-7", 81)),
        ("a" * 152 + "€" + "a" * 153, (3, "GSM-7", 306)),
        ("ç" * 70, (1, "UCS-2", 70)),
        ("ç" * 71, (2, "UCS-2", 71)),
        ("👍" * 35, (1, "UCS-2", 35)),
        ("👍" * 36, (2, "UCS-2", 36)),
        ("👍" * 67, (3, "UCS-2", 67)),
    ],
)
def test_a_text_is_counted_as_a_provider_counts_it(text: str, told: tuple[int, str, int]) -> None:
    length = length_of(text)
    assert (length.segments, length.coding, length.characters) == told


OWN = "{{ company.name }}: please read our mail of today, and answer to {{ company.email }}. STOP ends these texts."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (OWN.replace("{{ company.name }}", "We"), "does not say who writes"),
        (OWN.replace("STOP ends these texts.", ""), "does not say how to end them"),
        (OWN + " Call 4711.", "holds a figure"),
        (OWN + " See https://site.example", "holds a link"),
        (OWN + " {{ account.balance }}", "the slot account.balance is not for a text"),
        (OWN + " Your invoice is open.", "'invoice' tells others about the account"),
        (OWN + " Ihre Rechnung wartet.", "'Rechnung' tells others about the account"),
    ],
)
def test_own_words_are_held_to_the_same_rules(words: str, told: str) -> None:
    given = {"account": ACCOUNT, "sender": OURS, "secret": SecretStr(TOKEN)}
    assert SmsSettings.model_validate({**given, "texts": {"en": OWN}}).texts == {"en": OWN}
    with pytest.raises(ValidationError, match=told):
        SmsSettings.model_validate({**given, "texts": {"en": words}})


def test_own_words_are_what_is_sent_and_what_is_too_long_is_not_approved(house: House, tmp_path: Path) -> None:
    item, desk = waiting(house, tmp_path, Channel.SMS), house.desk
    desk.texts = True
    desk.own_texts = {"en": f"{OWN} {'Thank you. ' * 40}"}
    assert "more than 3 segments are not sent" in desk.as_text(item)
    with pytest.raises(Blocked, match="more than 3 segments are not sent"):
        desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)
    desk.own_texts = {"en": OWN}
    desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)
    assert task_of(house).words == desk.as_text(item)
    assert task_of(house).words.startswith(f"{COMPANY.name}: please read our mail of today")


@pytest.mark.parametrize("said", ["STOP", "stop!", "Arrêt", "BAJA por favor", "please stop", "Abmelden.", "afmelden"])
def test_words_for_stop(said: str) -> None:
    assert says_stop(said)


@pytest.mark.parametrize(
    "said", ["", "We pay on Friday", "I will call you back and we can sort this out at the end", "👍"]
)
def test_other_words_are_no_stop(said: str) -> None:
    assert not says_stop(said)


def test_settings_want_a_secret_that_is_one_and_a_number() -> None:
    base = {"account": ACCOUNT, "sender": OURS}
    with pytest.raises(ValidationError, match="DUNWELL_SMS_SECRET"):
        SmsSettings.model_validate(base)
    with pytest.raises(ValidationError, match=r"E\.164|country code"):
        SmsSettings.model_validate({**base, "sender": "040 555", "secret": TOKEN})
    with pytest.raises(ValidationError, match="https"):
        SmsSettings.model_validate({**base, "secret": TOKEN, "base_url": "http://sms.provider.example"})
    with pytest.raises(ValueError, match="placeholder"):
        SmsSettings.model_validate({**base, "secret": "changeme"}).auth_token()
    assert SmsSettings.model_validate({**base, "sender": "MG0123", "secret": TOKEN}).by_service


# --- where it is wired ----------------------------------------------------------------------------------------------------


def test_the_daemons_errand_sends_what_is_due_now_and_then(
    house: House, tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Installation(build_alone(configured(tmp_path, provider), source="test"))
    monkeypatch.setattr(Installation, "clock", property(lambda _: lambda: house.now))
    agreed(house, tmp_path, Channel.SMS)
    (errand,) = [each for each in errands_of(home) if each.name == "letters, calls and SMS"]
    assert (errand.run(), errand.run()) == (1, 0)
    errand.close()
    home.engine.dispose()
    assert (len(provider.taken), task_of(house).state) == (1, TaskState.SENT)


def test_a_cadence_with_sms_needs_a_provider(tmp_path: Path, provider: Provider) -> None:
    values = configured(tmp_path, provider)
    cadences = settings_for(tmp_path, Channel.SMS).cadences
    values["outreach"] = {"enabled": True, "starts_on": "2026-01-01", "cadences": str(cadences)}
    assert build_alone(values, source="test").channels.sms is not None
    del values["channels"]
    with pytest.raises(
        ConfigError, match=r"outreach.cadences: a step goes by SMS: name a provider in \[channels.sms\]"
    ):
        build_alone(values, source="test")


def test_the_secret_comes_from_the_environment_and_never_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dunwell.toml"
    block = f'[channels.sms]\naccount = "{ACCOUNT}"\nsender = "{OURS}"\n'
    path.write_text(f"{GOOD}\n{block}", "utf-8")
    found = load(path, environment={"DUNWELL_SMS_SECRET": TOKEN}).channels.sms
    assert found is not None
    assert found.auth_token() == TOKEN
    assert TOKEN not in repr(found)
    path.write_text(f'{GOOD}\n{block}secret = "{TOKEN}"\n', "utf-8")
    with pytest.raises(ConfigError, match="a secret does not belong into this file"):
        load(path, environment={})


def test_doctor_asks_the_provider_and_says_what_to_do(tmp_path: Path, provider: Provider) -> None:
    assert "accepts our sign-in" in _texts(settings(provider))
    with pytest.raises(ValueError, match=r"status 401: check account, sender and secret"):
        _texts(settings(provider, secret=SecretStr("another-token-that-is-wrong")))
    assert provider.taken == []


def test_who_approves_sees_the_very_words(house: House, tmp_path: Path) -> None:
    item = waiting(house, tmp_path, Channel.SMS)
    assert house.desk.as_text(item) == text_of("en", company=COMPANY)
    with TestClient(create_app(house.desk), base_url=BASE) as client:
        page = client.get(f"/items/{item.row.id}").text
    assert "only these words do" in page
    assert "Reply STOP to get no more texts." in page


def configured(folder: Path, provider: Provider) -> dict[str, Any]:
    return {
        "data_dir": str(folder / "data"),
        "company": {"name": COMPANY.name, "address": COMPANY.address, "email": str(COMPANY.email)},
        "store": {"url": f"sqlite:///{folder / 'outreach.db'}"},
        "mailboxes": [{"name": "ar", "kind": "maildir", "address": str(COMPANY.email), "path": str(folder / "box")}],
        "policy": wide().model_dump(mode="json"),
        "channels": {
            "sms": {"account": ACCOUNT, "sender": OURS, "secret": TOKEN, "base_url": provider.url},
        },
    }
