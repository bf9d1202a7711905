"""Search: what is kept of every record's words, and how a question is answered from it."""
