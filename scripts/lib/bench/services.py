"""What speaks the Image API, Glimpse and Glance alike, in the words of v2."""

import http.client
import json

import processes
from processes import Failed

FIELDS = {
    "name": "bench", "disk_format": "raw", "container_format": "bare", "min_ram": 512, "os": "linux",
    "architecture": "x86_64",
}


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class ImageService:
    """A deployment that listens on `port` and takes `headers` for a member of the project lab."""

    port = None
    headers = {}
    servers = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def call(self, method, target, body=None, expect=(200,)):
        """One request on a connection of its own; the answer's headers in their order, and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {**self.headers, "Content-Type": "application/json"} if body else self.headers
        connection.request(method, target, body=json.dumps(body) if body else None, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in expect:
            raise Failed(f"{method} {target} answered {answer.status}: {text[:200]!r}")
        return answer.getheaders(), text

    def create(self):
        """A queued image; its id."""
        return json.loads(self.call("POST", "/v2/images", FIELDS, expect=(201,))[1])["id"]

    def show(self, id):
        return json.loads(self.call("GET", f"/v2/images/{id}")[1])

    def delete(self, id):
        self.call("DELETE", f"/v2/images/{id}", expect=(204,))

    def file_url(self, id):
        return f"{self.url}/v2/images/{id}/file"

    def pss_mib(self):
        return processes.pss_mib(self.servers)
