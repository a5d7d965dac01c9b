"""Salesforce and HubSpot, emulated: accounts and contacts to read, tasks and notes to write."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.connected.server import CLIENT, Answer, Asked, Emulator, need, said
from tests.connected.world import LONG_AGO

HUBSPOT_TOKEN = "pat-eu1-0123456789-abcdef"


class Salesforce(Emulator):
    kind = "salesforce"
    proof = "post"
    rotates = False

    def __init__(self, base: str, key: RSAKey) -> None:
        super().__init__(base)
        self.key = key
        self.accounts: list[dict[str, Any]] = []
        self.contacts: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []
        self.cursors: dict[str, tuple[list[dict[str, Any]], int, int]] = {}
        self.breaks_after_writing = 0

    def by_key(self, form: dict[str, str]) -> Answer:
        need(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", "the JWT bearer grant")
        claims = jwt.decode(form["assertion"], self.key, algorithms=["RS256"]).claims
        need(claims["iss"] == CLIENT and claims["sub"] == "integration@ours.example", "issuer and user")
        need(claims["aud"] == self.base.rpartition("/")[0], "the audience")
        given = self.tokens()
        return said({"access_token": given["access_token"], "token_type": "Bearer", "instance_url": self.base})

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/services/data/v64.0")
        need(path != asked.path, "the version of the API")
        if path.startswith("/query"):
            return self._query(asked, path)
        return self._write(asked, path)

    def _query(self, asked: Asked, path: str) -> Answer:
        if path not in ("/query", "/queryAll"):
            found, start, size = self.cursors[path]
            page, more = self.part(found, start, size)
            return said(
                self._result(found, page, start + size, size, path.split("/")[1]) if more else self._last(found, page)
            )
        query = asked.query["q"]
        if query == "SELECT COUNT() FROM Account":
            return said({"totalSize": len(self.accounts), "done": True, "records": []})
        found = self._found(query, everything=path == "/queryAll")
        size = int(re.fullmatch(r"batchSize=(\d+)", asked.headers.get("sforce-query-options", "batchSize=2000"))[1])  # type: ignore[index]
        need(200 <= size <= 2000, "a batch size from 200 to 2000")
        size = size // 100  # so that small lists have several pages
        page, more = self.part(found, 0, size)
        return said(self._result(found, page, size, size, path[1:]) if more else self._last(found, page))

    def _last(self, found: list[Any], page: list[Any]) -> dict[str, Any]:
        return {"totalSize": self.total(found), "done": True, "records": page}

    def _result(self, found: list[Any], page: list[Any], start: int, size: int, resource: str) -> dict[str, Any]:
        number = len(self.cursors) if self.bend.how != "loops" else 0
        cursor = f"/{resource}/0r8xx{number:04}-{start if self.bend.how != 'loops' else 0}"
        self.cursors[cursor] = (found, start, size)
        return {
            "totalSize": self.total(found),
            "done": False,
            "nextRecordsUrl": f"/services/data/v64.0{cursor}",
            "records": page,
        }

    def _found(self, query: str, *, everything: bool) -> list[dict[str, Any]]:
        parts = re.fullmatch(r"SELECT ([\w, ]+) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY Id)?(?: LIMIT 1)?", query)
        need(parts, f"a query: {query}")
        assert parts is not None
        columns, table, where = parts.groups()
        found = {"Account": self.accounts, "Contact": self.contacts, "Task": self.tasks}[table]
        if not everything:
            found = [r for r in found if not r.get("IsDeleted")]
        for condition in (where or "").split(" AND ") if where else []:
            found = [r for r in found if self._holds(condition, r)]
        asked = columns.split(", ")
        return [{k: r.get(k) for k in asked} for r in sorted(found, key=lambda r: str(r["Id"]))]

    def _holds(self, condition: str, record: dict[str, Any]) -> bool:
        if same := re.fullmatch(r"(\w+) = '((?:[^'\\]|\\.)*)'", condition):
            return str(record.get(same[1])) == re.sub(r"\\(.)", r"\1", same[2])
        if like := re.fullmatch(r"(\w+) LIKE '%(.+)'", condition):
            return str(record.get(like[1])).endswith(like[2])
        if there := re.fullmatch(r"(\w+) != null", condition):
            return bool(record.get(there[1]))
        if since := re.fullmatch(r"SystemModstamp >= (\S+Z)", condition):
            after = datetime.fromisoformat(since[1].replace("Z", "+00:00"))
            return bool(record.get("SystemModstamp", LONG_AGO) and record.get("_changed", LONG_AGO) >= after)
        need(condition == "IsDeleted = true", f"a condition: {condition}")
        return bool(record.get("IsDeleted"))

    def _write(self, asked: Asked, path: str) -> Answer:
        parts = re.fullmatch(r"/sobjects/(Task|Contact)(?:/(\w+))?(?:/([\w-]+))?", path)
        need(parts, path)
        assert parts is not None
        table, field, key = parts.groups()
        rows = self.tasks if table == "Task" else self.contacts
        record = asked.json
        if asked.method == "PATCH" and key:  # by an external id
            same = [r for r in rows if r.get(field) == key]
            if same:
                same[0].update(record)
                return Answer(204, b"")
            record[field] = key
        elif asked.method == "PATCH":
            next(r for r in rows if r["Id"] == field).update(record)
            return Answer(204, b"")
        number = f"00T{len(rows):015}"
        rows.append({"Id": number, **record})
        if self.breaks_after_writing:
            self.breaks_after_writing -= 1
            return Answer(201, b'{"id": "' + b" " * 2000, cut=True)
        return said({"id": number, "success": True, "errors": []}, 201)


class HubSpot(Emulator):
    kind = "hubspot"
    proof = "post"

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.access = {HUBSPOT_TOKEN}
        self.companies: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.breaks_after_writing = 0

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/crm/v4/objects/companies/"):
            company = asked.path.split("/")[5]
            ids = [n["id"] for n in self.notes if n["company"] == company]
            return said({"results": [{"toObjectId": int(n), "associationTypes": []} for n in ids]})
        parts = re.fullmatch(r"/crm/v3/objects/(companies|contacts|notes)(/search|/batch/read|/\d+)?", asked.path)
        need(parts, asked.path)
        assert parts is not None
        kind, what = parts.groups()
        if what == "/search":
            return self._search(kind, asked)
        if what == "/batch/read":
            return self._batch(kind, asked)
        if asked.method in ("POST", "PATCH"):
            return self._write(kind, asked)
        need(0 < int(asked.query["limit"]) <= 100, "a limit up to 100")
        after = int(asked.query.get("after", 0))
        found = self._records(kind)
        return self._page(_only(found, asked.query["properties"].split(",")), after, int(asked.query["limit"]))

    def _records(self, kind: str) -> list[dict[str, Any]]:
        return {"companies": self.companies, "contacts": self.people, "notes": self.notes}[kind]

    def _page(self, found: list[dict[str, Any]], after: int, size: int, **more: Any) -> Answer:
        page, follows = self.part(found, after, size)
        start = 0 if self.bend.how == "loops" and after else after
        paging = {"paging": {"next": {"after": str(start + size)}}} if follows else {}
        return said({"results": page, **paging, **more})

    def _search(self, kind: str, asked: Asked) -> Answer:
        need(asked.method == "POST", "a search by POST")
        body, found = asked.json, self._records(kind)
        for group in body["filterGroups"]:
            for each in group["filters"]:
                changed_at = "hs_lastmodifieddate" if kind == "companies" else "lastmodifieddate"
                need((each["propertyName"], each["operator"]) == (changed_at, "GTE"), "a filter by the day of change")
                after = datetime.fromtimestamp(int(each["value"]) / 1000, UTC)
                found = [r for r in found if r.get("_changed", LONG_AGO) >= after]
        total = self.total(found)
        return self._page(_only(found, body["properties"]), int(body.get("after", 0)), body["limit"], total=total)

    def _batch(self, kind: str, asked: Asked) -> Answer:
        key = asked.json.get("idProperty")
        wanted = {each["id"] for each in asked.json["inputs"]}
        need(len(wanted) <= 100, "100 at most")
        found = [r for r in self._records(kind) if (r["properties"].get(key) if key else r["id"]) in wanted]
        return said({"status": "COMPLETE", "results": found})

    def _write(self, kind: str, asked: Asked) -> Answer:
        body, rows = asked.json, self._records(kind)
        if asked.method == "PATCH":
            number = asked.path.rpartition("/")[2]
            next(r for r in rows if r["id"] == number)["properties"].update(body["properties"])
            return said({"id": number})
        (association,) = body["associations"]
        (kind_of,) = association["types"]
        need(kind_of["associationCategory"] == "HUBSPOT_DEFINED", "an association of HubSpot's own")
        need(kind_of["associationTypeId"] == (190 if kind == "notes" else 279), "the type of the association")
        if kind == "notes":
            need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["properties"]["hs_timestamp"]), "a time stamp")
        number = str(9000 + len(rows))
        rows.append({"id": number, "company": association["to"]["id"], "properties": body["properties"]})
        if self.breaks_after_writing:
            self.breaks_after_writing -= 1
            return Answer(201, json.dumps({"id": number, "pad": "x" * 2000}).encode(), cut=True)
        return said({"id": number}, 201)


def _only(records: list[dict[str, Any]], properties: list[str]) -> list[dict[str, Any]]:
    """Give the properties that were asked for: HubSpot gives no others."""
    return [{**r, "properties": {k: r["properties"].get(k) for k in properties}} for r in records]
