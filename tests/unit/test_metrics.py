"""Metrics as Prometheus gets them: from a real scrape over a real database; and that they name nobody."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from sqlalchemy import event

from agent import extras
from agent.alive import Heartbeats
from agent.extras import ExtraMissing
from agent.metrics import MailCounts, MetricsUnavailable, Scrape, serving
from agent.operating_settings import MetricsSettings
from store.engine import unit_of_work
from store.tables import ModelCallRow, ProposalRow
from store.vocabulary import Reason
from tests.factories import NOW, House, claim, open_house
from tests.mail.servers import free_port

OTHER = "j.brandstaetter@kessler-anlagenbau.example"
PROMISE = "We pay INV-20421 on 20 March."
Values = dict[tuple[str, ...], float]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = open_house(tmp_path)
    yield found
    found.engine.dispose()


def scraped(house: House, mails: MailCounts | None = None) -> tuple[str, Values]:
    """Serve, ask once over HTTP, and give the text and its values by name and labels."""
    settings = MetricsSettings(listen=f"127.0.0.1:{free_port()}")
    scrape = Scrape(house.engine, mails or MailCounts(), mailboxes=["ar"], clock=lambda: house.now)
    with serving(settings, scrape) as port, urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return text, values


def call(purpose: str, latency_ms: int, outcome: str = "ok") -> ModelCallRow:
    return ModelCallRow(
        purpose=purpose,
        base_url="https://model.example/v1",
        model="m",
        rung="strict",
        prompt_sha256="0" * 64,
        prompt_tokens=100,
        completion_tokens=20,
        cost=Decimal("0.0025"),
        latency_ms=latency_ms,
        outcome=outcome,
        created_at=NOW,
    )


def test_queue_outbox_and_calls_as_they_stand_in_the_database(house: House) -> None:
    promised = claim(Reason.PROMISE_TO_PAY, PROMISE, invoices=["INV-20421"], date="2026-03-20")
    first = house.hold(house.receive(PROMISE), promised)
    other = house.receive("We will look at it.", sender=OTHER)
    blocked = house.hold(other, claim(Reason.ACKNOWLEDGEMENT, "We will look at it."))
    house.receive("One more that nobody read", sender="e.vasseur@morvan-bi.example")
    house.desk.approve(first, version=1, actor="local")
    with unit_of_work(house.engine) as session:
        row = session.get_one(ProposalRow, blocked)
        finding = {"rule": "R-GND-01", "severity": "block", "text": "a figure that nothing holds", "where": ""}
        row.content = row.content | {"findings": [finding]}
        session.add_all([call("read", 240), call("read", 900), call("write", 70_000, outcome="timeout")])
    Heartbeats(house.engine, "w").failed("ar", login=True)
    house.now += timedelta(minutes=10)
    mails = MailCounts()
    mails.add({"reply": 3, "bounce": 1})
    _, values = scraped(house, mails)
    assert values["dunwell_database_up",] == 1
    assert values["dunwell_mails_received_total", "reply"] == 3
    assert values["dunwell_mails_received_total", "bounce"] == 1
    assert values["dunwell_messages", "stored"] == 1
    assert values["dunwell_unread_age_seconds",] == 7800, "it came two hours before"
    assert values["dunwell_proposals", "held"] == 1
    assert values["dunwell_drafts_blocked",] == 1
    assert values["dunwell_queue_age_seconds",] == 600
    assert values["dunwell_proposals_approved", "as proposed"] == 1
    assert values["dunwell_outgoing", "queued"] == 1
    assert values["dunwell_outbox_age_seconds",] == 600
    assert values["dunwell_model_call_seconds_count", "ok", "read"] == 2
    assert values["dunwell_model_call_seconds_bucket", "0.25", "ok", "read"] == 1
    assert values["dunwell_model_call_seconds_bucket", "60.0", "timeout", "write"] == 0
    assert values["dunwell_model_call_seconds_sum", "ok", "read"] == pytest.approx(1.14)
    assert values["dunwell_model_tokens_total", "ok", "prompt", "read"] == 200
    assert values["dunwell_model_cost_total", "ok", "read"] == pytest.approx(0.005)
    assert values["dunwell_mailbox_login_failures_total", "ar"] == 1
    assert ("dunwell_mailbox_lag_seconds", "ar") not in values, "it was never read to its end"
    Heartbeats(house.engine, "w").whole("ar")
    assert 0 <= scraped(house)[1]["dunwell_mailbox_lag_seconds", "ar"] < 60


def test_nobody_is_named(house: House) -> None:
    house.hold(house.receive("We pay INV-20411 on 20 March."), claim(Reason.ACKNOWLEDGEMENT, "We pay"))
    text, values = scraped(house)
    assert len(values) > 6
    for word in ("harrowfinch", "kershaw", "INV-", "nordholt", "@", "model.example"):
        assert word not in text.lower(), word


def test_a_database_that_is_away_is_a_metric(house: House) -> None:
    @event.listens_for(house.engine, "begin")
    def _away(_: object) -> None:
        raise OSError("password=secret")

    text, values = scraped(house)
    assert values["dunwell_database_up",] == 0
    assert "secret" not in text


def test_off_unless_asked_for_and_a_plain_line_where_it_cannot_be(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrape = Scrape(house.engine, MailCounts(), mailboxes=[], clock=lambda: NOW)
    with serving(MetricsSettings(), scrape) as port:
        assert port == 0
    taken = MetricsSettings(listen=f"127.0.0.1:{free_port()}")
    with serving(taken, scrape), pytest.raises(MetricsUnavailable, match="cannot be used"), serving(taken, scrape):
        pass
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissing, match=r"metrics.listen: needs the extra telemetry"), serving(taken, scrape):
        pass


@pytest.mark.parametrize("listen", ["9464", ":9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:x"])
def test_an_address_needs_both_parts(listen: str) -> None:
    with pytest.raises(ValidationError, match="an address and a port"):
        MetricsSettings(listen=listen)
