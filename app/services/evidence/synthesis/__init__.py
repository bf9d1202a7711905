"""Synthesis of the estimates of a claim: its facts, response, table and plots."""
