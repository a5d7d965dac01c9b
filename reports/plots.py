"""Plots, drawn once: as SVG for a page and as part of a PDF. Each stands beside a table with the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import HexColor

from reports.ageing import Aged, Bucket
from reports.collecting import MonthFigures

WIDTH, HEIGHT = 460, 200
#: Told apart by people who see no red or green as well, and in grey print (after Okabe and Ito).
_BLUE, _ORANGE, _GREY = HexColor("#0072B2"), HexColor("#D55E00"), HexColor("#555555")
_THOUSAND, _MILLION = Decimal(1000), Decimal(1_000_000)


def ageing_plot(aged: Aged) -> Drawing:
    """Draw one bar a bucket."""
    sums = [aged.buckets[bucket] for bucket in Bucket]
    return _bars([sums], [bucket.value for bucket in Bucket], title=f"Open by days past due, {aged.currency}", names=())


def money_plot(months: Sequence[MonthFigures]) -> Drawing:
    """Draw what was billed and what came, month by month."""
    series = [[m.billed for m in months], [m.came for m in months]]
    currency = months[0].currency if months else ""
    return _bars(
        series, [str(m.month) for m in months], title=f"Billed and received, {currency}", names=("billed", "received")
    )


def dso_plot(months: Sequence[MonthFigures]) -> Drawing:
    """Draw days sales outstanding and the best that the terms allow; a month without sales shows as none of either."""
    drawing = _drawing(f"Days sales outstanding, {months[0].currency if months else ''}")
    known = [m for m in months if m.dso is not None and m.best_dso is not None]
    if not known:
        drawing.add(String(45, HEIGHT / 2, "nothing was billed in these months", fontSize=9, fillColor=_GREY))
        return drawing
    chart = HorizontalLineChart()
    chart.data = [[float(m.dso or 0) for m in known], [float(m.best_dso or 0) for m in known]]
    for place, colour in enumerate((_BLUE, _ORANGE)):
        chart.lines[place].strokeColor, chart.lines[place].strokeWidth = colour, 2
    chart.lines[1].strokeDashArray = (4, 2)
    _place(chart, [str(m.month) for m in known], top=max(float(m.dso or 0) for m in known))
    drawing.add(chart)
    drawing.add(_legend(("DSO", "best possible"), (_BLUE, _ORANGE)))
    return drawing


def as_svg(drawing: Drawing) -> str:
    """Give a plot for a page."""
    return str(renderSVG.drawToString(drawing))


def _bars(series: Sequence[Sequence[Decimal]], labels: list[str], *, title: str, names: Sequence[str]) -> Drawing:
    top = max((abs(value) for values in series for value in values), default=Decimal(0))
    unit, said = (_MILLION, "million") if top >= 10 * _MILLION else (_THOUSAND, "thousand")
    unit, said = (Decimal(1), "") if top < 10 * _THOUSAND else (unit, said)
    drawing = _drawing(f"{title} ({said})" if said else title)
    if not labels:
        return drawing
    chart = VerticalBarChart()
    chart.data = [[float(value / unit) for value in values] for values in series]
    chart.groupSpacing, chart.barSpacing = 8, 1
    for place, colour in enumerate((_BLUE, _ORANGE)[: len(series)]):
        chart.bars[place].fillColor, chart.bars[place].strokeColor = colour, None
    _place(chart, labels, top=float(top / unit))
    drawing.add(chart)
    if names:
        drawing.add(_legend(names, (_BLUE, _ORANGE)))
    return drawing


def _drawing(title: str) -> Drawing:
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.add(String(10, HEIGHT - 14, title, fontName="Helvetica-Bold", fontSize=11, fillColor=_GREY))
    return drawing


def _place(chart: VerticalBarChart | HorizontalLineChart, labels: list[str], *, top: float) -> None:
    chart.x, chart.y, chart.width, chart.height = 45, 30, WIDTH - 60, HEIGHT - 75
    chart.categoryAxis.categoryNames = labels
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 9
    chart.valueAxis.valueMin, chart.valueAxis.valueMax = 0, top * 1.1 or 1
    chart.valueAxis.labelTextFormat = "%.0f" if top >= 10 else "%.1f"
    chart.valueAxis.visibleGrid, chart.valueAxis.gridStrokeColor = True, HexColor("#dddddd")


def _legend(names: Sequence[str], colours: Sequence[HexColor]) -> Legend:
    legend = Legend()
    legend.x, legend.y, legend.fontSize, legend.alignment = WIDTH - 200, HEIGHT - 28, 9.5, "right"
    legend.columnMaximum, legend.deltax, legend.dxTextSpace = 1, 70, 4
    legend.colorNamePairs = list(zip(colours, names, strict=True))
    return legend
