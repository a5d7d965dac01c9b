"""Letters for the tests of the outbound rules: a good one in each language, with what a test changes of it, at any stage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.letter import draft_of, scope_of
from agent.rules.base import Approval, Outbound, Stage
from agent.rules.book import judge
from agent.wire import read_wire
from mail.compose import Enclosure, compose, fix_message_id
from prompts.replies import ReplyPart, write_reply
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.inbound import InboundEmail, SenderAuth, StoredMessage
from store.proposed import Claim, Draft, Finding, ProposedAction, Tone
from store.tables import Outgoing
from store.vocabulary import MessageKind, Reason, Register, Severity
from tests.cases import NOW, claim, facts
from tools.approval import Approver
from tools.limits import Policy

COMPANY = CompanyProfile(name="Fernhill Tooling Ltd", address="3 Kiln Lane, Fernhill", email="ar@fernhill.example")
PDF = b"%PDF-1.4\n% router cutters\n%%EOF\n"
HAND = "human, after template"
#: A Tuesday morning in London, inside every window.
AT = NOW


def letter(
    words: str = "",
    *,
    language: str = "en",
    by: str = HAND,
    case: CaseFacts | None = None,
    claims: Sequence[Claim] = (),
    actions: Sequence[ProposedAction] | None = None,
    policy: Policy | None = None,
    company: CompanyProfile = COMPANY,
    register: Register = Register.NEUTRAL,
    body: str | None = None,
    subject: str = "Re: Your reminder",
    **changed: object,
) -> Outbound:
    """Make a holding answer about F-5501 as it would be held, with `words` as a paragraph of their own; `changed` changes the draft."""
    case = case or facts()
    if case.customer is not None:
        case = case.model_copy(update={"customer": case.customer.model_copy(update={"language": language})})
    claims = claims or (claim(Reason.QUESTION, invoices=("F-5501",)),)
    actions = tuple(actions if actions is not None else (handing_over(),))
    policy = policy or Policy()
    scope = scope_of(facts=case, claims=claims, actions=actions, company=company, policy=policy, language=language)
    tone = Tone(register=register)
    if body is None:
        part = ReplyPart(reason=Reason.QUESTION, tool="escalate_to_human", invoices=("F-5501",))
        body = write_reply([part], language=language, tone=tone, figures=True)
    if words:
        head, rest = body.split("\n\n", 1)
        body = f"{head}\n\n{words}\n\n{rest}"
    draft = draft_of(body, scope=scope, actions=actions, subject=subject, written_by=by)
    draft = Draft.model_validate(draft.model_dump() | changed)
    return Outbound(
        draft=draft,
        scope=scope,
        policy=policy,
        claims=tuple(claims),
        actions=actions,
        tone=tone,
        ledger_at=case.as_of - timedelta(hours=2),
    )


def handing_over(*invoices: str, reason: Reason = Reason.QUESTION) -> ProposedAction:
    """Make the action of a holding answer."""
    return ProposedAction(
        tool="escalate_to_human",
        arguments={
            "role": "collector",
            "urgency": "soon",
            "reason": reason.value,
            "invoices": list(invoices or ("F-5501",)),
            "summary": "x",
        },
        claims=(0,),
        preview="Hands over.",
    )


def action(tool: str, **arguments: object) -> ProposedAction:
    """Make any other action."""
    return ProposedAction(tool=tool, arguments=arguments, claims=(0,), preview="Does it.")


def approved(
    out: Outbound, *, actor: str = "ada", role: Approver = Approver.COLLECTOR, moment: datetime = AT, **changed: object
) -> Outbound:
    """Bring a draft to the desk: somebody approves it, and it would leave at `moment`."""
    approval = Approval(actor=actor, role=role)
    return replace(
        out,
        stage=Stage.APPROVAL,
        moment=moment,
        approval=replace(approval, **changed),  # type: ignore[arg-type]
    )


def leaving(
    out: Outbound, *, moment: datetime = AT, mime: Callable[[bytes], bytes] = lambda b: b, **row: object
) -> Outbound:
    """Bring a draft to its last check: composed, approved an hour ago by somebody, about to leave. `mime` tampers with the bytes."""
    composed = _composed(out)
    meant: dict[str, object] = {
        "sender": COMPANY.email,
        "recipients": list(out.draft.recipients),
        "message_id_header": _message_id(),
        "mime": mime(composed),
    }
    outgoing = Outgoing.model_validate(
        {
            "proposal_id": 1,
            "customer_id": "K1",
            "mailbox": "ar",
            "mime_sha256": hashlib.sha256(composed).hexdigest(),
            "ledger_digest": "",
            "newest_message": 1,
            "next_attempt_at": AT,
            "created_at": AT,
        }
        | meant
        | row
    )
    approval = Approval(
        actor="ada",
        role=Approver.MANAGER,
        at=moment - timedelta(hours=1),
        mime_sha256=hashlib.sha256(outgoing.mime).hexdigest(),
        policy_digest=out.policy.digest(),
    )
    return replace(
        out, stage=Stage.SENDING, moment=moment, approval=approval, wire=read_wire(outgoing), ledger_at=moment
    )


def _message_id() -> str:
    return fix_message_id(b"k" * 32, proposal_id=1, version=1, domain="fernhill.example")


def _composed(out: Outbound) -> bytes:
    email = InboundEmail(
        kind=MessageKind.REPLY,
        message_id="<in-1@bracken.example>",
        from_address="moira@bracken.example",
        subject=out.draft.subject,
        new_text="x",
        auth=SenderAuth(),
    )
    stored = StoredMessage(id=1, mailbox="ar", received_at=AT, email=email)
    return compose(
        draft=out.draft,
        to=stored,
        company=COMPANY,
        sender=COMPANY.email,
        message_id=_message_id(),
        now=datetime(2026, 4, 14, 9, tzinfo=UTC),
        documents=[Enclosure(filename=f"{number}.pdf", content=PDF) for number in out.draft.attachments],
    )


@dataclass(frozen=True)
class Case:
    """One fixture: a draft that keeps a rule, or breaks it."""

    rule: str
    name: str
    breaks: bool
    make: Callable[[], Outbound]

    def __str__(self) -> str:
        return f"{self.rule}-{'breaks' if self.breaks else 'keeps'}-{self.name}"


def keeps(rule: str, name: str, make: Callable[[], Outbound]) -> Case:
    """Make a fixture that breaks no rule at all."""
    return Case(rule, name, breaks=False, make=make)


def breaks(rule: str, name: str, make: Callable[[], Outbound]) -> Case:
    """Make a fixture that breaks this rule, whatever else."""
    return Case(rule, name, breaks=True, make=make)


def check(case: Case) -> tuple[Finding, ...]:
    """Judge a fixture by the whole book. A good one must not be blocked by any rule: false alarms cost trust."""
    found = judge(case.make())
    mine = [f for f in found if f.rule == case.rule]
    if case.breaks:
        assert mine, found
    else:
        assert not mine, found
        assert not [f for f in found if f.severity is Severity.BLOCK], found
    return found


def words_of(rule: str, *, bad: dict[str, Sequence[str]], good: dict[str, Sequence[str]]) -> list[Case]:
    """Make fixtures for a rule about words: each is a paragraph that a person typed into a letter of that language."""
    return [
        *(_typed(rule, text, language, breaking=True) for language, texts in bad.items() for text in texts),
        *(_typed(rule, text, language, breaking=False) for language, texts in good.items() for text in texts),
    ]


def _typed(rule: str, text: str, language: str, *, breaking: bool) -> Case:
    make = breaks if breaking else keeps
    return make(rule, f"{language}: {text[:50]}", lambda: letter(text, language=language))


def of(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Run a test for each fixture."""
    return pytest.mark.parametrize("case", cases, ids=str)
