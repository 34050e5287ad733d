"""A real Keystone for the journeys: keystone_server.py FOLDER SECONDS

The file FOLDER/port says where it listens, once it is set up. Its database is SQLite in the folder, its tokens are fernet's. The user admin has the password "secret-of-admin" and the
role admin in the project admin. Tokens count for so many seconds, and for services an hour longer.
"""

import os
import socket
import subprocess
import sys

folder, seconds = sys.argv[1:]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
url = f"http://127.0.0.1:{port}/v3"
conf = f"{folder}/keystone.conf"
with open(conf, "w") as file:
    file.write(
        f"""[DEFAULT]
log_file = {folder}/keystone.log
[database]
connection = sqlite:///{folder}/keystone.sqlite
[token]
provider = fernet
expiration = {seconds}
allow_expired_window = 3600
[fernet_tokens]
key_repository = {folder}/fernet
[fernet_receipts]
key_repository = {folder}/fernet
[credential]
key_repository = {folder}/credential
"""
    )
manage = [os.path.join(os.path.dirname(sys.executable), "keystone-manage"), "--config-file", conf]
user = ["--keystone-user", str(os.getuid()), "--keystone-group", str(os.getgid())]
subprocess.run(manage + ["db_sync"], check=True)
subprocess.run(manage + ["fernet_setup"] + user, check=True)
subprocess.run(manage + ["credential_setup"] + user, check=True)
subprocess.run(
    manage
    + ["bootstrap", "--bootstrap-password", "secret-of-admin", "--bootstrap-region-id", "RegionOne"]
    + [f"--bootstrap-{interface}-url={url}" for interface in ("public", "internal", "admin")],
    check=True,
)

with open(f"{folder}/port.new", "w") as file:
    file.write(str(port))
os.rename(f"{folder}/port.new", f"{folder}/port")

os.environ["OS_KEYSTONE_CONFIG_FILES"] = conf
sys.argv = ["keystone"]
from keystone.server.wsgi import initialize_public_application  # noqa: E402
from werkzeug.serving import run_simple  # noqa: E402

run_simple("127.0.0.1", port, initialize_public_application(), threaded=True)
