"""Microsoft Teams: messages as Adaptive Cards, posted to the webhook of a workflow."""
