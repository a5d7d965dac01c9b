"""What the codes of the house mean in plain words, for the pages. Words only: nothing here decides anything."""

from __future__ import annotations

from prompts.slot_syntax import MAX_BODY
from review.item import RejectReason
from store.aftermath import PlanStance
from store.vocabulary import Delivery, IdentityLevel, MessageState, ProposalStatus, Reason, SendState, Verdict

#: Flags that say that the sender may not be who they seem, that the mail shows less than it holds, or that somebody may come to harm.
ALARMING: frozenset[str] = frozenset(
    {
        "auth_doubtful",
        "auth_failed",
        "auth_injected",
        "auth_mismatch",
        "auth_unexplained",
        "auth_untrusted",
        "double_from",
        "foreign_sender",
        "hidden_text",
        "invisible_characters",
        "look_alike",
        "malformed_from",
        "misleading_name",
        "person_in_danger",
        "plain_html_differ",
        "reply_to_differs",
        "reply_to_elsewhere",
        "portal_unproven",
        "safety_matter",
        "shared_address",
        "styles_not_followed",
    }
)

_FLAGS: dict[str, str] = {
    "answers_below": "The writer says that answers stand in the quoted mail, and they were not found: read the whole mail.",
    "auth_doubtful": "The mail server's checks do not speak for this sender.",
    "auth_injected": "Something in the mail tampered with the results of our own mail server's checks.",
    "auth_unexplained": "The mail server passed the sender, but nothing that it found explains why.",
    "auth_unreadable": "The results of our mail server's checks could not be read.",
    "auth_untrusted": "The topmost results of checks are not from our own mail server (setting authserv_id).",
    "match_failed": "An error in the program kept it from telling whose mail this is: assign it.",
    "report_no_objection": "A provider's report that does not complain of our mail: the contact stays in use.",
    "bounce_noted": "A delivery failure that passes, or may pass: the contact stays in use.",
    "contact_marked": "The contact is not written to any more.",
    "report_unproven": "The report names no mail of ours: it proves nothing.",
    "answered_by_hand": "A colleague answered from their own mail program: no draft is wanted.",
    "auth_failed": "The mail failed the checks that prove its sender.",
    "auth_mismatch": "The mail server vouched for another sender than the one shown.",
    "bad_encoding": "Some characters could not be decoded.",
    "bulk": "Looks like mail to many people.",
    "cut_for_reader": "The mail is very long: the reader saw its beginning only.",
    "decided_without_model": "The language model was not available to choose among the actions.",
    "double_from": "The mail names more than one sender.",
    "empty": "The mail holds no words of its own.",
    "foreign_sender": "The writer is no known contact of this customer.",
    "forwarded": "A forwarded mail: the words are those of the mail inside.",
    "hidden_text": "The mail hides text from the eye; it was left out.",
    "html_not_read": "The HTML part was too large to be read; this is the plain part.",
    "inline_answers": "The answers stand between quoted lines; the line that each answers is shown above it.",
    "invisible_characters": "Invisible characters were taken out.",
    "look_alike": "The sender's domain looks like a known one, but is not.",
    "low_confidence": "The reader was not sure.",
    "machine_made": "A program sent or worded this mail: it is answered once at most.",
    "malformed_from": "The sender's address is malformed.",
    "misleading_name": "The sender's name shows another address than the real one.",
    "no_new_text": "Nothing new was found above the quoted mail.",
    "own_mail_returned": "Our own mail came back under another sender's name.",
    "own_mail": "Sent from an address of ours.",
    "person_in_danger": "Words of self-harm or violence stand in the mail: read it now, and answer it yourself.",
    "plain_html_differ": "The plain and the HTML part say different things.",
    "portal_mail": "A mail of a customer's portal: it is never answered.",
    "portal_unproven": "Looks like a portal's notification, but its sender is not proven: it moved nothing.",
    "read_by_person": "A person read this, not the reader.",
    "reply_to_differs": "Answers would go to another organisation; they are never sent there.",
    "reply_to_elsewhere": "Answers would go to another address; they are never sent there.",
    "safety_matter": "Words of an accident, an injury or unsafe goods stand in the mail: a person answers it.",
    "several_customers": "The invoices named belong to several customers.",
    "shared_address": "Several customers use this address.",
    "styles_not_followed": "The mail has so many styles that hidden text may be shown as if it were seen.",
    "unaligned_signature": "Signed by another domain than the sender's.",
    "written_without_model": "The language model was not available: the template wrote the draft.",
}

IDENTITY: dict[IdentityLevel, str] = {
    IdentityLevel.A: "Known contact, sender proven",
    IdentityLevel.B: "Known contact, sender not proven",
    IdentityLevel.C: "Unknown sender: gets no figures",
    IdentityLevel.D: "Suspicious sender: gets no figures",
}

DELIVERY: dict[Delivery, str] = {
    Delivery.OK: "Mail arrives",
    Delivery.BOUNCING: "Mail comes back",
    Delivery.COMPLAINED: "Complained about our mail",
}

STATUS: dict[ProposalStatus, str] = {
    ProposalStatus.HELD: "waiting",
    ProposalStatus.APPROVED: "approved",
    ProposalStatus.SENT: "sent",
    ProposalStatus.DONE: "done",
    ProposalStatus.REJECTED: "rejected",
    ProposalStatus.VOID: "overtaken",
    ProposalStatus.UNCERTAIN: "uncertain",
    ProposalStatus.FAILED: "failed",
}

SENDING: dict[SendState, str] = {
    SendState.QUEUED: "The mail waits in the outbox.",
    SendState.CLAIMED: "The mail is being handed to the mail server.",
    SendState.TRANSMITTING: "The mail is leaving.",
    SendState.SENT: "The mail server took the mail.",
    SendState.FILED: "The mail was sent and filed.",
    SendState.UNCERTAIN: "Nobody knows whether the mail went out: look into the Sent folder, then say so here.",
    SendState.FAILED: "The mail could not be sent, and will not be tried again.",
    SendState.VOID: "The mail was stopped before it left.",
}

MESSAGE_STATES: dict[MessageState, str] = {
    MessageState.UNREADABLE: "unreadable",
    MessageState.QUARANTINED: "set aside after failures",
    MessageState.UNMATCHED: "no known customer",
}

REJECT_REASONS: dict[RejectReason, str] = {
    RejectReason.WRONG_REASON: "Misunderstood: the reason is wrong",
    RejectReason.WRONG_ACTION: "Understood, but the action is wrong",
    RejectReason.WRONG_WORDS: "The words are wrong",
    RejectReason.NO_ANSWER_NEEDED: "No answer is needed",
    RejectReason.HANDLED_ELSEWHERE: "Handled elsewhere",
    RejectReason.OTHER: "Something else",
}

_TOOLS: dict[str, str] = {
    "resubmit_invoice": "Send the invoice again",
    "submit_to_portal": "Have it entered in the customer's portal",
    "send_documents": "Send documents",
    "propose_payment_plan": "Offer a payment plan",
    "record_promise": "Note the promise to pay",
    "open_dispute": "Open a dispute",
    "update_contact": "Note a new contact",
    "hold_outreach": "Pause reminders",
    "ask_back": "Ask the customer one question",
    "follow_up": "Remind the customer",
    "remind": "Write first",
    "answer_question": "Answer from the ledger",
    "stop_contact": "Stop writing to the customer",
    "escalate_to_human": "Hand to a person",
    "no_reply": "No reply",
}

NOTICES: dict[str, tuple[str, str]] = {
    "redecided": ("warn", "Decided anew, and the mail is worded for it. Look at it, then approve."),
    "redrafted": ("warn", "Worded anew. Look at it, then approve."),
    "snoozed": ("good", "Put off: it is out of the list until then."),
    "woken": ("good", "Back in the list."),
    "given": ("good", "Noted whose turn it is."),
    "handed": ("good", "Handed over. This proposal still waits here."),
    "commented": ("good", "Your comment is kept."),
    "saved": ("good", "Your text is saved. Nothing has been sent."),
    "look": ("warn", "Your text is saved. This is how it will read: look at it, then approve once more."),
    "chosen": ("warn", "The mail is worded anew for the ticked actions. Look at it, then approve."),
    "cell_opened": ("good", "Open: such answers go out by themselves from now on, after the time to take them back."),
    "cell_closed": ("good", "Closed: every such answer waits for a person again."),
    "taken_over": ("good", "It is yours now."),
    "dispute_ended": ("good", "The dispute is ended. The answer to the customer comes into the queue."),
    "portal_filled": ("good", "Filled in, and written into the log. The ledger itself is as it was."),
    "portal_moved": ("good", "Noted, and written into the log."),
    "task_done": ("good", "Noted, and written into the log."),
    "cash_confirmed": ("good", "Confirmed. It stands in the export for your ERP, and is not asked for any more."),
    "cash_refused": ("warn", "Nothing was confirmed: what was suggested is another by now, or was decided."),
    "cash_dismissed": ("good", "Dismissed: it is no customer's payment."),
    "cash_answered": ("good", "Noted."),
    "cash_reopened": ("good", "Open again: it asks for somebody."),
    "search_dismissed": ("good", "Dismissed; the pause that came with it is over."),
    "taken_back": ("good", "Taken back. It waits for you again, with the same words; nothing was sent."),
    "second": ("good", "Your approval is noted. A second person has to approve as well before anything is sent."),
    "verified": ("good", "The contact is verified and can be written to."),
    "settled": ("good", "Settled, and written into the log."),
    "retried": ("good", "The mail is in the outbox again."),
    "assigned": (
        "good",
        "Assigned. The mail is read anew with that customer's account, and comes back into the queue.",
    ),
    "marked": (
        "good",
        "Nothing is sent to that contact any more. The report is read anew with the customer's account.",
    ),
    "reachable": ("good", "The contact can be written to again."),
    "closed": ("good", "Marked as dealt with."),
    "view_kept": ("good", "The view is kept."),
    "view_removed": ("good", "The view is removed."),
    "thought": ("good", "It is thought about again, and comes into the queue."),
}

STANCE: dict[PlanStance, str] = {
    PlanStance.AGREES: "agrees",
    PlanStance.DECLINES: "declines",
    PlanStance.COUNTERS: "asks for another",
}

TOO_LONG = f"The text is longer than {MAX_BODY} characters: shorten it."


def plain(code: str) -> str:
    """Turn a code into words: `promise_to_pay` becomes "Promise to pay"."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def sentence(text: str) -> str:
    """Make a sentence of a refusal."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def flag_words(flag: str) -> str:
    """Say what a flag means; an unknown one is shown as its own words."""
    name, _, about = flag.partition(":")
    if name == "unknown_invoice":
        return f"{about} is no invoice of this customer."
    if name == "unreported":
        return f"The language model did not report this: {plain(about)}. The embedded reader read it in the mail."
    if name == "warning_words":
        return f"Words of {plain(about)} stand in the mail, and no claim is about it: read the mail yourself."
    return _FLAGS.get(name) or f"{plain(name)}{': ' + about if about else ''}."


def tool_words(tool: str) -> str:
    """Name a tool for a collector."""
    return _TOOLS.get(tool, plain(tool))


def reason_words(reason: Reason | str) -> str:
    """Name a reason for a collector."""
    if str(reason).startswith("remind_"):
        return f"Write first: {plain(str(reason).removeprefix('remind_')).lower()}"
    return "PO mismatch" if reason == Reason.PO_MISMATCH else plain(str(reason))


def verdict_words(verdict: Verdict | str) -> str:
    """Name what a mail is."""
    return plain(str(verdict))
