"""Every `openstack image` subcommand that needs no service but identity, typed by a project and an admin.

Prints nothing and ends with 0 if all is well.

Arguments: the endpoint, a folder to write to, a file with an image's data, the URL where a web server has the same.
The folder has the clouds.yaml that `glance-manage bootstrap` has written; there are no images yet.
"""

import hashlib
import os
import sys
import time

endpoint, folder, data_path, source_url = sys.argv[1:]
os.environ["OS_CLIENT_CONFIG_FILE"] = os.path.join(folder, "clouds.yaml")

from typed_openstack import openstack, refused, table

with open(data_path, "rb") as data_file:
    DATA = data_file.read()
MD5, SHA512 = hashlib.md5(DATA).hexdigest(), hashlib.sha512(DATA).hexdigest()
DEMO, ADMIN = "lab", "lab-admin"
FORMATS = ["--disk-format", "raw", "--container-format", "bare"]


def show(image, cloud=DEMO):
    return table(cloud, "image", "show", image)


def content(image, cloud=DEMO, *options):
    path = os.path.join(folder, "saved")
    openstack(cloud, "image", "save", "--file", path, image, *options)
    with open(path, "rb") as file:
        return file.read()


def expect_filled(image):
    deadline = time.time() + 60
    found = show(image)
    while found["status"] != "active":
        assert time.time() < deadline, found
        time.sleep(0.1)
        found = show(image)
    assert found["size"] == len(DATA) and found["checksum"] == MD5, found
    assert found["properties"]["os_hash_value"] == SHA512, found
    assert content(image) == DATA


def names(cloud, *options):
    return [row["Name"] for row in table(cloud, "image", "list", *options)]


DEMO_PROJECT = table(DEMO, "token", "issue")["project_id"]
ADMIN_PROJECT = table(ADMIN, "token", "issue")["project_id"]


def create():
    made = table(
        DEMO, "image", "create", "größer & schöner", "--container-format", "ovf", "--disk-format", "qcow2",
        "--min-disk", "2", "--min-ram", "512", "--unprotected", "--private", "--property", "note=Ünïcode",
        "--property", "os_distro=debian", "--tag", "ä b", "--tag", "two")
    assert made["name"] == "größer & schöner" and made["status"] == "queued", made
    assert (made["container_format"], made["disk_format"]) == ("ovf", "qcow2"), made
    assert (made["min_disk"], made["min_ram"], made["visibility"]) == (2, 512, "private"), made
    assert made["properties"]["note"] == "Ünïcode" and made["properties"]["os_distro"] == "debian", made
    assert sorted(made["tags"]) == ["two", "ä b"] and made["owner"] == DEMO_PROJECT, made
    given = made["id"]

    filed = table(DEMO, "image", "create", "filed", "--file", data_path, "--progress", "--shared", *FORMATS)["id"]
    expect_filled(filed)
    piped = table(DEMO, "image", "create", "piped", "--community", *FORMATS, stdin=data_path)["id"]
    expect_filled(piped)
    imported = table(DEMO, "image", "create", "imported", "--import", "--file", data_path, *FORMATS)["id"]
    expect_filled(imported)
    public = table(
        ADMIN, "image", "create", "public", "--public", "--protected", "--project", "demo", "--file", data_path,
        *FORMATS)
    assert public["owner"] == DEMO_PROJECT and public["visibility"] == "public" and public["protected"], public
    refused(DEMO, "image", "create", "x", "--public", saying="403")
    refused(DEMO, "image", "create", "x", "--project", ADMIN_PROJECT)
    refused(DEMO, "image", "create", "--id", given, "x", saying="409")
    return {"given": given, "filed": filed, "piped": piped, "imported": imported, "public": public["id"]}


def lists(images):
    assert sorted(names(DEMO)) == ["filed", "größer & schöner", "imported", "piped", "public"]
    assert names(DEMO, "--public") == ["public"] and names(DEMO, "--private") == ["größer & schöner"]
    assert names(DEMO, "--community") == ["piped"] and sorted(names(DEMO, "--shared")) == ["filed", "imported"]
    assert sorted(names(DEMO, "--all")) == sorted(names(DEMO))
    assert names(DEMO, "--name", "größer & schöner") == ["größer & schöner"]
    assert names(DEMO, "--status", "queued") == ["größer & schöner"]
    assert names(DEMO, "--property", "os_distro=debian") == ["größer & schöner"]
    assert names(DEMO, "--tag", "ä b", "--tag", "two") == ["größer & schöner"]
    # Of other projects an admin's list has all but the community's.
    assert sorted(names(ADMIN, "--project", "demo") + ["piped"]) == sorted(names(DEMO))
    assert names(DEMO, "--hidden") == [] and names(DEMO, "--member-status", "pending", "--shared") != [""]
    assert len(names(DEMO, "--limit", "2")) == 2 and len(names(DEMO, "--page-size", "1")) == 5
    first = table(DEMO, "image", "list", "--limit", "1")[0]
    assert len(names(DEMO, "--marker", first["ID"])) == 4
    assert names(DEMO, "--sort", "name:desc") == sorted(names(DEMO), reverse=True)
    long = {row["Name"]: row for row in table(DEMO, "image", "list", "--long")}
    assert long["filed"]["Checksum"] == MD5 and long["filed"]["Hash Value"] == SHA512, long["filed"]
    assert long["filed"]["Size"] == len(DATA) and long["filed"]["Project"] == DEMO_PROJECT, long["filed"]


def change(images):
    image = images["given"]
    openstack(
        DEMO, "image", "set", image, "--name", "renamed", "--min-disk", "3", "--min-ram", "1024", "--disk-format",
        "raw", "--container-format", "bare", "--property", "a/b=c", "--tag", "three", "--architecture", "x86_64",
        "--os-distro", "suse", "--os-version", "15", "--kernel-id", images["filed"], "--ramdisk-id",
        images["filed"], "--instance-id", images["filed"], "--hidden", "--protected", "--community")
    found = show(image)
    more = found["properties"]
    assert (found["name"], found["min_disk"], found["min_ram"]) == ("renamed", 3, 1024), found
    assert (found["disk_format"], found["visibility"], found["protected"]) == ("raw", "community", True), found
    assert more["os_hidden"] is True and more["a/b"] == "c" and more["architecture"] == "x86_64", found
    assert (more["os_distro"], more["os_version"], more["note"]) == ("suse", "15", "Ünïcode"), found
    assert more["kernel_id"] == more["ramdisk_id"] == images["filed"], found
    assert "three" in found["tags"] and "two" in found["tags"], found
    assert names(DEMO, "--hidden") == ["renamed"] and "renamed" not in names(DEMO)
    refused(DEMO, "image", "delete", image, saying="protected")
    openstack(DEMO, "image", "set", image, "--unhidden", "--unprotected", "--private")
    openstack(DEMO, "image", "unset", image, "--tag", "two", "--property", "note", "--property", "a/b")
    found = show(image)
    assert "two" not in found["tags"] and "note" not in found["properties"], found
    assert "a/b" not in found["properties"] and found["properties"]["os_distro"] == "suse", found
    openstack(ADMIN, "image", "set", image, "--project", "admin")
    assert show(image, ADMIN)["owner"] == ADMIN_PROJECT
    refused(DEMO, "image", "show", image)
    openstack(ADMIN, "image", "set", image, "--project", "demo")
    openstack(DEMO, "image", "set", images["filed"], "--deactivate")
    assert show("filed")["status"] == "deactivated"
    refused(DEMO, "image", "save", "--file", os.path.join(folder, "no"), "filed")
    openstack(DEMO, "image", "set", images["filed"], "--activate")
    expect_filled("filed")
    assert content(images["filed"], DEMO, "--chunk-size", "1000") == DATA
    readable = table(DEMO, "image", "show", "filed", "--human-readable")
    assert readable["size"] != len(DATA) and "k" in str(readable["size"]).lower(), readable["size"]


def share(images):
    image = images["filed"]
    member = table(DEMO, "image", "add", "project", "filed", ADMIN_PROJECT)
    assert member["member_id"] == ADMIN_PROJECT and member["status"] == "pending", member
    assert table(DEMO, "image", "member", "list", "filed") == [
        {"Image ID": image, "Member ID": ADMIN_PROJECT, "Status": "pending"}]
    for option, wanted in (("--accept", "accepted"), ("--reject", "rejected"), ("--pending", "pending")):
        openstack(ADMIN, "image", "set", option, image)
        assert table(DEMO, "image", "member", "get", "filed", ADMIN_PROJECT)["status"] == wanted
    openstack(DEMO, "image", "remove", "project", "filed", ADMIN_PROJECT)
    assert table(DEMO, "image", "member", "list", "filed") == []


def imports():
    methods = table(DEMO, "image", "import", "info")["import-methods"]
    assert "glance-direct" in str(methods) and "web-download" in str(methods), methods
    staged = table(DEMO, "image", "create", "staged", *FORMATS)["id"]
    openstack(DEMO, "image", "stage", "--file", data_path, "--progress", staged)
    assert show(staged)["status"] == "uploading"
    table(DEMO, "image", "import", staged, "--method", "glance-direct")
    expect_filled(staged)
    piped = table(DEMO, "image", "create", "staged from a pipe", *FORMATS)["id"]
    openstack(DEMO, "image", "stage", piped, stdin=data_path)
    table(DEMO, "image", "import", piped, "--method", "glance-direct")
    expect_filled(piped)
    web = table(DEMO, "image", "create", "web", *FORMATS)["id"]
    table(DEMO, "image", "import", web, "--method", "web-download", "--uri", source_url)
    expect_filled(web)
    refused(DEMO, "image", "import", web, "--method", "web-download", "--uri", source_url)
    refused(DEMO, "image", "stores", "list", saying="Multi Backend support not enabled")
    refused(DEMO, "image", "task", "list", saying="403")
    rows = table(ADMIN, "image", "task", "list")
    assert rows, "there are no tasks"
    task = table(ADMIN, "image", "task", "show", rows[0]["ID"])
    assert task["status"] == "success", task
    filtered = table(ADMIN, "image", "task", "list", "--status", "success", "--type", "import", "--limit", "1")
    assert filtered == [], filtered
    openstack(DEMO, "image", "delete", staged, piped, web)


def metadefs():
    space = table(
        ADMIN, "image", "metadef", "namespace", "create", "My::Space", "--display-name", "Mine", "--description",
        "d", "--public", "--unprotected")
    assert space["namespace"] == "My::Space" and space["visibility"] == "public", space
    openstack(
        ADMIN, "image", "metadef", "namespace", "set", "My::Space", "--display-name", "Ours", "--public", "--tag",
        "one", "--tag", "two")
    assert table(DEMO, "image", "metadef", "namespace", "show", "My::Space")["display_name"] == "Ours"
    assert [row["Namespace"] if "Namespace" in row else row["namespace"]
            for row in table(DEMO, "image", "metadef", "namespace", "list")] == ["My::Space"]
    openstack(ADMIN, "image", "metadef", "namespace", "unset", "My::Space", "--tag", "one")
    openstack(ADMIN, "image", "metadef", "namespace", "unset", "My::Space", "--all-tags")

    size = table(
        ADMIN, "image", "metadef", "property", "create", "My::Space", "--name", "size", "--title", "Size", "--type",
        "integer", "--schema", '{"minimum": 1}')
    assert size["name"] == "size" and size["minimum"] == 1, size
    openstack(
        ADMIN, "image", "metadef", "property", "set", "My::Space", "size", "--title", "Width", "--type", "integer",
        "--schema", '{"minimum": 2}')
    assert table(DEMO, "image", "metadef", "property", "show", "My::Space", "size")["title"] == "Width"
    assert len(table(DEMO, "image", "metadef", "property", "list", "My::Space")) == 1
    openstack(ADMIN, "image", "metadef", "property", "delete", "My::Space", "size")

    thing = table(ADMIN, "image", "metadef", "object", "create", "--namespace", "My::Space", "thing")
    assert thing["name"] == "thing", thing
    openstack(ADMIN, "image", "metadef", "object", "update", "My::Space", "thing", "--name", "other")
    assert table(DEMO, "image", "metadef", "object", "show", "My::Space", "other")["name"] == "other"
    assert len(table(DEMO, "image", "metadef", "object", "list", "My::Space")) == 1
    openstack(ADMIN, "image", "metadef", "object", "delete", "My::Space", "other")

    types = ["image", "metadef", "resource", "type"]
    table(ADMIN, *types, "association", "create", "My::Space", "OS::Nova::Flavor")
    assert len(table(DEMO, *types, "list")) == 1
    assert len(table(DEMO, *types, "association", "list", "My::Space")) == 1
    openstack(ADMIN, *types, "association", "delete", "My::Space", "OS::Nova::Flavor")
    refused(DEMO, "image", "metadef", "namespace", "delete", "My::Space")
    openstack(ADMIN, "image", "metadef", "namespace", "delete", "My::Space")
    assert table(DEMO, "image", "metadef", "namespace", "list") == []


def delete(images):
    refused(DEMO, "image", "delete", images["public"], images["piped"], saying="1 of 2")
    refused(DEMO, "image", "show", images["piped"])
    openstack(DEMO, "image", "set", "public", "--unprotected")
    openstack(DEMO, "image", "delete", "public", "filed", images["given"], images["imported"])
    assert names(ADMIN, "--all") == []
    for words in (["list"], ["clear"], ["clean"], ["prune"]):
        refused(ADMIN, "cached", "image", *words)


made = create()
lists(made)
change(made)
share(made)
imports()
metadefs()
delete(made)
