"""Looks at what dunwell brings along: known vulnerabilities, a bill of materials, licences. Never part of the product.

The field's tools do the looking, in an environment of their own (`make audit`, `make sbom`, `make licences`); this judges what
they say, and what it does not know counts as bad: a package that was not looked at is no package without faults.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path("docs/licences.md")
#: What may come along with software under Apache-2.0 that is installed as separate libraries.
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    }
)
#: What packages say in other words, in SPDX's. A name of a family ("BSD License") is not here: which one, a person has looked up.
_SAME = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "Apache Software License; BSD License": "Apache-2.0 OR BSD-3-Clause",
    "Apache Software License; MIT License": "Apache-2.0 OR MIT",
}
#: Packages that name a family only, or nothing, or that are not installed on the machine that writes the page: from their own
#: licence file, read by a person.
_LOOKED_UP = {
    "authlib": "BSD-3-Clause",
    "babel": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "cssselect2": "BSD-3-Clause",
    "httpx": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "imapclient": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "joserfc": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "tinycss2": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
}
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock file, in one version, and how many hashes it may have."""

    name: str
    version: str
    hashes: int


def locked(text: str) -> list[Locked]:
    """Read a lock file. Raises ValueError for a line that is neither a pinned package, nor a hash of one, nor a remark."""
    found: list[Locked] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip().removesuffix("\\").strip()
        if not words or words.startswith("#"):
            continue
        if words.startswith("--hash=sha256:") and found:
            last = found[-1]
            found[-1] = Locked(last.name, last.version, last.hashes + 1)
        elif match := _PINNED.match(words):
            found.append(Locked(_plain(match[1]), match[2], words.count(" --hash=sha256:")))
        else:
            raise ValueError(f"line {number} pins nothing: {words}")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --- known vulnerabilities --------------------------------------------------------------------------------------------


def audited(report: Mapping[str, Any], wanted: Iterable[Locked]) -> list[str]:
    """Judge what pip-audit says of all that is locked; give what is wrong, a line each. Only an answer for each is well."""
    answers: dict[tuple[str, str], Mapping[str, Any]] = {}
    skipped: dict[str, str] = {}
    for told in report.get("dependencies", ()):
        name = _plain(str(told["name"]))
        if "skip_reason" in told:
            skipped[name] = str(told["skip_reason"])
        else:
            answers[name, str(told["version"])] = told
    wrong, silent = list[str](), list[str]()
    for one in sorted({(one.name, one.version) for one in wanted}):
        answer = answers.get(one)
        if answer is None or "vulns" not in answer:
            silent.append(f"{one[0]} {one[1]}" + (f" ({skipped[one[0]]})" if one[0] in skipped else ""))
        for fault in (answer or {}).get("vulns", ()):
            mended = ", ".join(fault.get("fix_versions") or ()) or "none yet"
            wrong.append(f"{one[0]} {one[1]}: {fault['id']}; mended in: {mended}")
    if silent:
        wrong.append(
            f"{len(silent)} packages were not looked up, the first: {silent[0]}. This is no pass: the advisory service was "
            "not reached, or does not know them"
        )
    return wrong


def hashed(wanted: Iterable[Locked]) -> list[str]:
    """List what is locked without a hash."""
    return [f"{one.name} {one.version} has no hash" for one in wanted if not one.hashes]


# --- the bill of materials --------------------------------------------------------------------------------------------


def listed(bill: Mapping[str, Any], wanted: Iterable[Locked]) -> list[str]:
    """Compare a CycloneDX bill of materials with the lock; give what is wrong."""
    there: defaultdict[tuple[str, str], int] = defaultdict(int)
    for part in bill.get("components", ()):
        key = _plain(str(part["name"])), str(part["version"])
        there[key] += sum(len(where.get("hashes", ())) for where in part.get("externalReferences", ()))
    expected = {(one.name, one.version): one.hashes for one in wanted}
    wrong = [f"{name} {version} is not in it" for name, version in sorted(expected.keys() - there.keys())]
    wrong += [f"{name} {version} is not locked" for name, version in sorted(there.keys() - expected.keys())]
    wrong += [
        f"{name} {version}: {there[name, version]} of {hashes} hashes"
        for (name, version), hashes in sorted(expected.items())
        if (name, version) in there and there[name, version] != hashes
    ]
    return wrong


# --- licences ---------------------------------------------------------------------------------------------------------


def licence_of(name: str, stated: str | None) -> str:
    """Give a package's licence in SPDX's words. Raises ValueError where nobody knows it."""
    told = _LOOKED_UP.get(name) or _SAME.get(stated or "", stated)
    if not told or told == "UNKNOWN" or _unknown(told):
        raise ValueError(f"{name}: the licence {told or 'nobody states'} is not one that may come in (evals/supply.py)")
    return told


def _unknown(expression: str) -> set[str]:
    """Give the licences of an expression that may not come in; of a choice one that may is enough."""
    parts = re.sub(r"[()]", " ", expression)
    choices = [set(re.split(r"\s+AND\s+", choice.strip())) for choice in re.split(r"\s+OR\s+", parts)]
    alone = [choice - ALLOWED for choice in choices]
    return set() if any(not left for left in alone) and " AND " not in parts else set().union(*alone)


def page(wanted: Collection[Locked], stated: Mapping[str, str]) -> str:
    """Write the page. Raises ValueError for a licence that is not known, or may not come in."""
    versions: dict[str, list[str]] = {}
    for one in wanted:
        versions.setdefault(one.name, []).append(one.version)
    rows = [
        f"| {name} | {', '.join(found)} | {licence_of(name, stated.get(name))} |"
        for name, found in sorted(versions.items())
    ]
    return "\n".join(
        [
            "# Licences",
            "",
            f"The {len(rows)} libraries that `requirements.lock` installs, written by `make licences`; a test holds the page to the lock.",
            "None is changed or copied into dunwell; each is installed as it is. dunwell itself: Apache-2.0.",
            "What may come in stands in `evals/supply.py`; anything else fails the test until a person decides.",
            "",
            "| library | version | licence (SPDX) |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def rows_of(text: str) -> dict[str, tuple[str, str]]:
    """Read the page: of each library its versions and its licence."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    return {row[0]: (row[1], row[2]) for row in rows if row[0] != "library"}


def main(words: Sequence[str] | None = None) -> int:
    """Judge what a tool said; 0 where all is well."""
    parser = argparse.ArgumentParser(prog="python -m evals.supply", description=__doc__)
    parser.add_argument("what", choices=["audit", "sbom", "licences"])
    parser.add_argument("report", type=Path, help="what the tool said, as JSON")
    parser.add_argument("locks", type=Path, nargs="+")
    asked = parser.parse_args(words)
    wanted = [one for lock in asked.locks for one in locked(lock.read_text())]
    try:
        told = json.loads(asked.report.read_text())
    except (OSError, ValueError) as error:
        print(f"{asked.what}: the tool gave no report ({type(error).__name__}): this is no pass", file=sys.stderr)
        return 1
    if asked.what == "licences":
        PAGE.write_text(page(wanted, {_plain(one["Name"]): one["License"] for one in told}))
        return 0
    wrong = hashed(wanted) + (audited(told, wanted) if asked.what == "audit" else listed(told, wanted))
    count = len({(one.name, one.version) for one in wanted})
    for line in wrong or [f"{asked.what}: all {count} packages are well"]:
        print(line, file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
