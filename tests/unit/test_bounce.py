"""Delivery failures, complaints and automatic answers: what a machine wrote, and what a person wrote that looks alike."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.absence import read_absence, read_date
from mail.parse import parse
from store.inbound import InboundEmail
from store.vocabulary import MessageKind

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
OURS = "<reminder-1.aa@nordholt-supply.example>"


def read(raw: str) -> InboundEmail:
    return parse(raw.encode("utf-8"), received_at=AT)


def dsn(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    original: str = "",
) -> str:
    returned = (
        original or f"Content-Type: message/rfc822\n\nMessage-ID: {OURS}\nSubject: Overdue\n\nDear Ana, please pay."
    )
    return f"""Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@mx.molinos.example>
Subject: Delivery Status Notification
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.molinos.example

Original-Recipient: rfc822;Ana@Molinos.example
Final-Recipient: rfc822; ana@molinos.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b
{returned}
--b--
"""


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected", "hard"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such user", "5.1.1", True),
        ("5.0.0", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.10", True),
        ("5.0.0", "x-unix; user unknown", "5.0.0", True),
        ("5.2.1", "smtp; 550 5.2.1 account disabled", "5.2.1", False),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", "5.2.2", False),
        ("5.7.1", "smtp; 550 5.7.1 blocked by policy", "5.7.1", False),
        ("5.3.4", "smtp; 552 5.3.4 too large", "5.3.4", False),
        ("5.4.4", "dns; host not found", "5.4.4", True),
        ("4.4.7", "smtp; 450 4.4.7 delivery time expired", "4.4.7", False),
    ],
)
def test_a_standard_report_names_recipient_status_and_our_mail(
    status: str, diagnostic: str, expected: str, hard: bool
) -> None:
    found = read(dsn(status=status, diagnostic=diagnostic))
    assert found.kind is MessageKind.BOUNCE
    assert found.bounce is not None
    assert found.bounce.recipient == "ana@molinos.example"
    assert (found.bounce.status, found.bounce.hard) == (expected, hard)
    assert found.bounce.diagnostic == diagnostic.partition("; ")[2]
    assert found.bounce.original_message_id == OURS
    assert "please pay" not in found.new_text


def test_a_delay_is_not_hard_and_a_success_is_no_bounce() -> None:
    delayed = read(dsn(action="delayed", status="4.4.1"))
    assert delayed.bounce is not None
    assert delayed.bounce.hard is False
    relayed = read(dsn(action="relayed (to a system without receipts)", status="2.1.9"))
    assert (relayed.kind, relayed.bounce) == (MessageKind.AUTO_REPLY, None)


def test_only_headers_returned_still_name_our_mail() -> None:
    found = read(dsn(original=f"Content-Type: text/rfc822-headers\n\nSubject: Overdue\nMessage-ID: {OURS}\n"))
    assert found.bounce is not None
    assert found.bounce.original_message_id == OURS


def test_a_report_without_our_mail_names_none() -> None:
    found = read(dsn(original="Content-Type: text/plain\n\nnothing"))
    assert found.bounce is not None
    assert found.bounce.original_message_id is None


def test_a_report_attached_by_a_person_is_a_reply() -> None:
    raw = (
        "From: Ana <ana@molinos.example>\nSubject: Re: Overdue\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n"
        "--o\nContent-Type: text/plain\n\nYour mail bounced, see the report. We pay on Friday.\n--o\n"
        f"Content-Type: message/rfc822\n\n{dsn()}\n--o--\n"
    )
    found = read(raw)
    assert (found.kind, found.bounce) == (MessageKind.REPLY, None)
    assert found.new_text == "Your mail bounced, see the report. We pay on Friday."


QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@mx.molinos.example
Subject: failure notice

Hi. This is the qmail-send program at mx.molinos.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@molinos.example>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 no such mailbox
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Message-ID: {OURS}
Subject: Overdue

Dear Ana
"""

EXIM = f"""Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@mx.molinos.example>
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: ana@molinos.example

This message was created automatically by mail delivery software.

  ana@molinos.example
    unrouteable address

------ This is a copy of the message, including all the headers. ------

Message-ID: {OURS}
"""


@pytest.mark.parametrize(("raw", "status"), [(QMAIL, "5.1.1"), (EXIM, "5.1.1")])
def test_reports_in_no_standard_form_are_read_too(raw: str, status: str | None) -> None:
    found = read(raw)
    assert found.kind is MessageKind.BOUNCE
    assert found.bounce is not None
    assert found.bounce.recipient == "ana@molinos.example"
    assert (found.bounce.status, found.bounce.hard) == (status, True)
    assert found.bounce.original_message_id == OURS


def test_a_person_writing_about_a_bounce_is_a_reply() -> None:
    raw = "From: Ana <ana@molinos.example>\nSubject: Undelivered mail?\n\nMy mail to <tom@nordholt.example>: came back, 550 5.1.1.\n"
    assert read(raw).kind is MessageKind.REPLY


def test_a_feedback_report_is_a_complaint() -> None:
    raw = f"""From: feedback@provider.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

A user marked this as spam.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1
Original-Rcpt-To: <ana@molinos.example>

--b
Content-Type: message/rfc822

Message-ID: {OURS}

Dear Ana
--b--
"""
    found = read(raw)
    assert found.kind is MessageKind.COMPLAINT
    assert found.bounce is not None
    assert (found.bounce.recipient, found.bounce.reason) == ("ana@molinos.example", "abuse")
    assert found.bounce.original_message_id == OURS


# --- automatic answers


def reply(headers: str = "", body: str = "I am away until 20 March 2026.", subject: str = "Re: INV-1") -> InboundEmail:
    return read(f"From: Ana <ana@molinos.example>\nSubject: {subject}\n{headers}\n{body}\n")


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Auto-Submitted: AUTO-NOTIFIED (by a machine)",
        "Precedence: auto_reply",
        "Precedence: Auto-Reply",
        "X-Autoreply: yes",
        "X-Autorespond: holiday",
        "X-POST-MessageClass: 9; Autoresponder",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    ],
)
def test_headers_tell_a_robot(header: str) -> None:
    assert reply(f"{header}\n").kind is MessageKind.AUTO_REPLY


@pytest.mark.parametrize(
    "header",
    [
        "X-Auto-Response-Suppress: All",
        "Auto-Submitted: no",
        "Precedence: bulk",
        "Precedence: list",
        "X-Autoreply: no",
        "Return-Path: <ana@molinos.example>",
    ],
)
def test_headers_that_people_send_too_prove_nothing(header: str) -> None:
    assert reply(f"{header}\n", body="INV-1 is on its way.").kind is MessageKind.REPLY


def test_bulk_is_noticed() -> None:
    assert "bulk" in reply("List-Unsubscribe: <https://x.example/u>\n").flags


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Overdue INV-1",
        "[EXTERNAL] Automatic reply: Overdue INV-1",
        "Out of Office: Overdue",
        "Out of the office",
        "Automatische Antwort: Zahlungserinnerung",
        "Abwesenheitsnotiz: Zahlungserinnerung",
        "Réponse automatique : Facture",
        "Absence du bureau: Facture",
        "Respuesta automática: Factura",
        "Fuera de la oficina: Factura",
        "Risposta automatica: Fattura",
        "Fuori sede: Fattura",
        "Automatisch antwoord: Factuur",
        "Afwezig: Factuur",
        "Resposta automática: Fatura",
        "Automatiskt svar: Faktura",
        "Autosvar: Faktura",
        "Automatyczna odpowiedź: Faktura",
        "Odpowiedź automatyczna: Faktura",
    ],
)
def test_subjects_tell_a_robot(subject: str) -> None:
    assert reply(subject=subject).kind is MessageKind.AUTO_REPLY


@pytest.mark.parametrize(
    "body",
    [
        "Thank you for your email. I am out of the office until 20 March 2026. For urgent matters please contact b@molinos.example.",
        "Vielen Dank für Ihre E-Mail. Ich bin bis zum 20.03.2026 nicht im Büro. In dringenden Fällen: b@molinos.example.",
        "Merci pour votre message. Je suis en congé jusqu'au 20 mars 2026. En cas d'urgence, contactez b@molinos.example.",
        "Gracias por su mensaje. Estoy de vacaciones hasta el 20 de marzo de 2026. Para asuntos urgentes: b@molinos.example.",
        "Grazie per il suo messaggio. Sono in ferie fino al 20 marzo 2026. Per questioni urgenti: b@molinos.example.",
        "Bedankt voor uw e-mail. Ik ben afwezig tot en met 20 maart 2026. Voor spoed: b@molinos.example.",
        "Obrigado pela sua mensagem. Estou de férias até 20 de março de 2026. Assuntos urgentes: b@molinos.example.",
        "Tack för ditt mejl. Jag är på semester till och med 20 mars 2026. Brådskande: b@molinos.example.",
        "Dziękuję za wiadomość. Jestem na urlopie do 20 marca 2026. W sprawach pilnych: b@molinos.example.",
    ],
)
def test_stock_phrases_together_tell_a_robot_its_date_and_substitute(body: str) -> None:
    found = reply(body=body)
    assert found.kind is MessageKind.AUTO_REPLY
    assert found.auto_reply is not None
    assert (found.auto_reply.until, found.auto_reply.contact) == (date(2026, 3, 20), "b@molinos.example")


@pytest.mark.parametrize(
    "body",
    [
        "Hi Tom, I'm out of office until Monday and will pay INV-1 when I am back.",
        "Thanks for your mail. Our boss is on holiday, the payment needs his approval. If urgent, call me.",
        "Danke für Ihre Nachricht. Herr Soto ist im Urlaub, die Rechnung liegt auf seinem Tisch. Dringend ist sie wohl?",
        "I am on leave until Friday. Can this wait?",
        "Merci pour votre message. Ma collègue est en congé, elle vous répondra.",
        "An automatic reply from you came on Friday; did you get my mail?",
    ],
)
def test_a_person_who_mentions_an_absence_is_no_robot(body: str) -> None:
    assert reply(body=body).kind is MessageKind.REPLY


def test_a_person_answering_an_automatic_reply_is_no_robot() -> None:
    assert reply(subject="Re: Automatic reply: Overdue INV-1", body="Paid today.").kind is MessageKind.REPLY


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I will be back on Monday, 16 March 2026.", date(2026, 3, 15)),
        ("returning on March 16th", date(2026, 3, 15)),
        ("until 2026-04-01", date(2026, 4, 1)),
        ("until Friday 13 March", date(2026, 3, 13)),
        ("until 3/25/2026", date(2026, 3, 25)),
        ("until 04/05/2026", None),
        ("bis einschließlich Freitag, 13.03.2026 im Urlaub und ab Montag, 16.03.2026 wieder", date(2026, 3, 13)),
        ("bis 13.3. nicht da", date(2026, 3, 13)),
        ("bis 4. Januar", date(2027, 1, 4)),
        ("jusqu’au 1er avril", date(2026, 4, 1)),
        ("de retour le 16/03/2026", date(2026, 3, 15)),
        ("hasta el lunes 16 de marzo", date(2026, 3, 16)),
        ("t.o.m. 16 mars", date(2026, 3, 16)),
        ("until further notice", None),
        ("until 13 March 2019", None),
        ("until 31.02.2026", None),
        ("I sold 20 until now", None),
    ],
)
def test_dates_are_read_only_where_plain(text: str, until: date | None) -> None:
    assert read_absence(text, received_on=date(2026, 3, 10), from_address=None).until == until


def test_the_writers_own_address_is_no_substitute() -> None:
    found = read_absence("Ana, ana@molinos.example, T 123", received_on=AT.date(), from_address="ana@molinos.example")
    assert found.contact is None


@given(st.text(max_size=80))
def test_reading_a_date_never_fails(text: str) -> None:
    found = read_date(text, received_on=AT.date())
    assert found is None or abs((found - AT.date()).days) <= 400
