"""OpenStack's Glance beside Glimpse: from PyPI under uWSGI with two processes, SQLite and the filesystem store.

Nobody asks Keystone: the middleware that would has been left out, and clients send the headers that it would set. What
is measured is Glance alone.
"""

import os
import subprocess

import image_rows
from processes import Failed, Server, answers, free_port
from services import ImageService, write

VERSION = "33.0.0"
PACKAGES = [f"glance=={VERSION}", "uwsgi==2.0.31"]

# Glance's factories, in the order of its own pipeline.
PASTE = """[composite:glance-api]
paste.composite_factory = glance.api:root_app_factory
/: api
/healthcheck: healthcheck
[pipeline:api]
pipeline = cors http_proxy_to_wsgi versionnegotiation context rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory
[app:healthcheck]
paste.app_factory = oslo_middleware:Healthcheck.app_factory
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
oslo_config_project = glance
oslo_config_program = glance-api
[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory
"""


def install(cache):
    """A virtual environment with Glance, made once and kept in `cache`; answers its bin folder."""
    folder = f"{cache}/glance-{VERSION}"
    installed = f"{folder}/installed"
    if not os.path.exists(installed):
        os.makedirs(cache, exist_ok=True)
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", folder], check=True)
        pip = [f"{folder}/bin/pip", "--quiet", "--disable-pip-version-check", "install"]
        if subprocess.run([*pip, *PACKAGES]).returncode != 0:
            raise Failed(f"pip could not install {' and '.join(PACKAGES)}")
        write(installed, "\n".join(PACKAGES) + "\n")
    return f"{folder}/bin"


class Glance(ImageService):
    headers = {
        "X-Identity-Status": "Confirmed", "X-User-Id": "bench", "X-Project-Id": "lab", "X-Roles": "member,reader"}
    processes = 2

    def __init__(self, binaries, folder, store=None):
        """`store` is the folder of the data, by default one in `folder`."""
        self.binaries, self.folder = binaries, folder
        self.port = free_port()
        store = store or f"{folder}/images"
        for made in (store, f"{folder}/staging", f"{folder}/tasks"):
            os.makedirs(made)
        write(f"{folder}/glance-api-paste.ini", PASTE)
        write(f"{folder}/glance-api.conf", f"""[DEFAULT]
enabled_backends = file:file
log_file = {folder}/glance-api.log
[database]
connection = sqlite:///{folder}/glance.sqlite
[glance_store]
default_backend = file
[file]
filesystem_store_datadir = {store}
[os_glance_staging_store]
filesystem_store_datadir = {folder}/staging
[os_glance_tasks_store]
filesystem_store_datadir = {folder}/tasks
[paste_deploy]
flavor =
config_file = {folder}/glance-api-paste.ini
""")
        # uWSGI's own server ends each connection, and says so in this way alone.
        write(f"{folder}/uwsgi.ini", f"""[uwsgi]
module = glance.wsgi.api:application
http-socket = 127.0.0.1:{self.port}
add-header = Connection: close
listen = 128
processes = {self.processes}
master = true
lazy-apps = true
enable-threads = true
die-on-term = true
no-orphans = true
buffer-size = 65535
""")

    def load(self, count):
        command = [f"{self.binaries}/glance-manage", "--config-file", f"{self.folder}/glance-api.conf", "db_sync"]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode != 0:
            raise Failed("glance-manage db_sync: " + made.stderr[-500:])
        image_rows.into_glance(f"{self.folder}/glance.sqlite", count)

    def start(self):
        """Answers how many seconds passed from exec until its first answer out of the database."""
        server = Server(
            "Glance", [f"{self.binaries}/uwsgi", "--ini", f"{self.folder}/uwsgi.ini"], f"{self.folder}/output.log",
            {"OS_GLANCE_CONFIG_DIR": self.folder})
        self.servers = [server]
        return server.wait_until(lambda: answers(self.port, "/v2/images?limit=1", self.headers), seconds=60)

    def stop(self):
        self.servers[0].stop()
