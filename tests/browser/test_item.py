"""The page of one item by keyboard, in a real browser: approve, edit, choose, decide anew, and what two people see of each other."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from store.vocabulary import ProposalStatus
from tests.browser.conftest import Served
from tests.browser.furniture import furnish
from tests.browser.test_review import picture

pytestmark = pytest.mark.browser


def status(served: Served, number: int) -> str:
    item = served.house.desk.show(number)
    assert item is not None
    return item.row.status


def test_one_key_approves_and_none_in_a_field(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    expect(page.locator("#readings button").first).to_be_visible(timeout=15_000)
    picture(page, "item-page")
    page.keyboard.press("n")
    expect(page.get_by_label("Say something about it")).to_be_focused()
    page.keyboard.type("axr")
    assert status(served, there.kershaw) == ProposalStatus.HELD
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', repeat: true, bubbles: true}))")
    assert status(served, there.kershaw) == ProposalStatus.HELD
    page.keyboard.press("a")
    expect(page.locator("#outcome")).to_be_visible()
    assert status(served, there.kershaw) == ProposalStatus.APPROVED
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"/items/\d+$"))


def test_help_names_every_key_and_the_palette_finds_every_action(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    page.keyboard.press("?")
    keys = page.locator("dialog .keylist dt")
    expect(keys.first).to_be_visible()
    said = [text.strip() for text in page.locator("dialog .keylist > div").all_inner_texts()]
    for action in ("Approve and send", "Reject", "Edit the text", "Word it anew", "Put it off", "Next item"):
        assert any(action in line for line in said), action
    assert page.evaluate(
        "[...document.querySelectorAll('[data-key]')].every(e => e.dataset.key.split(' ').length <= 2)"
    )
    doubled = page.evaluate(
        "(() => { const k = [...document.querySelectorAll('[data-key]')].map(e => e.dataset.key);"
        " return k.filter((x, i) => k.indexOf(x) !== i) })()"
    )
    assert doubled == []
    picture(page, "keys", whole=False)
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("hand ov")
    expect(page.locator("dialog .palette button")).to_have_count(2)
    picture(page, "palette", whole=False)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why", exact=True)).to_be_visible()
    assert page.locator("dialog").count() == 0


def test_a_broken_figure_is_marked_beside_the_words_and_cannot_be_approved(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    page.keyboard.press("e")
    text = page.get_by_label("Text with slots")
    expect(text).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Please pay GBP 12,345.67 now.\n\n")
    marked = page.locator("#preview mark.fault").first
    expect(marked).to_contain_text("12,345.67")
    expect(marked).to_have_attribute("title", re.compile("is not in the ledger"))
    expect(page.get_by_role("button", name="Approve and send")).to_be_disabled()
    picture(page, "item-fault", whole=False)
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert status(served, there.kershaw) == ProposalStatus.HELD


def test_some_acts_and_not_others_by_keyboard(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    page.keyboard.press("c")
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.press("w")
    expect(page.get_by_text("worded anew for the ticked actions")).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator("#preview")).not_to_contain_text("INV-20421")
    page.keyboard.press("a")
    expect(page.locator("#outcome")).to_be_visible()
    item = served.house.desk.show(there.kershaw)
    assert item is not None
    assert [action.declined for action in item.proposal.actions] == [False, True]


def test_two_keys_word_it_anew_and_what_changed_is_shown(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.morvan}")
    page.keyboard.press("r")
    page.keyboard.press("2")
    expect(page.get_by_text("Worded anew. Look at it")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("d")
    expect(page.locator(".changes del").first).to_be_visible()
    picture(page, "item-diff")
    page.locator("#readings button").first.wait_for(timeout=15_000)
    page.keyboard.press("1")
    expect(page.get_by_text("Decided anew, and")).to_be_visible()
    item = served.house.desk.show(there.morvan)
    assert item is not None
    assert item.proposal.reader == "human, after embedded reader"


def test_putting_off_commenting_and_rejecting_by_keyboard(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.moss}")
    page.keyboard.press("s")
    page.keyboard.press("3")
    expect(page.get_by_text("Put off: it is out of the list")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("s")
    page.keyboard.press("b")
    expect(page.get_by_text("Back in the list.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("<b>I know them</b>")
    page.get_by_role("button", name="Keep the comment").click()
    expect(page.locator(".comment .text")).to_have_text("<b>I know them</b>")
    page.wait_for_load_state()
    page.keyboard.press("x")
    page.keyboard.press("4")
    expect(page.get_by_text("No answer needed")).to_be_visible()
    assert status(served, there.moss) == ProposalStatus.REJECTED


def test_a_stale_approval_is_refused_with_what_changed(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.kershaw}")
    desk = served.house.desk
    item = desk.show(there.kershaw)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("Thank you very much", "Many thanks")
    desk.edit(there.kershaw, version=1, actor="Ines Roth", body=body)
    page.keyboard.press("a")
    expect(page.get_by_text("What changed since you looked")).to_be_visible()
    expect(page.locator(".notice ins").first).to_contain_text("Many")
    expect(page.get_by_text("Ines Roth", exact=True).first).to_be_visible()
    picture(page, "item-stale", whole=False)
    assert status(served, there.kershaw) == ProposalStatus.HELD
    served.errors[:] = [e for e in served.errors if "409" not in e]


def test_two_people_see_each_other(served: Served) -> None:
    there = furnish(served.house)
    served.house.desk.be_here(there.kershaw, login="ines", name="Ines Roth")
    page = served.open(f"/items/{there.kershaw}")
    expect(page.get_by_text("Ines Roth has this open since a moment")).to_be_visible()
    # The page says that it is open once a script of its own asks: a moment after it is shown.
    deadline = time.monotonic() + 20
    while not (others := served.house.desk.others_here(there.kershaw, login="ines")) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert [p.login for p in others] == ["local"]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_item_page_does_not_scroll_sideways(served: Served, width: int) -> None:
    there = furnish(served.house)
    page: Page = served.open(f"/items/{there.kershaw}", viewport={"width": width, "height": 844}, color_scheme="dark")
    page.locator("summary[data-key=s]").click()
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1]
    picture(page, f"item-dark-{width}")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_the_item_page_unfolded_has_no_serious_fault(served: Served, scheme: str, width: int) -> None:
    there = furnish(served.house)
    desk = served.house.desk
    desk.redraft(there.morvan, version=1, actor="ines", instruction="2 instalments")
    desk.say(there.morvan, text="They always pay in the end.", actor="ines")
    page = served.open(f"/items/{there.morvan}", color_scheme=scheme, viewport={"width": width, "height": 900})
    page.locator("#readings button").first.wait_for(timeout=15_000)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    picture(page, f"item-unfolded-{scheme}")
    for opens in ("", "?", "p"):
        if opens:
            page.keyboard.press(opens)
            expect(page.locator("dialog")).to_be_visible()
        told = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        faults = [
            f"{fault['id']}: {node['html'][:160]}"
            for fault in told.response["violations"]
            for node in fault["nodes"]
            if not opens or "dialog" in str(node["target"])
        ]
        assert faults == []
        if opens:
            page.keyboard.press("Escape")
