"""Runs beside each other as one HTML page, as `evals.reporting.page` makes it of one run: no script, no request, all escaped."""

from __future__ import annotations

from markupsafe import Markup

from evals.reporting import filters
from evals.reporting.comparing import Comparison, tally
from evals.reporting.page import environment, style_sheet


def compare_page(told: Comparison) -> str:
    """Give the page of a comparison."""
    choices = filters.of_changed(told.changed or ())
    return (
        environment()
        .get_template("compare.html")
        .render(
            title=f"{len(told.runs)} runs beside each other – dunwell",
            css=Markup(style_sheet() + filters.rules(choices)),
            told=told,
            filters=choices,
            tally=tally(told),
        )
    )
