"""A collector's morning in a real browser: read, edit, approve, reject; at a desk, in the dark, on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agent.effects import apply_effects
from mail.outbox import Route, Sender
from mail.settings import SmtpSettings
from mail.smtp import transport_for
from store.inbound import Attachment
from store.vocabulary import ProposalStatus, Reason
from tests.browser.conftest import PICTURES, Served
from tests.browser.furniture import furnish
from tests.factories import claim

pytestmark = pytest.mark.browser

EVIL = (
    "<script>alert(1)</script><img src=//tracker.example/x.png onerror=alert(2)><svg onload=alert(3)>"
    '"><a href="javascript:alert(4)" hx-get="//tracker.example/" hx-trigger="load">x</a><style>*{display:none}</style>'
)


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep what was seen, for people to look at."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


def send(served: Served, folder: Path) -> None:
    """Let the daemon's sender do its round, into a folder."""
    house = served.house
    route = Route(transport=transport_for(SmtpSettings(kind="maildir", path=folder)))
    sender = Sender(house.engine, {"ar": route}, "test", lambda s, i: apply_effects(s, i, house.now))
    assert sender.run_due(house.now) == 1


def test_from_the_queue_to_a_sent_answer(served: Served, tmp_path: Path) -> None:
    there = furnish(served.house)
    page = served.open("/")
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    picture(page, "queue-light")
    # The two pictures of the README are what a window shows.
    picture(page, "readme-queue", whole=False)
    page.get_by_role("link", name="Harrow & Finch Engineering Ltd").click()
    expect(page).to_have_url(re.compile(rf"/items/{there.kershaw}$"))
    marks = page.locator(".evidence mark")
    expect(marks).to_have_count(2)
    expect(marks.first).to_have_text("INV-20413 quotes PO HF-77041, and that order was closed in November")
    assert marks.nth(0).evaluate(_BACKGROUND) != marks.nth(1).evaluate(_BACKGROUND)
    picture(page, "item-light")
    picture(page, "readme-item", whole=False)
    page.get_by_text("Quoted mail").click()
    expect(page.get_by_text("Our records show that the invoice")).to_be_visible()

    approve = page.get_by_role("button", name="Approve and send")
    page.get_by_text("Edit the text").click()
    text = page.get_by_label("Text with slots")
    written = text.input_value()
    text.fill("Please pay GBP 12,345.67 now.\n\n" + written)
    expect(page.get_by_text(re.compile("12,345.67 is not in the ledger")).first).to_be_visible()
    expect(approve).to_be_disabled()
    picture(page, "item-blocked")
    text.fill(written)
    expect(approve).to_be_enabled()
    text.fill(written.replace("Thank you very much", "Many thanks"))
    expect(page.locator("#preview").get_by_text("Many thanks")).to_be_visible()
    expect(page.get_by_text("Your changes are saved with the approval.")).to_be_visible()
    approve.click()

    outcome = page.locator("#outcome")
    expect(outcome.get_by_text("The mail waits in the outbox.")).to_be_visible()
    picture(page, "item-approved")
    send(served, tmp_path / "sent")
    expect(outcome.get_by_text("The mail was sent and filed.")).to_be_visible(timeout=15_000)
    expect(outcome.get_by_text("Promise for INV-20421 by 2026-03-20 noted.")).to_be_visible()
    expect(page.locator("#account").get_by_role("heading", name="Promises")).to_be_visible()
    assert outcome.get_attribute("hx-get") is None
    picture(page, "item-sent")
    mails = list((tmp_path / "sent" / "new").iterdir())
    assert len(mails) == 1
    assert b"Many thanks" in mails[0].read_bytes()
    page.get_by_role("link", name="Next in the queue").last.click()
    expect(page).to_have_url(re.compile(rf"/items/(?!{there.kershaw}$)\d+$"))


_BACKGROUND = "e => getComputedStyle(e).backgroundColor"


def test_a_click_faster_than_the_preview_is_shown_before_it_is_sent(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    page.route("**/preview", lambda route: route.abort())
    page.get_by_text("Edit the text").click()
    text = page.get_by_label("Text with slots")
    text.fill(text.input_value().replace("Thank you very much", "Many thanks"))
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("look at it, then approve once more")).to_be_visible()
    expect(page.locator("#preview").get_by_text("Many thanks")).to_be_visible()
    assert served.house.desk.outgoing(there.kershaw) is None
    served.errors.clear()  # the preview that was cut off


def test_rejecting_with_a_reason(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.stranger}")
    expect(page.get_by_text("Suspicious sender: gets no figures")).to_be_visible()
    picture(page, "stranger")
    page.locator("#decide").get_by_role("link", name="Reject").click()
    page.get_by_label("Note (optional)").fill("I call them")
    page.locator("#reject").get_by_role("button", name="Understood, but the action is wrong").click()
    expect(page.get_by_text("Wrong action: I call them")).to_be_visible()
    item = served.house.desk.show(there.stranger)
    assert item is not None
    assert item.row.status == ProposalStatus.REJECTED


def test_it_all_works_without_javascript(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}", java_script_enabled=False)
    page.get_by_text("Edit the text").click()
    text = page.get_by_label("Text with slots")
    text.fill(text.input_value().replace("Thank you very much", "Many thanks"))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview").get_by_text("Many thanks")).to_be_visible()
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("The mail waits in the outbox.")).to_be_visible()


def test_a_late_click_is_told_kindly(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.morvan}")
    served.house.desk.edit(there.morvan, version=1, actor="colleague", body="Bonjour,\n\n{{ company.name }}")
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("was changed or decided meanwhile")).to_be_visible()
    served.errors[:] = [e for e in served.errors if "409" not in e]


@pytest.mark.parametrize("width", [390, 700, 1100, 1440])
def test_no_page_scrolls_sideways(served: Served, width: int) -> None:
    there = furnish(served.house)
    decided = served.house.desk
    decided.approve(there.moss, version=1, actor="test")
    for path in (
        "/",
        f"/items/{there.kershaw}",
        f"/items/{there.stranger}",
        f"/items/{there.moss}",
        "/decided",
        "/attention",
    ):
        page = served.open(path, viewport={"width": width, "height": 844})
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], path
        if width == 390:
            picture(page, "phone-" + (path.strip("/").replace("/", "-") or "queue"))


def test_in_the_dark(served: Served) -> None:
    there = furnish(served.house)
    for path, name in (("/", "queue-dark"), (f"/items/{there.kershaw}", "item-dark")):
        page = served.open(path, color_scheme="dark")
        shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert sum(int(part) for part in re.findall(r"\d+", shade)) < 120
        picture(page, name)


def test_hostile_mail_runs_nothing_and_fetches_nothing(served: Served) -> None:
    house = served.house
    message = house.receive(
        f"Hello {EVIL}",
        subject=EVIL,
        from_name=EVIL,
        quoted_text=EVIL,
        signature=EVIL,
        flags=(EVIL,),
        attachments=(Attachment(filename=EVIL, content_type="text/html", size=1, sha256="0" * 64),),
    )
    words = claim(Reason.PROMISE_TO_PAY, EVIL, invoices=["INV-20421"], date="2026-03-20", reference=EVIL)
    number = house.hold(message, words, needs_person=EVIL, reader=EVIL, writer=EVIL)
    house.desk.edit(number, version=1, actor="x", body=f"{EVIL}</textarea>{EVIL}")
    for path in ("/", f"/items/{number}", f"/messages/{message}", "/decided"):
        page = served.open(path)
        assert page.locator("script:not([src^='/static/'])").count() == 0
        assert page.locator("img, iframe, object, [onload], [onerror], a[href^=javascript]").count() == 0
        expect(page.locator("main")).to_be_visible()
    page = served.open(f"/items/{number}")
    text = page.get_by_label("Text with slots")
    assert text.input_value().startswith(f"{EVIL}</textarea>{EVIL}")
    text.press_sequentially(EVIL)
    expect(page.locator("#preview")).to_contain_text(f"{EVIL}</textarea>{EVIL}{EVIL}"[-60:])
    assert page.locator("script:not([src^='/static/'])").count() == 0


def test_the_keyboard_reaches_the_decision_and_the_page_names_its_parts(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Approve and send":
            break
    else:
        pytest.fail("Approve was not reached by the keyboard")
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(e => !e.labels.length).length"
    )
    assert unnamed == 0
