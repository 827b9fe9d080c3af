"""PostgreSQL and Apache Kafka for a stack under test: outside of it, restarted when they are killed.

python -m tests.faults.servers HOME KAFKA_PORT ADVERTISED_PORT
"""

import os
import shutil
import sys
from pathlib import Path

from deploy.local.apache_kafka import ApacheKafka
from deploy.local.become import die_with_parent
from deploy.local.children import Child, run_server
from deploy.local.embedded import PostgresServer, Server
from deploy.local.ports import HOST
from deploy.local.supervisor import Supervisor


class KafkaBehindAWire(ApacheKafka):
    """Tells its clients the port of the wire that leads to it."""

    def __init__(self, home: Path, port: int, advertised: int) -> None:
        super().__init__(home, port)
        self._advertised = advertised

    def prepare(self) -> None:
        super().prepare()
        line = f"advertised.listeners=PLAINTEXT://{HOST}:"
        told = self.properties.read_text().replace(f"{line}{self.port}", f"{line}{self._advertised}")
        self.properties.write_text(told)


def has_apache_kafka() -> bool:
    return bool(shutil.which("java") and shutil.which("mvn"))


def servers(home: Path, kafka_port: int, advertised: int) -> list[Child]:
    """Without Java there is PostgreSQL alone, and the stack starts its embedded broker itself."""
    found = [_child(home, "postgres", PostgresServer(home / "postgres"))]
    if has_apache_kafka():
        kafka = KafkaBehindAWire(home / "kafka", kafka_port, advertised)
        found.append(_child(home, "kafka", kafka, kafka_port))
    return found


def _child(home: Path, name: str, server: Server, port: int = 0) -> Child:
    log = home / f"{name}.log"
    return Child(
        name, run_server(server), log, os.environ, port=port, ready=server.ready, stop_signal=server.stop_signal
    )


def main(home: Path, kafka_port: int, advertised: int) -> int:
    die_with_parent(os.getppid())
    (home / "run").mkdir(exist_ok=True)
    return Supervisor(servers(home, kafka_port, advertised), home / "run").run()


if __name__ == "__main__":
    where, *ports = sys.argv[1:]
    sys.exit(main(Path(where), *map(int, ports)))
