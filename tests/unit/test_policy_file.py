"""The policy file: complete, documented, hashed; one source of truth; unsafe values refused in one clear line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agent.config import ConfigError, Settings, load
from tools.interest import InterestTerms
from tools.jurisdiction import SHIPPED, STRICT, Jurisdiction
from tools.limits import Policy
from tools.policy_file import SHIPPED_FILE, PolicyError, policy_from, read_policy

TEXT = SHIPPED_FILE.read_text("utf-8")
CONFIG = """
{top}
[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "ar@fernhill.example"

[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@fernhill.example"
path = "box"
{below}
"""


def test_the_shipped_file_is_the_default() -> None:
    assert read_policy(SHIPPED_FILE) == Policy()
    assert read_policy(SHIPPED_FILE).digest() == Policy().digest()
    assert sorted(Policy().jurisdictions) == ["default-strict", "eu-b2b", "uk-b2b", "us-b2b", "us-ca-natural-person"]


def _settings(model: type[BaseModel], where: str = "") -> list[str]:
    return [f"{where}{name}" for name in model.model_fields]


def test_the_shipped_file_states_every_setting() -> None:
    raw = tomllib.loads(TEXT)
    strict = raw["jurisdictions"][STRICT]
    tables: list[tuple[dict[str, Any], type[BaseModel]]] = [
        (raw, Policy),
        (strict, Jurisdiction),
        *(
            (raw[name], type(getattr(Policy(), name)))
            for name, value in raw.items()
            if name in ("plan", "hold", "cash", "promise_processing_days")
        ),
        (raw["concessions"], type(Policy().concessions)),
        (raw["autonomy"], type(Policy().autonomy)),
        (strict["contact"], type(Jurisdiction().contact)),
        (strict["interest"], InterestTerms),
        (strict["notices"], type(Jurisdiction().notices)),
    ]
    for table, model in tables:
        # Settings without a value stand there as a comment.
        left_out = {
            name for name in _settings(model) if not re.search(rf"^(# )?{name} = |^\[{name}", TEXT, re.MULTILINE)
        }
        assert not left_out - set(table), f"state them in tools/policy.toml: {sorted(left_out - set(table))}"
        assert set(_settings(model)) - set(table) <= {"contractual_rate", "cap_share"}


def test_every_line_of_the_strict_part_is_commented() -> None:
    top = TEXT[: TEXT.index("[jurisdictions.uk-b2b]")]
    bare = [line for line in top.splitlines() if re.match(r"\w+ = ", line) and "#" not in line]
    assert len(bare) <= 16, bare


def test_what_is_left_out_keeps_its_default_also_inside_a_profile() -> None:
    policy = policy_from({"jurisdictions": {"uk-b2b": {"contact": {"closes": "17:00"}}, "at": {}}}, source="t")
    uk = policy.profile("uk-b2b")
    assert (uk.contact.opens.hour, uk.contact.closes.hour, int(uk.interest.margin)) == (8, 17, 8)
    assert policy.profile("at") == policy.profile(STRICT) == Jurisdiction()
    assert policy.profile("eu-b2b") == Policy().profile("eu-b2b")
    table = {"2026-H1": "3"}
    replaced = policy_from({"jurisdictions": {"uk-b2b": {"interest": {"reference": table}}}}, source="t")
    assert list(replaced.profile("uk-b2b").interest.reference) == ["2026-H1"], "a rate that was taken out stays out"


def test_the_digest_is_of_the_settings_and_not_of_their_order() -> None:
    one = policy_from({"min_confidence_of": {"dispute": 0.7, "question": 0.6}, "version": "a"}, source="t")
    other = policy_from({"version": "a", "min_confidence_of": {"question": 0.6, "dispute": 0.7}}, source="t")
    assert one.digest() == other.digest()
    assert one.digest() != policy_from({"version": "b"}, source="t").digest()


@given(name=st.sampled_from(sorted(SHIPPED)), cap=st.integers(1, 2))
def test_every_setting_of_a_profile_is_in_the_digest(name: str, cap: int) -> None:
    changed = policy_from({"jurisdictions": {name: {"contact": {"per_customer_7_days": cap}}}}, source="t")
    assert changed.digest() != Policy().digest()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "promise_max_days = 60",
            "promise_max_days = 9999",
            "promise_max_days: Input should be less than or equal to 365",
        ),
        ('opens = "09:00"', 'opens = "06:00"', "06:00 to 17:00 is not within the hard limit 08:00 to 21:00"),
        ('closes = "17:00"', 'closes = "22:00"', "09:00 to 22:00 is not within the hard limit"),
        ("hard_per_customer_7_days = 7", "hard_per_customer_7_days = 8", "contact.hard_per_customer_7_days"),
        ('collector = "0"', 'collector = "0.01"', "concessions: collector: must be 0: a collector gives nothing away"),
        ('manager = "0.05"', 'manager = "0.5"', "concessions.manager"),
        ('controller = "0.20"', 'controller = "0.01"', "concessions: controller: is below manager"),
        ("manager_max_instalments = 6", "manager_max_instalments = 2", "plan: manager_max_instalments: is below"),
        ("last_due_days = 90", "last_due_days = 14", "plan: last_due_days: must be after first_due_days"),
        ('controller_above = "100000.00"', 'controller_above = "10"', "controller_above: is below manager_above"),
        ("reply_deadline_days = 7", "reply_deadline_days = 6", "reply_deadline_days"),
        ('jurisdiction = "default-strict"', 'jurisdiction = "mars"', "jurisdiction: mars is none of default-strict"),
        ("min_proposals = 50", "min_proposals = 1", "autonomy.min_proposals"),
        ('min_unedited = "0.98"', 'min_unedited = "0.5"', "autonomy.min_unedited"),
        (
            "open = []",
            'open = [{ reason = "dispute", band = "small", tier = "key" }]',
            "autonomy.open.0: reason: dispute is always a person's",
        ),
        (
            "open = []",
            'open = [{ reason = "plan_request", band = "small", tier = "key" }]',
            "plan_request is always a person's",
        ),
        (
            "open = []",
            'open = [{ reason = "invoice_missing", band = "large", tier = "key" }]',
            "large balances are always a person's",
        ),
        ('claim = "off"  ', 'claim = "contractual"  ', "interest: contractual_rate: is missing"),
        ("fixed_sums = []", 'fixed_sums = [{ from_amount = "0", sum = "40" }]', "interest: currency: is missing"),
        ('# contractual_rate = "6"', 'contractual_rate = "60"', "interest.contractual_rate"),
        ("zones = []", 'zones = ["Mars/Olympus"]', "Mars/Olympus is no IANA time zone"),
        ('holidays = ["01-01", "12-25", "12-26"]', 'holidays = ["25.12."]', "25.12. is no day"),
        ('holidays = ["01-01", "12-25", "12-26"]', 'holidays = ["02-30"]', "02-30 is no day"),
        ("[hold]", "[hold]\ncolour = 1", "hold.colour: is not a setting of dunwell"),
    ],
)
def test_unsafe_values_are_one_line_that_names_them(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TEXT
    path = tmp_path / "policy.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith(str(path))
    assert told in lines[0]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"jurisdictions": 3}, "jurisdictions: must be a table"),
        ({"jurisdictions": {"uk-b2b": 3}}, "jurisdictions.uk-b2b"),
        ({"jurisdictions": {"uk-b2b": {"interest": {"claim": "statutory"}}}}, "owner: is missing"),
        ({"jurisdictions": {STRICT: {"interest": {"claim": "contractual", "contractual_rate": 5}}}}, "natural person"),
        (
            {
                "manager_above": 500,
                "autonomy": {"open": [{"reason": "invoice_missing", "band": "small", "tier": "standard"}]},
            },
            "autonomy.medium_up_to: is above manager_above",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(raw: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError, match=told) as caught:
        policy_from(raw, source="t")
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="run `dunwell policy init`"):
        read_policy(tmp_path / "none.toml")
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy(tmp_path)
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(PolicyError, match="not valid TOML"):
        read_policy(tmp_path / "bad.toml")


# --- one source of truth


def configured(folder: Path, *, top: str = "", below: str = "", environment: dict[str, str] | None = None) -> Settings:
    path = folder / "dunwell.toml"
    path.write_text(CONFIG.format(top=top, below=below), "utf-8")
    return load(path, environment=environment or {})


def test_the_policy_file_lies_beside_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNWELL_WORKERS", "9")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "policy.toml").write_text('version = "march"\npromise_max_days = 30\n', "utf-8")
    settings = configured(tmp_path, top='policy_file = "rules/policy.toml"')
    assert (settings.policy.version, settings.policy.promise_max_days, settings.workers) == ("march", 30, 9)
    by_variable = configured(tmp_path, environment={"DUNWELL_POLICY_FILE": "rules/policy.toml"})
    assert by_variable.policy == settings.policy
    assert configured(tmp_path).policy == Policy()


def test_the_block_still_works_and_both_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policy.toml").write_text(TEXT, "utf-8")
    block = "[policy]\npromise_max_days = 20\n"
    assert configured(tmp_path, below=block).policy.promise_max_days == 20
    with pytest.raises(ConfigError, match=r"policy: is stated twice: keep either policy_file \(policy\.toml\) or"):
        configured(tmp_path, top='policy_file = "policy.toml"', below=block)
    with pytest.raises(ConfigError, match="stated twice"):
        configured(tmp_path, below=block, environment={"DUNWELL_POLICY_FILE": "policy.toml"})
    monkeypatch.setenv("DUNWELL_POLICY__PROMISE_MAX_DAYS", "300")
    assert configured(tmp_path, below=block).policy.promise_max_days == 300, "variables win over the block, as ever"
    with pytest.raises(ConfigError, match=r"DUNWELL_POLICY__PROMISE_MAX_DAYS: the policy stands in policy\.toml alone"):
        configured(tmp_path, top='policy_file = "policy.toml"')


@pytest.mark.parametrize(
    ("top", "told"),
    [
        ('policy_file = "none.toml"', "none.toml does not exist"),
        ("policy_file = 3", "must be the path"),
        ('policy_file = " "', "must be the path"),
    ],
)
def test_a_policy_file_that_cannot_be_read(tmp_path: Path, top: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        configured(tmp_path, top=top)


def test_a_fault_in_the_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("promise_max_days = 9999", "utf-8")
    with pytest.raises(ConfigError, match=r"policy\.toml: promise_max_days"):
        configured(tmp_path, top='policy_file = "policy.toml"')
