"""Colours of SVG drawings in a light and a dark theme, for renderers with and without CSS.

Everything is a presentation attribute in the light colours, which every renderer knows (librsvg,
cairosvg, office programs, file previews). Browsers get the colours of the theme by CSS on top:
classes such as `fill-ink` set the custom properties, which an embedding page may override.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.kit.batching import batched


@dataclass(frozen=True)
class SvgTheme:
    """The colours of one kind of drawing, by name.

    Args:
        css_class: Class of the `svg` element.
        light: Colours on a light ground.
        dark: Colours of the same names on a dark ground.
    """

    css_class: str
    light: Mapping[str, str]
    dark: Mapping[str, str]

    def painted(
        self, name: str, *, fill: str | None = None, stroke: str | None = None
    ) -> dict[str, str]:
        """Return class, fill and stroke of a shape; `fill` and `stroke` are names of colours."""
        colours = {kind: colour for kind, colour in (("fill", fill), ("stroke", stroke)) if colour}
        classes = " ".join([name, *(f"{kind}-{colour}" for kind, colour in colours.items())])
        values = {kind: self.light[colour] for kind, colour in colours.items()}
        return {"class": classes, "fill": "none"} | values

    def style_sheet(self, rules: Sequence[str] = ()) -> str:
        """Return the CSS of both themes.

        `:where` lets any rule of an embedding page win. Renderers without custom properties skip
        all of `@supports`: they would read `var()` as an invalid colour, and draw everything black.

        Args:
            rules: Further selectors and declarations, each below the class of the drawing.
        """
        selector = f".{self.css_class}"
        classes = [
            f"{selector} .{kind}-{name} {{ {kind}: var(--{name}); }}"
            for name in self.light
            for kind in ("fill", "stroke")
        ]
        lines = "\n".join([*classes, *(f"{selector} {rule}" for rule in rules)])
        return f"""
@supports (fill: var(--ink)) {{
:where({selector}) {{ {_properties(self.light, "  ")} }}
@media (prefers-color-scheme: dark) {{
  :where({selector}) {{ {_properties(self.dark, "    ")} }} }}
{lines}
}}
"""


def _properties(colours: Mapping[str, str], indent: str) -> str:
    """Return CSS custom properties, four per line."""
    declared = [f"--{name}: {colour};" for name, colour in colours.items()]
    lines = [" ".join(batch) for batch in batched(declared, 4)]
    return f"\n{indent}".join(lines)
