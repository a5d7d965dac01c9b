"""R-RCP, R-INT, R-DIS, R-HDR, R-PRV and R-APR: who gets it, what it must say, what it is made of, and who approved it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.rules.base import Outbound
from prompts.notices import DISPUTE, notice
from store.facts import CaseFacts
from store.proposed import ModelCall
from store.vocabulary import ContactStatus, Delivery, IdentityLevel, Reason
from tests.cases import NOW, claim, facts, invoice
from tests.unit.rules.drafts import (
    AT,
    COMPANY,
    Case,
    approved,
    breaks,
    check,
    handing_over,
    keeps,
    leaving,
    letter,
    of,
    words_of,
)
from tools.approval import Approver
from tools.limits import Policy


def contact(**fields: object) -> CaseFacts:
    return facts(contacts=(facts().contacts[0].model_copy(update=fields),))


def policy(**profile: object) -> Policy:
    return Policy.model_validate({"jurisdictions": {"default-strict": profile}})


CLAIMING = {
    "owner": "Ada Quint",
    "natural_person": False,
    "interest": {
        "claim": "contractual",
        "contractual_rate": "10",
        "currency": "GBP",
        "fixed_sums": [{"from_amount": "0", "sum": "40"}],
    },
}
#: 1800 x 10 % x 40/365 = 19.73, and 40 fixed.
CHARGED = "Interest at the statutory rate of 10 % from 6 March 2026, 40 days, comes to GBP 19.73."
CALIFORNIA = Policy.model_validate({"jurisdiction": "us-ca-natural-person"})
CALL = ModelCall(purpose="write", base_url="https://models.example/v1", model="m", rung="json", prompt_sha256="0")


def _wire(name: str, value: str | None, *, old: str | None = None) -> Outbound:
    """A mail whose header was changed, added or taken out on its way."""

    def tamper(mime: bytes) -> bytes:
        head, body = mime.split(b"\r\n\r\n", 1)
        lines = [
            line for line in head.split(b"\r\n") if old is None or not line.lower().startswith(old.lower().encode())
        ]
        if value is not None:
            lines.append(f"{name}: {value}".encode())
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    return leaving(letter(), mime=tamper)


CASES: list[Case] = [
    breaks("R-RCP-01", "a stranger", lambda: letter(recipients=("stranger@else.example",))),
    breaks("R-RCP-01", "nobody", lambda: letter(recipients=())),
    breaks("R-RCP-01", "four", lambda: letter(recipients=("moira@bracken.example",) * 4)),
    breaks(
        "R-RCP-01",
        "not verified",
        lambda: letter(case=contact(status=ContactStatus.TO_VERIFY), recipients=("moira@bracken.example",)),
    ),
    breaks("R-RCP-01", "a Cc on the way", lambda: _wire("Cc", "evil@else.example")),
    keeps("R-RCP-01", "the contact", lambda: leaving(letter())),
    breaks("R-RCP-02", "a figure", lambda: letter(case=facts(identity=IdentityLevel.C))),
    breaks("R-RCP-02", "ein Betrag", lambda: letter(language="de", case=facts(identity=IdentityLevel.D))),
    keeps("R-RCP-02", "no figure", lambda: letter(case=facts(identity=IdentityLevel.C), body=_no_figures())),
    breaks(
        "R-RCP-03",
        "bounces",
        lambda: letter(case=contact(delivery=Delivery.BOUNCING), recipients=("moira@bracken.example",)),
    ),
    breaks(
        "R-RCP-03",
        "complained",
        lambda: letter(case=contact(delivery=Delivery.COMPLAINED), recipients=("moira@bracken.example",)),
    ),
    keeps("R-RCP-03", "arrives", letter),
    breaks("R-RCP-04", "an hour ago", lambda: letter(case=contact(verified_at=NOW - timedelta(hours=1)))),
    breaks("R-RCP-04", "gestern", lambda: letter(language="de", case=contact(verified_at=NOW - timedelta(hours=23)))),
    keeps("R-RCP-04", "two days ago", lambda: letter(case=contact(verified_at=NOW - timedelta(hours=48)))),
    breaks(
        "R-RCP-05",
        "free mail that no ledger knows",
        lambda: letter(case=contact(email="moira@gmail.com", source="effect:3")),
    ),
    breaks("R-RCP-05", "a third party", lambda: letter(case=contact(role="employer"))),
    breaks("R-RCP-05", "ourselves", lambda: letter(case=contact(email="x@fernhill.example"))),
    keeps("R-RCP-05", "free mail of the ledger", lambda: letter(case=contact(email="moira@gmail.com"))),
    # --- interest
    *words_of(
        "R-INT-01",
        bad={
            "en": ["Late payment interest will be added."],
            "de": ["Es fallen Verzugszinsen an."],
            "fr": ["Des intérêts de retard sont dus."],
            "es": ["Se devengan intereses de demora."],
            "nl": ["Wettelijke rente wordt berekend."],
            "it": ["Decorrono interessi di mora."],
            "pt": ["Vencem-se juros de mora."],
        },
        good={
            "en": ["It is in our common interest to find a way."],
            "fr": ["C'est dans l'intérêt de tous."],
            "de": ["Danke für Ihr Interesse."],
        },
    ),
    breaks(
        "R-INT-01",
        "a half-year is missing",
        lambda: letter(
            "Statutory interest of GBP 19.73 runs.",
            policy=policy(
                **CLAIMING
                | {"interest": {"claim": "statutory", "currency": "GBP", "margin": "8", "reference": {"2025-H1": "4"}}}
            ),
        ),
    ),
    keeps("R-INT-01", "claimed, with all that belongs to it", lambda: letter(CHARGED, policy=policy(**CLAIMING))),
    *words_of(
        "R-INT-02",
        bad={
            "en": ["A late payment fee is added."],
            "de": ["Wir berechnen eine Mahngebühr."],
            "fr": ["L'indemnité forfaitaire est due."],
        },
        good={"en": ["No further cost arises for the copy."]},
    ),
    breaks(
        "R-INT-02",
        "another tier",
        lambda: letter(
            "The fixed compensation is GBP 40.00.",
            policy=policy(
                **CLAIMING
                | {
                    "interest": {
                        "claim": "contractual",
                        "contractual_rate": "10",
                        "currency": "GBP",
                        "fixed_sums": [{"from_amount": "0", "sum": "40"}, {"from_amount": "1000", "sum": "70"}],
                    }
                }
            ),
        ),
    ),
    keeps(
        "R-INT-02", "the right tier", lambda: letter("The fixed compensation is GBP 40.00.", policy=policy(**CLAIMING))
    ),
    breaks(
        "R-INT-03", "without its rate", lambda: letter("Late interest comes to GBP 19.73.", policy=policy(**CLAIMING))
    ),
    breaks(
        "R-INT-03",
        "ohne Tage",
        lambda: letter(
            "Verzugszinsen ab dem 6. März 2026 zu 10 %: 19,73 GBP.", language="de", policy=policy(**CLAIMING)
        ),
    ),
    keeps("R-INT-03", "with all", lambda: letter(CHARGED, policy=policy(**CLAIMING))),
    # --- notices
    breaks("R-DIS-01", "no address", lambda: letter(body=letter().draft.body.replace("{{ company.address }}", ""))),
    breaks(
        "R-DIS-01",
        "keine Firma",
        lambda: letter(language="de", body=letter(language="de").draft.body.replace("{{ company.name }}", "")),
    ),
    keeps("R-DIS-01", "signed", letter),
    breaks("R-DIS-02", "no word of the program", lambda: _without("A computer program helped")),
    breaks("R-DIS-02", "no header", lambda: _wire("X", None, old="X-AI-Generated")),
    keeps("R-DIS-02", "both", lambda: leaving(letter())),
    breaks("R-DIS-03", "no word on objecting", lambda: _without("If you do not wish")),
    breaks("R-DIS-03", "a demand without a way to dispute", lambda: _demanding("en")),
    breaks("R-DIS-03", "eine Forderung", lambda: _demanding("de")),
    keeps("R-DIS-03", "a demand that says how", lambda: letter("Please pay the open amount.")),
    breaks("R-DIS-04", "California, first mail", lambda: _without("Rosenthal", policy=CALIFORNIA)),
    breaks("R-DIS-04", "California, changed words", lambda: _changed("Rosenthal", "Rosenberg", policy=CALIFORNIA)),
    keeps("R-DIS-04", "California, with it", lambda: letter(policy=CALIFORNIA)),
    breaks(
        "R-DIS-05",
        "a new contact",
        lambda: letter(case=contact(source="effect:3", verified_at=NOW - timedelta(days=3))),
    ),
    breaks(
        "R-DIS-05",
        "ein neuer Kontakt",
        lambda: letter(language="de", case=contact(source="effect:3", verified_at=NOW - timedelta(days=3))),
    ),
    keeps(
        "R-DIS-05",
        "with a link",
        lambda: letter(
            company=COMPANY.model_copy(update={"privacy_url": "https://fernhill.example/privacy"}),
            case=contact(source="effect:3", verified_at=NOW - timedelta(days=3)),
        ),
    ),
    # --- headers
    breaks("R-HDR-01", "another sender", lambda: _wire("From", "ar@evil.example", old="From:")),
    breaks("R-HDR-01", "two senders", lambda: _wire("From", "ar@evil.example")),
    breaks("R-HDR-01", "a Reply-To elsewhere", lambda: _wire("Reply-To", "ar@evil.example")),
    breaks("R-HDR-01", "a strange header", lambda: _wire("Bcc", "ar@evil.example")),
    breaks("R-HDR-01", "another Message-ID", lambda: leaving(letter(), message_id_header="<other@fernhill.example>")),
    keeps("R-HDR-01", "ours", lambda: leaving(letter())),
    breaks(
        "R-HDR-02",
        "two lines",
        lambda: replace(letter(), draft=letter().draft.model_copy(update={"subject": "x\nBcc: e@x.example"})),
    ),
    breaks(
        "R-HDR-02", "long", lambda: replace(letter(), draft=letter().draft.model_copy(update={"subject": "x" * 121}))
    ),
    breaks(
        "R-HDR-02",
        "a sum",
        lambda: replace(letter(), draft=letter().draft.model_copy(update={"subject": "Re: your debt of £1,800"})),
    ),
    keeps("R-HDR-02", "short", lambda: leaving(letter())),
    breaks("R-HDR-03", "bare line ends", lambda: leaving(letter(), mime=lambda b: b.replace(b"\r\n", b"\n"))),
    breaks("R-HDR-03", "HTML", lambda: leaving(letter(), mime=lambda b: b.replace(b"text/plain", b"text/html"))),
    breaks("R-HDR-03", "other words", lambda: leaving(letter(), mime=lambda b: b.replace(b"Thank you", b"Damn you"))),
    keeps("R-HDR-03", "as composed", lambda: leaving(letter())),
    # --- privacy
    *words_of(
        "R-PRV-01",
        bad={
            "en": [
                "> You wrote this.",
                "Our risk score for you is low.",
                "Internal note: be kind.",
                "Another customer had the same.",
                "See R-GND-01 or hold_outreach.",
            ],
            "de": ["Interne Notiz: Kunde ist schwierig.", "-- Ursprüngliche Nachricht --"],
            "fr": ["Note interne : client difficile."],
            "es": ["Nota interna: cliente difícil."],
            "nl": ["Interne notitie: lastige klant."],
            "it": ["Nota interna: cliente difficile."],
            "pt": ["Nota interna: cliente difícil."],
        },
        good={
            "en": ["We have asked our sales department internally and come back to you."],
            "de": ["Wir klären das intern."],
        },
    ),
    breaks(
        "R-PRV-02",
        "not on the list",
        lambda: replace(
            letter(policy=Policy.model_validate({"sending": {"processors": ["ok.example"]}})), calls=(CALL,)
        ),
    ),
    breaks(
        "R-PRV-02",
        "two servers",
        lambda: replace(letter(), calls=(CALL, CALL.model_copy(update={"base_url": "https://else.example"}))),
    ),
    breaks(
        "R-PRV-02",
        "an unknown purpose",
        lambda: replace(letter(), calls=(CALL.model_copy(update={"purpose": "gossip"}),)),
    ),
    keeps(
        "R-PRV-02",
        "on the list",
        lambda: replace(
            letter(policy=Policy.model_validate({"sending": {"processors": ["models.example"]}})), calls=(CALL,)
        ),
    ),
    # --- approval
    breaks("R-APR-01", "a large balance", lambda: approved(letter(case=facts(invoice(balance="10000.01"))))),
    breaks(
        "R-APR-01",
        "for the legal department",
        lambda: approved(
            letter(
                by="template", claims=[claim(Reason.LEGAL_THREAT)], actions=[handing_over(reason=Reason.LEGAL_THREAT)]
            )
        ),
    ),
    breaks("R-APR-01", "a concession", lambda: approved(letter("We offer you a discount."))),
    breaks(
        "R-APR-01",
        "a serious flag",
        lambda: approved(letter(), flags=("hidden_text",), acknowledged={"hidden_text": "a signature"}),
    ),
    breaks(
        "R-APR-01",
        "approved by who edited it",
        lambda: approved(letter(case=facts(invoice(balance="10000.01"))), role=Approver.MANAGER, edited_by="ada"),
    ),
    breaks(
        "R-APR-01",
        "two managers where a controller is asked",
        lambda: approved(
            letter(case=facts(invoice(balance="100000.01"))),
            role=Approver.MANAGER,
            first="bob",
            first_role=Approver.MANAGER,
        ),
    ),
    keeps("R-APR-01", "the ordinary case", lambda: approved(letter())),
    keeps(
        "R-APR-01",
        "a manager",
        lambda: approved(letter(case=facts(invoice(balance="10000.01"))), role=Approver.MANAGER, edited_by="bob"),
    ),
    keeps(
        "R-APR-01",
        "two persons",
        lambda: approved(
            letter(case=facts(invoice(balance="100000.01"))),
            role=Approver.CONTROLLER,
            first="bob",
            first_role=Approver.MANAGER,
        ),
    ),
    breaks("R-APR-02", "too old", lambda: _held_for(hours=73)),
    breaks("R-APR-02", "another policy", lambda: _bound(policy_digest="0")),
    breaks("R-APR-02", "other bytes than the log knows", lambda: _bound(mime_sha256="0")),
    breaks("R-APR-02", "it would leave too late", lambda: approved(letter(), moment=AT + timedelta(days=6))),
    keeps("R-APR-02", "fresh", lambda: leaving(letter())),
    breaks(
        "R-APR-03",
        "nobody said why",
        lambda: approved(
            letter(),
            role=Approver.MANAGER,
            flags=("hidden_text", "auth_failed"),
            acknowledged={"hidden_text": "a signature"},
        ),
    ),
    breaks(
        "R-APR-03",
        "blank words",
        lambda: approved(
            letter(), role=Approver.MANAGER, flags=("look_alike:x.example",), acknowledged={"look_alike": "  "}
        ),
    ),
    keeps(
        "R-APR-03",
        "each answered for",
        lambda: approved(
            letter(), role=Approver.MANAGER, flags=("hidden_text", "bulk"), acknowledged={"hidden_text": "a signature"}
        ),
    ),
]


def _no_figures() -> str:
    from prompts.replies import ReplyPart, write_reply
    from store.proposed import Tone

    part = ReplyPart(reason=Reason.QUESTION, tool="escalate_to_human")
    return write_reply([part], language="en", tone=Tone(), figures=False)


def _signature() -> str:
    from prompts.replies import signature_block

    return signature_block()


def _without(words: str, **changed: Any) -> Outbound:
    """A letter whose notices do not hold these words."""
    return _changed(words, "", **changed)


def _demanding(language: str) -> Outbound:
    """A demand from which the line on seeing it differently was taken out."""
    words = {"en": "Please pay now.", "de": "Bitte überweisen Sie den Betrag."}[language]
    line = notice(DISPUTE, language=language)
    return _without(line, language=language, body="{{ contact.salutation }},\n\n" + words + "\n\n" + _signature())


def _changed(old: str, new: str, **changed: Any) -> Outbound:
    out = letter(**changed)
    return replace(out, draft=out.draft.model_copy(update={"rendered": out.draft.rendered.replace(old, new)}))


def _held_for(*, hours: int) -> Outbound:
    out = leaving(letter())
    assert out.approval is not None
    return replace(out, approval=replace(out.approval, at=AT - timedelta(hours=hours)))


def _bound(**changed: str) -> Outbound:
    out = leaving(letter())
    assert out.approval is not None
    return replace(out, approval=replace(out.approval, **changed))  # type: ignore[arg-type]


@of(CASES)
def test_decided(case: Case) -> None:
    check(case)
