"""By TLS, a public page must prove its name, though the connection goes to an address."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.errors import Transient
from bot.networks.outside import Outside
from tests.test_outside import HTML, LOOPBACK, Directory


class Secure:
    """A page by TLS, on loopback, whose certificate is for page.example; it remembers which name it was asked for."""

    def __init__(self, folder: Path) -> None:
        openssl = shutil.which("openssl") or pytest.skip(
            "openssl is not on this machine: there is nothing to make a certificate"
        )
        key, self.certificate = folder / "key.pem", folder / "certificate.pem"
        names = ["-subj", "/CN=page.example", "-addext", "subjectAltName=DNS:page.example"]
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        files = ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run([openssl, "req", "-x509", *new, *names, *files], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.names: list[str | None] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            try:
                with self.context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.1 200 So\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi")
            except (ssl.SSLError, OSError):
                pass  # the client did not like the certificate

    def __enter__(self) -> Secure:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.thread.join()
        self.listener.close()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    with Secure(tmp_path) as server:
        yield server


def trusting(server: Secure, *names: str) -> Outside:
    directory = Directory(**{name.replace(".", "_"): ["127.0.0.1"] for name in names})
    trusted = ssl.create_default_context(cafile=str(server.certificate))
    return Outside(directory, lambda address: address == LOOPBACK, [server.port], trusted)


def test_the_certificate_must_be_the_name_s_though_the_connection_goes_to_an_address(secure: Secure) -> None:
    found = trusting(secure, "page.example").fetch(f"https://page.example:{secure.port}/", HTML, 1000)
    assert (found.content, secure.names) == (b"hi", ["page.example"])


def test_a_certificate_of_another_name_is_refused(secure: Secure) -> None:
    with pytest.raises(Transient, match=r"certificate"):
        trusting(secure, "other.example").fetch(f"https://other.example:{secure.port}/", HTML, 1000)


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: Secure) -> None:
    doubting = Outside(Directory(page_example=["127.0.0.1"]), lambda address: address == LOOPBACK, [secure.port])
    with pytest.raises(Transient, match=r"certificate"):
        doubting.fetch(f"https://page.example:{secure.port}/", HTML, 1000)
