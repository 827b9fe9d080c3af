"""Where one stack keeps its state: the folder FT_HOME, its files, its secrets."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_HOME = ROOT / ".followthrough"
MARKER = ".made-by-followthrough"


@dataclass(frozen=True)
class Home:
    """The folder of one stack. Two stacks have two folders, and nothing in common."""

    path: Path

    @classmethod
    def of_environment(cls) -> "Home":
        return cls(Path(os.environ.get("FT_HOME") or DEFAULT_HOME).expanduser().absolute())

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def demo(self) -> Path:
        return self.path / "demo.json"

    @property
    def is_ours(self) -> bool:
        """Whether nothing but a stack's state was ever in the folder: it was made, or found empty."""
        return (self.path / MARKER).exists()

    def make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not any(self.path.iterdir()):
            (self.path / MARKER).touch()
        for folder in (self.run, self.logs, self.path / "objects"):
            folder.mkdir(exist_ok=True, mode=0o700)

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"


class Secrets:
    """Random secrets of one stack by name, made when first asked for and kept in a file only its owner reads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.known: dict[str, str] = read_json(file) or {}

    def get(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = new_secret(name)
            write_json(self.file, self.known)
        return self.known[name]


def new_secret(name: str) -> str:
    if name == "twilio_account_sid":
        return "AC" + secrets.token_hex(16)
    if name == "token_signing_key":
        return _new_signing_key()
    return secrets.token_hex(16)


def _new_signing_key() -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def read_json(file: Path) -> Any:
    """The file's value, or None where it is not there."""
    try:
        return json.loads(file.read_text())
    except FileNotFoundError:
        return None


def write_json(file: Path, value: Any) -> None:
    """Whole or not at all: a reader never sees half a file. Readable by its owner alone."""
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        json.dump(value, output, indent=1)
    scratch.replace(file)
