"""The rules in force, in the order in which their findings are shown."""

from __future__ import annotations

from agent.rules import grounding, invention, loops, prohibited, recipients, standing, wording
from agent.rules.base import Outbound, Rule, block
from store.proposed import Finding

RULES: tuple[Rule, ...] = (
    standing.not_to_the_stopped,
    standing.not_past_a_newer_mail,
    loops.not_to_a_robot,
    loops.not_twice_to_a_machine,
    loops.not_to_a_list,
    recipients.verified_recipients,
    recipients.no_figures_to_strangers,
    recipients.own_attachments,
    grounding.slots_resolve,
    grounding.no_figures_by_model,
    grounding.hand_written_figures,
    invention.only_given_slots,
    invention.no_figures_in_words,
    invention.no_places,
    invention.no_concessions,
    prohibited.no_links,
    prohibited.no_bank_details,
    prohibited.no_hidden_signs,
    prohibited.no_legal_words,
    prohibited.not_too_long,
    prohibited.right_subject,
    wording.right_language,
    wording.signed_by_us,
)


def judge(out: Outbound) -> tuple[Finding, ...]:
    """Run every rule. A rule that fails to run blocks: no draft passes because a check broke."""
    findings: list[Finding] = []
    for rule in RULES:
        try:
            findings += rule(out)
        except Exception as error:
            findings.append(block("R-RULE", f"The rule {rule.__name__} could not be checked ({type(error).__name__})."))
    return tuple(dict.fromkeys(findings))
