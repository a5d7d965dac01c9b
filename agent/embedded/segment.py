"""Cuts a reply into segments: sentences, bullet lines and the clauses of a sentence that turns ("but", "aber").

A segment is a pair of offsets into the text, so that a piece of evidence is always an exact substring of what the
customer wrote. This must never change, normalise or drop a character of the text: it only says where to cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A clause shorter than this carries no claim of its own; it stays with its neighbour.
MIN_CLAUSE = 18
#: Lines at least this long were probably wrapped by a mail program, not ended by the writer.
WRAPPED_LINE = 56

# Abbreviations, whole words before the dot, lower case, in seven languages. Ordinals ("am 3. Mai") are digits and a dot.
_ABBREVIATION = re.compile(
    r"(?:mrs?|ms|dr|prof|st|nos?|nrs?|inv|refs?|approx|ext|dept|est|inc|ltd|co|corp|vs|etc|tel|fig|cf|eg|ie|e\.g|i\.e|a\.m"
    r"|p\.m|pos|qty|amt|acct|p\.o|attn|jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez|max|min"
    r"|hrn?|fr|frl|bzw|ca|z\.b|d\.h|u\.a|o\.g|ggf|inkl|exkl|zzgl|abzgl|str|rg|rgnr|rechn|best|evtl|usw|vgl|i\.[av]|m\.e|lt|gem"
    r"|bspw|art|abs|abt|tsd|mio|zz|i\.h\.v|u\.u|mme|mlle|mm|m\.m|fact|fac|fras?|n\.os?|núm|num|sra?|sres|srta|dña|uds?|vd|pág|dott|sig|sig\.ra"
    r"|spett|gent|egr|fatt|ft|c\.a|p\.es|ecc|sgg|rif|dhr|mevr|fa|bijv|o\.a|d\.w\.z|t\.a\.v|i\.v\.m|a\.s|jl|evt|exm[oa]|v\.exa"
    r"|av|dir|eng|enc|ex|lda)"
)
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+")
_WORD_BEFORE = re.compile(r"([^\W_](?:[\w.\-º°]*[^\W_]|[º°])?)$")
_OPENS_LOWER = re.compile(r"[\"'“‘«(\[]*[a-zà-öø-ÿ]")
_AFTER_ORDINAL = re.compile(
    r"[a-zà-öø-ÿ]|(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|Sept|Oktober|November|Dezember|Quartal"
    r"|Mahnung|Rate|Rechnung|Werktag|Arbeitstag)"
)
_BULLET = re.compile(r"[ \t]*(?:[-*•–—·>]+|\(?\d{1,2}[.)]|[a-z][.)])[ \t]+")
_LINE_END = re.compile(r"\r\n?|\n")
# A turn inside one sentence: a mark, then a word that sets the second half against the first, or adds a new matter.
_TURN = re.compile(
    r"(?<=[\s,;)])"
    r"(?=(?:but|however|although|though|whereas|while the|yet|except|only that"
    r"|aber|jedoch|allerdings|sondern|hingegen|wobei|dagegen|während"
    r"|mais|par contre|en revanche|cependant|toutefois|tandis que|alors que"
    r"|pero|sino|aunque|en cambio|sin embargo|mientras que"
    r"|maar|echter|terwijl"
    r"|ma|però|invece|mentre|tuttavia"
    r"|mas|porém|contudo|enquanto|já a|já o"
    r"|and (?:also|please|the|as for|for the|on)|und (?:die|der|das|für|bitte|bei)|et (?:pour|la|le|merci)"
    r"|y (?:la|el|para|por)|en (?:voor|de|kunt|graag)|e (?:la|il|per|a|o))\s)",
    re.IGNORECASE,
)
_MARK = re.compile(r"[;:]\s+|\s[–—-]{1,2}\s+")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a segment stands: `start` up to, not including, `end`."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Cut `text` into sentences and bullet lines, in order, without surrounding white space; none are empty."""
    cuts = sorted(_line_cuts(text) | _sentence_cuts(text))
    return _spans_between(text, cuts)


def segments(text: str) -> list[Span]:
    """Cut `text` into sentences, and a sentence that turns into its clauses; none only when `text` is blank."""
    found: list[Span] = []
    for sentence in sentences(text):
        found.extend(_clauses(text, sentence))
    if not found and text.strip():  # "?", a lone thumb
        lead = len(text) - len(text.lstrip())
        return [Span(lead, len(text.rstrip()))]
    return found


def _spans_between(text: str, cuts: list[int]) -> list[Span]:
    """Make the trimmed spans between the cuts; pieces without a letter or digit are left out."""
    found: list[Span] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        piece = text[start:end]
        if any(character.isalnum() for character in piece):
            lead = len(piece) - len(piece.lstrip())
            found.append(Span(start + lead, start + len(piece.rstrip())))
    return found


def _line_cuts(text: str) -> set[int]:
    """Find the line ends that end a thought; a line that a mail program wrapped goes on."""
    cuts: set[int] = set()
    line_start = 0
    for match in _LINE_END.finditer(text):
        line, rest = text[line_start : match.start()], text[match.end() :]
        wrapped = (
            len(line.strip()) >= WRAPPED_LINE
            and line.rstrip()[-1:] not in ".!?:;…"
            and rest[:1].strip() != ""
            and not _BULLET.match(rest)
        )
        if not wrapped:
            cuts.add(match.end())
        line_start = match.end()
    return cuts


def _sentence_cuts(text: str) -> set[int]:
    """Find the ends of sentences; a dot after an abbreviation, an initial or an ordinal number is none."""
    cuts: set[int] = set()
    for match in _END.finditer(text):
        if match.group() == "." and _is_abbreviation(text, match.start(), match.end()):
            continue
        cuts.add(match.end())
    return cuts


def _is_abbreviation(text: str, dot: int, end: int) -> bool:
    before = _WORD_BEFORE.search(text, max(0, dot - 24), dot)
    if before is None:
        return False
    word = before.group(1).lower()
    after = text[end : end + 12].lstrip()
    if _ABBREVIATION.fullmatch(word):
        return bool(after)
    if len(word) == 1 and word.isalpha():
        return bool(after)
    if word.isdigit() and len(word) <= 2:  # "am 3. Mai" goes on, "before the 15. We" does not
        return bool(_AFTER_ORDINAL.match(after))
    return bool(_OPENS_LOWER.match(after)) and "." in word


def _clauses(text: str, sentence: Span) -> list[Span]:
    """Cut one sentence at its turns, where both sides are long enough to say something."""
    cuts: list[int] = []
    last = sentence.start
    points = {match.start() for match in _TURN.finditer(text, sentence.start, sentence.end)}
    points |= {match.end() for match in _MARK.finditer(text, sentence.start, sentence.end)}
    for point in sorted(points):
        if point - last >= MIN_CLAUSE and sentence.end - point >= MIN_CLAUSE:
            cuts.append(point)
            last = point
    found: list[Span] = []
    for start, end in zip([sentence.start, *cuts], [*cuts, sentence.end], strict=True):
        found.extend(Span(start + span.start, start + span.end) for span in _spans_between(text[start:end], []))
    return found
