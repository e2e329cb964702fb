"""A desk and the hub's stamp, with keys of their own: nothing of the network engine is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from equipoise.network.flare.stamp import Stamper, Verifier


@dataclass(frozen=True)
class Authority:
    """A root of the test's own, and what it signed."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @staticmethod
    def made() -> Authority:
        key = rsa.generate_private_key(65537, 2048)
        return Authority(key, _signed("root", "root", key, key))

    def server(self, name: str, folder: Path) -> Stamper:
        """Somebody's key and certificate, signed by this authority, as a stamper."""
        key = rsa.generate_private_key(65537, 2048)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / "server.crt").write_bytes(_signed(name, "root", key, self.key).public_bytes(Encoding.PEM))
        return Stamper(folder)

    @property
    def root(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def _signed(name: str, issuer: str, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey) -> x509.Certificate:
    called = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer)]
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(called[0])
        .issuer_name(called[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.made()


@pytest.fixture(scope="session")
def hub(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Stamper:
    """The hub's stamp."""
    return authority.server("hub.example", tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="session")
def other_site(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Stamper:
    """Another member of the network, who would like to ask."""
    return authority.server("H99", tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Stamper:
    """Somebody with an authority of his own, under the hub's name."""
    return Authority.made().server("hub.example", tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="session")
def verifier(authority: Authority) -> Verifier:
    return Verifier(authority.root, "hub.example")
