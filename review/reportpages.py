"""The page of reports: tables and plots of what is open and what came of it, and the paper of a month. No GET changes anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request, Response

from reports.periods import Month
from reports.plots import ageing_plot, as_svg, dso_plot, money_plot
from reports.tables import TABLES
from review.desk import Desk
from review.limiting import limited
from review.paperpages import for_saving
from review.rendering import Renderer
from review.report_words import shown
from review.security import FormTokens
from review.viewer import actor_of

#: The periods that are offered, in days.
PERIODS: tuple[int, ...] = (30, 90, 180, 365)
Days = Annotated[int, Query(ge=1, le=3650)]
Currency = Annotated[str, Path(pattern="^[A-Z]{3}$")]
SVG = "image/svg+xml"
_MOST_CUSTOMERS = 50


def report_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/reports")
    def reports(request: Request, days: Days = 90) -> Response:
        found = desk.report(days=days)
        names = desk.names_of({aged.customer for aged in found.customers[:_MOST_CUSTOMERS]})
        return show.page(
            request,
            "reports.html",
            tab="reports",
            days=days,
            periods=PERIODS,
            found=found,
            tables=[shown(make(found), most=_MOST_CUSTOMERS, names=names) for make in TABLES.values()],
            last_month=str(Month.of(found.today).before),
        )

    @look.get("/reports/plots/{plot}/{currency}")
    def plot(plot: str, currency: Currency, days: Days = 90) -> Response:
        return svg(desk, plot, currency, days=days)

    return look


def report_paper_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the route that gives the paper of a month: a form's, as taking it is noted in the log."""
    routes = APIRouter(dependencies=[Depends(tokens.require)])

    @routes.post("/reports/month")
    def month(request: Request, month: Annotated[str, Form(max_length=10)]) -> Response:
        return paper(request, desk, month)

    return routes


def svg(desk: Desk, plot: str, currency: str, *, days: int) -> Response:
    """Give a plot. 404 for one that there is not, or a currency without money."""
    found = desk.report(days=days)
    aged = next((one for one in found.aged if one.currency == currency), None)
    trend = found.trend.get(currency, [])
    if plot == "ageing" and aged is not None:
        drawing = ageing_plot(aged)
    elif plot in ("money", "dso") and trend:
        drawing = money_plot(trend) if plot == "money" else dso_plot(trend)
    else:
        raise HTTPException(404, "There is no such plot.")
    return Response(as_svg(drawing), media_type=SVG)


def paper(request: Request, desk: Desk, text: str) -> Response:
    """Give the paper of a month as a file. 422 for what is no month."""
    limited(request, "export")
    try:
        month = Month.read(text)
        content = desk.month_pdf(month, actor=actor_of(request))
    except ValueError as error:
        raise HTTPException(422, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    return for_saving(content, f"dunwell-{month}.pdf")
