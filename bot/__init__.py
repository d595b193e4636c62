"""Impasto, a self-hosted image-generation bot for Slack and Discord."""
