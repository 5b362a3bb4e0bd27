"""Every deploy-time choice: the choices, how they are parsed and checked, their page, and what they cost."""

from stacks.settings.parsing import SettingsError
from stacks.settings.profiles import PROFILES
from stacks.settings.retired import retired
from stacks.settings.settings import Settings, is_list, unknown_keys

__all__ = ["PROFILES", "Settings", "SettingsError", "is_list", "retired", "unknown_keys"]
