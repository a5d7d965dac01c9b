"""What the codes of the last steps mean in plain words, for pages and terminal. Words only: nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.handing_off_figures import Way
from outreach.suggesting import Also
from store.audit import BLANKED
from store.last_resort_words import Ending, Ground, Receiver, Standing
from store.outreach_words import LastResort

KINDS: Mapping[str, str] = {
    LastResort.HOLD: "Account hold",
    LastResort.REVIEW: "Internal review",
    LastResort.SETTLEMENT: "Settlement",
    LastResort.HAND_OFF: "Hand-off",
    LastResort.WRITE_OFF: "Write-off",
}
MEANS: Mapping[str, str] = {
    LastResort.HOLD: "No new deliveries on credit. Reminders go on: this is no pause of writing.",
    LastResort.REVIEW: "Somebody looks at the whole account and chooses a way.",
    LastResort.SETTLEMENT: "Less than the whole is accepted, if it is paid by a day.",
    LastResort.HAND_OFF: "An agency or an attorney collects it. Nobody here asks for these invoices any more.",
    LastResort.WRITE_OFF: "Nobody asks for it any more; the ERP is told to book the loss.",
}
STANDINGS: Mapping[str, str] = {
    Standing.PROPOSED: "proposed",
    Standing.APPROVED: "approved",
    Standing.CARRIED_OUT: "carried out",
    Standing.ENDED: "ended",
    Standing.REFUSED: "refused",
    Standing.LAPSED: "lapsed",
}
CARRIED_OUT: Mapping[str, str] = {
    LastResort.HOLD: "the ERP was told",
    LastResort.REVIEW: "taken over",
    LastResort.SETTLEMENT: "the customer was told",
    LastResort.HAND_OFF: "handed over",
    LastResort.WRITE_OFF: "the ERP was told",
}
TONES: Mapping[str, str] = {
    Standing.PROPOSED: "warn",
    Standing.APPROVED: "good",
    Standing.CARRIED_OUT: "good",
    Standing.REFUSED: "bad",
}
GROUNDS: Mapping[str, str] = {
    Ground.CADENCE: "the cadence came to this step",
    Ground.NO_ANSWER: "nobody answers",
    Ground.PROMISES_BROKEN: "promises were broken",
    Ground.PLAN_BROKEN: "a payment plan was broken",
    Ground.REFUSAL: "the customer refuses to pay",
    Ground.SETTLEMENT_OFFER: "the customer offered a settlement",
    Ground.SETTLEMENT_REST: "what a settlement that was kept leaves open",
    Ground.INSOLVENCY: "the customer is insolvent",
    Ground.UNECONOMIC: "collecting costs more than it brings",
    Ground.LIMITATION: "the claim is nearly out of time",
    Ground.GIVEN_BACK: "an agency or an attorney gave it back",
    Ground.RISK: "the risk of losing it has risen",
    Ground.JUDGEMENT: "our own judgement",
}
ENDINGS: Mapping[str, str] = {
    Ending.PAID: "it is paid",
    Ending.PLAN_AGREED: "a payment plan is agreed",
    Ending.KEPT: "it was paid in time",
    Ending.NOT_PAID: "it was not paid in time: the whole claim stands again",
    Ending.LIFTED: "somebody ended it",
    Ending.CALLED_BACK: "it was called back",
    Ending.GIVEN_BACK: "it was given back",
    Ending.BOOKED: "the ledger shows it booked",
    Ending.NOTHING_OPEN: "nothing is open and uncontested any more",
    Ending.REVIEWED: "somebody chose a way",
    Ending.REFUSED: "it was refused",
}
RECEIVERS: Mapping[str, str] = {Receiver.AGENCY: "a collection agency", Receiver.ATTORNEY: "an attorney"}
WAYS: Mapping[str, str] = {
    Way.KEEP_TRYING: "Keep trying ourselves",
    Way.AGENCY: "Collection agency",
    Way.ATTORNEY: "Attorney",
    Way.WRITE_OFF: "Write off",
}
SUGGESTED: Mapping[str, str] = {
    **KINDS,
    Also.PLAN: "Offer a payment plan",
    Also.KEEP_TRYING: "Keep asking",
}
EVENTS: Mapping[str, str] = {
    "last_resort.proposed": "proposed",
    "last_resort.revised": "changed",
    "last_resort.approved_first": "approved by the first of two",
    "last_resort.approved": "approved",
    "last_resort.refused": "refused",
    "last_resort.carried_out": "carried out",
    "last_resort.end_proposed": "its end is proposed",
    "last_resort.ended": "ended",
    "last_resort.lapsed": "lapsed",
    "last_resort.payments_reported": "payments were reported",
    BLANKED: "words were erased",
}
#: What ends what stands, as its button says it.
TO_END: Mapping[str, str] = {
    LastResort.HOLD: "Lift the hold",
    LastResort.REVIEW: "Finish the review",
    LastResort.SETTLEMENT: "Withdraw the settlement",
    LastResort.HAND_OFF: "Call it back",
    LastResort.WRITE_OFF: "Take the write-off back",
}
NOTICES: Mapping[str, tuple[str, str]] = {
    "proposed": ("good", "Proposed. Nothing changes before it is approved."),
    "revised": ("good", "Changed. Whoever approved it before has to look at it again."),
    "approved": ("good", "Approved. It stands on the account."),
    "second": ("good", "Your approval is noted. A second person has to approve as well."),
    "refused": ("good", "Refused, and written into the log."),
    "told": ("good", "Noted: the customer was told."),
    "handed": ("good", "Handed over. Nobody here asks for these invoices from now on."),
    "ended": ("good", "Ended, and written into the log."),
    "letter": ("good", "The letter to the customer comes into the queue, to be approved there."),
}
