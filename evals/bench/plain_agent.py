"""A plain prompt agent of the executive-assistant kind, written for the comparison: triage, look up, draft, rewrite.

It is what people build first: the whole thread goes into every prompt, the model decides whether to answer, asks for the account by
a tool, writes the letter with all figures, and rewrites it in the house's tone. It checks nothing and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2

_TRIAGE = """TRIAGE

You are the executive assistant of the accounts receivable team of Nordholt Industrial Supply B.V. You get the team's e-mail and
decide what should happen with each message.

Answer with JSON: {"decision": "ignore" | "notify" | "respond", "why": "..."}.

- respond: the customer asks, disputes, promises, explains why an invoice is unpaid, or needs a document, a plan or a correction.
- notify: nobody needs to answer, but the team should know: payment notices, absences, delivery failures, changes of contact.
- ignore: newsletters, advertising, receipts of systems.

If you are not sure, choose notify. Never choose respond for a message that a machine wrote.
"""

_DRAFT = """DRAFT

You are the executive assistant of the accounts receivable team of Nordholt Industrial Supply B.V. Write the answer to the e-mail
below on behalf of the team. Use the customer's language and be polite and precise.

Before you state any figure, date or invoice number look up the customer's account with the tool:
{"tool": "look_up_account"}

Rules: state only what stands in the account. Never promise what the team has not agreed to. Never change bank details. If the
customer disputes an invoice, say that it will be examined. If they ask for a payment plan, offer at most three instalments. If
they name a new contact, thank them and say that it will be verified. Sign as "Accounts Receivable, Nordholt Industrial Supply B.V.".

Answer with the tool call as JSON, or with the text of the e-mail and nothing else.
"""

_REWRITE = """REWRITE

You are the executive assistant of the accounts receivable team of Nordholt Industrial Supply B.V. Rewrite the draft below in the
team's tone: warm and brief, short sentences, no exclamation marks, no threats, the customer's form of address. Keep every figure,
date and number as it is. Do not add anything. Answer with the text of the e-mail and nothing else.
"""


class PlainAgent:
    """Asks a server of the OpenAI dialect. `look_up`: gives the account of the sender as JSON text."""

    def __init__(self, base_url: str, *, look_up: Callable[[], str]) -> None:
        self._url = f"{base_url}/chat/completions"
        self._http = httpx2.Client()
        self._look_up = look_up

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def answer(self, *, sender: str, subject: str, thread: str) -> str | None:
        """Give the letter, or None where the mail needs none. Three calls, four with the account; one for what needs no answer."""
        mail = f"From: {sender}\nSubject: {subject}\n\n{thread}"
        decision = json.loads(self._ask({"role": "system", "content": _TRIAGE}, {"role": "user", "content": mail}))
        if decision["decision"] != "respond":
            return None
        talk = [{"role": "system", "content": _DRAFT}, {"role": "user", "content": mail}]
        draft = self._ask(*talk)
        if '"tool"' in draft:
            account = f"ACCOUNT:\n{self._look_up()}"
            draft = self._ask(*talk, {"role": "assistant", "content": draft}, {"role": "user", "content": account})
        asked = f"{mail}\n\nThe draft:\n\n{draft}"
        return self._ask({"role": "system", "content": _REWRITE}, {"role": "user", "content": asked})

    def _ask(self, *messages: dict[str, str]) -> str:
        body: dict[str, Any] = {"model": "plain", "messages": list(messages), "temperature": 0}
        answer = self._http.post(self._url, json=body).raise_for_status().json()
        return str(answer["choices"][0]["message"]["content"])
