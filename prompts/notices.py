"""The lines under a mail that a jurisdiction asks for: that a program helped, how to object, what law makes us say.

The company's own words and settings only: nothing of a customer's or a model's is ever in them.
"""

from __future__ import annotations

from collections.abc import Sequence

from prompts.wording import one_line, supported

#: The notices that there are, in the order in which they stand.
FIRST, DISPUTE, AI, OBJECTION, PRIVACY = "first", "dispute", "ai", "objection", "privacy"


def notice(name: str, *, language: str, first_notice: str = "", privacy_url: str = "") -> str:
    """Give one notice in the language of the mail, the prescribed one in the words of the profile; "" where it says nothing."""
    # The templates hold slots, and this is the value of one.
    from prompts.loader import reply_templates

    if name == FIRST:
        return one_line(first_notice)
    text = reply_templates().get_template(f"{supported(language)}/notices.txt").render(name=name).strip()
    if name == PRIVACY:
        return f"{text} {one_line(privacy_url)}" if privacy_url else ""
    return text


def notices_text(names: Sequence[str], *, language: str, first_notice: str = "", privacy_url: str = "") -> str:
    """Give all of them as one paragraph, or several where one is prescribed; "" for none."""
    told = {n: notice(n, language=language, first_notice=first_notice, privacy_url=privacy_url) for n in names}
    short = " ".join(text for name, text in told.items() if name != FIRST and text)
    return "\n\n".join(text for text in (told.get(FIRST, ""), short) if text)
