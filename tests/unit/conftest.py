"""What all unit tests share: examples take as long as a busy machine needs, and AWS's descriptions are read once."""

from functools import cache

from botocore import loaders
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
# Each session would read them anew, which takes longer than what is tested with it.
loaders.create_loader = cache(loaders.create_loader)
