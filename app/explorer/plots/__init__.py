"""Geometry of the plots: cells of tables, drawn as SVG whose positions are percentages."""
