"""What the evidence adds up to: verdicts, readings, matrix, timeline, gaps."""
