"""Who a site is: a long-term key that never leaves its folder, and the roster of the peers that it believes.

The roster is a text file at the site, one peer a line, that its data office compares with what the peers' offices read out over the
telephone. The hub relays keys; what is not signed by a peer of this file is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from equipoise.guard.errors import BAD_IDENTITY, BAD_ROSTER
from equipoise.kernel.errors import EquipoiseError, Problem, Where

KEY_FILE, ROSTER_FILE = "identity.key", "peers.txt"
_LINE = re.compile(r"^ed25519:([0-9a-f]{64})\s+(\S.*)$")


class Identity:
    """A site's signing key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        """(32 bytes) what peers pin."""

    @staticmethod
    def of(home: Path | None) -> Identity:
        """The identity kept in a site's folder, made at first; without a folder one for this process alone.

        Raises EQ-GUARD-008 when the key cannot be read, or can be read by others.
        """
        if home is None:
            return Identity(Ed25519PrivateKey.generate())
        path = home / KEY_FILE
        if not path.exists():
            _write_secret(path, Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return Identity(_read_secret(path))

    def sign(self, message: bytes) -> bytes:
        """(64 bytes) a signature."""
        return self._key.sign(message)


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is that of the holder of a key over a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """A key as it stands in a roster."""
    return f"ed25519:{public.hex()}"


@dataclass(frozen=True, slots=True)
class Roster:
    """The sites that a site believes, each with its public key (32 bytes); itself may be among them."""

    keys: Mapping[str, bytes]

    @staticmethod
    def read(path: Path) -> Roster:
        """From a file: a line a peer, `ed25519:HEX NAME`; `#` begins a comment. Raises EQ-GUARD-009, every bad line named."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise BAD_ROSTER.error("the roster cannot be read", Where(file=path)) from None
        keys: dict[str, bytes] = {}
        problems: list[Problem] = []
        for number, line in enumerate(lines, start=1):
            text = line.split("#", 1)[0].strip()
            found = _LINE.match(text)
            if not text:
                continue
            if found is None or found[2] in keys:
                why = f"{found[2]} stands here twice" if found else "this line is not `ed25519:` with 64 hexadecimal digits and a name"
                problems.append(BAD_ROSTER.error(why, Where(file=path, line=number)).problems[0])
            else:
                keys[found[2]] = bytes.fromhex(found[1])
        if problems:
            raise EquipoiseError(*problems)
        return Roster(keys)

    def text(self) -> str:
        """As a file's content."""
        head = "# The sites that this site believes. Compare each key with its owner's, not with the hub's word.\n"
        return head + "".join(f"{fingerprint(key)} {name}\n" for name, key in sorted(self.keys.items()))


def _write_secret(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read_secret(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise BAD_IDENTITY.error(f"{path.name} can be read by others than its owner", Where(file=path))
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError):
        raise BAD_IDENTITY.error(f"{path.name} cannot be read as a key", Where(file=path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BAD_IDENTITY.error(f"{path.name} is not an Ed25519 key", Where(file=path))
    return key
