"""The JSON API of reports: each table, each plot, the paper of a month."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from reports.tables import TABLES, Table
from review.api_problems import RESPONSES
from review.desk import Desk
from review.reportpages import SVG, Currency, paper, svg
from review.security import BYTES

Days = Annotated[int, Query(ge=1, le=3650)]


class ReportTable(BaseModel):
    """A table. Amounts are decimal strings, shares numbers between 0 and 1, what is not known null."""

    name: str
    title: str
    heading: list[str]
    rows: list[list[str | int | float | None]]


class ReportsOut(BaseModel):
    """All tables of a period of days that ends today."""

    days: int
    tables: list[ReportTable]


class MonthIn(BaseModel):
    """Which month, as 2026-03."""

    month: str = Field(max_length=10)


def report_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["reports"], responses=RESPONSES)

    @api.get("/reports", operation_id="get_reports")
    def get_reports(days: Days = 90) -> ReportsOut:
        """Give every table: ageing, customers, DSO by month, promises, answers, hours saved."""
        found = desk.report(days=days)
        return ReportsOut(days=days, tables=[_table(make(found)) for make in TABLES.values()])

    @api.get(
        "/reports/plots/{plot}/{currency}",
        operation_id="get_plot",
        response_class=Response,
        responses={200: {"description": "The plot.", "content": {SVG: {"schema": {"type": "string"}}}}},
    )
    def get_plot(
        plot: Annotated[str, Path(max_length=20, description="one of: ageing, money, dso")],
        currency: Currency,
        days: Days = 90,
    ) -> Response:
        """Give a plot as SVG."""
        return svg(desk, plot, currency, days=days)

    @api.post(
        "/reports/month",
        operation_id="take_month",
        response_class=Response,
        responses={200: {"description": "The PDF.", "content": {BYTES: {"schema": {"type": "string"}}}}},
    )
    def take_month(request: Request, asked_for: MonthIn) -> Response:
        """Give the report of a month as a PDF; the log notes who took it."""
        return paper(request, desk, asked_for.month)

    return api


def _table(table: Table) -> ReportTable:
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    return ReportTable(name=table.name, title=table.title, heading=list(table.heading), rows=rows)


def _cell(cell: object) -> str | int | float | None:
    if isinstance(cell, Decimal):
        return str(cell)
    return cell if isinstance(cell, int | float) or cell is None else str(cell)
