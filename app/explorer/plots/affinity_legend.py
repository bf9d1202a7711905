"""Legend of the dot plot of affinities: each mark with its meaning."""

from functools import cache

from markupsafe import Markup

from app.explorer.plots.cells import Shape, line, mark

SIZE = 14  # pixels


@cache
def affinity_legend() -> tuple[tuple[Markup, str], ...]:
    """Return the marks of the plot as drawings of their own, and what they mean."""
    return (
        (_symbol(mark(50, Shape.DOT, "affinity")), "Ki or Kd"),
        (_symbol(mark(50, Shape.SQUARE, "affinity")), "IC50"),
        (_symbol(mark(50, Shape.DIAMOND, "affinity")), "EC50"),
        (_symbol(mark(50, Shape.DOT, "affinity", hollow=True)), "quoted from another source"),
        (
            _symbol(line(20, 100, "none"), mark(20, Shape.TRIANGLE, "none"), width=2 * SIZE),
            "tested, and none found up to here",
        ),
    )


def _symbol(*parts: Markup, width: int = SIZE) -> Markup:
    return Markup(
        '<svg class="plot" width="{}" height="{}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(width, SIZE, Markup("").join(parts))
