"""moto's server: a server that speaks S3 as Amazon's does, kept in memory. It stands for any of them; what it lacks is said where it matters."""

from __future__ import annotations

from dataclasses import dataclass

import boto3
from moto.server import ThreadedMotoServer

KEY = "only-for-tests"


@dataclass
class Bucket:
    endpoint: str
    name: str

    @property
    def storage(self):
        """As the settings name a storage."""
        options = {
            "endpoint_url": self.endpoint, "bucket_name": self.name, "access_key": KEY, "secret_key": KEY, "region_name": "us-east-1", "location": "",
        }  # fmt: skip
        return {"BACKEND": "foundation.storing.objects.ObjectStore", "OPTIONS": options}

    @property
    def environment(self):
        return {
            "MEDIA_STORAGE": "s3", "S3_ENDPOINT": self.endpoint, "S3_BUCKET": self.name, "S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": KEY,
        }  # fmt: skip

    @property
    def client(self):
        return boto3.client("s3", endpoint_url=self.endpoint, aws_access_key_id=KEY, aws_secret_access_key=KEY, region_name="us-east-1")

    def names(self):
        return sorted(one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", []))


class Server:
    """`bucket(name)` makes an empty one."""

    def __init__(self):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"

    def bucket(self, name):
        made = Bucket(self.endpoint, name)
        made.client.create_bucket(Bucket=name)
        return made

    def stop(self):
        self.server.stop()
