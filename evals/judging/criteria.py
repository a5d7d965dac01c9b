"""What is asked about the tone of a draft: one question for each criterion, answered with yes (as it should be) or no."""

from __future__ import annotations

from enum import StrEnum


class Criterion(StrEnum):
    """What a draft should be."""

    COURTEOUS = "courteous"
    FIRM = "firm"
    NO_THREAT = "no_threat"
    NEXT_STEP = "next_step"
    LANGUAGE = "language"
    ADDRESS = "address"
    PLAIN = "plain"


#: In words for the judge, as they were for the labeller. A changed question needs new labels.
QUESTIONS: dict[Criterion, str] = {
    Criterion.COURTEOUS: "Is every sentence polite: no reproach, no sarcasm, no impatience, no talking down?",
    Criterion.FIRM: (
        "Does the mail keep what is owed in force? Answer no where it pleads, apologises for asking, or reads as if "
        "payment were optional or no longer mattered. A mail that speaks of no payment at all is in order."
    ),
    Criterion.NO_THREAT: (
        "Is the mail free of threats and pressure: no legal steps, no stop of deliveries, nothing told to others, "
        "nothing worded to frighten? A plain request to pay by a day is no threat."
    ),
    Criterion.NEXT_STEP: (
        "After one reading, is it clear who does what next and by which day (or that nothing more is needed)? Answer no "
        "where the reader is asked for several different things, or where no day is named for what somebody will do. "
        "A warning not to pay before a call needs no day."
    ),
    Criterion.LANGUAGE: (
        "Is the whole text in the expected language? Names, the subject and the lines under the signature do not count."
    ),
    Criterion.ADDRESS: (
        "Is the reader addressed formally throughout, with a salutation that a careful person would write to them? "
        "Answer no for du/tu/je/tú forms, first names alone, and forms such as Estimado/a with a name."
    ),
    Criterion.PLAIN: (
        "Is the text easy to understand at first reading: no contradiction, no repetition, no jargon, and nothing that "
        "stays unnamed (such as 'the invoices concerned' beside a named one)?"
    ),
}
