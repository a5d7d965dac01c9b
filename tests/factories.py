"""An installation for tests of the queue: a real database with the sample ledger, mails that were received, proposals held.

Proposals are put together from the real tools, templates and rules; only the reading of the mail is given by the test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from agent.letter import draft_of, parts_of, scope_of, speaking
from agent.policy import allowed_tools, distrusted
from agent.rules.book import judge
from agent.sending import outbound
from agent.tone import tone_for
from mail.thread import Match, assign, match
from prompts.replies import write_reply
from review.desk import Desk
from store import messages, proposals
from store.cases import facts_for
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.facts import CaseFacts
from store.inbound import InboundEmail, SenderAuth
from store.ledger import import_ledger, read_ledger
from store.proposed import Claim, Draft, Proposal, ProposedAction, Slots
from store.vocabulary import MessageKind, MessageState, Reason, Verdict
from tools.approval import Approver
from tools.base import Ask
from tools.jurisdiction import STRICT
from tools.limits import Policy
from tools.registry import tools

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LEDGER = Path(__file__).parent.parent / "agent" / "demo" / "ledger"
COMPANY = CompanyProfile(
    name="Nordholt Industrial Supply B.V.",
    address="Kadeweg 14, 3089 Havenstad, The Netherlands",
    team="Accounts Receivable",
    email="ar@nordholt-supply.example",
)


def claim(
    reason: Reason, evidence: str, *, invoices: Sequence[str] = (), confidence: float = 0.9, **slots: object
) -> Claim:
    """Make a claim as the reader would."""
    return Claim(
        reason=reason,
        invoices=tuple(invoices),
        evidence=evidence,
        confidence=confidence,
        slots=Slots.model_validate(slots),
    )


class Everybody(dict[str, Approver]):
    """Roles under which whoever comes has this one: what roles hold back is tested by itself (test_approving)."""

    def __init__(self, role: Approver) -> None:
        super().__init__()
        self.role = role

    def get(self, key: str, default: object = None) -> Approver:
        """Give the role, whoever asks."""
        return self.role


def wide(**settings: object) -> Policy:
    """Give a policy whose windows and caps are as wide as they may be: what they hold back is tested by itself (test_sending)."""
    contact = {
        "opens": "08:00",
        "closes": "21:00",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "per_customer_7_days": 7,
        "per_case_48_hours": 2,
    }
    return Policy.model_validate(
        {"jurisdictions": {STRICT: {"contact": contact}}, "sending": {"ledger_hours": 168}, "manager_above": "50000.00"}
        | settings
    )


@dataclass
class House:
    """One installation; its clock stands still until it is moved."""

    engine: Engine
    now: datetime = NOW
    policy: Policy = field(default_factory=lambda: wide())
    plus_addressing: bool = False
    roles: Mapping[str, Approver] = field(default_factory=lambda: Everybody(Approver.MANAGER))
    undo: timedelta = timedelta(0)
    _uids: count[int] = field(default_factory=lambda: count(1))

    @property
    def desk(self) -> Desk:
        """The desk at which its proposals are decided."""
        return Desk(
            engine=self.engine,
            company=COMPANY,
            policy=self.policy,
            clock=lambda: self.now,
            key=b"k" * 32,
            sender_of=lambda _: COMPANY.email,
            plus_addressing=lambda _: self.plus_addressing,
            roles=self.roles,
            undo=self.undo,
            writes_first_from="ar",
        )

    def receive(self, text: str, *, sender: str = "p.kershaw@harrowfinch.example", **fields: object) -> int:
        """Record a mail as the daemon does, match it, and give its number. It came two hours ago."""
        number = next(self._uids)
        values: dict[str, object] = {
            "kind": MessageKind.REPLY,
            "message_id": f"<in-{number}@{sender.rpartition('@')[2]}>",
            "in_reply_to": f"<reminder-{number}@nordholt-supply.example>",
            "from_address": sender,
            "subject": "Re: Your open invoices",
            "sent_at": self.now - timedelta(hours=2),
            "new_text": text,
            "auth": SenderAuth(dmarc="pass", dkim="pass", dkim_domain=sender.rpartition("@")[2]),
        }
        email = InboundEmail.model_validate(values | fields)
        with unit_of_work(self.engine) as session:
            recorded = messages.record(
                session,
                mailbox="ar",
                folder="INBOX",
                uidvalidity=1,
                uid=number,
                raw=f"mail {number}".encode(),
                email=email,
                received_at=self.now - timedelta(hours=2),
            )
            found: Match = match(session, email, company=COMPANY, now=self.now)
            assign(session, recorded.message_id, found, self.now)
        return recorded.message_id

    def hold(self, message_id: int, *claims: Claim, body: str | None = None, **changed: object) -> int:
        """Propose and hold: the usual action a claim, the template's words or these; give the proposal's number."""
        with unit_of_work(self.engine) as session:
            facts = facts_for(session, message_id, now=self.now)
            message = messages.load(session, message_id)
        actions = _merged([self._action(index, claims, facts) for index in range(len(claims))])
        proposal = Proposal(
            message_id=message_id,
            verdict=Verdict.REPLY,
            identity=facts.identity,
            claims=claims,
            actions=actions,
            tone=tone_for(claims, facts),
            flags=tuple(dict.fromkeys((*message.email.flags, *facts.flags))),
            reader="embedded reader",
            writer="template",
            policy_digest=self.policy.digest(),
            ledger_digest=facts.ledger_digest() if facts.customer else "",
        )
        if facts.customer is not None and (speaking(actions) or body is not None):
            proposal = self._written(proposal, facts, subject=message.email.subject, body=body)
        with unit_of_work(self.engine) as session:
            newest = facts.newest_message or message_id
            held = proposals.hold(session, proposal.model_copy(update=changed), newest_message=newest, now=self.now)
            end = MessageState.PROPOSED if facts.customer is not None else MessageState.UNMATCHED
            messages.finish(session, message_id, state=end)
        assert held is not None
        return held

    def _action(self, index: int, claims: Sequence[Claim], facts: CaseFacts) -> ProposedAction:
        allowed = allowed_tools(claims[index], claims=claims, facts=facts, policy=self.policy)
        tool = tools()[allowed.tools[0] if allowed.tools else "no_reply"]
        arguments = tool.fill(Ask(facts=facts, claims=(claims[index],), policy=self.policy))
        return ProposedAction(
            tool=tool.name,
            arguments=arguments.model_dump(mode="json"),
            claims=(index,),
            preview=tool.preview(arguments, facts),
            allowed=allowed.tools,
            why="; ".join(f"{name}: {why}" for name, why in allowed.refused.items()),
        )

    def _written(self, proposal: Proposal, facts: CaseFacts, *, subject: str, body: str | None) -> Proposal:
        assert facts.customer is not None
        scope = scope_of(
            facts=facts,
            claims=proposal.claims,
            actions=proposal.actions,
            company=COMPANY,
            policy=self.policy,
            language=facts.customer.language,
        )
        if body is None:
            parts = parts_of(facts=facts, claims=proposal.claims, actions=proposal.actions)
            body = write_reply(parts, language=scope.language, tone=proposal.tone, figures=not distrusted(facts))
        draft: Draft = draft_of(body, scope=scope, actions=proposal.actions, subject=subject, written_by="template")
        out = outbound(proposal, facts, draft=draft, company=COMPANY, policy=self.policy)
        return proposal.model_copy(update={"draft": draft, "findings": judge(out)})


def _merged(actions: Sequence[ProposedAction]) -> tuple[ProposedAction, ...]:
    """Let one act answer all claims that call for the very same."""
    found: dict[str, ProposedAction] = {}
    for action in actions:
        same = found.get(action.preview)
        claims = (*same.claims, *action.claims) if same else action.claims
        found[action.preview] = action.model_copy(update={"claims": claims})
    return tuple(found.values())


def open_house(folder: Path) -> House:
    """Make an installation in a folder, with the sample ledger of the demo: a copy of one that is built once."""
    own = folder / "house.db"
    if not own.exists():
        copy2(Path(_built().name) / own.name, own)
    return House(open_engine(f"sqlite:///{own}"))


@cache
def _built() -> TemporaryDirectory[str]:
    """Build it once in this process; the folder goes with the process."""
    folder = TemporaryDirectory(prefix="dunwell-house-")
    engine = open_engine(f"sqlite:///{Path(folder.name) / 'house.db'}")
    migrate(engine)
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    engine.dispose()
    return folder
