"""The only composer: Settings become running parts, and come down cleanly."""
