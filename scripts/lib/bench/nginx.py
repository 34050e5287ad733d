"""The limit: nginx with static files by sendfile, and PUT without hashing or fsync."""

import os

from processes import Server, free_port
from services import write


class Nginx:
    headers = {}

    def __init__(self, folder, show, page, blob):
        """`show` and `page` are answers of the API, headers and body; `blob` is a file."""
        self.folder = folder
        os.makedirs(f"{folder}/root/dav")
        for name, (_, body) in {"show": show, "list": page}.items():
            with open(f"{folder}/root/{name}", "wb") as file:
                file.write(body)
        self.port = free_port()
        write(f"{folder}/nginx.conf", self.configuration(show[0], blob))
        command = ["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
        server = Server("nginx", command, f"{folder}/output.log")
        server.wait_until(lambda: server.accepts(self.port))
        self.servers = [server]
        self.url = f"http://127.0.0.1:{self.port}"

    def configuration(self, show_headers, blob):
        own = {"date", "server", "content-length", "content-type", "connection", "etag", "last-modified"}
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
