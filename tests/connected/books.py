"""QuickBooks Online, Xero, Stripe and NetSuite, emulated: the requests that dunwell makes of them, checked as the real ones would."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.connected.server import CLIENT, Answer, Asked, Emulator, need, said
from tests.connected.world import Credit, Customer, Invoice, Payment, World

REALM, TENANT, STRIPE_KEY = "9130357", "5f0b8e9c-aaaa-4bbb-8ccc-1234567890ab", "sk_live_0123456789abcdef"


def _num(text: str | Decimal) -> float | int:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


class QuickBooks(Emulator):
    kind = "quickbooks"

    def __init__(self, base: str, world: World) -> None:
        super().__init__(base)
        self.world = world
        self.home_currency = "EUR"

    def comes_back_with(self) -> dict[str, str]:
        return {"realmId": REALM}

    def records(self, entity: str) -> list[dict[str, Any]]:
        world: dict[str, list[Any]] = {
            "Customer": [self._customer(c) for c in self.world.customers],
            "Invoice": [self._invoice(i) for i in self.world.invoices],
            "CreditMemo": [self._credit(c) for c in self.world.credits],
            "Payment": [self._payment(p) for p in self.world.payments],
        }
        need(entity in world, f"an entity, not {entity}")
        return world[entity]

    def answer(self, asked: Asked) -> Answer:
        need(asked.query.get("minorversion") == "75", "the minor version")
        need(asked.headers.get("accept") == "application/json", "JSON")
        if asked.path == f"/v3/company/{REALM}/cdc":
            return self._cdc(asked)
        need(asked.path == f"/v3/company/{REALM}/query" and asked.method == "GET", "the query endpoint")
        query = asked.query["query"]
        if query == "select * from Preferences":
            prefs = {"CurrencyPrefs": {"HomeCurrency": {"value": self.home_currency}}}
            return said({"QueryResponse": {"Preferences": [prefs]}})
        form = (
            r"select (\*|count\(\*\)) from (\w+)(?: where (.+?))?(?: orderby Id startposition (\d+) maxresults (\d+))?"
        )
        parts = re.fullmatch(form, query)
        need(parts, f"a query: {query}")
        assert parts is not None
        what, entity, where, start, most = parts.groups()
        found = self._where(entity, where or "")
        if what != "*":
            return said({"QueryResponse": {"totalCount": self.total(found)}})
        need(start and most and int(most) <= 1000, "startposition and maxresults")
        page, _ = self.part(found, int(start) - 1, int(most))
        if not page:
            return said({"QueryResponse": {}})
        return said({"QueryResponse": {entity: page, "startPosition": int(start), "maxResults": len(page)}})

    def _where(self, entity: str, where: str) -> list[dict[str, Any]]:
        found = sorted(self.records(entity), key=lambda r: int(r["Id"]))
        conditions = where.split(" and ") if where else []
        if entity == "Customer" and "Active IN (true, false)" not in conditions:
            found = [r for r in found if r["Active"]]
        for condition in conditions:
            if condition == "Active IN (true, false)":
                continue
            since = re.fullmatch(r"MetaData\.LastUpdatedTime >= '([^']+)'", condition)
            first = re.fullmatch(r"TxnDate >= '([0-9-]{10})'", condition)
            need(since or first, f"a condition: {condition}")
            if since:
                after = datetime.fromisoformat(since[1])
                found = [r for r in found if datetime.fromisoformat(r["MetaData"]["LastUpdatedTime"]) >= after]
            elif first:
                found = [r for r in found if r["TxnDate"] >= first[1]]
        return found

    def _cdc(self, asked: Asked) -> Answer:
        after = datetime.fromisoformat(asked.query["changedSince"])
        names = {"invoice": "Invoice", "credit": "CreditMemo", "payment": "Payment"}
        parts: list[dict[str, Any]] = []
        for entity in asked.query["entities"].split(","):
            gone = [n for kind, n, at in self.world.deleted if names[kind] == entity and at >= after]
            if gone:
                parts.append({entity: [{"Id": n, "status": "Deleted", "domain": "QBO"} for n in gone]})
            else:
                parts.append({})
        return said({"CDCResponse": [{"QueryResponse": parts}], "time": after.isoformat()})

    def _meta(self, each: Any) -> dict[str, str]:
        stamp = each.changed.isoformat()
        return {"CreateTime": stamp, "LastUpdatedTime": stamp}

    def _customer(self, c: Customer) -> dict[str, Any]:
        return {
            "Id": c.id,
            "DisplayName": c.name,
            "CompanyName": c.name,
            "Active": not c.merged_into,
            "PrimaryEmailAddr": {"Address": c.email},
            **({"PrimaryPhone": {"FreeFormNumber": c.phone}} if c.phone else {}),
            **({"BillAddr": _bill_addr(c)} if c.street else {}),
            "CurrencyRef": {"value": c.currency},
            "MetaData": self._meta(c),
        }

    def _paper(self, p: Any, day: date) -> dict[str, Any]:
        return {
            "Id": p.id,
            "DocNumber": p.number,
            "CustomerRef": {"value": p.customer},
            "TxnDate": day.isoformat(),
            "CurrencyRef": {"value": p.currency},
            "TotalAmt": 0 if p.void else _num(p.total),
            "MetaData": self._meta(p),
        }

    def _invoice(self, i: Invoice) -> dict[str, Any]:
        return self._paper(i, i.issued) | {"DueDate": i.due.isoformat(), "Balance": 0 if i.void else _num(i.balance)}

    def _credit(self, c: Credit) -> dict[str, Any]:
        return self._paper(c, c.day) | {"RemainingCredit": 0 if c.void else _num(c.left)}

    def _payment(self, p: Payment) -> dict[str, Any]:
        lines = [{"Amount": _num(a), "LinkedTxn": [{"TxnId": i, "TxnType": "Invoice"}]} for i, a in p.applied.items()]
        return {
            "Id": p.id,
            "CustomerRef": {"value": p.customer},
            "TxnDate": p.day.isoformat(),
            "CurrencyRef": {"value": p.currency},
            "TotalAmt": 0 if p.void else _num(p.total),
            "UnappliedAmt": 0 if p.void else _num(p.unapplied),
            "PaymentRefNum": p.reference,
            "Line": [] if p.void else lines,
            "MetaData": self._meta(p),
        }


class Xero(Emulator):
    kind = "xero"

    def __init__(self, base: str, world: World) -> None:
        super().__init__(base)
        self.world = world

    def answer(self, asked: Asked) -> Answer:
        need(asked.method == "GET", "reading alone")
        if asked.path == "/connections":
            return said([{"tenantId": TENANT, "tenantType": "ORGANISATION", "tenantName": "Ours"}])
        need(asked.headers.get("xero-tenant-id") == TENANT, "the header Xero-Tenant-Id")
        name = asked.path.removeprefix("/api.xro/2.0/")
        if name == "Organisation":
            return said({"Organisations": [{"BaseCurrency": "EUR"}]})
        return self._list(name, asked)

    def _list(self, name: str, asked: Asked) -> Answer:
        lists: dict[str, tuple[str, list[dict[str, Any]], str]] = {
            "Contacts": ("ContactID", [self._contact(c) for c in self.world.customers], ""),
            "Invoices": ("InvoiceID", [self._invoice(i) for i in self.world.invoices], 'Type=="ACCREC"'),
            "CreditNotes": ("CreditNoteID", [self._credit(c) for c in self.world.credits], 'Type=="ACCRECCREDIT"'),
            "Overpayments": ("OverpaymentID", self._overpayments(), 'Type=="RECEIVE-OVERPAYMENT"'),
            "Prepayments": ("PrepaymentID", [], 'Type=="RECEIVE-PREPAYMENT"'),
            "Payments": ("PaymentID", self._payments(), 'PaymentType=="ACCRECPAYMENT"'),
        }
        need(name in lists, f"a list, not {name}")
        key, found, where = lists[name]
        need(asked.query.get("where", "") == where, f"where {where}")
        need(name != "Contacts" or asked.query.get("includeArchived") == "true", "archived contacts as well")
        need(asked.query["order"] == f"{key} ASC" and int(asked.query["pageSize"]) <= 1000, "an order and a page size")
        if since := asked.headers.get("if-modified-since"):
            after = datetime.strptime(since, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
            found = [r for r in found if datetime.fromisoformat(r["_changed"]) >= after]
            if not found:
                return Answer(304, b"")
        found.sort(key=lambda r: str(r[key]))
        size, page = int(asked.query["pageSize"]), int(asked.query["page"])
        total = self.total(found)
        part, _ = self.part(found, (page - 1) * size, size)
        pages = -(-len(found) // size)
        pagination = {"page": page, "pageSize": size, "pageCount": pages, "itemCount": total}
        return said({"pagination": pagination, name: part})

    def _ticks(self, day: date) -> str:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return f"/Date({int(moment.timestamp() * 1000)}+0000)/"

    def _contact(self, c: Customer) -> dict[str, Any]:
        merged = {"MergedToContactID": c.merged_into, "ContactStatus": "ARCHIVED"} if c.merged_into else {}
        return {
            "ContactID": c.id,
            "Name": c.name,
            "EmailAddress": c.email,
            "ContactStatus": "ACTIVE",
            "DefaultCurrency": c.currency,
            "Addresses": _xero_addresses(c),
            "Phones": _xero_phones(c),
            "_changed": c.changed.isoformat(),
            **merged,
        }

    def _paid(self, number: str) -> Decimal:
        return sum(
            (Decimal(p.applied[number]) for p in self.world.payments if number in p.applied and not p.void), Decimal(0)
        )

    def _invoice(self, i: Invoice) -> dict[str, Any]:
        if i.void:
            return {"InvoiceID": i.id, "InvoiceNumber": i.number, "Status": "VOIDED", "_changed": i.changed.isoformat()}
        paid = Decimal(i.total) - Decimal(i.balance)
        return {
            "InvoiceID": i.id,
            "InvoiceNumber": i.number,
            "Type": "ACCREC",
            "Status": "PAID" if Decimal(i.balance) == 0 else "AUTHORISED",
            "Contact": {"ContactID": i.customer},
            "Date": self._ticks(i.issued),
            "DueDate": self._ticks(i.due),
            "CurrencyCode": i.currency,
            "Total": _num(i.total),
            "AmountDue": _num(i.balance),
            "AmountPaid": _num(paid),
            "AmountCredited": 0,
            "Reference": "",
            "_changed": i.changed.isoformat(),
        }

    def _credit(self, c: Credit) -> dict[str, Any]:
        return {
            "CreditNoteID": c.id,
            "CreditNoteNumber": c.number,
            "Type": "ACCRECCREDIT",
            "Status": "VOIDED" if c.void else "AUTHORISED",
            "Contact": {"ContactID": c.customer},
            "Date": self._ticks(c.day),
            "CurrencyCode": c.currency,
            "Total": _num(c.total),
            "RemainingCredit": _num(c.left),
            "_changed": c.changed.isoformat(),
        }

    def _overpayments(self) -> list[dict[str, Any]]:
        return [
            {
                "OverpaymentID": f"o{p.id}",
                "Type": "RECEIVE-OVERPAYMENT",
                "Status": "VOIDED" if p.void else "AUTHORISED",
                "Contact": {"ContactID": p.customer},
                "Date": self._ticks(p.day),
                "CurrencyCode": p.currency,
                "RemainingCredit": _num(p.unapplied),
                "Reference": p.reference,
                "_changed": p.changed.isoformat(),
            }
            for p in self.world.payments
            if Decimal(p.unapplied) > 0
        ]

    def _payments(self) -> list[dict[str, Any]]:
        return [
            {
                "PaymentID": p.id,
                "PaymentType": "ACCRECPAYMENT",
                "Status": "DELETED" if p.void else "AUTHORISED",
                "Date": self._ticks(p.day),
                "Amount": _num(amount),
                "Reference": p.reference,
                "Invoice": {"InvoiceID": invoice, "CurrencyCode": p.currency, "Contact": {"ContactID": p.customer}},
                "_changed": p.changed.isoformat(),
            }
            for p in self.world.payments
            for invoice, amount in p.applied.items()
        ]


class Stripe(Emulator):
    kind = "stripe"

    def __init__(self, base: str, world: World) -> None:
        super().__init__(base)
        self.world = world
        self.access = {STRIPE_KEY}

    def answer(self, asked: Asked) -> Answer:
        need(asked.headers.get("stripe-version") == "2025-03-31.basil", "the header Stripe-Version")
        need(asked.method == "GET", "reading alone")
        _, _, name, *one = asked.path.split("/")
        if name == "events":
            return self._page(
                [e for e in self._events(asked) if e["created"] >= int(asked.query["created[gte]"])], asked
            )
        lists = {
            "customers": [self._customer(c) for c in self.world.customers],
            "invoices": [self._invoice(i) for i in self.world.invoices],
            "credit_notes": [self._credit(c) for c in self.world.credits],
            "invoice_payments": [r for p in self.world.payments for r in self._paid(p)],
        }
        need(name in lists, f"a list, not {name}")
        if one:
            found = [r for r in lists[name] if r["id"] == one[0]]
            return said(found[0]) if found else said({"error": {"code": "resource_missing"}}, 404)
        need(set(asked.query) <= {"limit", "starting_after", "status", "created[gte]"}, "known parameters")
        return self._page(lists[name], asked)

    def _page(self, found: list[dict[str, Any]], asked: Asked) -> Answer:
        limit = int(asked.query["limit"])
        need(1 <= limit <= 100, "a limit up to 100")
        start = 0
        if after := asked.query.get("starting_after"):
            ids = [r["id"] for r in found]
            need(after in ids, "a cursor that is an id")
            start = ids.index(after) + 1
        page, more = self.part(found, start, limit)
        return said({"object": "list", "data": page, "has_more": more, "url": asked.path})

    def _events(self, asked: Asked) -> list[dict[str, Any]]:
        kinds = {"customer.*": "customer", "invoice.*": "invoice", "credit_note.*": "credit_note"}
        kinds["invoice_payment.*"] = "invoice_payment"
        kind = kinds[asked.query["type"]]
        of: dict[str, list[tuple[str, datetime]]] = {
            "customer": [(f"cus_{c.id}", c.changed) for c in self.world.customers],
            "invoice": [(f"in_{i.id}", i.changed) for i in self.world.invoices],
            "credit_note": [(f"cn_{c.id}", c.changed) for c in self.world.credits],
            "invoice_payment": [(r["id"], p.changed) for p in self.world.payments for r in self._paid(p)],
        }
        return [
            {
                "id": f"evt_{number}",
                "created": int(at.timestamp()),
                "data": {"object": {"id": number, "object": kind}},
            }
            for number, at in of[kind]
        ]

    def _at(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())

    def _minor(self, text: str, currency: str) -> int:
        places = {"JPY": 0, "KWD": 3}.get(currency, 2)
        return int(Decimal(text).scaleb(places))

    def _customer(self, c: Customer) -> dict[str, Any]:
        left = sum((Decimal(p.unapplied) for p in self.world.payments if p.customer == c.id and not p.void), Decimal(0))
        return {
            "id": f"cus_{c.id}",
            "object": "customer",
            "name": c.name,
            "email": c.email,
            "currency": c.currency.lower(),
            "balance": -self._minor(str(left), c.currency),
            "created": self._at(date(2026, 1, 1)),
            "metadata": {},
            "phone": c.phone or None,
            "address": _stripe_address(c) if c.street else None,
        }

    def _invoice(self, i: Invoice) -> dict[str, Any]:
        total, left = self._minor(i.total, i.currency), self._minor(i.balance, i.currency)
        return {
            "id": f"in_{i.id}",
            "object": "invoice",
            "number": i.number,
            "status": "void" if i.void else "open" if left else "paid",
            "customer": f"cus_{i.customer}",
            "currency": i.currency.lower(),
            "total": total,
            "amount_due": total,
            "amount_paid": total - left,
            "amount_remaining": left,
            "created": self._at(i.issued),
            "due_date": self._at(i.due),
            "status_transitions": {"finalized_at": self._at(i.issued)},
        }

    def _credit(self, c: Credit) -> dict[str, Any]:
        return {
            "id": f"cn_{c.id}",
            "object": "credit_note",
            "number": c.number,
            "status": "void" if c.void else "issued",
            "customer": f"cus_{c.customer}",
            "currency": c.currency.lower(),
            "amount": self._minor(c.total, c.currency),
            "created": self._at(c.day),
        }

    def _paid(self, p: Payment) -> list[dict[str, Any]]:
        return [
            {
                "id": f"inpay_{p.id}_{invoice}",
                "object": "invoice_payment",
                "status": "canceled" if p.void else "paid",
                "invoice": f"in_{invoice}",
                "currency": p.currency.lower(),
                "amount_paid": self._minor(amount, p.currency),
                "payment": {"type": "payment_intent", "payment_intent": f"pi_{p.id}"},
                "status_transitions": {"paid_at": self._at(p.day)},
            }
            for invoice, amount in p.applied.items()
        ]


class NetSuite(Emulator):
    kind = "netsuite"
    lives = 3600

    def __init__(self, base: str, world: World, key: RSAKey) -> None:
        super().__init__(base)
        self.world, self.key = world, key

    def by_key(self, form: dict[str, str]) -> Answer:
        need(form["grant_type"] == "client_credentials", "client credentials")
        need(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "an assertion")
        token = jwt.decode(form["client_assertion"], self.key, algorithms=["PS256"])
        need(token.header["kid"] == "cert-1", "the certificate's id")
        claims = token.claims
        need(claims["iss"] == CLIENT and claims["scope"] == ["rest_webservices"], "issuer and scope")
        need(claims["aud"] == f"{self.base}/services/rest/auth/oauth2/v1/token", "the audience")
        need(0 < claims["exp"] - claims["iat"] <= 3600, "a life of an hour at most")
        given = self.tokens()
        return said({key: given[key] for key in ("access_token", "token_type", "expires_in")})

    def answer(self, asked: Asked) -> Answer:
        need(asked.path == "/services/rest/query/v1/suiteql" and asked.method == "POST", "the query service")
        need(asked.headers.get("prefer") == "transient", "the header Prefer: transient")
        limit, offset, query = int(asked.query["limit"]), int(asked.query["offset"]), asked.json["q"]
        need(limit <= 1000 and offset % limit == 0, "a limit up to 1000 and an offset of whole pages")
        if query == "SELECT COUNT(*) AS n FROM customer":
            return said({"items": [{"n": str(len(self.world.customers))}], "totalResults": 1, "hasMore": False})
        found = self._rows(query)
        total = self.total(found)
        page, more = self.part(found, offset, limit)
        links = [{"rel": "next", "href": "..."}] if more else []
        return said(
            {
                "links": links,
                "count": len(page),
                "hasMore": more,
                "items": page,
                "offset": offset,
                "totalResults": total,
            }
        )

    def _rows(self, query: str) -> list[dict[str, str]]:
        need(" ORDER BY " in query, "an order: pages are not stable without one")
        if "LEFT JOIN EntityAddress a ON a.nkey = b.addressbookaddress" in query:
            need("ON b.entity = c.id AND b.defaultbilling = 'T'" in query, "the default billing address alone")
            rows = [(c.changed, _netsuite_where(c)) for c in self.world.customers]
        elif " FROM customer c " in query:
            rows = [(c.changed, self._customer(c)) for c in self.world.customers]
        elif "FROM NextTransactionLineLink l JOIN transaction t ON t.id = l.nextdoc" in query:
            need("l.linktype = 'Payment'" in query, "links of payments")
            rows = [(p.changed, link) for p in self.world.payments for link in self._links(p)]
        else:
            kind = re.search(r"t\.type = '(\w+)'", query)
            need(kind and "FROM transaction t JOIN currency cu ON cu.id = t.currency" in query, query)
            assert kind is not None
            papers = {
                "CustInvc": [(i.changed, self._invoice(i)) for i in self.world.invoices],
                "CustCred": [(c.changed, self._credit(c)) for c in self.world.credits],
                "CustPymt": [(p.changed, self._payment(p)) for p in self.world.payments],
            }
            rows = papers[kind[1]]
        if since := re.search(r"lastmodifieddate >= TO_TIMESTAMP\('([^']+)', 'YYYY-MM-DD HH24:MI:SS'\)", query):
            after = datetime.fromisoformat(since[1]).replace(tzinfo=UTC)
            rows = [row for row in rows if row[0] >= after]
        after_id = re.search(r"\.id > (\d+)", query)
        found = [row for _, row in rows if after_id is None or int(row["id"]) > int(after_id[1])]
        return found

    def _customer(self, c: Customer) -> dict[str, str]:
        return {
            "id": c.id,
            "entityid": c.id,
            "companyname": c.name,
            "email": c.email,
            "currency": c.currency,
            "isinactive": "F",
        }

    def _paper(self, p: Any, day: date, **more: str) -> dict[str, str]:
        return {
            "id": p.id,
            "tranid": getattr(p, "number", p.id),
            "entity": p.customer,
            "trandate": day.isoformat(),
            "currency": p.currency,
            "voided": "T" if p.void else "F",
            **more,
        }

    def _invoice(self, i: Invoice) -> dict[str, str]:
        paid = Decimal(i.total) - Decimal(i.balance)
        return self._paper(
            i,
            i.issued,
            duedate=i.due.isoformat(),
            foreigntotal=i.total,
            foreignamountpaid=str(paid),
            foreignamountunpaid=i.balance,
        )

    def _credit(self, c: Credit) -> dict[str, str]:
        return self._paper(c, c.day, foreigntotal=f"-{c.total}", foreignpaymentamountunused=c.left)

    def _payment(self, p: Payment) -> dict[str, str]:
        more = {"foreigntotal": str(p.total), "foreignpaymentamountunused": p.unapplied, "memo": p.reference}
        return self._paper(p, p.day, **more)

    def _links(self, p: Payment) -> list[dict[str, str]]:
        return [
            {
                "id": "0",
                "previousdoc": i,
                "previousline": "0",
                "nextdoc": p.id,
                "nextline": "0",
                "foreignamount": amount,
            }
            for i, amount in p.applied.items()
        ]


def _bill_addr(c: Customer) -> dict[str, str]:
    """QuickBooks prints the customer's own name in the first line, where people put it there."""
    town = {"City": c.city, "PostalCode": c.postcode, "Country": c.country}
    return {"Id": "7", "Line1": c.name, "Line2": c.street, **{k: v for k, v in town.items() if v}}


def _xero_addresses(c: Customer) -> list[dict[str, str]]:
    empty = {"AddressType": "STREET", "City": "", "Region": "", "PostalCode": "", "Country": ""}
    town = {"City": c.city, "PostalCode": c.postcode, "Country": c.country}
    return [empty, {"AddressType": "POBOX", "AddressLine1": c.street, "Region": "", **town}]


def _xero_phones(c: Customer) -> list[dict[str, str]]:
    parts = {"PhoneNumber": c.phone, "PhoneAreaCode": "", "PhoneCountryCode": ""}
    if c.phone.startswith("+44 113 "):
        parts = {"PhoneNumber": c.phone[8:], "PhoneAreaCode": "0113", "PhoneCountryCode": "44"}
    fax = {"PhoneNumber": "555 0100", "PhoneAreaCode": "", "PhoneCountryCode": ""}
    return [{"PhoneType": "FAX", **fax}, {"PhoneType": "DEFAULT", **parts}]


def _stripe_address(c: Customer) -> dict[str, str | None]:
    town = {"city": c.city, "postal_code": c.postcode, "country": c.country, "state": None}
    return {"line1": c.street, "line2": None, **town}


def _netsuite_where(c: Customer) -> dict[str, str]:
    """Of SuiteQL, what is empty is not in the answer."""
    said = {"addr1": c.street, "city": c.city, "zip": c.postcode, "country": c.country, "phone": c.phone}
    return {"id": c.id, "entityid": c.id, **{k: v for k, v in said.items() if v}}
