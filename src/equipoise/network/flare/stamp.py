"""The hub's stamp on a question: other sites hold certificates of the same authority, and must not be able to ask.

RSA (PKCS#1 v1.5, SHA-256) with the hub's own key over the site's name and the question's digest. The site trusts the certificate when its
root authority signed it, it is in force, and it bears the hub's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from equipoise.network.flare.errors import NOT_THE_HUB


def _said(site: str, digest: str, total: int) -> bytes:
    return f"equipoise question\n{site}\n{digest}\n{total}\n".encode()


@dataclass(frozen=True)
class Stamper:
    """The hub's key and certificate."""

    startup: Path

    @cached_property
    def certificate(self) -> bytes:
        """PEM."""
        return (self.startup / "server.crt").read_bytes()

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        key = serialization.load_pem_private_key((self.startup / "server.key").read_bytes(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise NOT_THE_HUB.error("the hub's key is not an RSA key")
        return key

    def stamp(self, site: str, digest: str, total: int) -> bytes:
        """The signature for one site."""
        return self._key.sign(_said(site, digest, total), padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Verifier:
    """What a site knows of the hub: the root authority's certificate (PEM) and the hub's name."""

    root: bytes
    hub: str

    def verify(self, certificate: bytes, stamp: bytes, site: str, digest: str, total: int) -> None:
        """Raises EQ-FLARE-001 unless the stamp is the hub's, for this site and this question."""
        try:
            key = self._trusted(x509.load_pem_x509_certificate(certificate)).public_key()
            if not isinstance(key, rsa.RSAPublicKey):
                raise NOT_THE_HUB.error("the certificate holds no RSA key")
            key.verify(stamp, _said(site, digest, total), padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, TypeError, InvalidSignature):
            raise NOT_THE_HUB.error("the question does not bear the hub's stamp for this site") from None

    def _trusted(self, certificate: x509.Certificate) -> x509.Certificate:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(self.root))
        names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        now = datetime.now(UTC)
        if names != [self.hub]:
            raise NOT_THE_HUB.error("the certificate is not the hub's")
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise NOT_THE_HUB.error("the hub's certificate is not in force now")
        return certificate
