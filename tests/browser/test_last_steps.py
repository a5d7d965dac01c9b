"""The last steps in a real Chromium: two people, each in a browser of their own, from the proposal to the packet that is handed over."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from store.last_resort_words import Standing
from store.roles import Role
from tests.browser.test_accessible import _faults as faults
from tests.browser.test_review import picture
from tests.browser.test_two_people import Signed, signed  # noqa: F401 (a fixture)
from tests.signing import join

pytestmark = pytest.mark.browser
ACCOUNT = "/accounts/C1001/last-resort"


def test_a_claim_is_handed_over_and_a_loss_needs_two(signed: Signed) -> None:  # noqa: F811 (the fixture)
    house = signed.house
    cora, mona, conrad = (
        join(house, signed.people, *who)
        for who in (("cora", Role.COLLECTOR), ("mona", Role.MANAGER), ("conrad", Role.CONTROLLER))
    )
    first = signed.sign_in(cora, f"{ACCOUNT}?kind=hand_off")
    picture(first, "last-resort-propose")
    assert faults(first) == []
    first.get_by_label("INV-20421").uncheck()
    first.get_by_label("A note of ours").fill("nobody answers since January")
    first.get_by_role("button", name="Propose").click()
    expect(first.get_by_text("Nothing changes before it is approved.")).to_be_visible()
    # A collector may propose, and not approve.
    first.get_by_role("button", name="Approve").click()
    expect(first.get_by_text("A manager approves this")).to_be_visible()
    second = signed.sign_in(mona, "/last-resort")
    picture(second, "last-resort-list")
    assert faults(second) == []
    second.get_by_role("link", name="Harrow & Finch Engineering Ltd").click()
    picture(second, "last-resort-hand-off")
    assert faults(second) == []
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("It stands on the account.")).to_be_visible()
    with second.expect_download() as saving:
        second.get_by_role("link", name="Save the packet (ZIP)").click()
    content = Path(saving.value.path()).read_bytes()
    assert "claim.pdf" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    second.get_by_role("button", name="I have handed over this packet").click()
    expect(second.get_by_text("Nobody here asks for these invoices from now on.")).to_be_visible()
    picture(second, "last-resort-handed")
    assert house.desk.last_steps()[0][0].row.status == Standing.CARRIED_OUT
    # A loss above the policy's sum: the first approval is noted, the second person lets it stand.
    second.goto(signed.url + f"{ACCOUNT}?kind=write_off")
    for number in ("INV-20413", "INV-20427"):
        second.get_by_label(number).uncheck()
    second.get_by_role("button", name="Propose").click()
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("It stands on the account.")).to_be_visible()
    second.goto(signed.url + "/accounts/C1002/last-resort?kind=write_off")
    second.get_by_role("button", name="Propose").click()
    page = second.url.partition("?")[0]
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("A second person has to approve as well.")).to_be_visible()
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("A second person has to approve as well.")).to_be_visible()
    third = signed.sign_in(conrad, page.removeprefix(signed.url))
    expect(third.get_by_text("mona").first).to_be_visible()
    picture(third, "last-resort-two")
    third.get_by_role("button", name="Approve").click()
    expect(third.get_by_text("It stands on the account.")).to_be_visible()
    assert faults(third) == []
