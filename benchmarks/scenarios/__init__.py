"""Works: what is measured; each module gives rows for the table."""
