import pytest

from tests.storing.object_storage import Server


@pytest.fixture
def kept(settings, tmp_path):
    """Storage and anchors of this test alone; answers the folder for backups."""
    settings.MEDIA_ROOT = tmp_path / "live" / "media"
    settings.AUDIT_ANCHOR_DIR = tmp_path / "live" / "anchors"
    return tmp_path / "backups"


@pytest.fixture(scope="session")
def object_server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def bucket(object_server, settings, request):
    """Files go into an empty bucket of a server that speaks S3."""
    return in_bucket(object_server, settings, request)


def in_bucket(object_server, settings, request):
    """From here on files go into an empty bucket of the asking test's own."""
    made = object_server.bucket(f"b{abs(hash(request.node.nodeid))}")
    settings.STORAGES = settings.STORAGES | {"default": made.storage}
    return made


@pytest.fixture(params=["disk", "s3"])
def storage(request, kept, object_server, settings):
    """Each of the two places where files may lie."""
    if request.param == "s3":
        in_bucket(object_server, settings, request)
    from django.core.files.storage import default_storage

    return default_storage
