"""Settings for all tests."""

from hypothesis import settings

# A loaded machine is slow now and then, which is no fault of the code; a failure prints how to repeat it.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
