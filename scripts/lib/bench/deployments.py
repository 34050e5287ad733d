"""What is measured: the two daemons on a folder of their own, and nginx beside them."""

import http.client
import os
import socket
from concurrent.futures import ThreadPoolExecutor

from processes import Failed, Server, free_port

TOKEN = "bench:lab:member"
# Creations that are sent before the first answer is read: few enough that the answers fit into the socket.
PIPELINED = 50
META = {
    "x-image-meta-disk_format": "qcow2",
    "x-image-meta-container_format": "bare",
    "x-image-meta-min_ram": "512",
    "x-image-meta-property-os": "linux",
    "x-image-meta-property-architecture": "x86_64",
}


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class Glimpse:
    """glance-registry and glance-api in release, set up as scripts/serve does it."""

    def __init__(self, binaries, folder):
        self.folder = folder
        os.makedirs(f"{folder}/images")
        self.port = free_port()
        sock = f"{folder}/r.sock"
        write(f"{folder}/glance-registry.conf", f"""[DEFAULT]
bind_socket = {sock}
registry_secret_file = {folder}/registry.secret
[database]
connection = sqlite:///{folder}/glance.sqlite
""")
        write(f"{folder}/glance-api.conf", f"""[DEFAULT]
bind_host = 127.0.0.1
bind_port = {self.port}
registry_socket = {sock}
registry_secret_file = {folder}/registry.secret
[glance_store]
filesystem_store_datadir = {folder}/images
[paste_deploy]
flavor = fakeauth
""")
        self.registry = self.start(binaries, "glance-registry")
        self.registry.wait_until(lambda: os.path.exists(sock))
        self.api = self.start(binaries, "glance-api")
        self.api.wait_until(lambda: self.api.accepts(self.port))
        self.servers = [self.registry, self.api]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self, binaries, name):
        command = [f"{binaries}/{name}", "--config-file", f"{self.folder}/{name}.conf"]
        return Server(name, command, f"{self.folder}/{name}.log")

    def call(self, method, target, headers={}, expect=200):
        """One request; the answer's headers in their order, and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, target, headers={"X-Auth-Token": TOKEN, **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != expect:
            raise Failed(f"{method} {target} answered {answer.status}: {body[:200]!r}")
        return answer.getheaders(), body

    def load(self, count, clients=16):
        """Creates so many images over the API, and answers their ids."""
        ids = [f"{number:08x}-1111-4000-8000-{count:012x}" for number in range(count)]
        batches = [ids[at:at + PIPELINED] for at in range(0, count, PIPELINED)]
        with ThreadPoolExecutor(clients) as pool:
            for made, batch in zip(pool.map(self.create_images, batches), batches):
                if made != len(batch):
                    raise Failed(f"loading images failed: {made} of {len(batch)} were created")
        return ids

    def create_images(self, ids):
        """Pipelines the creations on a connection that the last one closes; answers how many succeeded."""
        requests = [create_request(id, closes=id == ids[-1]) for id in ids]
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(b"".join(requests))
            answers = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        return answers.count(b"HTTP/1.1 201 ")


def create_request(id, closes):
    """An image without data that is active at once: v1 takes a size of 0 for that."""
    headers = {
        **META, "Host": "bench", "Content-Length": "0", "Connection": "close" if closes else "keep-alive",
        "X-Auth-Token": TOKEN, "x-image-meta-id": id, "x-image-meta-name": f"image {id[:8]}", "x-image-meta-size": "0",
    }
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return f"POST /v1/images HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


class Nginx:
    """The limit: static files with sendfile, and PUT without hashing or fsync."""

    def __init__(self, folder, blob, show_headers, list_body):
        self.folder = folder
        os.makedirs(f"{folder}/root/dav")
        write(f"{folder}/root/show", "")
        with open(f"{folder}/root/list", "wb") as file:
            file.write(list_body)
        self.port = free_port()
        write(f"{folder}/nginx.conf", self.configuration(blob, show_headers))
        command = ["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
        server = Server("nginx", command, f"{folder}/output.log")
        server.wait_until(lambda: server.accepts(self.port))
        self.servers = [server]
        self.url = f"http://127.0.0.1:{self.port}"

    def configuration(self, blob, show_headers):
        own = {"date", "server", "content-length", "connection", "etag", "last-modified"}
        fields = "\n".join(
            f'add_header {name} "{value}";' for name, value in show_headers if name.lower() not in own)
        temporary = "\n".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return f"""daemon off;
pid {self.folder}/nginx.pid;
{"user root;" if os.getuid() == 0 else ""}
worker_processes {os.cpu_count()};
events {{ worker_connections 4096; }}
http {{
access_log off;
default_type application/json;
sendfile on;
tcp_nopush on;
keepalive_requests 1000000000;
client_max_body_size 0;
{temporary}
server {{
    listen 127.0.0.1:{self.port};
    root {self.folder}/root;
    etag off;
    location = /show {{
{fields}
    }}
    location = /blob {{ alias {blob}; }}
    location /dav/ {{ dav_methods PUT DELETE; }}
}}
}}
"""
