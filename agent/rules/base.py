"""What a rule looks at and what it gives. A rule never changes a draft, never asks a model, a clock or a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from prompts.scope import SlotScope
from prompts.slots import literal_text
from store.proposed import Claim, Draft, Finding, ModelCall, ProposedAction, Tone
from store.vocabulary import IdentityLevel, Reason, Severity
from tools.approval import Approver
from tools.jurisdiction import Jurisdiction
from tools.limits import Policy
from tools.windows import Written


class Stage(StrEnum):
    """When a rule runs: on the draft, when a person approves it, and just before the mail leaves."""

    DRAFT = "draft"
    APPROVAL = "approval"
    SENDING = "sending"


EVERY: frozenset[Stage] = frozenset(Stage)
DECIDED: frozenset[Stage] = frozenset({Stage.APPROVAL, Stage.SENDING})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composed mail: its MIME type, its name, its transfer encoding and the hash of its content."""

    kind: str
    filename: str
    encoding: str
    sha256: str
    pdf: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """A composed mail as a stranger reads it. Made by `agent.sending` from the very bytes."""

    headers: tuple[tuple[str, str], ...]
    sender: str
    recipients: tuple[str, ...]
    body: str
    parts: tuple[Part, ...]
    size: int
    bare_line_ends: bool
    sha256: str
    #: What the outbox says that it should be: address, Message-ID, recipients, and the token of the Reply-To.
    meant_sender: str
    meant_message_id: str
    meant_recipients: tuple[str, ...]
    meant_token: str | None = None

    def all(self, name: str) -> list[str]:
        """List the values of a header, however often it stands there."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves, or approved, and what they bind themselves to. `at` and what follows it are known at sending."""

    actor: str
    role: Approver
    first: str | None = None
    first_role: Approver | None = None
    edited_by: str | None = None
    flags: tuple[str, ...] = ()
    acknowledged: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    mime_sha256: str | None = None
    policy_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """A draft about to be judged, with the facts that it must agree with.

    `moment`: when it would leave, the moment of the snapshot where that is not known. `written`: the mails that went to
    this customer. `waiting`: the invoices of each other mail to them that is approved and has not left.
    """

    draft: Draft
    scope: SlotScope
    #: The slots that a model was given; None where none was asked.
    given: frozenset[str] | None = None
    stage: Stage = Stage.DRAFT
    policy: Policy = field(default_factory=Policy)
    claims: tuple[Claim, ...] = ()
    actions: tuple[ProposedAction, ...] = ()
    tone: Tone = field(default_factory=Tone)
    moment: datetime | None = None
    ledger_at: datetime | None = None
    written: tuple[Written, ...] = ()
    waiting: tuple[frozenset[str], ...] = ()
    wire: Wire | None = None
    approval: Approval | None = None
    calls: tuple[ModelCall, ...] = ()
    #: The names of those who may sign: people with a role, and the collector in charge.
    people: tuple[str, ...] = ()
    #: What the rules before found; for the rule on who must approve.
    found: tuple[Finding, ...] = ()
    #: What one rule worked out of this very draft, for those that need the same. A changed copy starts with nothing.
    worked_out: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def literal(self) -> str:
        """What somebody wrote: the text without the values that code put in."""
        return literal_text(self.draft.body)

    @property
    def by_hand(self) -> bool:
        """Say whether a person wrote or edited it."""
        return self.draft.written_by.startswith("human")

    @property
    def by_model(self) -> bool:
        """Say whether a model's words stand in the draft as they came."""
        return self.draft.written_by.startswith("model:")

    @property
    def by_template(self) -> bool:
        """Say whether the words are ours alone, unchanged."""
        return self.draft.written_by == "template"

    @property
    def proven(self) -> bool:
        """Say whether the sender of the mail that is answered is surely the customer."""
        return self.scope.facts.identity in (IdentityLevel.A, IdentityLevel.B)

    @property
    def profile(self) -> Jurisdiction:
        """The jurisdiction that this customer is under."""
        return self.policy.profile()

    @property
    def leaves(self) -> datetime:
        """When it would leave."""
        return self.moment or self.scope.facts.as_of

    @property
    def done(self) -> tuple[ProposedAction, ...]:
        """The actions that are carried out and told."""
        return tuple(action for action in self.actions if not action.declined)

    def claims_any(self, *reasons: Reason) -> bool:
        """Say whether the mail that is answered says one of these."""
        return any(claim.reason in reasons for claim in self.claims)


#: A check gives its findings; none means that the draft keeps the rule.
Check = Callable[[Outbound], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the book: its number, what it holds in plain words, the worst that it does, and when it runs."""

    id: str
    what: str
    severity: Severity
    checks: tuple[Check, ...]
    stages: frozenset[Stage] = EVERY


def block(rule: str, text: str) -> Finding:
    """Make a finding that forbids approval."""
    return Finding(rule=rule, severity=Severity.BLOCK, text=text)


def manager(rule: str, text: str) -> Finding:
    """Make a finding that only a manager may approve."""
    return Finding(rule=rule, severity=Severity.MANAGER, text=text)


def warn(rule: str, text: str) -> Finding:
    """Make a finding that is shown."""
    return Finding(rule=rule, severity=Severity.WARN, text=text)
