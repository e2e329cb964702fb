"""Where a CDM lies in PostgreSQL: `postgresql://user@host:5432/database?schema=cdm&vocabulary=vocab&scratch=work`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from equipoise.engine.postgres.errors import BAD_ADDRESS
from equipoise.kernel.errors import Where, closest

_SCHEMES = ("postgresql", "postgres")
_OURS = ("schema", "vocabulary", "scratch")
_LIBPQ = (
    "host",
    "port",
    "user",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslcrl",
    "channel_binding",
    "gssencmode",
    "krbsrvname",
    "passfile",
    "service",
    "connect_timeout",
    "application_name",
    "target_session_attrs",
)
_USUAL = {"connect_timeout": "15", "application_name": "equipoise"}


@dataclass(frozen=True, slots=True)
class Address:
    """A CDM in PostgreSQL. `uri` is what libpq connects to; it holds no password. `vocabulary`: None when it lies in `schema`."""

    uri: str
    database: str
    schema: str = "public"
    vocabulary: str | None = None
    scratch: str | None = None


def is_address(text: str) -> bool:
    """Whether the text is meant as an address of PostgreSQL."""
    return text.partition("://")[0].lower() in _SCHEMES and "://" in text


def read_address(text: str) -> Address:
    """Read an address. Raises EQ-ENGINE-032, which quotes nothing but names of parameters."""
    try:
        parts = urlsplit(text)
        _check_port(parts)
        given = dict(parse_qsl(parts.query, keep_blank_values=False, strict_parsing=bool(parts.query)))
    except ValueError:
        raise BAD_ADDRESS.error("the address cannot be read") from None
    if parts.scheme.lower() not in _SCHEMES:
        raise BAD_ADDRESS.error("it does not begin with postgresql://")
    if parts.password is not None or "password" in given:
        raise BAD_ADDRESS.error("there is a password in the address")
    for name in given:
        if name not in (*_OURS, *_LIBPQ):
            raise BAD_ADDRESS.error(f"no such parameter: {name}", Where(path=name), did_you_mean=closest(name, (*_OURS, *_LIBPQ)))
    database = parts.path.removeprefix("/")
    if not database and "service" not in given:
        raise BAD_ADDRESS.error("it names no database")
    ours = {name: given.pop(name) for name in _OURS if name in given}
    query = urlencode(_USUAL | given, quote_via=quote)
    return Address(f"postgresql://{parts.netloc}{parts.path}?{query}", database, **ours)


def _check_port(parts: SplitResult) -> None:
    _ = parts.port
