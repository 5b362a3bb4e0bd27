"""Every deploy-time choice: the choices, how they are parsed and checked, their page, and what they cost."""

from stacks.settings.choices import PROFILES, Settings
from stacks.settings.parsing import SettingsError

__all__ = ["PROFILES", "Settings", "SettingsError"]
