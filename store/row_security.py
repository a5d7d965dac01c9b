"""Whose rows each table holds, and the policies by which PostgreSQL itself keeps one customer's rows from another's work.

A transaction that names a customer (`store.scoping`) reads and writes that customer's rows alone; one that names nobody has the
whole house. Every table is listed here: guarded, or of no customer, with the reason (a test fails for one that is neither).
SQLite has no such policies: there the queries alone keep customers apart.
"""

from __future__ import annotations

#: The setting that names the customer. Unset and empty both mean the whole house.
SETTING = "dunwell.customer"
POLICY = "of_one_customer"

#: As a subquery it is asked once a statement, not once a row.
_WHO = f"(SELECT current_setting('{SETTING}', true))"
_OWN = f"customer_id = {_WHO}"


def _through(parent: str, key: str) -> str:
    # The parent's customer is named once more, although the parent is guarded too: one lock does not hang on the other.
    return f"EXISTS (SELECT 1 FROM {parent} AS whose WHERE whose.id = {key} AND whose.{_OWN})"  # noqa: S608 (constants)


_BY_INVOICE = f"EXISTS (SELECT 1 FROM invoice AS whose WHERE whose.number = invoice_number AND whose.{_OWN})"  # noqa: S608
_COMPANYS_OR_OWN = f"invoice_number IS NULL OR {_BY_INVOICE}"
#: A PDF is seen through the invoice, or the paper of ours, that it belongs to; the very same bytes may belong to several.
_NAMED_BY_OWN = (
    f"EXISTS (SELECT 1 FROM invoice AS whose WHERE whose.document_sha256 = sha256 AND whose.{_OWN}) "  # noqa: S608
    "OR EXISTS (SELECT 1 FROM company_document AS paper WHERE paper.document_sha256 = sha256 AND "
    "(paper.invoice_number IS NULL OR EXISTS (SELECT 1 FROM invoice AS whose "
    f"WHERE whose.number = paper.invoice_number AND whose.{_OWN})))"
)

#: Under which condition a row is the named customer's. What belongs to nobody yet (an unmatched mail, its proposal) is nobody's:
#: no step that works for one customer needs it.
GUARDED = {
    "customer": f"id = {_WHO}",
    **dict.fromkeys(("contact", "invoice", "payment", "case", "message", "proposal", "outgoing", "followup"), _OWN),
    **dict.fromkeys(("hold", "promise", "plan", "dispute", "resubmission", "escalation"), _OWN),
    **dict.fromkeys(("portal_item", "payment_check", "closure"), _OWN),
    **dict.fromkeys(("channel_task", "channel_stop"), _OWN),
    **dict.fromkeys(("ledger_change", "customer_alias"), _OWN),
    "last_resort": _OWN,
    **dict.fromkeys(("risk", "slipping"), _OWN),
    **dict.fromkeys(("outreach_step", "outreach_pause", "outreach_look"), _OWN),
    # A line of a statement is the house's until it is somebody's money.
    **dict.fromkeys(("bank_line", "bank_part", "bank_advice", "advice_look"), _OWN),
    **dict.fromkeys(("remote_record", "crm_note"), _OWN),
    "instalment": _through("plan", "plan_id"),
    **dict.fromkeys(("message_raw", "sighting", "model_call"), _through("message", "message_id")),
    **dict.fromkeys(
        ("effect", "filed_draft", "decision", "revision", "comment", "presence"), _through("proposal", "proposal_id")
    ),
    "document": _NAMED_BY_OWN,
    "company_document": _COMPANYS_OR_OWN,
}

#: Under which condition a row may be written, where that is not the same: papers for all come from the house alone.
WRITTEN = {"document": "false", "company_document": f"invoice_number IS NOT NULL AND {_BY_INVOICE}"}

#: Tables without rows of a customer, and why.
OF_NO_CUSTOMER = {
    "alembic_version": "the revision of these tables",
    "api_token": "a person of ours",
    "audit": "one chain for the house: whoever adds an entry must read the one before; no mail is in it",
    "autonomy_cell": "how a kind of mail is answered, whoever wrote",
    "bank_statement": "our own accounts and their balances",
    "connection": "which systems we are connected to, their sealed tokens, and how far they were read",
    "cursor": "how far a folder was read",
    "digest_sent": "mail to people of ours, with a count",
    "fleet_key": "a digest of our own key",
    "heartbeat": "signs of life of workers",
    "invitation": "a person of ours",
    "lease": "which worker reads which mailbox",
    "limited_try": "keyed hashes of who tried to sign in",
    "outbox_pause": "one switch for the house",
    "person": "a person of ours",
    "person_session": "a person of ours",
    "risk_model": "trees of numbers and their card: how the house is paid, and nobody's name",
    "saved_view": "questions of people of ours, never an answer",
    "worker": "which processes work on this database",
}


def protect(table: str) -> list[str]:
    """Give the statements that guard a table, for a migration. FORCE: the owner of the tables is who works with them."""
    house = f"coalesce({_WHO}, '') = ''"
    own = GUARDED[table]
    written = WRITTEN.get(table, own)
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY {POLICY} ON "{table}" USING ({house} OR {own}) WITH CHECK ({house} OR {written})',
    ]


def unprotect(table: str) -> list[str]:
    """Give the statements that take a table's guard away."""
    return [
        f'DROP POLICY {POLICY} ON "{table}"',
        f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
    ]
