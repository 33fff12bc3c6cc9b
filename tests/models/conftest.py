"""How long the properties of the pure rule search: HYPOTHESIS_PROFILE=hunt looks twenty times longer."""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=300, stateful_step_count=50, deadline=None, print_blob=True)
settings.register_profile("hunt", settings.get_profile("quick"), max_examples=6000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
