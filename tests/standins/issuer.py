"""Signs tokens as directory does, and publishes the keys: for tests of one service without the others."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer:
    """`jwks_url` answers on loopback until `close`."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        body = json.dumps({"keys": [{**public, "kid": "test", "alg": "RS256", "use": "sig"}]}).encode()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.jwks_url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def token(self, account_id: UUID, role: str = "owner", **claims: Any) -> str:
        now = int(time.time())
        user_id = str(claims.pop("user_id", uuid4()))
        return jwt.encode(
            {
                "iss": "followthrough",
                "aud": "followthrough",
                "sub": user_id,
                "user_id": user_id,
                "account_id": str(account_id),
                "role": role,
                "scope": "",
                "iat": now,
                "exp": now + 600,
                **{name: str(value) if isinstance(value, UUID) else value for name, value in claims.items()},
            },
            self.key,
            algorithm="RS256",
            headers={"kid": "test"},
        )

    def bearer(self, account_id: UUID, role: str = "owner", **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(account_id, role, **claims)}"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
