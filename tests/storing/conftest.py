import pytest


@pytest.fixture
def kept(settings, tmp_path):
    """Storage and anchors of this test alone; answers the folder for backups."""
    settings.MEDIA_ROOT = tmp_path / "live" / "media"
    settings.AUDIT_ANCHOR_DIR = tmp_path / "live" / "anchors"
    return tmp_path / "backups"
