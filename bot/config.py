"""The only reader of the environment and of configuration files: one frozen Settings comes out."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from bot.setting_names import (
    Location,
    is_not_a_setting,
    key_names,
    line_of,
    tables_of,
    unknown_variables,
)

CONFIG_NAME = "impasto.toml"
Option = str | int | float | bool


class BadSettings(ValueError):
    """A setting is wrong; the message says which and what is allowed."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProviderTable(_Table):
    """One `[[providers]]` table."""

    name: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    kind: str
    base_url: str | None = None
    api_key_env: str | None = None
    api_key_file: Path | None = None
    models: tuple[str, ...] = ()
    weight: int = Field(default=10, ge=1, le=1000)
    canary: float | None = Field(default=None, ge=0, le=1)
    """Share of the requests a provider on trial gets, 0 to 1; written "5%". None: it is not on trial."""
    max_concurrent: int = Field(default=4, ge=1, le=1000)
    rate: tuple[int, float] | None = None
    """At most so many calls in so many seconds, written "150/10s"."""
    timeout_s: float = Field(default=300.0, gt=0, le=3600)
    options: dict[str, Option] = {}

    @field_validator("canary", mode="before")
    @classmethod
    def _share(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        number = value.strip().removesuffix("%").strip()
        if not value.strip().endswith("%") or not re.fullmatch(r"\d{1,3}(\.\d+)?", number):
            raise ValueError('write the share as "5%"')
        return float(number) / 100

    @field_validator("rate", mode="before")
    @classmethod
    def _calls_per_time(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = re.fullmatch(r"(\d{1,6})\s*/\s*(\d{1,6}(?:\.\d+)?)?\s*(s|min|m|h)", value.strip())
        if found is None or int(found[1]) < 1 or float(found[2] or 1) <= 0:
            raise ValueError('write the rate as "150/10s", "60/min" or "600/h"')
        return int(found[1]), float(found[2] or 1) * {"s": 1, "h": 3600}.get(found[3], 60)


class ModeratorTable(_Table):
    """One `[[moderators]]` table."""

    name: str = Field(min_length=1, max_length=40)
    kind: str
    base_url: str | None = None
    api_key_env: str | None = None
    api_key_file: Path | None = None
    required: bool = True
    options: dict[str, Option] = {}


class RulesTable(_Table):
    """The `[rules]` table: what everybody may do. 0 means no such limit."""

    images_per_hour: int = Field(default=0, ge=0)
    images_per_day: int = Field(default=100, ge=0)
    images_per_month: int = Field(default=0, ge=0)
    jobs_at_once: int = Field(default=2, ge=1, le=100)
    jobs_queued: int = Field(default=20, ge=1, le=10_000)
    images: int = Field(default=1, ge=1, le=10)
    side_px: int = Field(default=1024, ge=64, le=2048)
    draft_side_px: int = Field(default=512, ge=64, le=2048)
    deadline_s: float = Field(default=600.0, ge=10, le=86_400)
    time_zone: str = "UTC"
    cache: bool = True
    """Whether an exact repeat is answered with the pictures there are."""
    stand_ins: bool = True
    """Whether an equivalent model may paint when the chosen one can't be reached."""
    regions: tuple[str, ...] = ()
    """Where prompts may be sent, as eu; empty means anywhere."""
    training: bool = True
    """False: only providers known not to train on what they are sent."""
    max_retention_days: int | None = Field(default=None, ge=0)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"there is no time zone {name!r}; as in Europe/Berlin")
        return name


_REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})
_POSTGRES_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


class Settings(_Table):
    """Everything that can be set. Secrets are never printed."""

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None
    """Postgres for several processes, as postgresql+psycopg://…; without it, a SQLite file in the data folder."""
    redis_url: SecretStr | None = None
    """Redis for limits and wake-ups shared by processes, as redis://host/0."""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    discord_api_url: str | None = None
    """Where Discord's HTTP API is, as `https://discord.com/api/v10`; None means there."""
    discord_gateway_url: str | None = None
    discord_shard_count: int | None = Field(default=None, ge=1, le=10_000)
    """None lets Discord choose."""
    discord_shard_ids: tuple[int, ...] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slots: int = Field(default=4, ge=1, le=256)
    image_processes: int = Field(default=2, ge=1, le=64)
    model_processes: int = Field(default=2, ge=1, le=16)
    metrics: Literal["local", "open", "off"] = "local"
    """Who may read /metrics without METRICS_TOKEN: this machine, anybody, or nobody at all. With the token, its holders."""
    admins: tuple[str, ...] = ()
    """Platform user ids, as `slack:T1:U1` and `discord:G1:U1`."""
    slack_api_url: str = "https://slack.com/api/"
    slack_mode: Literal["socket", "http"] | None = None
    """Without one: over sockets when there is an app token, else over HTTP."""
    slack_admin_group: str | None = None
    """A user group's id; its members are admins."""
    providers: tuple[ProviderTable, ...] = ()
    moderators: tuple[ModeratorTable, ...] = ()
    rules: RulesTable = RulesTable()
    secrets: dict[str, SecretStr] = Field(default={}, repr=False)
    """Keys by the name of the environment variable they came from or were named after."""

    @field_validator("database_url")
    @classmethod
    def _names_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        scheme, _, rest = url.get_secret_value().partition("://")
        if scheme not in _POSTGRES_SCHEMES or not rest:
            raise PydanticCustomError(
                "database_url",
                "DATABASE_URL must read postgresql+psycopg://user:password@host/database; "
                "leave it out to use a file in the data folder",
            )
        return SecretStr(f"postgresql+psycopg://{rest}")

    @field_validator("redis_url")
    @classmethod
    def _names_redis(cls, url: SecretStr | None) -> SecretStr | None:
        scheme = url.get_secret_value().partition("://")[0] if url else ""
        if url is not None and scheme not in _REDIS_SCHEMES:
            raise PydanticCustomError(
                "redis_url", "REDIS_URL must read redis://host:6379/0, rediss://… or unix://path"
            )
        return url

    @property
    def postgres_url(self) -> str | None:
        """The address of the shared database; None when the SQLite file is used."""
        return None if self.database_url is None else self.database_url.get_secret_value()

    @property
    def port_is_chosen(self) -> bool:
        """Whether somebody wrote the port down, and so expects it to be this one."""
        return "http_port" in self.model_fields_set

    @field_validator("discord_shard_ids")
    @classmethod
    def _within_the_count(cls, ids: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        count = info.data.get("discord_shard_count")
        if ids and not (count is not None and all(0 <= one < count for one in ids)):
            raise PydanticCustomError(
                "shard_ids", "set discord_shard_count too; each id is from 0 to one below it"
            )
        return ids

    @field_validator("admins", "discord_shard_ids", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """The environment has them in one text, with commas."""
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def admins_of(self, platform: str) -> frozenset[str]:
        """The admins of one platform, without its name."""
        prefix = f"{platform}:"
        return frozenset(
            admin.removeprefix(prefix) for admin in self.admins if admin.startswith(prefix)
        )

    @property
    def database_path(self) -> Path:
        """Where the SQLite file lies."""
        return self.data_dir / "impasto.db"

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Every key there is, for whoever must keep them out of logs."""
        keys = [*self.secrets.values(), *filter(None, (self.database_url, self.redis_url))]
        return tuple(key.get_secret_value() for key in keys)

    def secret(self, name: str) -> str | None:
        """A key by the name of its environment variable."""
        found = self.secrets.get(name)
        return found.get_secret_value() if found else None


_ENVIRONMENT: Mapping[str, str] = {
    "IMPASTO_DATA_DIR": "data_dir",
    "IMPASTO_HTTP_HOST": "http_host",
    "IMPASTO_HTTP_PORT": "http_port",
    "IMPASTO_PUBLIC_URL": "public_url",
    "IMPASTO_DISCORD_API_URL": "discord_api_url",
    "IMPASTO_DISCORD_GATEWAY_URL": "discord_gateway_url",
    "IMPASTO_DISCORD_SHARD_COUNT": "discord_shard_count",
    "IMPASTO_DISCORD_SHARD_IDS": "discord_shard_ids",
    "IMPASTO_LOG_LEVEL": "log_level",
    "IMPASTO_SLOTS": "slots",
    "IMPASTO_METRICS": "metrics",
    "IMPASTO_ADMINS": "admins",
    "IMPASTO_SLACK_API_URL": "slack_api_url",
    "IMPASTO_SLACK_MODE": "slack_mode",
    "IMPASTO_SLACK_ADMIN_GROUP": "slack_admin_group",
}
_VENDOR_KEYS: Mapping[str, str] = {
    "openai": "OPENAI_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "stability": "STABILITY_API_KEY",
    "bfl": "BFL_API_KEY",
    "fal": "FAL_KEY",
    "replicate": "REPLICATE_API_TOKEN",
}
"""Providers that are there by themselves when their key is, in the order in which they are preferred."""

_KNOWN_KEYS = (
    *_VENDOR_KEYS.values(),
    "DISCORD_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "METRICS_TOKEN",
)


def load_settings(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """The settings from impasto.toml, then the environment, then key files; `overrides` win.

    BadSettings names every setting that is wrong. Unknown names are refused in the file, and in the environment where
    they begin as ours do and resemble one, so that a typo can't silently mean the default.
    """
    env = os.environ if environment is None else environment
    path, text = _file(env)
    values = _from_file(path, text)
    values |= {field: env[name] for name, field in _ENVIRONMENT.items() if env.get(name)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        if url := _key(env, name):
            values[name.lower()] = url
    values |= {name: value for name, value in overrides.items() if value is not None}
    values.setdefault("providers", _default_providers(env))
    values.setdefault("moderators", _default_moderators())
    faults = list(unknown_variables(env, known=_ENVIRONMENT, also=key_names(values)))
    values["secrets"] = _secrets(env, values)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        given = {
            name: f"{variable}: " for variable, name in _ENVIRONMENT.items() if env.get(variable)
        }
        given |= {name: "" for name, value in overrides.items() if value is not None}
        faults += _sentences(error, path=path, text=text, given=given)
    else:
        if not faults:
            return settings
    raise BadSettings("\n".join(faults))


def _file(env: Mapping[str, str]) -> tuple[Path, str]:
    """The file of settings and what it says; nothing where there is none and none was named."""
    named = env.get("IMPASTO_CONFIG")
    path = Path(named) if named else Path(CONFIG_NAME)
    if not path.exists():
        if named:
            raise BadSettings(f"IMPASTO_CONFIG names {named}, and there is no such file.")
        return path, ""
    try:
        return path, path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path} is not valid TOML: {error}") from None


def _from_file(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path} is not valid TOML: {error}") from None


def _default_providers(env: Mapping[str, str]) -> list[dict[str, object]]:
    """The local sketch always, and before it every vendor whose key there is."""
    tables: list[dict[str, object]] = []
    for kind, key_name in _VENDOR_KEYS.items():
        if not _key(env, key_name):
            continue
        table: dict[str, object] = {"name": kind, "kind": kind, "api_key_env": key_name}
        if kind == "openai" and (base_url := env.get("OPENAI_BASE_URL")):
            table["base_url"] = base_url
        tables.append(table)
    tables.append({"name": "sketch", "kind": "sketch", "max_concurrent": 2})
    return tables


def _default_moderators() -> list[dict[str, object]]:
    return [{"name": kind, "kind": kind} for kind in ("rules", "semantic", "image")]


def _secrets(env: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in tables_of(values):
        if path := table.get("api_key_file"):
            found[str(path)] = _read_key(Path(str(path)))
    for name in (*_KNOWN_KEYS, *key_names(values)):
        if key := _key(env, name):
            found[name] = key
    return found


def _key(env: Mapping[str, str], name: str) -> str | None:
    if path := env.get(f"{name}_FILE"):
        return _read_key(Path(path))
    return env.get(name) or None


def _read_key(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(f"The key file {path} can't be read: {error.strerror}.") from None


_TABLES: Mapping[str, type[BaseModel]] = {
    "providers": ProviderTable,
    "moderators": ModeratorTable,
    "rules": RulesTable,
}


def _sentences(
    error: ValidationError, *, path: Path, text: str, given: Mapping[str, str]
) -> list[str]:
    """What is wrong, each with where it was written. `given` are the fields that didn't come from the file."""
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        location: Location = fault["loc"]
        where = ".".join(str(part) for part in location)
        what = f"{fault['msg']}."
        if fault["type"] == "extra_forbidden":
            table = Settings if len(location) == 1 else _TABLES[str(location[0])]
            fields = [name for name in table.model_fields if name != "secrets"]
            what = is_not_a_setting(str(location[-1]), fields)
        number = line_of(location, text)
        written = f"{path}, line {number}: " if number else ""
        lines.append(f"{given.get(str(location[0]), written)}{where}: {what}")
    return lines
