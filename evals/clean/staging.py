"""Puts a scene on stage: the actions that policy and tools propose, the scope of the letter, and the rule book's word on a draft.

Nothing is written anywhere and no model is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from agent.letter import draft_of, scope_of
from agent.nodes.decide import grouped
from agent.nodes.write import slots_for, template_body
from agent.policy import allowed_tools, ask_for
from agent.rules.base import Approval, Outbound, Stage
from agent.rules.book import judge
from agent.state import Thought
from agent.tone import tone_for
from evals.clean.answers_germanic import germanic_answers
from evals.clean.answers_romance import romance_answers
from evals.clean.ground import COMPANY, NOW, Scene
from evals.clean.wakings import wakings
from evals.clean.wakings_of_plans import plan_wakings
from prompts.scope import SlotScope
from prompts.slots import slots_in
from store.inbound import InboundEmail, StoredMessage
from store.proposed import Finding, ProposedAction
from store.vocabulary import MessageKind
from tools.approval import Approver
from tools.limits import Policy
from tools.registry import tools
from tools.windows import next_moment

#: Who words a draft, as it stands in `Draft.written_by`.
WRITERS = {"model": "model:clean", "person": "human, after template"}


class WrongScene(Exception):
    """A scene does not come out as it says: its facts, not the rules, must be mended."""


@dataclass(frozen=True)
class Stand:
    """A scene with its actions, ready for drafts."""

    scene: Scene
    policy: Policy
    actions: tuple[ProposedAction, ...]

    @cached_property
    def thought(self) -> Thought:
        """The state in which a writer finds it."""
        return Thought(
            message=_message(self.scene),
            facts=self.scene.facts,
            claims=self.scene.claims,
            actions=self.actions,
            tone=tone_for(self.scene.claims, self.scene.facts),
            language=self.scene.language,
        )

    @cached_property
    def scope(self) -> SlotScope:
        """What the slots stand for."""
        return scope_of(
            facts=self.scene.facts,
            claims=self.scene.claims,
            actions=self.actions,
            company=COMPANY,
            policy=self.policy,
            language=self.scene.language,
        )

    @cached_property
    def slots(self) -> dict[str, str]:
        """The slots that a model is given, with their meanings."""
        return slots_for(self.thought, self.scope)

    @cached_property
    def template(self) -> str:
        """The letter as the templates word it."""
        return template_body(self.thought, self.scene.language)

    def outbound(self, body: str, *, by: str, stage: Stage) -> Outbound:
        """Give what the rules judge: the draft of this body, written by a model or a person, at one stage."""
        facts, profile = self.scene.facts, self.policy.profile()
        assert facts.customer is not None
        draft = draft_of(
            body,
            scope=self.scope,
            actions=self.actions,
            subject=self.scene.subject,
            written_by=WRITERS.get(by, by),
        )
        given = frozenset(name for slot in self.slots for name in slots_in(slot)) if by == "model" else None
        signature = {"sender.name", "company.team", "company.name", "company.address"}
        decided = stage is Stage.APPROVAL
        return Outbound(
            draft=draft,
            scope=self.scope,
            given=given | signature if given is not None else None,
            stage=stage,
            policy=self.policy,
            claims=self.scene.claims,
            actions=self.actions,
            tone=self.thought.tone,
            moment=next_moment(
                NOW, facts.customer.timezone, profile.contact, profile.holidays, candidates=profile.zones
            ),
            ledger_at=NOW - timedelta(hours=3),
            written=self.scene.written,
            approval=Approval(actor="controller", role=Approver.CONTROLLER) if decided else None,
            people=("Maren Vos", "Tom Adeyemi"),
        )

    def findings(self, body: str, *, by: str) -> tuple[Finding, ...]:
        """Judge a draft as it is shown and as it is approved; each finding once."""
        stages = (Stage.DRAFT, Stage.APPROVAL)
        found = [finding for stage in stages for finding in judge(self.outbound(body, by=by, stage=stage))]
        return tuple(dict.fromkeys(found))


def scenes() -> dict[str, Scene]:
    """Give all scenes by name."""
    return {scene.name: scene for scene in (*germanic_answers(), *romance_answers(), *wakings(), *plan_wakings())}


def staged(scene: Scene, policy: Policy | None = None) -> Stand:
    """Let policy and tools decide about a scene. Raises WrongScene where other tools come out than it names."""
    policy = policy or Policy()
    actions = _woken(scene, policy) if scene.facts.followup is not None else _answered(scene, policy)
    if tuple(action.tool for action in actions) != scene.tools:
        why = "; ".join(f"{action.tool} ({action.why})" for action in actions)
        raise WrongScene(f"{scene.name}: {', '.join(scene.tools)} was meant, and it came to {why or 'nothing'}")
    return Stand(scene=scene, policy=policy, actions=actions)


def _answered(scene: Scene, policy: Policy) -> tuple[ProposedAction, ...]:
    found = []
    for group in grouped(scene.claims):
        allowed = allowed_tools(scene.claims[group[0]], claims=scene.claims, facts=scene.facts, policy=policy)
        why = "; ".join(f"{name}: {reason}" for name, reason in allowed.refused.items())
        found.append(_action(allowed.tools[0], group, scene, policy, why=why))
    order = {name: place for place, name in enumerate(scene.tools)}
    return tuple(sorted(found, key=lambda action: order.get(action.tool, len(order))))


def _woken(scene: Scene, policy: Policy) -> tuple[ProposedAction, ...]:
    refused = tools()["follow_up"].refusal(ask_for(scene.claims, claims=scene.claims, facts=scene.facts, policy=policy))
    if refused:
        raise WrongScene(f"{scene.name}: nothing is followed up, because {refused}")
    return (_action("follow_up", (0,), scene, policy),)


def _action(name: str, group: tuple[int, ...], scene: Scene, policy: Policy, *, why: str = "") -> ProposedAction:
    tool = tools()[name]
    ask = ask_for([scene.claims[i] for i in group], claims=scene.claims, facts=scene.facts, policy=policy)
    arguments = tool.fill(ask)
    tool.check(arguments, ask)
    return ProposedAction(
        tool=name,
        arguments=arguments.model_dump(mode="json"),
        claims=group,
        preview=tool.preview(arguments, scene.facts),
        allowed=(name,),
        why=why,
    )


def _message(scene: Scene) -> StoredMessage:
    customer = scene.customer
    email = InboundEmail(
        kind=MessageKind.REPLY,
        message_id=f"<{scene.name}@{customer.domain}>",
        from_address=customer.email,
        subject=scene.subject,
        sent_at=NOW,
        new_text=scene.told,
    )
    return StoredMessage(id=1, mailbox="ar", received_at=NOW, email=email)
