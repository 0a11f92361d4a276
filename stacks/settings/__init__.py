"""What a deployer tunes. Every other room of `stacks/` may read it; it reads none of them."""

from stacks.settings.setting_fields import LOG_RETENTION
from stacks.settings.settings import Settings, SettingsError

__all__ = ["LOG_RETENTION", "Settings", "SettingsError"]
