"""The tools, one module for each group of questions."""
