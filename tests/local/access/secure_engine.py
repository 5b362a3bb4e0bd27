"""An OpenSearch node with the official security plugin (HTTPS, sign-in, roles), for tests of access.

It replaces a domain with fine-grained access control. People sign in with a name and password, as in a domain. A domain
learns the ARN of an IAM identity from a signature. Here a signed token (`token`) says it. The bearer of a token is in
no database of the node, like an IAM identity and unlike an internal user. The node knows only a name and backend roles,
and a key vouches for them.
"""

import base64
import hashlib
import hmac
import json
import random
import secrets
import zipfile
from pathlib import Path
from typing import Any

import bcrypt
import requests
import trustme

from predmon.errors import UserError
from predmon.local.engine import PORTS, START_SECONDS, Engine
from predmon.local.processes import free_port
from predmon.tools import java

MASTER = "master"


class SecureEngine(Engine):
    """An `Engine` that requires a password or a token. Its data, keys and certificates are in `home`.

    `password` is the master user's. `authority` is the certificate that verifies HTTPS.
    """

    name = "OpenSearch with security"

    def __init__(self, home: Path, master_role: str = "") -> None:
        """`master_role` is the ARN of an IAM role that is master too, as the service maps the one that it is given."""
        super().__init__(home)
        self._master_role = master_role
        self.password = secrets.token_urlsafe(24)
        self.authority = home / "authority.pem"
        self._key = secrets.token_bytes(32)
        self._config = home / "secure-config"

    @property
    def url(self) -> str | None:
        """`https://127.0.0.1:<port>`, while it runs."""
        return f"https://127.0.0.1:{self.port}" if self.port else None

    def start(self, port: int | None = None) -> str:
        """Make certificates and the security configuration, start the node, and return its URL."""
        self._config.mkdir(parents=True)
        self._write_certificates()
        self._write_security()
        port = free_port(random.sample(PORTS, len(PORTS)) if port is None else [port])
        cluster = f"local-{hashlib.sha256(str(self.home).encode()).hexdigest()[:8]}"
        self.spawn(self._command(port, cluster), port=port, cluster=cluster)
        self.wait_until(self._answers, timeout_seconds=START_SECONDS)
        return f"https://127.0.0.1:{port}"

    def token(self, arn: str) -> str:
        """Return a bearer token of the IAM identity `arn`. The ARN is its name and its only backend role."""
        parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": arn, "roles": arn}]
        text = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
        return f"{text}.{_base64url(hmac.digest(self._key, text.encode(), 'sha256'))}"

    def _command(self, port: int, cluster: str) -> list[str]:
        command = super()._command(port, cluster)
        command[command.index("-cp") + 1] = ":".join(str(jar) for jar in self._jars())
        # The plugin reads its first users, roles and mappings from here.
        command.insert(1, f"-Dsecurity.default_init.dir={self._config}")
        plugin = ["-pluginTypes", "org.opensearch.security.OpenSearchSecurityPlugin"]
        return [*command, *plugin, "-confPath", str(self._config)]

    def _jars(self) -> list[Path]:
        """Return the locked jars, and the unpacked jars of the plugin's own archive."""
        found = java.jars(java.SECURE_LOCK)
        unpacked = self.home / "security-plugin"
        for archive in [file for file in found if file.suffix == ".zip"]:
            with zipfile.ZipFile(archive) as files:
                files.extractall(unpacked, [name for name in files.namelist() if name.endswith(".jar")])
        jars = [file for file in found if file.suffix == ".jar"]
        names = {jar.name for jar in jars}
        return [*jars, *(jar for jar in sorted(unpacked.glob("*.jar")) if jar.name not in names)]

    def _answers(self) -> bool:
        try:
            answer = requests.get(
                f"https://127.0.0.1:{self.facts['port']}/",
                auth=(MASTER, self.password),
                verify=str(self.authority),
                timeout=2,
            )
        except (requests.RequestException, KeyError):
            return False
        if answer.status_code == 503:  # it reads its own configuration for the first two seconds
            return False
        if answer.json().get("cluster_name") != self.facts["cluster"]:
            raise UserError(f"Something else took port {self.port} while OpenSearch started. Run it again.")
        return True

    def _write_certificates(self) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1", "localhost", common_name="node")
        authority.cert_pem.write_to_path(str(self.authority))
        authority.cert_pem.write_to_path(str(self._config / "authority.pem"))
        certificate.private_key_pem.write_to_path(str(self._config / "node-key.pem"))
        (self._config / "node.pem").write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))

    def _write_security(self) -> None:
        files: dict[str, Any] = {
            "config": {"config": {"dynamic": {"http": {"anonymous_auth_enabled": False}, "authc": self._ways_in()}}},
            "internal_users": {MASTER: {"hash": bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(4)).decode()}},
            # The plugin usually maps `own_index` to everyone. That would hide a missing permission, so it is left out.
            "roles_mapping": {"all_access": {"users": [MASTER], "backend_roles": [self._master_role]}},
            "roles": {}, "action_groups": {}, "tenants": {}, "nodes_dn": {},
        }  # fmt: skip
        types = {"roles_mapping": "rolesmapping", "internal_users": "internalusers", "action_groups": "actiongroups"}
        for name, content in files.items():
            meta = {"type": types.get(name, name.replace("_", "")), "config_version": 2}
            # JSON is YAML.
            (self._config / f"{name}.yml").write_text(json.dumps({"_meta": meta, **content}))
        (self._config / "opensearch.yml").write_text(json.dumps(self._settings()))

    def _ways_in(self) -> dict[str, Any]:
        return {
            "token": {
                "http_enabled": True,
                "order": 0,
                "http_authenticator": {
                    "type": "jwt",
                    "challenge": False,
                    "config": {"signing_key": base64.b64encode(self._key).decode(), "roles_key": "roles"},
                },
                "authentication_backend": {"type": "noop"},
            },
            "password": {
                "http_enabled": True,
                "order": 1,
                "http_authenticator": {"type": "basic", "challenge": True},
                "authentication_backend": {"type": "intern"},
            },
        }

    def _settings(self) -> dict[str, Any]:
        files = {"pemcert": "node.pem", "pemkey": "node-key.pem", "pemtrustedcas": "authority.pem"}
        ssl = "plugins.security.ssl"
        return {
            **{f"{ssl}.transport.{what}_filepath": file for what, file in files.items()},
            **{f"{ssl}.http.{what}_filepath": file for what, file in files.items()},
            "plugins.security.ssl.transport.enforce_hostname_verification": False,
            "plugins.security.ssl.http.enabled": True,
            "plugins.security.nodes_dn": ["CN=node*"],
            "plugins.security.allow_default_init_securityindex": True,
            "plugins.security.restapi.roles_enabled": ["all_access"],
            "plugins.security.audit.type": "noop",
        }


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
