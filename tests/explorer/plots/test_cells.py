"""Parts of SVG cells."""

from math import inf, nan, pi

import pytest
from markupsafe import Markup

from app.explorer.plots import cells
from app.explorer.plots.cells import Shape
from app.explorer.plots.scale import AxisScale, AxisTick
from tests.explorer.plots.svg_cells import labels, of_class, parse, percent


def test_every_part_is_drawn_in_a_cell_that_parses() -> None:
    scale = AxisScale(0, 10)
    ticks = [AxisTick(0, "0"), AxisTick(5, "5")]
    root = parse(
        cells.svg(
            cells.band(10, 20, "dose"),
            cells.grid(scale, ticks),
            cells.vertical_line(50, "null"),
            cells.line(10, 40, "interval"),
            cells.cap(40, "range"),
            cells.arrow_head(97, "for", is_left=False),
            *(cells.mark(42.3, shape) for shape in Shape),
            cells.spanning_diamond(30, 45, 60, "pooled"),
            cells.bar(0, 30, "against", hatched=True),
        )
    )
    assert len(list(root)) == 2 + 5 + len(Shape) + 1 + 2


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_coordinate_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no coordinate"):
        cells.mark(value, Shape.DOT)


def test_markup_in_a_class_or_label_is_escaped() -> None:
    hostile = '"><script>alert(1)</script>'
    cell = cells.svg(cells.mark(1, Shape.DOT, hostile), cells.bar(0, 1, hostile))
    assert not [e for e in parse(cell).iter() if e.tag == "script"]
    axis = cells.axis(AxisScale(0, 1), [AxisTick(0.5, hostile)])
    assert labels(axis) == [hostile]


def test_marks_of_one_size_have_the_same_area() -> None:
    size = 10.0
    [dot] = parse(cells.svg(cells.mark(5, Shape.DOT, size=size)))
    [diamond] = parse(cells.svg(cells.mark(5, Shape.DIAMOND, size=size)))
    assert pi * float(dot[0].attrib["r"]) ** 2 == pytest.approx(size**2, rel=0.01)
    half = float(diamond[0].attrib["d"].split()[0].removeprefix("M0-"))
    assert 2 * half**2 == pytest.approx(size**2, rel=0.01)


def test_shapes_differ_from_each_other_without_their_classes() -> None:
    drawings = [cells.mark(5, shape) for shape in Shape if shape is not Shape.RING]
    assert len({drawing.split(">", 1)[1] for drawing in drawings}) == len(drawings)
    [ring] = of_class(cells.svg(cells.mark(5, Shape.RING)), "ring")
    assert "hollow" in ring.attrib["class"].split()


def test_labels_are_centred_on_their_ticks() -> None:
    ticks = [AxisTick(v, str(v)) for v in (0, 5, 10)]
    root = parse(cells.axis(AxisScale(0, 10), ticks))
    texts = [e for e in root.iter() if e.tag == "text"]
    lines = [e for e in root.iter() if e.get("class") == "tick"]
    assert [percent(e) for e in texts] == [percent(e, "x1") for e in lines] == [3, 50, 97]
    assert {e.get("text-anchor") for e in texts} == {"middle"}


def test_every_second_label_can_be_left_out() -> None:
    ticks = [AxisTick(v, str(v)) for v in range(5)]
    cell = cells.axis(AxisScale(0, 4), ticks)
    assert [e.text for e in of_class(cell, "even")] == ["0", "2", "4"]
    assert [e.text for e in of_class(cell, "odd")] == ["1", "3"]


def test_a_pooled_diamond_spans_its_interval_with_the_tip_at_the_estimate() -> None:
    [[diamond]] = of_class(cells.svg(cells.spanning_diamond(20, 30, 60, "pooled")), "pooled")
    assert (percent(diamond), percent(diamond, "width")) == (20, 40)
    assert diamond[0].attrib["d"] == "M0 8 25 0 100 8 25 16Z"


def test_a_pooled_diamond_without_width_remains_visible_within_the_cell() -> None:
    [[diamond]] = of_class(cells.svg(cells.spanning_diamond(100, 100, 100, "pooled")), "pooled")
    assert percent(diamond, "width") > 0
    assert percent(diamond) + percent(diamond, "width") <= 100


def test_a_drawing_without_parts_is_an_empty_cell() -> None:
    assert list(parse(cells.svg())) == []
    assert cells.joined([]) == Markup("")
