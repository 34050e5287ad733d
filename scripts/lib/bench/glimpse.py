"""The two daemons in release on a folder of their own, set up as scripts/serve does it."""

import os

import image_rows
from processes import Server, answers, free_port
from services import ImageService, write


class Glimpse(ImageService):
    headers = {"X-Auth-Token": "bench:lab:member"}

    def __init__(self, binaries, folder, store=None):
        """`store` is the folder of the data, by default one in `folder`."""
        self.binaries, self.folder = binaries, folder
        self.store = store or f"{folder}/images"
        self.socket = f"{folder}/r.sock"
        self.port = free_port()
        os.makedirs(self.store)
        os.makedirs(folder, exist_ok=True)
        write(f"{folder}/glance-registry.conf", f"""[DEFAULT]
bind_socket = {self.socket}
registry_secret_file = {folder}/registry.secret
[database]
connection = sqlite:///{folder}/glance.sqlite
""")
        write(f"{folder}/glance-api.conf", f"""[DEFAULT]
bind_host = 127.0.0.1
bind_port = {self.port}
registry_socket = {self.socket}
registry_secret_file = {folder}/registry.secret
[glance_store]
filesystem_store_datadir = {self.store}
[paste_deploy]
flavor = fakeauth
""")

    def make_schema(self):
        """The registry itself brings its database up to date."""
        self.start_registry()
        self.registry.stop()

    def load(self, count):
        """Writes rows while no daemon runs."""
        image_rows.into_glimpse(f"{self.folder}/glance.sqlite", count)

    def start(self):
        self.start_registry()
        self.start_api()
        return self

    def start_registry(self):
        """Answers how many seconds passed from exec until it answered."""
        self.registry = self.spawn("glance-registry")
        return self.registry.wait_until(lambda: answers(self.socket, "/healthcheck"))

    def start_api(self):
        """The same of glance-api; its first answer comes out of the database."""
        self.api = self.spawn("glance-api")
        self.servers = [self.registry, self.api]
        return self.api.wait_until(lambda: answers(self.port, "/v2/images?limit=1", self.headers))

    def stop(self):
        self.api.stop()
        self.registry.stop()

    def spawn(self, name):
        command = [f"{self.binaries}/{name}", "--config-file", f"{self.folder}/{name}.conf"]
        return Server(name, command, f"{self.folder}/{name}.log")
