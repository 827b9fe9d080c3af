"""Apache Kafka 4 (KRaft, one node) from its jars, small: for `FT_KAFKA=apache`, integration and fault tests."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.local.broker import Broker
from deploy.local.ports import HOST, Ports

POM = Path(__file__).with_name("kafka") / "pom.xml"
JVM = ["-Xmx192m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
CLUSTER_ID = "Zm9sbG93dGhyb3VnaC0wMQ"

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
background.threads=2
log.cleaner.dedupe.buffer.size=2097152
log.index.size.max.bytes=1048576
"""


class ApacheKafka(Broker):
    """One broker that is its own controller."""

    def __init__(self, home: Path, port: int) -> None:
        super().__init__(home, port)
        self.logs = self.home / "logs"
        self.properties = self.home / "server.properties"

    def prepare(self) -> None:
        super().prepare()
        fetch_jars()
        controller = Ports(self.home / "ports.json").of("controller")
        self.properties.write_text(PROPERTIES.format(host=HOST, port=self.port, controller=controller, logs=self.logs))
        if not (self.logs / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        tool = self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self.properties))
        made = subprocess.run(tool, capture_output=True, text=True)
        if made.returncode != 0:
            raise RuntimeError(f"Apache Kafka cannot format {self.logs}:\n{made.stdout}{made.stderr}")

    def program(self) -> list[str]:
        return self._java("kafka.Kafka", str(self.properties))

    def _java(self, main: str, *arguments: str) -> list[str]:
        return [_found("java", "a Java 17 runtime"), *JVM, "-cp", f"{jars()}/*", main, *arguments]


def jars() -> Path:
    """Where the jars of this pom.xml are kept, shared by every stack of the person."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "followthrough" / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"


def fetch_jars() -> None:
    """Let Maven fetch the jars once; whole or not at all, so that a broken download is not taken for one."""
    if jars().exists():
        return
    jars().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=jars().parent) as scratch:
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={scratch}/jars"]
        command = [_found("mvn", "Maven 3"), "-q", "-B", "-f", str(POM), *goal]
        fetched = subprocess.run(command, capture_output=True, text=True)
        if fetched.returncode != 0:
            raise RuntimeError(f"Maven could not fetch Apache Kafka:\n{fetched.stdout}{fetched.stderr}")
        if not jars().exists():
            shutil.move(f"{scratch}/jars", jars())


def _found(program: str, what: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise RuntimeError(f"FT_KAFKA=apache needs {what} (`{program}`) on the path; without it use the default broker")
    return path
