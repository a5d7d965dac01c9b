"""Signatures without a delimiter and notices go; not a word of the letter does, whatever letter stands above and whatever block below."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.focus import letter_of
from mail.formulas import is_closing
from mail.html_text import html_text
from mail.parse import parse
from mail.quotes import split
from mail.signature_lines import Kind, kinds_of

HERE = Path(__file__).parent
TRAIN = HERE.parents[1] / "evals" / "reader" / "train"
DEMO = HERE.parents[1] / "agent" / "demo" / "mailbox" / "new"
BLOCKS: list[str] = yaml.safe_load((HERE / "signature_blocks.yaml").read_text("utf-8"))
NOTICES = [
    (tongue, text)
    for case in yaml.safe_load((HERE / "notice_cases.yaml").read_text("utf-8"))
    for tongue, text in case.items()
]
LATER: list[str] = yaml.safe_load((HERE / "signature_blocks_later.yaml").read_text("utf-8"))
STAY: list[dict[str, str]] = yaml.safe_load((HERE / "signature_stays.yaml").read_text("utf-8"))
LETTER = "The pallets of INV-1 came late and four were broken, so we hold the rest back until Friday."
#: At most so much of a block may stay: the closing formula and a first name.
MAX_LEFT_WORDS = 8


@cache
def letters() -> list[str]:
    """The practice replies, as far as they stay whole when nothing stands below them."""
    bodies = [
        str(json.loads(line)["body"]).replace("\r\n", "\n").strip()
        for path in sorted(TRAIN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    return [body for body in bodies if split(body).new_text.split() == body.split()]


def without_closing(letter: str) -> list[str]:
    """Give the words of a letter without a bare closing formula at its end, which belongs to the block below it."""
    lines = letter.split("\n")
    while lines and (not lines[-1].strip() or is_closing(lines[-1].strip())):
        lines.pop()
    return " ".join(lines).split()


def words_left(letter: str, block: str) -> int:
    """Append the block and give how many words of it stay; fail where a word of the letter is gone."""
    found = split(f"{letter}\n\n{block}", subject="Re: Overdue").new_text.split()
    wanted = without_closing(letter)
    assert found[: len(wanted)] == wanted, (letter, block, found)
    return len(found) - len(wanted)


@settings(deadline=None)  # the first draw reads the practice replies
@given(st.data())
def test_no_word_of_a_letter_goes_with_the_block_below_it(data: st.DataObject) -> None:
    words_left(data.draw(st.sampled_from(letters())), data.draw(st.sampled_from(BLOCKS)))


def test_nine_of_ten_blocks_are_cut() -> None:
    known = letters()[::7]
    left = [words_left(letter, BLOCKS[number % len(BLOCKS)]) for number, letter in enumerate(known)]
    assert len(known) >= 700
    assert sum(words <= MAX_LEFT_WORDS for words in left) >= 0.9 * len(known)


def test_the_blocks_are_forty() -> None:
    assert len(set(BLOCKS)) == len(BLOCKS) == 40


@pytest.mark.parametrize("block", BLOCKS + LATER, ids=[" ".join(block.split()[:4]) for block in BLOCKS + LATER])
def test_a_block_is_cut_and_kept_as_signature(block: str) -> None:
    found = split(f"{LETTER}\n\n{block}")
    assert found.new_text.startswith(LETTER)
    assert len(found.new_text.split()) - len(LETTER.split()) <= MAX_LEFT_WORDS
    assert f"{found.new_text} {found.signature}".split() == f"{LETTER} {block}".split()


@pytest.mark.parametrize("block", BLOCKS, ids=[" ".join(block.split()[:4]) for block in BLOCKS])
@pytest.mark.parametrize(
    "news",
    [
        "New number: +44 117 496 0199",
        "Please send all invoices to ap@molinos.example",
        "From now on: 12 High Street, London SW1A 0AA",
        "IBAN GB00 XXXX 0000 0000 0000 00",
        "we moved, do note it",
    ],
)
def test_a_line_of_news_keeps_the_whole_block(block: str, news: str) -> None:
    """The news stands below the last line that is known, in its paragraph."""
    lines = block.rstrip().split("\n")
    lines.insert(1 + max(n for n, line in enumerate(lines) if kinds_of(line)), news)
    assert news in split("\n".join([LETTER, "", *lines])).new_text


@pytest.mark.parametrize("case", STAY, ids=[case["name"] for case in STAY])
def test_what_may_be_the_answer_stays(case: dict[str, str]) -> None:
    found = split(case["text"])
    assert found.new_text.split() == case["text"].split()


@pytest.mark.parametrize(("tongue", "notice"), NOTICES)
@pytest.mark.parametrize("way", ["one line", "wrapped", "html", "below a block"])
def test_a_notice_goes_to_the_signature(tongue: str, notice: str, way: str) -> None:
    signed = f"{LETTER}\n\nKind regards\nAna"
    if way == "html":
        seen = html_text(f"<p>{LETTER}</p><p>Kind regards<br>Ana</p><p style='font-size:8pt'>{notice}</p>")
        assert seen is not None
        found = split(seen.text)
    else:
        block = "\nAna Castro\nMolinos S.A.\n+34 600 100 200" if way == "below a block" else ""
        below = textwrap.fill(notice, 72) if way == "wrapped" else notice
        found = split(f"{signed}\n{block}\n\n{below}")
    assert found.new_text == signed
    assert notice.split()[-1] in found.signature


@pytest.mark.parametrize("tongue", ["en", "de", "fr", "es", "it", "pt", "nl"])
def test_notices_are_known_in_seven_languages(tongue: str) -> None:
    assert sum(known == tongue for known, _ in NOTICES) >= 3


@pytest.mark.parametrize(
    ("tongue", "business"),
    [
        ("en", "We will not pay INV-1 before the credit note is here."),
        ("de", "Die Rechnung 4711 zahlen wir nicht."),
        ("fr", "La facture 4711 est contestée."),
        ("es", "La factura 4711 no es correcta."),
        ("it", "La fattura 4711 è sbagliata."),
        ("pt", "A fatura 4711 está errada."),
        ("nl", "De factuur 4711 klopt niet."),
    ],
)
def test_a_notice_that_speaks_of_business_stays(tongue: str, business: str) -> None:
    for known, notice in NOTICES:
        if known == tongue and len(notice) > 120:
            text = f"{LETTER}\n\n{notice} {business}"
            assert business in split(text).new_text


LINES = {
    "(303) 555-0177": {Kind.PHONE},
    "020 914 5520": {Kind.PHONE},
    "T 085 000 17 40": {Kind.PHONE},
    "Durchwahl -318": {Kind.PHONE},
    "04 99 00 55 66": {Kind.PHONE},
    "M +44 (0)7700 900123 | T +44 (0)20 7946 0123": {Kind.PHONE},
    "Unit 7, Calder Road Works, Harrowby HX9 9ZZ": {Kind.STREET, Kind.ESTATE, Kind.POSTCODE},
    "12 Fitzwilliam Square, D02 X285": {Kind.STREET, Kind.POSTCODE},
    "1200 Main St, Suite 400": {Kind.STREET},
    "Springfield, IL 62701-1234": {Kind.NAME, Kind.POSTCODE},
    "PO Box 4410, Springfield, IL 62701": {Kind.STREET, Kind.NAME, Kind.POSTCODE},
    "100 King St W, Toronto, ON M5H 1A1": {Kind.STREET, Kind.NAME, Kind.POSTCODE},
    "120 Collins Street, Melbourne VIC 3000": {Kind.STREET, Kind.POSTCODE},
    "Industriestraße 41, 99999 Oberkessel": {Kind.STREET, Kind.POSTCODE},
    "Mariahilfer Straße 12/4, A-1060 Wien": {Kind.STREET, Kind.POSTCODE},
    "Bahnhofstrasse 10, CH-8001 Zürich": {Kind.STREET, Kind.POSTCODE},
    "12 rue des Lilas, 69003 Lyon Cedex 03": {Kind.STREET, Kind.POSTCODE},
    "Rue de la Loi 16, B-1000 Bruxelles": {Kind.STREET, Kind.POSTCODE},
    "Draaibank 12 · 9999 ZX Westerhaven": {Kind.MAYBE_STREET, Kind.POSTCODE},
    "Calle Mayor 5, 28013 Madrid": {Kind.STREET, Kind.POSTCODE},
    "Via Roma 12, 20121 Milano (MI)": {Kind.STREET, Kind.POSTCODE},
    "Rua da Boavista 25, 4050-107 Porto": {Kind.STREET, Kind.POSTCODE},
    "ul. Prosta 51, 00-838 Warszawa": {Kind.STREET, Kind.POSTCODE},
    "Storgatan 12, 111 22 Stockholm": {Kind.STREET, Kind.POSTCODE},
    "*Aoife Brannigan* | Accounts Payable": {Kind.NAME, Kind.TITLE},
    "Élodie Vasseur, gérante": {Kind.NAME, Kind.TITLE},
    "Finance Manager, Greenmantle Foods Ltd": {Kind.TITLE, Kind.COMPANY},
    "Talleres Ibáñez Roldán, S.L.": {Kind.COMPANY},
    "Nowak Logistyka Sp. z o.o.": {Kind.COMPANY},
    "Müller & Söhne GmbH & Co. KG": {Kind.COMPANY},
    "Registered in England and Wales No. 01234567. VAT GB 123 4567 89": {Kind.REGISTER},
    "SIRET 123 456 789 00012 - RCS Lyon": {Kind.REGISTER},
    "P.IVA 01234567890 - REA MI-1234567": {Kind.REGISTER},
    "CNPJ 12.345.678/0001-90": {Kind.REGISTER},
    "T 085 000 17 40 · KvK 00000000": {Kind.PHONE, Kind.REGISTER},
    "E: ana@molinos.example • W: www.molinos.example": {Kind.MAIL, Kind.WEB},
    "Follow us on LinkedIn | Facebook": {Kind.SOCIAL},
    "Office hours: Mon-Fri 9:00-17:00": {Kind.HOURS},
    "[cid:image001.png@01DCAFCB.B27B9500]": {Kind.PICTURE},
    "ISO 9001:2015 certified": {Kind.BANNER},
}


@pytest.mark.parametrize("line", LINES)
def test_what_a_line_is_made_of(line: str) -> None:
    assert kinds_of(line) == LINES[line]


@pytest.mark.parametrize(
    "line",
    [
        "Call me before noon if the bank details are wrong.",
        "VAT number is wrong on INV-1",
        "Directors are away until Monday",
        "Refused.",
        "Goods Not Received",
        "20414 Rejected",
        "10043 duplicate",
        "4500991234",
        "12.500.000",
        "12.03.2026 10:00",
        "remittance.pdf",
        "Registered letter sent",
        "Via bank transfer",
        "2026 March",
        "office closed until 12 March",
        "No",
    ],
)
def test_what_a_customer_says_is_no_line_of_a_signature(line: str) -> None:
    assert kinds_of(line) == frozenset()


CUT_IN_DEMO = {
    "M01": "T: 01632 960 144",
    "M02": "020 914 5520",
    "M09": "(217) 555-0148",
    "M12": "Route du Vieux-Pressoir 8",
    "M13": "Draaibank 12",
    "M14": "Operations Manager",
    "M16": "Vendor Master",
    "M17": "(303) 555-0177",
    "M18": "Finance Manager",
}


@pytest.mark.parametrize("name", CUT_IN_DEMO)
def test_the_sample_mails_come_out_without_their_signatures(name: str) -> None:
    path = next(DEMO.glob(f"*.{name}.*"))
    found = parse(path.read_bytes(), received_at=datetime(2026, 3, 9, tzinfo=UTC))
    assert CUT_IN_DEMO[name] in found.signature
    assert CUT_IN_DEMO[name] not in found.new_text
    assert "confidential" not in found.new_text.lower()
    seen = letter_of(found.new_text)
    assert len(seen) == len(found.new_text)
    assert len(seen.split()) >= 0.8 * len(found.new_text.split())
