"""Settings of the property tests: `--hypothesis-profile=thorough` runs 2,000 examples of each."""

from hypothesis import settings

settings.register_profile("thorough", max_examples=2000, deadline=None)
