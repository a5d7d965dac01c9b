"""The rules in force, in the order in which their findings are shown, and the one way to judge a draft by them."""

from __future__ import annotations

from dataclasses import replace

from agent.rules import (
    addressing,
    approvals,
    banking,
    charging,
    disguise,
    grounding,
    headers,
    invention,
    loops,
    notices,
    overreach,
    papers,
    privacy,
    prohibited,
    promises,
    recipients,
    standing,
    timing,
)
from agent.rules.base import DECIDED, Outbound, Rule, Stage, block
from store.proposed import Finding
from store.vocabulary import Severity

_BLOCK, _MANAGER, _WARN = Severity.BLOCK, Severity.MANAGER, Severity.WARN

RULES: tuple[Rule, ...] = (
    Rule("R-STA-01", "insolvent: nothing is written but the fixed words", _BLOCK, (standing.insolvent,)),
    Rule("R-STA-02", "stopped: nothing but the one confirmation", _BLOCK, (standing.not_to_the_stopped,)),
    Rule("R-STA-03", "represented by a lawyer: only to the lawyer", _BLOCK, (standing.only_to_their_lawyer,)),
    Rule("R-STA-04", "what is disputed is not demanded", _BLOCK, (standing.disputed_is_not_demanded,)),
    Rule("R-STA-05", "bank matter open: the fixed warning alone", _BLOCK, (standing.bank_matter_open,)),
    Rule("R-STA-06", "hardship is answered gently; grief goes to a manager", _BLOCK, (standing.gentle_in_hardship,)),
    Rule("R-STA-07", "a plan that is kept is not dunned", _BLOCK, (standing.plan_is_kept,)),
    Rule("R-STA-08", "time-barred: a legal review comes first", _BLOCK, (standing.not_time_barred,)),
    Rule("R-STA-09", "no answer past a newer mail, no second one", _BLOCK, (standing.not_past_a_newer_mail,)),
    Rule("R-LOOP-01", "robots get no answer", _BLOCK, (loops.not_to_a_robot,)),
    Rule("R-LOOP-02", "no second answer to a machine", _BLOCK, (loops.not_twice_to_a_machine,)),
    Rule("R-LOOP-03", "mail of a list is a person's matter", _WARN, (loops.not_to_a_list,)),
    Rule("R-RCP-01", "verified contacts of this customer, at most three", _BLOCK, (recipients.verified_recipients,)),
    Rule("R-RCP-02", "no figure to an unproven sender", _BLOCK, (recipients.no_figures_to_strangers,)),
    Rule("R-RCP-03", "nobody whose mail comes back or who complained", _BLOCK, (recipients.reachable_recipients,)),
    Rule("R-RCP-04", "a contact verified a day ago is a manager's", _MANAGER, (recipients.contact_not_new,)),
    Rule("R-RCP-05", "no unknown free-mail address, no third party", _BLOCK, (recipients.business_recipients,)),
    Rule(
        "R-GND-01",
        "every sum and figure is the ledger's",
        _BLOCK,
        (grounding.sums_are_ours, grounding.figures_are_known),
    ),
    Rule("R-GND-02", "every reference number is this customer's", _BLOCK, (grounding.references_are_ours,)),
    Rule("R-GND-03", "every day exists and is known, with its weekday", _BLOCK, (grounding.days_are_ours,)),
    Rule("R-GND-04", "days overdue, counts and shares are right today", _BLOCK, (grounding.counts_are_right,)),
    Rule(
        "R-GND-05",
        "no figure by a model; every slot resolves",
        _BLOCK,
        (
            grounding.slots_resolve,
            grounding.no_figures_by_model,
            invention.only_given_slots,
            invention.no_figures_in_words,
            disguise.no_figures_in_disguise,
        ),
    ),
    Rule(
        "R-GND-06",
        "the right person in the right language",
        _BLOCK,
        (addressing.right_person, addressing.right_language, disguise.sentences_in_the_language),
    ),
    Rule(
        "R-GND-07",
        "only stored PDFs of this customer, at most five",
        _BLOCK,
        (recipients.own_attachments, papers.own_papers),
    ),
    Rule("R-GND-08", "the ledger is fresh", _WARN, (approvals.fresh_ledger,), DECIDED),
    Rule("R-PRO-01", "no bank details in the text", _BLOCK, (banking.no_bank_details,)),
    Rule("R-PRO-02", "no bank details by a value", _BLOCK, (banking.no_bank_details_filled_in,)),
    Rule(
        "R-PRO-03",
        "no link, address, telephone or markup",
        _BLOCK,
        (prohibited.no_links, invention.no_places, disguise.no_places_in_words),
    ),
    Rule(
        "R-PRO-04",
        "no hidden sign, no word of two scripts",
        _BLOCK,
        (prohibited.no_hidden_signs, disguise.letters_of_the_language, disguise.words_in_one_piece),
    ),
    Rule("R-PRO-05", "no word of legal action", _BLOCK, (prohibited.no_legal_words,)),
    Rule(
        "R-PRO-06",
        "nobody but us writes and signs",
        _BLOCK,
        (prohibited.no_borrowed_authority, addressing.signed_by_us),
    ),
    Rule(
        "R-PRO-07", "no insult, threat or shouting", _BLOCK, (prohibited.no_rudeness, overreach.nothing_told_to_others)
    ),
    Rule("R-PRO-08", "the last word only where it is the last", _BLOCK, (prohibited.no_false_last_word,)),
    Rule("R-PRO-09", "no admission, no advice, no changed contract", _BLOCK, (promises.no_admission,)),
    Rule(
        "R-PRO-10",
        "a concession is a manager's, never a model's",
        _MANAGER,
        (promises.concession_by_a_manager, invention.no_concessions, overreach.no_terms_at_will),
    ),
    Rule(
        "R-PRO-11",
        "no promise outside of our power",
        _BLOCK,
        (promises.no_empty_promise, overreach.nothing_called_settled),
    ),
    Rule("R-PRO-12", "no selling", _BLOCK, (prohibited.no_selling,)),
    Rule("R-LEN-01", "a letter, not a treatise", _BLOCK, (prohibited.not_too_long,)),
    Rule("R-TIM-01", "inside the recipient's window", _BLOCK, (timing.inside_the_window,), DECIDED),
    Rule("R-TIM-02", "within the caps", _BLOCK, (timing.within_the_caps,), DECIDED),
    Rule("R-TIM-03", "no reminder before it is due", _BLOCK, (timing.not_before_it_is_due,)),
    Rule("R-TIM-04", "no demand while the customer has time", _BLOCK, (timing.not_while_they_have_time,)),
    Rule("R-TIM-05", "at least seven days to answer", _BLOCK, (timing.enough_time_to_answer,)),
    Rule("R-INT-01", "interest only by the policy and its table", _BLOCK, (charging.interest_by_the_policy,)),
    Rule("R-INT-02", "fixed sums only by the table", _BLOCK, (charging.fixed_sum_by_the_table,)),
    Rule("R-INT-03", "charges under the cap, with rate and days", _BLOCK, (charging.charges_within_the_cap,)),
    Rule("R-DIS-01", "company, address, a person, a way to answer", _BLOCK, (notices.company_particulars,)),
    Rule("R-DIS-02", "a program helped: in the mail and its header", _BLOCK, (notices.program_is_named,)),
    Rule("R-DIS-03", "how to object, and how to dispute", _BLOCK, (notices.rights_are_named,)),
    Rule("R-DIS-04", "the first notice that the law prescribes", _BLOCK, (notices.first_notice_is_there,)),
    Rule("R-DIS-05", "the privacy notice for a new contact", _WARN, (notices.privacy_is_named,)),
    Rule("R-HDR-01", "our domain, our Message-ID, each header once", _BLOCK, (headers.headers_are_ours,), DECIDED),
    Rule("R-HDR-02", "one short subject without a sum", _BLOCK, (headers.right_subject,)),
    Rule("R-HDR-03", "plain text and PDFs, as approved", _BLOCK, (headers.plain_mail,), DECIDED),
    Rule("R-PRV-01", "nothing internal, nothing quoted", _BLOCK, (privacy.nothing_internal,)),
    Rule("R-PRV-02", "only an approved model, asked for known things", _BLOCK, (privacy.approved_processor,)),
    Rule("R-APR-01", "who approves has the power to", _BLOCK, (approvals.approver_may,), frozenset({Stage.APPROVAL})),
    Rule("R-APR-02", "the approval still holds", _BLOCK, (approvals.approval_holds,), DECIDED),
    Rule(
        "R-APR-03",
        "every serious flag is answered for",
        _BLOCK,
        (approvals.flags_acknowledged,),
        frozenset({Stage.APPROVAL}),
    ),
)


def judge(out: Outbound) -> tuple[Finding, ...]:
    """Run every rule of this stage. A rule that fails to run blocks: no draft passes because a check broke."""
    findings: list[Finding] = []
    so_far = replace(out, found=())
    for rule in RULES:
        if out.stage not in rule.stages:
            continue
        if len(findings) > len(so_far.found):
            so_far = replace(out, found=tuple(findings))
        for check in rule.checks:
            try:
                findings += check(so_far)
            except Exception as error:
                findings.append(block(rule.id, f"The rule could not be checked ({type(error).__name__})."))
    return tuple(dict.fromkeys(findings))
