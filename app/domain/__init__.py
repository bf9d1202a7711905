"""Domain vocabulary and rules: standard library only, no SQL, no HTTP."""
