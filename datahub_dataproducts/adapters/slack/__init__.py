"""Slack: messages as Block Kit, posted by a bot or by an incoming webhook."""
