"""The tools that exist, and which of them may answer which reason. The one place where both are listed."""

from __future__ import annotations

from functools import cache
from typing import Any

from tools.answer_question import AnswerQuestion
from tools.ask_back import AskBack
from tools.base import Tool
from tools.check_payment import CheckPayment
from tools.escalate_to_human import EscalateToHuman
from tools.follow_up import FollowUp
from tools.hold_outreach import HoldOutreach
from tools.no_reply import NoReply
from tools.open_dispute import OpenDispute
from tools.propose_payment_plan import ProposePaymentPlan
from tools.record_promise import RecordPromise
from tools.remind import Remind
from tools.resubmit_invoice import ResubmitInvoice
from tools.send_documents import SendDocuments
from tools.stop_contact import StopContact
from tools.submit_to_portal import SubmitToPortal
from tools.update_contact import UpdateContact

_TOOLS: tuple[type[Tool[Any]], ...] = (
    SubmitToPortal,
    ResubmitInvoice,
    ProposePaymentPlan,
    RecordPromise,
    CheckPayment,
    OpenDispute,
    SendDocuments,
    UpdateContact,
    AnswerQuestion,
    HoldOutreach,
    AskBack,
    FollowUp,
    Remind,
    StopContact,
    EscalateToHuman,
    NoReply,
)


@cache
def tools() -> dict[str, Tool[Any]]:
    """Give every tool by name, the usual answer to a reason before escalation and silence."""
    return {tool.name: tool() for tool in _TOOLS}
