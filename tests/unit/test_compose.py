"""What is composed says exactly what was meant, or is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.compose import MAX_REFERENCES, Enclosure, compose, fix_message_id
from mail.readback import NotFaithful, compare
from store.company import CompanyProfile
from store.inbound import InboundEmail, StoredMessage
from store.proposed import Draft
from store.vocabulary import MessageKind

NOW = datetime(2026, 3, 10, 10, tzinfo=timezone(timedelta(hours=1)))
SENDER = "ar@nordholt.example"
KEY = b"0123456789abcdef"
ID = fix_message_id(KEY, proposal_id=7, version=1, domain="nordholt.example")
BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def make(
    *,
    subject: str = "Invoice INV-20419",
    body: str = "Dear Ms Kershaw,\n\nthank you.\n",
    recipients: tuple[str, ...] = ("p.kershaw@harrowfinch.example",),
    name: str = "Nordholt Supply",
    team: str = "Accounts Receivable",
    sender: str = SENDER,
    message_id: str = ID,
    documents: tuple[Enclosure, ...] = (),
    **email: Any,
) -> bytes:
    values: dict[str, Any] = {"kind": MessageKind.REPLY, "message_id": "<in-1@harrowfinch.example>", **email}
    return compose(
        draft=Draft(language="en", subject=subject, body="", rendered=body, recipients=recipients),
        to=StoredMessage(id=1, mailbox="ar", received_at=NOW, email=InboundEmail(**values)),
        company=CompanyProfile(name=name, team=team, email=SENDER),
        sender=sender,
        message_id=message_id,
        now=NOW,
        documents=documents,
    )


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, _class=EmailMessage, policy=policy.SMTP)


def test_a_plain_answer_byte_for_byte() -> None:
    assert make() == (
        b'From: "Accounts Receivable, Nordholt Supply" <ar@nordholt.example>\r\n'
        b"To: p.kershaw@harrowfinch.example\r\n"
        b"Subject: Re: Invoice INV-20419\r\n"
        b"Date: Tue, 10 Mar 2026 09:00:00 +0000\r\n"
        b"Message-ID: " + ID.encode() + b"\r\n"
        b"In-Reply-To: <in-1@harrowfinch.example>\r\n"
        b"References: <in-1@harrowfinch.example>\r\n"
        b"X-AI-Generated: draft; reviewed=human\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"MIME-Version: 1.0\r\n"
        b"\r\n"
        b"Dear Ms Kershaw,\r\n\r\nthank you.\r\n"
    )


def test_the_same_approval_gives_the_same_bytes() -> None:
    enclosed = (Enclosure("INV-20419.pdf", b"%PDF-1.4 x"),)
    assert make(documents=enclosed) == make(documents=enclosed)


def test_no_header_that_we_do_not_mean() -> None:
    data = make(reply_to="evil@elsewhere.example", to=("other@nordholt.example",))
    mail = read(data)
    for absent in ("Reply-To", "Cc", "Bcc", "Auto-Submitted", "Sender", "Return-Path"):
        assert mail[absent] is None
    assert b"evil" not in data


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Invoice", "Re: Invoice"),
        ("Re: Invoice", "Re: Invoice"),
        ("RE: Re: AW: Antw: Invoice", "Re: Invoice"),
        ("Re[2]: Invoice", "Re: Invoice"),
        ("Relance : factures", "Re: Relance : factures"),
        ("Rechnung: eins", "Re: Rechnung: eins"),
        ("Fällig: Überweisung " + "ä" * 200, "Re: Fällig: Überweisung " + "ä" * 200),
    ],
)
def test_one_re_before_the_subject(subject: str, shown: str) -> None:
    assert read(make(subject=subject))["Subject"] == shown


@pytest.mark.parametrize(
    "subject", ["", "Re: ", "Re: Re:", "a\nBcc: b@c.example", "a\r\nX: y", "a\x0bb", "a\u2028b", "a\x00", "a\u202eb"]
)
def test_subjects_that_are_refused(subject: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        make(subject=subject)


@pytest.mark.parametrize(
    "body",
    [
        "",
        " \n ",
        "a\x00b",
        "a\rb",
        "a\x0bb",
        "a\u2028b",
        "a\u202eb",
        "a\x1b[0m",
        "{{ inv.balance }}",
        "{% if x %}",
        "\udc80",
    ],
)
def test_bodies_that_are_refused(body: str) -> None:
    with pytest.raises(ValueError, match="draft"):
        make(body=body)


@pytest.mark.parametrize(
    "recipients",
    [
        (),
        ("a@x.example", "a@x.example"),
        ("a@x <evil@y.example>",),
        ("a@x.example\r\nBcc: evil@y.example",),
        ("a@x.example, b@y.example",),
        ("ä@x.example",),
    ],
)
def test_recipients_that_are_refused(recipients: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="recipient"):
        make(recipients=recipients)


@pytest.mark.parametrize("sender", ["x@elsewhere.example", "", "ar@nordholt.example\r\nBcc: x@y.example"])
def test_only_our_own_sender(sender: str) -> None:
    with pytest.raises(ValueError, match="not one of the company's own"):
        make(sender=sender)


@pytest.mark.parametrize("name", ["a\nBcc: x@y.example", "a\x00", "a\u2029"])
def test_company_names_that_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="company"):
        make(name=name)


# --- the thread -----------------------------------------------------------------------------------------------


def test_references_continue_the_chain() -> None:
    mail = read(
        make(references=("<a@nordholt.example>", "<b@harrowfinch.example>"), in_reply_to="<b@harrowfinch.example>")
    )
    assert mail["References"].split() == [
        "<a@nordholt.example>",
        "<b@harrowfinch.example>",
        "<in-1@harrowfinch.example>",
    ]
    assert mail["In-Reply-To"] == "<in-1@harrowfinch.example>"


def test_without_references_the_answered_mail_stands_for_them() -> None:
    assert read(make(in_reply_to="<a@nordholt.example>"))["References"].split() == [
        "<a@nordholt.example>",
        "<in-1@harrowfinch.example>",
    ]


def test_a_long_chain_keeps_its_first_and_its_last() -> None:
    mail = read(make(references=tuple(f"<r{i}@nordholt.example>" for i in range(500))))
    chain = mail["References"].split()
    assert len(chain) == MAX_REFERENCES
    assert (chain[0], chain[-2:]) == (
        "<r0@nordholt.example>",
        ["<r499@nordholt.example>", "<in-1@harrowfinch.example>"],
    )


def test_a_long_message_id_is_not_encoded() -> None:
    """The library would write it as an encoded word, and the customer's mail program would lose the thread."""
    long = f"<{'x' * 110}@harrowfinch.example>"
    data = make_with_id(long)
    assert f"In-Reply-To: {long}\r\n".encode() in data
    assert b"=?" not in data


def make_with_id(incoming: str | None) -> bytes:
    return compose(
        draft=Draft(language="en", subject="x", body="", rendered="Hello", recipients=("a@x.example",)),
        to=StoredMessage(
            id=1, mailbox="ar", received_at=NOW, email=InboundEmail(kind=MessageKind.REPLY, message_id=incoming)
        ),
        company=CompanyProfile(name="N", email=SENDER),
        sender=SENDER,
        message_id=ID,
        now=NOW,
    )


@pytest.mark.parametrize(
    "incoming", [None, "", "<>", "no brackets or at", "<a@b>\r\nBcc: x@y.example", "<ä@b.example>", "<a b@c.example>"]
)
def test_a_message_id_that_is_none_is_left_out(incoming: str | None) -> None:
    mail = read(make_with_id(incoming))
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None


def test_our_message_id_is_fixed_secret_and_ours() -> None:
    same = fix_message_id(KEY, proposal_id=7, version=1, domain="Nordholt.example")
    assert same == ID
    others = {
        fix_message_id(KEY, proposal_id=7, version=2, domain="nordholt.example"),
        fix_message_id(KEY, proposal_id=8, version=1, domain="nordholt.example"),
        fix_message_id(KEY[::-1], proposal_id=7, version=1, domain="nordholt.example"),
    }
    assert len(others | {ID}) == 4
    assert re.fullmatch(r"<dw\.[0-9a-f]{40}@nordholt\.example>", ID)


@pytest.mark.parametrize(
    "bad",
    [
        "<a@elsewhere.example>",
        "a@nordholt.example",
        "<a@nordholt.example>\r\nBcc: x@y.example",
        "<a b@nordholt.example>",
    ],
)
def test_a_message_id_of_another_domain_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        make(message_id=bad)


@pytest.mark.parametrize(("key", "domain"), [(b"short", "nordholt.example"), (KEY, "nord\nholt"), (KEY, "")])
def test_keys_and_domains_that_are_refused(key: bytes, domain: str) -> None:
    with pytest.raises(ValueError, match=r"key|domain"):
        fix_message_id(key, proposal_id=1, version=1, domain=domain)


# --- documents ------------------------------------------------------------------------------------------------


def test_documents_go_along_unchanged() -> None:
    content = b"%PDF-1.7\n" + bytes(range(256)) * 20
    mail = read(make(documents=(Enclosure("INV-20419.pdf", content), Enclosure("INV-20420 (copy).pdf", b"%PDF-1.4"))))
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content(), first.get_content_type()) == (
        "INV-20419.pdf",
        content,
        "application/pdf",
    )
    assert second.get_filename() == "INV-20420 (copy).pdf"
    body = mail.get_body()
    assert body is not None
    assert body.get_content() == "Dear Ms Kershaw,\r\n\r\nthank you.\r\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"%PDF-1.4"),
        ("../a.pdf", b"%PDF-1.4"),
        ("a\r\nX: y.pdf", b"%PDF-1.4"),
        (".pdf", b"%PDF-1.4"),
        ("a.pdf", b"MZ"),
        ("a\u202e.pdf", b"%PDF-1.4"),
    ],
)
def test_documents_that_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(ValueError, match="document"):
        make(documents=(Enclosure(name, content),))


def test_too_big_is_refused() -> None:
    with pytest.raises(ValueError, match="send fewer documents"):
        make(documents=(Enclosure("a.pdf", b"%PDF-" + b"x" * 4_000_000),))


# --- for all input --------------------------------------------------------------------------------------------

TEXT = st.text(max_size=120) | st.text(alphabet='a:,;<>@"\\()\r\n\t .=?ä\u2028\x00\u202e\ud800', max_size=40)
LOCAL = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9]{1,9})?", fullmatch=True)
ADDRESS = st.builds(
    lambda local, label: f"{local}@{label}.example", LOCAL, st.from_regex(r"[a-z0-9]{1,30}", fullmatch=True)
)


@settings(max_examples=300)
@given(
    subject=TEXT,
    name=TEXT,
    team=TEXT,
    incoming=TEXT,
    references=st.lists(TEXT, max_size=4),
    body=TEXT,
    to=st.lists(ADDRESS | TEXT, min_size=1, max_size=3),
)
def test_headers_and_recipients_read_back_or_it_is_refused(
    subject: str, name: str, team: str, incoming: str, references: list[str], body: str, to: list[str]
) -> None:
    try:
        data = compose(
            draft=Draft(language="en", subject=subject, body="", rendered=body, recipients=tuple(to)),
            to=StoredMessage(
                id=1,
                mailbox="ar",
                received_at=NOW,
                email=InboundEmail(kind=MessageKind.REPLY, message_id=incoming, references=tuple(references)),
            ),
            company=CompanyProfile(name=name or "N", team=team, email=SENDER),
            sender=SENDER,
            message_id=ID,
            now=NOW,
        )
    except ValueError:
        return
    mail = read(data)
    assert not BARE.search(data)
    assert data.isascii()
    allowed = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references", "x-ai-generated"}
    mime = {"mime-version", "content-type", "content-transfer-encoding"}
    names = [n.lower() for n in mail]
    assert len(names) == len(set(names))
    assert set(names) <= allowed | mime
    assert [a.addr_spec for a in mail["To"].addresses] == to
    assert [a.addr_spec for a in mail["From"].addresses] == [SENDER]
    assert mail["Message-ID"] == ID
    assert mail.get_content().replace("\r\n", "\n") == body.replace("\r\n", "\n").rstrip("\n") + "\n"


@settings(max_examples=300)
@given(
    to=st.lists(ADDRESS, min_size=1, max_size=5, unique=True),
    name=st.text(alphabet='aä,;:<>@"\\() .=?_', min_size=1, max_size=90),
)
def test_good_recipients_are_never_refused_and_never_changed(to: list[str], name: str) -> None:
    mail = read(make(recipients=tuple(to), name=name))
    assert [a.addr_spec for a in mail["To"].addresses] == to
    assert [a.addr_spec for a in mail["From"].addresses] == [SENDER]


PLAIN = st.text(
    alphabet=st.characters(
        exclude_categories=("Cc", "Cs", "Zl", "Zp"),
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069{",
    ),
    min_size=1,
    max_size=300,
)


@settings(max_examples=300)
@given(lines=st.lists(PLAIN, min_size=1, max_size=8))
def test_every_readable_body_arrives_as_it_was(lines: list[str]) -> None:
    body = "Hello\n" + "\n".join(lines)
    data = make(body=body)
    assert read(data).get_content().replace("\r\n", "\n") == body.rstrip("\n") + "\n"
    assert not BARE.search(data)
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


@settings(max_examples=500)
@given(subject=PLAIN.filter(lambda text: "=?" not in text and text.strip()))
def test_every_readable_subject_is_sent_as_it_is(subject: str) -> None:
    data = make(subject="About " + subject)
    shown = " ".join(str(read(data)["Subject"]).split())
    assert shown == " ".join(("Re: About " + subject).split())
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))


# --- reading back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (b"To: p.kershaw", b"Bcc: x@y.example\r\nTo: p.kershaw"),
        (b"To: p.kershaw@harrowfinch.example", b"To: p.kershaw@harrowfinch.example, x@y.example"),
        (b"<ar@nordholt.example>", b"<ar@nordho1t.example>"),
        (b"Subject: Re: Invoice", b"Subject: Re: Involce"),
        (b"thank you", b"thank yoo"),
        (b"thank you.\r\n", b"thank you.\n"),
        (b"thank you", b"thank \xff"),
        (b"X-AI-Generated: draft; reviewed=human\r\n", b""),
    ],
)
def test_reading_back_notices_any_change(change: bytes, by: bytes) -> None:
    data = make()
    assert change in data
    headers = {
        n: str(v)
        for n, v in read(data).items()
        if n.lower() not in {"from", "to", "mime-version"} and not n.lower().startswith("content")
    }
    values: dict[str, Any] = {
        "headers": headers,
        "sender": SENDER,
        "recipients": ["p.kershaw@harrowfinch.example"],
        "body": "Dear Ms Kershaw,\n\nthank you.\n",
        "documents": [],
    }
    compare(data, **values)
    with pytest.raises(NotFaithful):
        compare(data.replace(change, by), **values)


def test_the_clock_decides_the_date() -> None:
    assert read(make())["Date"].datetime == NOW.astimezone(UTC)
