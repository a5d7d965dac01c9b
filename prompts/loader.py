"""Loads the reply templates that ship with this package. Their marks are `[[ ]]` and `[% %]`, so that slots pass untouched.

Templates are ours alone: nothing from a mail, a model or the ledger is ever compiled as one.
"""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from prompts.slots import invoice_slot


@lru_cache(maxsize=1)
def reply_templates() -> Environment:
    """Give the environment of the reply templates, built on first use. A missing name or file is an error, never a gap."""
    environment = Environment(
        loader=PackageLoader("prompts", "replies"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text for mail, never HTML
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["inv"] = invoice_slot
    return environment
