"""The picture of rates: everything that must be seen is on it, in proportion."""

from __future__ import annotations

import pytest

from audits.sampling.chart import LEFT, Mark, chart_of


def test_marks_stand_in_proportion():
    chart = chart_of([Mark("all", 0.02, 0.01, 0.04, benchmark=0.0402)], line=0.05)
    [bar] = chart.bars
    assert chart.ticks[-1].rate == pytest.approx(0.05)
    assert bar.dot is not None
    assert (bar.dot - LEFT) / (chart.right - LEFT) == pytest.approx(0.4, abs=0.01)
    assert bar.width == pytest.approx((chart.right - LEFT) * 0.6, abs=0.2)
    assert chart.line is not None
    assert chart.line.x == pytest.approx(chart.right)


@pytest.mark.parametrize(("lower", "upper", "rate"), [(0.0, 1.0, None), (0.3, 1.0, 1.0), (0.0, 0.0, 0.0)])
def test_nothing_leaves_the_picture(lower: float, upper: float, rate: float | None):
    chart = chart_of([Mark("all", rate, lower, upper)], line=0.05)
    [bar] = chart.bars
    assert LEFT <= bar.x <= bar.x + bar.width <= chart.right + 2
    assert len(chart.ticks) <= 7
    assert bar.width >= 2


def test_no_mark_at_all_is_an_empty_picture():
    assert chart_of([]).bars == ()
