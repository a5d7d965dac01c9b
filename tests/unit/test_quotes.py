"""What the customer writes, what is quoted and what is a signature: in seven languages and many mail programs."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.parts import unflow
from mail.quotes import split

US = ("ar@nordholt-supply.example", "Nordholt Accounts Receivable")

ATTRIBUTIONS = [
    "On Tue, 3 Mar 2026 at 09:05, Nordholt Accounts Receivable <ar@nordholt-supply.example> wrote:",
    "On 3/3/26 9:05 AM, Nordholt Accounts Receivable wrote:",
    "Am 03.03.26 um 09:05 schrieb Nordholt Accounts Receivable:",
    "Am Di., 3. März 2026 um 09:05 Uhr schrieb Nordholt Accounts Receivable <ar@nordholt-supply.example>:",
    "Le mar. 3 mars 2026 à 09:05, Nordholt Accounts Receivable <ar@nordholt-supply.example> a écrit :",
    "El mar, 3 mar 2026 a las 9:05, Nordholt Accounts Receivable (<ar@nordholt-supply.example>) escribió:",
    "Op di 3 mrt 2026 om 09:05 schreef Nordholt Accounts Receivable <ar@nordholt-supply.example>:",
    "Op 03-03-2026 09:05 heeft Nordholt Accounts Receivable het volgende geschreven:",
    "Il giorno mar 3 mar 2026 alle ore 09:05 Nordholt Accounts Receivable <ar@nordholt-supply.example> ha scritto:",
    "Em ter., 3 de mar. de 2026 às 09:05, Nordholt Accounts Receivable <ar@nordholt-supply.example> escreveu:",
    "Den tis 3 mars 2026 kl 09:05 skrev Nordholt Accounts Receivable <ar@nordholt-supply.example>:",
    "W dniu 3.03.2026 o 09:05, Nordholt Accounts Receivable pisze:",
    "2026-03-03 9:05 GMT+01:00 Nordholt Accounts Receivable <ar@nordholt-supply.example>:",
]

HEADER_BLOCKS = [
    ("From", "Sent", "To", "Subject"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("De ", "Envoyé ", "À ", "Objet "),
    ("De", "Enviado", "Para", "Asunto"),
    ("De", "Enviado el", "Para", "Asunto"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("De", "Enviada", "Para", "Assunto"),
    ("Från", "Skickat", "Till", "Ämne"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("*From", "*Sent", "*To", "*Subject"),
]

ORIGINALS = [
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "-----Mensaje original-----",
    "-----Oorspronkelijk bericht-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
]

FORWARDS = [
    "---------- Forwarded message ---------",
    "-------- Weitergeleitete Nachricht --------",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message transféré :",
    "---------- Mensaje reenviado ----------",
    "-------- Doorgestuurd bericht --------",
    "---------- Messaggio inoltrato ---------",
    "---------- Mensagem encaminhada ---------",
]


def block(names: tuple[str, str, str, str], sender: str = "Nordholt AR <ar@nordholt-supply.example>") -> str:
    values = (sender, "Tuesday, 3 March 2026 09:05", "Ana Castro <ana@molinos.example>", "Overdue INV-1")
    return "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_line_begins_the_quotation(attribution: str) -> None:
    found = split(f"We pay on Friday.\n\n{attribution}\n\n> Dear Ana,\n> please pay.\n", recipients=US)
    assert found.new_text == "We pay on Friday."
    assert attribution in found.quoted_text
    assert "> please pay." in found.quoted_text


@pytest.mark.parametrize(
    "attribution", [line for line in ATTRIBUTIONS if line.endswith(":") and not line.startswith("2026")]
)
def test_an_attribution_line_may_be_wrapped(attribution: str) -> None:
    words = attribution.split(" ")
    wrapped = " ".join(words[: len(words) // 2]) + "\n" + " ".join(words[len(words) // 2 :])
    found = split(f"Wir zahlen morgen.\n\n{wrapped}\n> Hallo,\n> bitte zahlen.\n", recipients=US)
    assert found.new_text == "Wir zahlen morgen."


@pytest.mark.parametrize("names", HEADER_BLOCKS)
def test_a_header_block_begins_the_quotation(names: tuple[str, str, str, str]) -> None:
    found = split(f"Paid already.\nAna\n\n{block(names)}\n\nDear Ana,\nplease pay.", recipients=US)
    assert found.new_text == "Paid already.\nAna"
    assert found.quoted_text.endswith("please pay.")


@pytest.mark.parametrize("line", ORIGINALS)
def test_original_message_begins_the_quotation(line: str) -> None:
    found = split(
        f"Nein.\n\n{line}\n{block(('Von', 'Gesendet', 'An', 'Betreff'))}\n\nHallo", subject="AW: x", recipients=US
    )
    assert found.new_text == "Nein."
    assert found.flags == frozenset()


def test_a_rule_with_headers_is_quoted_but_a_rule_alone_is_not() -> None:
    rule = "_" * 32
    quoted = split(f"Ok.\n{rule}\n{block(HEADER_BLOCKS[0])}\n\nDear", recipients=US)
    assert quoted.new_text == "Ok."
    alone = split(f"Part one.\n{rule}\nPart two: we dispute INV-7.")
    assert alone.new_text == f"Part one.\n{rule}\nPart two: we dispute INV-7."


@pytest.mark.parametrize("line", FORWARDS)
def test_a_forwarded_mail_is_new_text(line: str) -> None:
    text = f"{line}\n{block(HEADER_BLOCKS[0], 'Boss <boss@molinos.example>')}\n\nWe do not pay INV-1, the goods were broken."
    found = split(text, subject="Fwd: INV-1", recipients=US)
    assert "the goods were broken" in found.new_text
    assert "forwarded" in found.flags


def test_words_above_a_forward_and_the_forward_are_both_new() -> None:
    text = f"See below.\n\n{FORWARDS[0]}\n{block(HEADER_BLOCKS[0], 'Boss <boss@molinos.example>')}\n\nWe do not pay.\n\nOn 3 Mar 2026 at 09:05, AR <ar@nordholt-supply.example> wrote:\n> Dear Ana\n"
    found = split(text, subject="Fwd: INV-1", recipients=US)
    assert found.new_text.startswith("See below.")
    assert "We do not pay." in found.new_text
    assert "Dear Ana" in found.quoted_text
    assert "Dear Ana" not in found.new_text


@pytest.mark.parametrize("sender", ["Nordholt AR <ar@nordholt-supply.example>", "Nordholt Accounts Receivable"])
def test_our_own_mail_passed_back_with_a_word_is_quoted(sender: str) -> None:
    text = (
        f"Please send this to ap@molinos.example.\n\n{block(HEADER_BLOCKS[0], sender)}\n\nDear Ana, when will you pay?"
    )
    found = split(text, subject="FW: Overdue INV-1", recipients=US)
    assert found.new_text == "Please send this to ap@molinos.example."
    assert "when will you pay?" in found.quoted_text


def test_a_colleagues_mail_under_an_empty_reply_is_new() -> None:
    text = f"\n\n{block(HEADER_BLOCKS[1], 'Chefin <chefin@molinos.example>')}\n\nBitte nicht zahlen."
    found = split(text, subject="AW: INV-1", recipients=US)
    assert "Bitte nicht zahlen." in found.new_text


def test_an_empty_reply_over_our_mail_has_no_new_text() -> None:
    found = split(f"\n{block(HEADER_BLOCKS[0])}\n\nDear Ana, when will you pay?", subject="RE: INV-1", recipients=US)
    assert found.new_text == ""
    assert "no_new_text" in found.flags


def test_answers_between_quoted_lines_stay_with_what_they_answer() -> None:
    text = (
        "On 3 Mar 2026 at 09:05, AR <ar@nordholt-supply.example> wrote:\n\n> Dear Ana,\n>\n> When will INV-1 be paid?\n\n"
        "On 20 March.\n\n> And who approves INV-2?\n\nThat is Mr Soto.\n\n> Kind regards\n"
    )
    found = split(text, recipients=US)
    assert found.new_text == ("> When will INV-1 be paid?\nOn 20 March.\n\n> And who approves INV-2?\nThat is Mr Soto.")
    assert found.flags == {"inline_answers"}
    assert "> Kind regards" in found.quoted_text


def test_an_answer_below_the_whole_mail_is_new_without_context() -> None:
    quoted = "\n".join(f"> line {n} of the reminder" for n in range(12))
    found = split(f"On 3 Mar 2026 at 09:05, AR <ar@x.example> wrote:\n{quoted}\n\nPaid yesterday.\n", recipients=US)
    assert found.new_text == "Paid yesterday."


def test_a_wrapped_quoted_line_is_no_answer() -> None:
    long = "> Our records show that the invoice below is still open and we would like to hear"
    found = split(f"Ok.\n\nOn 3 Mar 2026 09:05, AR <a@x.example> wrote:\n{long}\nfrom you about it\n> soon.\n")
    assert found.new_text == "Ok."
    assert "from you about it" in found.quoted_text


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Get Outlook for iOS",
        "Gesendet von meinem iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Enviado do meu telemóvel",
        "Obter o Outlook para Android",
        "Outlook für Android beziehen",
        "Skickat från min iPhone",
        "Sent from Mail for Windows",
    ],
)
def test_a_mobile_line_is_signature(line: str) -> None:
    found = split(f"Pago el viernes.\n\nAna\n\n{line}\n")
    assert (found.new_text, found.signature) == ("Pago el viernes.\n\nAna", line)


@pytest.mark.parametrize(
    "line",
    [
        "Get back to me by mail please",
        "Sent from our warehouse on Monday",
        "We sent the remittance from our Outlook account on 3 March, please check your inbox again.",
        "From my side all is paid",
    ],
)
def test_a_sentence_is_no_mobile_line(line: str) -> None:
    assert split(f"Hello\n{line}\n").new_text == f"Hello\n{line}"


def test_a_signature_after_two_dashes_is_cut_and_a_postscript_is_not() -> None:
    found = split("We pay.\n\n-- \nAna Castro\nMolinos S.A.\n\nP.S. INV-9 is disputed.\n")
    assert found.new_text == "We pay.\n\nP.S. INV-9 is disputed."
    assert found.signature == "--\nAna Castro\nMolinos S.A."


def test_a_sign_off_and_a_dash_between_paragraphs_stay_new() -> None:
    text = "INV-1 is paid.\n\n—\n\nFor INV-2 we are waiting for a credit note of EUR 300, please send it to us.\n\nRegards\nAna"
    assert split(text).new_text == text


@pytest.mark.parametrize(
    "text",
    [
        "From: Rotterdam\nTo: Hamburg\nDate: 4 March\nThe pallets came late.",
        "On 3 March Tom wrote:\nthe price is 20 EUR. That is what we pay.",
        "Hi,\nOn 3 March Tom wrote:\nthe price is 20 EUR. That is what we pay.",
        "An: die Buchhaltung\nbitte buchen.",
        "Date: 3 March\nAmount: 300 EUR",
        "To: be honest, we cannot pay.\nFrom: today on we stop.",
    ],
)
def test_what_only_looks_like_a_header_stays_new(text: str) -> None:
    found = split(text)
    assert (found.new_text, found.quoted_text) == (text, "")


def test_yahoo_and_html_history_quote_without_prefix() -> None:
    yahoo = split(
        "Noted.\n\n    On Monday 9 March 2026 at 14:22:07 GMT, AR <ar@x.example> wrote:\n\n Dear Ana,\nplease pay."
    )
    assert yahoo.new_text == "Noted."
    unknown = split("Zaplatíme.\n\nOdesílatel: AR\nDobrý den,\nprosíme", history_line=2)
    assert unknown.new_text == "Zaplatíme."


def test_quotequail_knows_attributions_that_we_do_not() -> None:
    found = split("Заплатим.\n\nпн, 3 мар. 2026 г., Nordholt написал(а):\nДобрый день")
    assert found.new_text == "Заплатим."


def test_flowed_text_is_joined_but_quotes_and_signatures_are_not() -> None:
    text = "We pay \r\non Friday.\r\n> quoted \r\n> more\r\n-- \r\nAna"
    assert unflow(text) == "We pay on Friday.\n> quoted \n> more\n-- \nAna"


SNIPPETS = st.sampled_from(
    [
        *ATTRIBUTIONS,
        *ORIGINALS,
        *FORWARDS,
        *(block(names) for names in HEADER_BLOCKS),
        "> quoted line",
        "> > deeper",
        ">",
        "",
        "   ",
        "-- ",
        "—",
        "_" * 32,
        "P.S. one more thing",
        "Sent from my iPhone",
        "We will pay on Friday.",
        "- item",
        "From: Ana",
        "Re: your mail",
    ]
)


@given(st.lists(SNIPPETS | st.text(max_size=60), max_size=25), st.sampled_from(["", "Re: a", "Fwd: a", "WG: a"]))
def test_no_line_is_ever_lost(pieces: list[str], subject: str) -> None:
    text = "\n".join(pieces)
    found = split(text, subject=subject, recipients=US)
    held = Counter(
        line.strip() for part in (found.new_text, found.quoted_text, found.signature) for line in part.split("\n")
    )
    for line, count in Counter(line.strip() for line in text.split("\n")).items():
        # In a forwarded mail that is itself quoted, one `>` is taken off.
        bare = line[1:].strip() if line.startswith(">") else line
        # A line of marks alone says nothing: where a mail is quoted it stands as an empty one.
        assert not bare.strip("|> ") or held[line] + held[bare] >= count, (line, found)


@given(st.lists(st.text(alphabet="ab >:", max_size=30), max_size=20))
def test_without_marks_all_is_new(pieces: list[str]) -> None:
    lines = [line.replace(">", "") for line in pieces]
    found = split("\n".join(lines))
    assert [line.strip() for line in found.new_text.split("\n") if line.strip()] == [
        x.strip() for x in lines if x.strip()
    ]
