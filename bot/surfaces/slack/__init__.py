"""Slack: what happens there becomes an Invocation, and cards become Block Kit. No Slack type leaves this folder."""
