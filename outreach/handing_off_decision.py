"""The sheet on which a decision to hand over rests: each way in figures, a recommendation with reasons. For ourselves alone, in English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outreach.handing_off_figures import Comparison, Way
from outreach.handing_off_sheet import ClaimFile, day_words, heading, money_words, open_sheet
from prompts.sheet import WIDTH

#: Our own sheet is read by those who read the pages.
_LANGUAGE = "en"
WAYS = {
    Way.KEEP_TRYING: "Keep trying ourselves",
    Way.AGENCY: "Collection agency",
    Way.ATTORNEY: "Attorney",
    Way.WRITE_OFF: "Write off",
}


def decision_pdf(
    file: ClaimFile, compared: Sequence[Comparison], *, refused: Sequence[str], risks: Sequence[str] = ()
) -> bytes:
    """Render the sheet on which the decision rests: each way in figures, a recommendation with reasons. For ourselves alone."""
    facts = file.facts
    assert facts.customer is not None, "a claim is somebody's"
    sheet = open_sheet(file, language=_LANGUAGE)
    sheet.address(
        facts.customer,
        title="Which way to collect",
        subtitle="For internal use: not part of the packet",
        dated=f"As of {day_words(facts.today, _LANGUAGE)}",
    )
    for one in compared:
        heading(sheet, f"{money_words(one.claim, one.currency, _LANGUAGE)} open and uncontested")
        rows: list[list[Any]] = [["Way", "May come in", "Costs", "Left for us"]]
        rows += [
            [WAYS[w.way], *(money_words(amount, one.currency, _LANGUAGE) for amount in (w.comes_in, w.costs, w.left))]
            for w in one.ways
        ]
        strong = [1 + [w.way for w in one.ways].index(one.best)]
        sheet.table(rows, (WIDTH - 330, 110, 110, 110), right_from=1, strong=strong)
        sheet.gap(6)
        sheet.say(f"Recommended: {WAYS[one.best].lower()}.", bold=True)
        for reason in one.why:
            sheet.say(f"· {reason}")
    told = (
        ("What the risk model says", risks),
        ("Stands against a hand-off", refused),
        ("To be known", [one.words("en") for one in file.said]),
    )
    for title, lines in told:
        if lines:
            heading(sheet, title)
            for line in lines:
                sheet.say(f"· {line}")
    sheet.gap(12)
    sheet.say(
        "Estimates by the shares and rates in the policy ([last_resort]); each case may come out otherwise. A person decides.",
        size=8,
        soft=True,
    )
    return sheet.draw(f"Decision {file.number} {facts.customer.id}")
