"""The same tests over every kind of store that can run here."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.store.keys import object_key
from shared.store.objects import ObjectStore

SIGNING_KEY = "a-key-for-tests-only"
ACCOUNT = UUID("0198f3a2-7c1e-7a10-8f3e-000000000001")


@pytest.fixture(scope="session")
def bucket() -> Iterator[Callable[[], ObjectStore]]:
    """S3's protocol, by moto's server where it is installed."""
    moto = pytest.importorskip("moto.server", reason="add moto[server] to requirements/dev.in to test against S3")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    access = {"endpoint": f"http://{host}:{port}", "access_key_id": "test", "secret_access_key": "test"}
    client = boto3.client(
        "s3",
        endpoint_url=access["endpoint"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    )

    def new_bucket() -> ObjectStore:
        name = f"ft-{uuid4()}"
        client.create_bucket(Bucket=name)
        options: dict[str, Any] = {**access, "region": "us-east-1", "client_options": {"allow_http": True}}
        return ObjectStore.open(f"s3://{name}", SIGNING_KEY, **options)

    yield new_bucket
    server.stop()


@pytest.fixture(params=["file", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "s3":
        opened: ObjectStore = request.getfixturevalue("bucket")()
        return opened
    url = f"file://{tmp_path}/objects here" if request.param == "file" else "memory://"
    return ObjectStore.open(url, SIGNING_KEY, link_base="http://127.0.0.1:8080/objects")


@pytest.fixture
def key() -> str:
    return object_key(ACCOUNT, "media", uuid4())
