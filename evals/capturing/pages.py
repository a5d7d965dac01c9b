"""Replaces in HTML without touching its structure: tags stay as they are written; words may run across tags.

Texts of a block are looked at as one, so that a name in two fonts is found. Attributes that hold words or links are rewritten too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from evals.capturing.spans import Cut

_TOKEN = re.compile(r"<!--.*?-->|<!\[.*?\]>|<[!/?]?[a-zA-Z][^<>]*(?:\"[^\"]*\"[^<>]*|'[^']*'[^<>]*)*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:][\w:.-]*)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""")
_LINKS = frozenset({"href", "src", "background", "action", "cite", "data", "poster", "longdesc"})
_WORDS = frozenset({"alt", "title", "content", "label", "value", "placeholder", "summary", "aria-label", "name", "id"})
_KEEPS = frozenset({"viewport", "generator", "content-type"})
_BLOCK = re.compile(
    r"</?(?:p|div|br|tr|td|th|table|li|ul|ol|h\d|blockquote|hr|body|head|html|style|script|title|pre|section)\b",
    re.IGNORECASE,
)
_RAW = re.compile(r"<(style|script)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Piece:
    text: str
    tag: bool
    raw: bool = False


def redact_html(
    page: str, *, spans: Callable[[str], Cut], text: Callable[[str], str], cid: Callable[[str], str]
) -> str:
    """Rewrite a page. `spans` finds what is to be replaced, `text` replaces at once, `cid` renames what a part is called."""
    pieces = _pieces(page)
    for piece in pieces:
        if piece.tag:
            piece.text = _tag(piece.text, text, cid)
        elif piece.raw:
            piece.text = text(piece.text)
    run: list[_Piece] = []
    for piece in [*pieces, _Piece("<br>", tag=True)]:
        if piece.tag and (_BLOCK.match(piece.text) or not run):
            _run(run, spans)
            run = []
        elif not piece.tag and not piece.raw:
            run.append(piece)
    return "".join(piece.text for piece in pieces)


def words_in(page: str) -> str:
    """Give the words of a page, a line for each block, for listening."""
    lines = [""]
    for piece in _pieces(page):
        if piece.tag and _BLOCK.match(piece.text):
            lines.append("")
        elif not piece.tag and not piece.raw:
            lines[-1] += " ".join(html.unescape(piece.text).split(" "))
    return "\n".join(" ".join(line.split()) for line in lines)


def _pieces(page: str) -> list[_Piece]:
    pieces, at, raw = [], 0, False
    for found in _TOKEN.finditer(page):
        if found.start() > at:
            pieces.append(_Piece(page[at : found.start()], tag=False, raw=raw))
        comment = found.group().startswith("<!--")
        pieces.append(_Piece(found.group(), tag=not comment, raw=comment))
        raw = (raw or bool(_RAW.match(found.group()))) and not re.match(
            r"</(?:style|script)", found.group(), re.IGNORECASE
        )
        at = found.end()
    return [*pieces, _Piece(page[at:], tag=False, raw=raw)]


def _run(run: list[_Piece], spans: Callable[[str], Cut]) -> None:
    """Replace in texts that belong together; what stands for a word that runs across tags goes to where it began."""
    plain = [html.unescape(piece.text) for piece in run]
    cut = spans("".join(plain))
    changes = cut.changes()
    if not changes:
        return
    at = 0
    for piece, words in zip(run, plain, strict=True):
        end, out, here = at + len(words), [], at
        touched = False
        for span in changes:
            if span.end <= at or span.start >= end:
                continue
            touched = True
            out.append(cut.text[here : max(here, span.start)])
            if span.start >= at:
                out.append(span.new or "")
            here = min(span.end, end)
        out.append(cut.text[here:end])
        if touched:
            piece.text = html.escape("".join(out), quote=False).replace("\u00a0", "&nbsp;")
        at = end


def _speaks(name: str, value: str, *, fixed: bool) -> bool:
    return (name in _WORDS and not fixed) or (name == "style" and "url(" in value.lower())


def _tag(tag: str, text: Callable[[str], str], cid: Callable[[str], str]) -> str:
    if tag.startswith(("</", "<!", "<?")):
        return tag if tag.startswith("</") else text(tag)
    fixed = any(f'"{name}"' in tag.lower() for name in _KEEPS)

    def rewrite(found: re.Match[str]) -> str:
        name, between, value = found[1].lower(), found[2], found[3]
        quote = value[0] if value[0] in "\"'" else ""
        bare = html.unescape(value.strip(quote) if quote else value)
        if name in _LINKS and bare.lower().startswith("cid:"):
            new = f"cid:{cid(bare[4:])}"
        elif name in _LINKS and bare.lower().startswith("data:"):
            new = "data:,"
        elif name in _LINKS or name.startswith("data-") or _speaks(name, bare, fixed=fixed):
            new = text(bare)
        else:
            return found.group()
        return (
            found.group() if new == bare else f"{found[1]}{between}{quote}{html.escape(new, quote=bool(quote))}{quote}"
        )

    head = re.match(r"<[a-zA-Z][\w:-]*", tag)
    start = head.end() if head else 0
    return tag[:start] + _ATTRIBUTE.sub(rewrite, tag[start:])
