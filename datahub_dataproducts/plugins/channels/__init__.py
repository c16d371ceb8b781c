"""Channels of a recipe: for each vendor its config and, from that, its channel.

A vendor is one module here. It has a subclass of `base.ChannelConfig`, with a `Literal` as its
`type` and what else a recipe says about such a channel, and the method `build`, which makes the
channel of its adapter; `every.AnyChannelConfig` names the class. Nothing else knows of the vendor.
What is wrong with a config is told when the recipe is read: `build` opens no connection.
"""
