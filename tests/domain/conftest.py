"""Settings of the property tests: `--hypothesis-profile=thorough` runs 2,000 examples of each.

`few` is for a second Python version: the examples are of the domain, not of the interpreter.
"""

from hypothesis import settings

settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.register_profile("few", max_examples=10, deadline=None)
