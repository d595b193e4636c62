"""Wake-ups and live progress."""
