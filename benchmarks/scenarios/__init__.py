"""Scenarios: what is measured. `rows` of each module yields rows of the result table."""
