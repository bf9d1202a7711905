"""The field's words and rules: standard library only, no SQL, no HTTP."""
