"""What a person's edit says about the draft: which kinds of fault it mended. Pure and deterministic; counts, judges nobody.

The rules, on the words as the customer would have read them when the draft was proposed:

- nothing but letters, case and signs within a few words changed, and no figure: `typo_only`, and nothing else of the words
- another language, other recipients or another name in the greeting, other acts, another reading: each its own kind
- few of the words are left: `full_rewrite`; then sentences are not compared
- a figure, date or number gave way to another: `wrong_figure_or_date`; one came and none went: `missing_fact`, as a paper that was added
- a sentence that binds us is gone or no longer does, or an act's figures changed: `wrong_commitment`
- a question is gone: `needless_question`
- other words of politeness or firmness, another form of address, greeting or tone: `wrong_register`
- a quarter shorter, or a third longer, where none of the above says why: `shortened`, `lengthened`
- none of all this: `rephrased`
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from enum import StrEnum

from agent.language import language_of
from review.edit_cues import COMMITMENT, FAMILIAR, FORMAL, GREETING, TONE
from review.edit_words import WORD, figures, only_typos, words
from store.proposed import Draft, Proposal, ProposedAction
from store.revisions import reworded


class EditKind(StrEnum):
    """A fault that an edit mended. Several may be in one edit."""

    MISSING_FACT = "missing_fact"
    WRONG_FIGURE_OR_DATE = "wrong_figure_or_date"
    WRONG_COMMITMENT = "wrong_commitment"
    WRONG_REGISTER = "wrong_register"
    NEEDLESS_QUESTION = "needless_question"
    WRONG_LANGUAGE = "wrong_language"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_ACTION = "wrong_action"
    WRONG_READING = "wrong_reading"
    FULL_REWRITE = "full_rewrite"
    SHORTENED = "shortened"
    LENGTHENED = "lengthened"
    REPHRASED = "rephrased"
    TYPO_ONLY = "typo_only"


#: Below this share of words in common a text is another text.
REWRITTEN = 0.35
_CONTAINED = 0.6
_SHORTER, _LONGER, _LEAST_WORDS = 0.75, 1.33, 8
#: What makes a text shorter by itself.
_SHORTENS = frozenset({EditKind.NEEDLESS_QUESTION, EditKind.WRONG_COMMITMENT})
#: Sentences that share so much of their words are one sentence that was changed.
_SAME_SENTENCE = 0.5
_SLOT = re.compile(r"\{\{(.*?)\}\}")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\s|$)|[.](?=\S)[^.!?\n]*)*[.!?]?")


def edit_kinds(proposed: Proposal, approved: Proposal) -> frozenset[EditKind]:
    """Say what was mended between a proposal as it was made and as it was approved; empty where nothing was."""
    found = set(_of_acts(proposed, approved))
    old, new = proposed.draft, approved.draft
    if old is not None and new is not None:
        found |= set(_of_drafts(old, new, greeted=True))
        if proposed.tone.register_ != approved.tone.register_ or proposed.tone.formal != approved.tone.formal:
            found.add(EditKind.WRONG_REGISTER)
    if not found and reworded(proposed, approved):
        found.add(EditKind.REPHRASED)
    return frozenset(found)


def draft_kinds(old: str, new: str, *, language: str) -> frozenset[EditKind]:
    """Say what was mended between two texts alone."""
    was = Draft(language=language, subject="", body=old, rendered=old)
    return frozenset(_of_drafts(was, was.model_copy(update={"body": new, "rendered": new}), greeted=True))


def _of_acts(proposed: Proposal, approved: Proposal) -> Iterator[EditKind]:
    if [c.reason for c in proposed.claims] != [c.reason for c in approved.claims]:
        yield EditKind.WRONG_READING
    was, now = _acts(proposed), _acts(approved)
    if sorted(a.tool for a in was) != sorted(a.tool for a in now):
        yield EditKind.WRONG_ACTION
    elif [a.arguments for a in was] != [a.arguments for a in now]:
        yield EditKind.WRONG_COMMITMENT


def _acts(proposal: Proposal) -> list[ProposedAction]:
    return sorted((a for a in proposal.actions if not a.declined), key=lambda a: (a.tool, a.claims))


def _of_drafts(old: Draft, new: Draft, *, greeted: bool) -> Iterator[EditKind]:
    if set(old.recipients) != set(new.recipients):
        yield EditKind.WRONG_RECIPIENT
    if set(new.attachments) - set(old.attachments) or set(new.papers) - set(old.papers):
        yield EditKind.MISSING_FACT
    # Dates and figures that code filled anew meanwhile are nobody's edit: both texts show what the slots held at first.
    values = {slot.slot: slot.text for slot in (*new.slots, *old.slots)}
    was, now = (unicodedata.normalize("NFC", _told(draft.body, values)) for draft in (old, new))
    if was.split() == now.split():
        return
    if only_typos(was, now):
        yield EditKind.TYPO_ONLY
        return
    if _language(was, old) != _language(now, new) or old.language != new.language:
        yield EditKind.WRONG_LANGUAGE
        return
    yield from _of_words(was, now, greeted=greeted)


def _told(body: str, values: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda found: values.get(found[1].strip(), found.group()), body)


def _language(text: str, draft: Draft) -> str:
    return language_of(text, default=draft.language)


def _of_words(was: str, now: str, *, greeted: bool) -> Iterator[EditKind]:
    found = set(_greeting(was, now)) if greeted else set()
    old, new = words(was), words(now)
    if _rewritten(old, new):
        yield from {*found, EditKind.FULL_REWRITE}
        return
    found |= {*_figures(was, now), *_sentences(was, now), *_register(was, now)}
    if len(new) <= _SHORTER * len(old) and len(old) - len(new) >= _LEAST_WORDS and not found & _SHORTENS:
        found.add(EditKind.SHORTENED)
    elif len(new) >= _LONGER * len(old) and len(new) - len(old) >= _LEAST_WORDS and EditKind.MISSING_FACT not in found:
        found.add(EditKind.LENGTHENED)
    yield from found or {EditKind.REPHRASED}


def _rewritten(old: list[str], new: list[str]) -> bool:
    """Say whether few words are left. What was only cut short, or added to, still holds most words of the shorter one."""
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    return matcher.ratio() < REWRITTEN and kept < _CONTAINED * min(len(old), len(new))


def _figures(was: str, now: str) -> Iterator[EditKind]:
    old, new = figures(was), figures(now)
    gone = [figure for figure in set(old) if figure not in new]
    came = [figure for figure in set(new) if figure not in old]
    if gone and came:
        yield EditKind.WRONG_FIGURE_OR_DATE
    elif came:
        yield EditKind.MISSING_FACT


def _split(text: str) -> list[str]:
    return [found.strip() for found in _SENTENCE.findall(text) if WORD.search(found) and not GREETING.match(found)]


def _sentences(was: str, now: str) -> Iterator[EditKind]:
    """Compare sentence by sentence: what is gone, and what became of it."""
    after = _split(now)
    for sentence in _split(was):
        if sentence in after:
            continue
        kept = max(after, key=lambda other: _likeness(sentence, other), default="")
        kept = kept if _likeness(sentence, kept) >= _SAME_SENTENCE else ""
        if sentence.endswith("?") and not kept.endswith("?"):
            yield EditKind.NEEDLESS_QUESTION
        bound = _cues(COMMITMENT, sentence)
        if bound and bound - _cues(COMMITMENT, kept):
            yield EditKind.WRONG_COMMITMENT


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(a=words(one), b=words(other), autojunk=False).ratio()


def _cues(pattern: re.Pattern[str], text: str) -> set[str]:
    return {" ".join(found.casefold().split()) for found in pattern.findall(text)}


def _register(was: str, now: str) -> Iterator[EditKind]:
    addressed = {_address(was), _address(now)}
    if _cues(TONE, was) != _cues(TONE, now) or addressed == {True, False}:
        yield EditKind.WRONG_REGISTER


def _address(text: str) -> bool | None:
    """Say whether the familiar form of address prevails; None where there is neither."""
    familiar, formal = len(FAMILIAR.findall(text)), len(FORMAL.findall(text))
    return None if familiar == formal else familiar > formal


def _greeting(was: str, now: str) -> Iterator[EditKind]:
    old, new = _greeted(was), _greeted(now)
    if not old or not new or old == new:
        return
    names = [set(re.findall(r"(?<!^)\b[A-ZÀ-Þ][^\W\d_]+", line)) for line in (old, new)]
    # The family name in place of the first name, or the other way round, is a question of tone.
    if names[0] and names[1] and not names[0] & names[1]:
        yield EditKind.WRONG_RECIPIENT
    else:
        yield EditKind.WRONG_REGISTER


def _greeted(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first.rstrip(" ,:!.") if GREETING.match(first) else ""
