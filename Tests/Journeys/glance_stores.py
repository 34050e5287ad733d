"""What today's glance and openstack commands do with several stores.

Prints nothing and ends with 0 if all is well.

Arguments: the endpoint, a folder to write to, a file with an image's data, the URL where a web server has the same.
The server has the stores `fast` (the default) and `cheap`, and takes any name and password in a token's form.
"""

import os
import sys
import time

import glanceclient
import glanceclient.shell
import openstackclient.shell
from osc_lib.clientmanager import ClientCache, ClientManager

from typed_commands import run

endpoint, folder, data_path, source_url = sys.argv[1:]
with open(data_path, "rb") as data_file:
    DATA = data_file.read()

ALICE, ADMIN = "alice:one:member", "root:control:admin"
FORMATS = ["--disk-format", "raw", "--container-format", "bare"]


def typed(token, words):
    arguments = ["--os-image-api-version", "2", "--os-image-url", endpoint, "--os-auth-token", token] + words
    return run(lambda: glanceclient.shell.OpenStackImagesShell().main(arguments), None)


def glance(token, *words):
    """Types a command that has to succeed; its text."""
    result = typed(token, list(words))
    assert result.is_good, (words, result.text, result.errors)
    return result.text


def refused(token, *words, saying):
    """Types a command that must not succeed."""
    result = typed(token, list(words))
    text = result.text + result.errors
    assert not result.is_good and saying in text, (words, "was not refused so", text)


def openstack(token, *words):
    """Types an openstack command that has to succeed, with a token instead of a login."""
    for plugin in [entry for entry in vars(ClientManager).values() if isinstance(entry, ClientCache)]:
        plugin._handle = None
    arguments = ["--os-auth-type", "admin_token", "--os-endpoint", endpoint + "/v2", "--os-token", token] + list(words)
    result = run(lambda: openstackclient.shell.main(arguments), None)
    assert result.is_good, (words, result.text, result.errors)
    return result.text


def images(token=ALICE):
    return glanceclient.Client("2", endpoint, token=token).images


def field(text, name):
    """The value beside a name in a table of two columns."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return next(row[1] for row in rows if row[0] == name)


def wait_for(image, stores):
    deadline = time.time() + 60
    while True:
        found = images().get(image)
        if found.status == "active" and sorted(found.get("stores", "").split(",")) == sorted(stores.split(",")):
            if "os_glance_import_task" not in found:
                return found
        assert time.time() < deadline, dict(found)
        time.sleep(0.05)


def content(image):
    path = os.path.join(folder, "download")
    glance(ALICE, "image-download", image, "--file", path)
    with open(path, "rb") as file:
        return file.read()


def stores_info():
    text = glance(ALICE, "stores-info")
    assert "fast" in text and "cheap" in text and "Flash in the rack" in text, text
    detail = glance(ADMIN, "stores-info", "--detail")
    assert "data_dir" in detail and "weight" in detail, detail
    refused(ALICE, "stores-info", "--detail", saying="403")


def created_by_import():
    made = []
    for options, stores in [
        (["--stores", "cheap,fast"], "cheap,fast"), (["--all-stores", "True"], "fast,cheap"),
        (["--all-stores", "True", "--allow-failure", "False"], "fast,cheap"), (["--store", "cheap"], "cheap"), ([], "fast"),
    ]:
        for source in [["--file", data_path], ["--import-method", "web-download", "--uri", source_url]]:
            text = glance(ALICE, "image-create-via-import", "--name", "x", *FORMATS, *source, *options)
            image = field(text, "id")
            wait_for(image, stores)
            assert content(image) == DATA
            made.append(image)
    refused(
        ALICE, "image-create-via-import", "--name", "x", *FORMATS, "--file", data_path, "--store", "tape",
        saying="tape")
    return made


def copied(image):
    """`image` is in fast alone."""
    glance(ADMIN, "image-import", image, "--import-method", "copy-image", "--stores", "cheap")
    wait_for(image, "fast,cheap")
    assert content(image) == DATA
    refused(ALICE, "stores-delete", "--store", "fast", image, saying="403")
    glance(ADMIN, "stores-delete", "--store", "fast", image)
    wait_for(image, "cheap")
    assert content(image) == DATA
    refused(ADMIN, "stores-delete", "--store", "cheap", image, saying="403")
    glance(ADMIN, "image-import", image, "--import-method", "copy-image", "--all-stores", "True")
    wait_for(image, "cheap,fast")


def imported_by_openstack():
    made = []
    for options, stores in [
        (["--store", "cheap", "fast"], "cheap,fast"), (["--all-stores"], "fast,cheap"),
        (["--all-stores", "--disallow-failure"], "fast,cheap"), ([], "fast"),
    ]:
        image = images().create(name="o", disk_format="raw", container_format="bare").id
        openstack(ALICE, "image", "import", image, "--method", "web-download", "--uri", source_url, *options)
        wait_for(image, stores)
        assert content(image) == DATA
        made.append(image)
    openstack(ADMIN, "image", "import", made[-1], "--method", "copy-image", "--store", "cheap")
    wait_for(made[-1], "fast,cheap")
    return made


stores_info()
first = created_by_import()
copied(first[-1])
second = imported_by_openstack()
glance(ALICE, "image-delete", *first, *second)
