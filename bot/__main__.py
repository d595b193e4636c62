"""`python -m bot` and the `impasto` command."""

from __future__ import annotations

from bot.cli.app import app


def main() -> None:
    """Runs what was typed; the exit code is 0 done, 1 failed, 2 bad usage, 3 refused."""
    app()


if __name__ == "__main__":
    main()
