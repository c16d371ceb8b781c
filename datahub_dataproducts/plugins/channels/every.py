"""All types of channels that a recipe may name, told apart by `type`."""

from datahub_dataproducts.plugins.channels.console import ConsoleChannelConfig

AnyChannelConfig = ConsoleChannelConfig
