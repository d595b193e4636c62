"""The simulator as a process of its own: `python -m tests.simulators.discord --port 0 --limit token_life_s=5`.

It outlives the bot and is the witness of what people saw. The first line on stdout is JSON with `url`, `api_url`,
`gateway_url`, `token` and `application_id`; then it serves until SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from dataclasses import fields

from tests.simulators.discord.control import Control, connection_of
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord


def limits_from(pairs: list[str]) -> Limits:
    """`name=value` for each limit that should differ."""
    kinds = {one.name: int if one.type == "int" else float for one in fields(Limits)}
    named = dict(pair.split("=", 1) for pair in pairs)
    return Limits(**{name: kinds[name](value) for name, value in named.items()})


async def serve(arguments: argparse.Namespace) -> None:
    discord = Discord(
        limits=limits_from(arguments.limit), checks_schema=not arguments.without_schema
    )
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    control = Control(discord)
    async with running(discord, port=arguments.port, more_routes=control.routes()):
        print(json.dumps(connection_of(discord)), flush=True)
        await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--without-schema", action="store_true", help="for benchmarks")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
