"""Every v2 subcommand of today's glance command, other than md-*, typed by two projects and an admin.

Prints nothing and ends with 0 if all is well.

Arguments: the endpoint, a folder to write to, a file with an image's data, the URL where a web server has the same.
The projects `one` and `two` have no images yet; the server keeps public images to admins, shows locations, and has
neither several stores nor a cache.
"""

import hashlib
import json
import os
import re
import sys
import time
import uuid

import glanceclient
import glanceclient.shell

from typed_commands import run

endpoint, folder, data_path, source_url = sys.argv[1:]
with open(data_path, "rb") as data_file:
    DATA = data_file.read()
MD5, SHA512 = hashlib.md5(DATA).hexdigest(), hashlib.sha512(DATA).hexdigest()

ALICE, BOB, ADMIN = "alice:one:member", "bob:two:member", "root:control:admin"
FORMATS = ["--disk-format", "raw", "--container-format", "bare"]


def typed(token, words, stdin=None):
    arguments = ["--os-image-api-version", "2", "--os-image-url", endpoint, "--os-auth-token", token] + words
    return run(lambda: glanceclient.shell.OpenStackImagesShell().main(arguments), stdin)


def glance(token, *words, stdin=None):
    """Types a command that has to succeed."""
    result = typed(token, list(words), stdin)
    assert result.is_good, (words, result.text, result.errors)
    return result


def refused(token, *words, saying=""):
    """Types a command that must not succeed; its text."""
    result = typed(token, list(words))
    text = result.text + result.errors
    assert not result.is_good and saying in text, (words, "was not refused so", text)
    return text


def python(token):
    """The same client's Python API, for what the tables don't show."""
    return glanceclient.Client("2", endpoint, token=token)


def image_of(image, token=ALICE):
    return python(token).images.get(image)


def wait_for(image, wanted="active", token=ALICE):
    deadline = time.time() + 60
    while image_of(image, token).status != wanted:
        assert time.time() < deadline, dict(image_of(image, token))
        time.sleep(0.05)


def content(image, token=ALICE, *options):
    path = os.path.join(folder, "download")
    glance(token, "image-download", image, "--file", path, *options)
    with open(path, "rb") as file:
        return file.read()


def expect_filled(image):
    found = image_of(image)
    assert found.status == "active" and found.size == len(DATA) and found.checksum == MD5, dict(found)
    assert found.os_hash_algo == "sha512" and found.os_hash_value == SHA512, dict(found)
    assert content(image) == DATA


def tasks_of(image, token=ALICE):
    """An image's tasks as the server has them; the client asks for them only where v2.12 is announced."""
    client = python(token)
    return client.http_client.get("/v2/images/%s/tasks" % image)[1]["tasks"]


def wait_for_task(image, wanted):
    deadline = time.time() + 60
    while [task["status"] for task in tasks_of(image)] != [wanted]:
        assert time.time() < deadline, tasks_of(image)
        time.sleep(0.05)


def create():
    """image-create with every option, image-upload; the ids by name."""
    given, kernel, instance = str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4())
    made = glance(
        ALICE, "image-create", "--id", given, "--name", "größer & schöner %41", "--disk-format", "qcow2",
        "--container-format", "ovf", "--min-disk", "2", "--min-ram", "512", "--visibility", "private",
        "--protected", "False", "--hidden", "False", "--tags", "ä b", "two", "--architecture", "x86_64",
        "--os-distro", "debian", "--os-version", "13", "--kernel-id", kernel, "--ramdisk-id", kernel,
        "--instance-uuid", instance, "--owner", "one", "--property", "note=Ünïcode = 100% +1",
        "--property", "empty=").fields
    assert made["id"] == given and made["status"] == "queued" and made["size"] == "None", made
    assert made["name"] == "größer & schöner %41" and made["owner"] == "one", made
    assert (made["disk_format"], made["container_format"]) == ("qcow2", "ovf"), made
    assert (made["min_disk"], made["min_ram"], made["visibility"]) == ("2", "512", "private"), made
    assert (made["protected"], made["os_hidden"]) == ("False", "False"), made
    assert sorted(json.loads(made["tags"])) == ["two", "ä b"], made
    assert (made["architecture"], made["os_distro"], made["os_version"]) == ("x86_64", "debian", "13"), made
    assert (made["kernel_id"], made["ramdisk_id"], made["instance_uuid"]) == (kernel, kernel, instance), made
    assert made["note"] == "Ünïcode = 100% +1" and made["empty"] == "", made

    filed = glance(ALICE, "image-create", "--name", "filed", "--file", data_path, "--progress", *FORMATS)
    assert filed.fields["status"] == "active" and filed.fields["checksum"] == MD5, filed.text
    assert filed.fields["visibility"] == "shared" and filed.fields["owner"] == "one", filed.text
    filed = filed.fields["id"]
    expect_filled(filed)

    piped = glance(ALICE, "image-create", "--name", "piped", *FORMATS, stdin=data_path).fields["id"]
    expect_filled(piped)
    # A site without stores takes any: the client can't check the name.
    stored = glance(ALICE, "image-create", "--file", data_path, "--store", "any", *FORMATS).fields["id"]
    expect_filled(stored)

    uploaded = glance(ALICE, "image-create", "--name", "uploaded", *FORMATS).fields["id"]
    glance(ALICE, "image-upload", "--file", data_path, "--size", str(len(DATA)), "--progress", uploaded)
    expect_filled(uploaded)
    refused(ALICE, "image-upload", "--file", data_path, uploaded, saying="409")
    expect_filled(uploaded)
    from_pipe = glance(ALICE, "image-create", "--name", "uploaded", *FORMATS).fields["id"]
    glance(ALICE, "image-upload", from_pipe, stdin=data_path)
    expect_filled(from_pipe)

    public = glance(
        ADMIN, "image-create", "--name", "public", "--owner", "two", "--visibility", "public", "--file", data_path,
        *FORMATS).fields
    assert public["owner"] == "two" and public["visibility"] == "public", public
    community = glance(BOB, "image-create", "--name", "community", "--visibility", "community", *FORMATS).fields
    hidden = glance(ALICE, "image-create", "--name", "hidden", "--hidden", "True", "--protected", "True").fields
    assert hidden["os_hidden"] == "True" and hidden["protected"] == "True", hidden

    # What is wrong is refused, with the server's reason.
    refused(ALICE, "image-create", "--id", given, saying="409")
    refused(ALICE, "image-create", "--id", "no", saying="no")
    refused(ALICE, "image-create", "--disk-format", "nonsense", saying="nonsense")
    refused(ALICE, "image-create", "--visibility", "public", saying="403")
    refused(ALICE, "image-create", "--owner", "two", saying="403")
    refused(
        ALICE, "image-create", "--name", "qcow2", "--disk-format", "qcow2", "--container-format", "bare", "--file",
        data_path, saying="does not match")
    left = glance(ALICE, "image-list", "--property-filter", "name=qcow2").ids
    assert len(left) == 1 and image_of(left[0]).status == "queued", left
    glance(ALICE, "image-delete", left[0])
    return {"given": given, "filed": filed, "piped": piped, "stored": stored, "uploaded": uploaded,
            "from_pipe": from_pipe, "public": public["id"], "community": community["id"], "hidden": hidden["id"]}


MINE = ("given", "filed", "piped", "stored", "uploaded", "from_pipe")


def show(images):
    found = glance(ALICE, "image-show", images["filed"]).fields
    assert found["id"] == images["filed"] and found["size"] == str(len(DATA)), found
    assert found["virtual_size"] == str(len(DATA)) and found["os_hash_value"] == SHA512, found
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", found["created_at"]), found
    readable = glance(ALICE, "image-show", "--human-readable", images["filed"]).fields
    assert re.match(r"[\d.]+ ?[kM]B$", readable["size"]), readable
    narrow = glance(ALICE, "image-show", "--max-column-width", "20", images["filed"]).text
    assert "filed" in narrow and images["filed"] not in narrow, narrow
    # What another project has is not there.
    refused(BOB, "image-show", images["filed"], saying="404")
    refused(ALICE, "image-show", str(uuid.uuid4()), saying="404")
    assert glance(ALICE, "image-show", images["community"]).fields["name"] == "community"


def lists(images):
    def listed(*options, token=ALICE):
        return glance(token, "image-list", *options).ids

    mine = {images[name] for name in MINE}
    assert set(listed()) == mine | {images["public"]}, listed()
    for size in ("1", "2", "100"):
        assert sorted(listed("--page-size", size)) == sorted(listed()), size
    assert len(listed("--limit", "2")) == 2 and len(listed("--limit", "3", "--page-size", "2")) == 3
    assert listed("--visibility", "public") == [images["public"]]
    assert listed("--visibility", "private") == [images["given"]]
    assert listed("--visibility", "community") == [images["community"]]
    assert set(listed("--visibility", "shared")) == mine - {images["given"]}
    assert set(listed("--visibility", "all")) == mine | {images["public"], images["community"]}
    assert listed("--hidden") == listed("--hidden", "True") == [images["hidden"]]
    assert set(listed("--hidden", "False")) == set(listed())
    assert set(listed("--owner", "one")) == mine and listed("--owner", "nobody") == []
    assert set(listed("--checksum", MD5)) == mine - {images["given"]} | {images["public"]}
    assert set(listed("--hash", SHA512)) == set(listed("--checksum", MD5))
    assert listed("--checksum", "0" * 32) == []
    assert listed("--tag", "ä b", "--tag", "two") == [images["given"]] and listed("--tag", "none") == []
    assert listed("--property-filter", "note=Ünïcode = 100% +1") == [images["given"]]
    assert listed("--property-filter", "os_distro=debian", "--property-filter", "min_ram=512") == [images["given"]]
    assert listed("--property-filter", "name=größer & schöner %41") == [images["given"]]
    assert listed("--property-filter", "status=queued") == [images["given"]]
    assert set(listed("--property-filter", "size_min=1")) == set(listed("--checksum", MD5))
    assert set(listed("--property-filter", "name=in:filed,piped")) == {images["filed"], images["piped"]}
    refused(ALICE, "image-list", "--visibility", "nonsense", saying="400")
    refused(ALICE, "image-list", "--property-filter", "name=gt:x", saying="400")
    assert listed("--include-stores") == listed()

    known = {image.id: image for image in python(ALICE).images.list()}
    for key in ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"):
        for direction in ("asc", "desc"):
            for options in (["--sort-key", key, "--sort-dir", direction], ["--sort", "%s:%s" % (key, direction)]):
                ids = listed("--page-size", "2", *options)
                assert sorted(ids) == sorted(known), (options, ids)
                values = [known[image].get(key) or ("" if key != "size" else -1) for image in ids]
                assert values == sorted(values, reverse=direction == "desc"), (options, values)
    several = listed("--sort-key", "status", "--sort-dir", "asc", "--sort-key", "name", "--sort-dir", "desc")
    keys = [(known[image].status, [-ord(letter) for letter in known[image].name or ""]) for image in several]
    assert [key[0] for key in keys] == sorted(key[0] for key in keys), keys
    assert several == listed("--sort", "status:asc,name:desc")

    everything = listed(token=ADMIN)
    assert mine | {images["public"]} <= set(everything), everything
    verbose = typed(ALICE, ["--verbose", "image-list", "--property-filter", "name=filed"]).rows
    assert verbose[0][:6] == [images["filed"], "filed", "raw", "bare", str(len(DATA)), "active"], verbose


def update(images):
    image = images["given"]

    def changed(*options, token=ALICE):
        return glance(token, "image-update", image, *options).fields

    both = changed("--name", "renamed", "--disk-format", "raw", "--container-format", "bare", "--min-disk", "3",
                   "--min-ram", "1024")
    assert (both["name"], both["disk_format"], both["container_format"]) == ("renamed", "raw", "bare"), both
    assert (both["min_disk"], both["min_ram"]) == ("3", "1024"), both
    more = changed("--property", "note=änders", "--property", "a/b~c=d", "--os-version", "14",
                   "--remove-property", "empty", "--remove-property", "os_distro")
    assert more["note"] == "änders" and more["a/b~c"] == "d" and more["os_version"] == "14", more
    assert "empty" not in more and "os_distro" not in more and more["architecture"] == "x86_64", more
    assert "a/b~c" not in changed("--remove-property", "a/b~c")
    assert changed("--hidden", "True")["os_hidden"] == "True" and changed("--hidden", "False")["os_hidden"] == "False"
    for visibility in ("shared", "community", "private"):
        assert changed("--visibility", visibility)["visibility"] == visibility
    refused(ALICE, "image-update", image, "--visibility", "public", saying="403")
    assert changed("--visibility", "public", token=ADMIN)["visibility"] == "public"
    assert image in glance(BOB, "image-list").ids
    refused(BOB, "image-update", image, "--name", "stolen", saying="403")
    assert changed("--visibility", "private")["visibility"] == "private"
    refused(BOB, "image-update", image, "--name", "stolen", saying="404")
    refused(ALICE, "image-update", image, "--owner", "two", saying="403")
    assert changed("--owner", "two", token=ADMIN)["owner"] == "two"
    assert changed("--owner", "one", token=ADMIN)["owner"] == "one"
    assert changed("--protected", "True")["protected"] == "True"
    refused(ALICE, "image-delete", image, saying="not permitted to delete")
    assert changed("--protected", "False")["protected"] == "False"
    refused(ALICE, "image-update", images["filed"], "--disk-format", "qcow2")
    assert image_of(images["filed"]).disk_format == "raw"


def tags(images):
    image = images["filed"]
    assert glance(ALICE, "image-tag-update", image, "größe 1").rows == [[image, "['größe 1']"]]
    glance(ALICE, "image-tag-update", image, "größe 1")
    glance(ALICE, "image-tag-update", image, "x&y")
    assert sorted(image_of(image).tags) == ["größe 1", "x&y"]
    assert glance(ALICE, "image-list", "--tag", "x&y").ids == [image]
    glance(ALICE, "image-tag-delete", image, "größe 1")
    assert image_of(image).tags == ["x&y"]
    refused(ALICE, "image-tag-delete", image, "größe 1", saying="404")
    refused(BOB, "image-tag-update", image, "no", saying="404")
    refused(ALICE, "image-tag-update", images["public"], "no", saying="403")


def download(images):
    image = images["filed"]
    assert content(image, ALICE, "--progress") == DATA and content(image, ALICE, "--allow-md5-fallback") == DATA
    assert glance(ALICE, "image-download", image).output == DATA
    assert content(images["public"]) == DATA
    refused(BOB, "image-download", image, saying="404")
    refused(ALICE, "image-download", images["given"], saying="has no data")
    refused(ALICE, "image-download", "--prefer", "a,b", image, saying="400")
    glance(ALICE, "image-deactivate", image)
    assert image_of(image).status == "deactivated"
    glance(ALICE, "image-deactivate", image)
    refused(ALICE, "image-download", image, saying="403")
    assert content(image, ADMIN) == DATA
    glance(ALICE, "image-update", image, "--name", "filed")
    glance(ALICE, "image-reactivate", image)
    expect_filled(image)
    refused(BOB, "image-deactivate", image, saying="404")
    refused(ALICE, "image-deactivate", images["public"], saying="403")
    refused(ALICE, "image-deactivate", images["given"], saying="403")


def members(images):
    image = images["filed"]
    assert glance(ALICE, "member-create", image, "two").rows == [[image, "two", "pending"]]
    refused(ALICE, "member-create", image, "two", saying="409")
    assert glance(ALICE, "member-list", "--image-id", image).rows == [[image, "two", "pending"]]
    assert glance(ALICE, "member-get", image, "two").fields["status"] == "pending"
    # A share that nobody has accepted is not listed, and is there.
    assert image not in glance(BOB, "image-list").ids and content(image, BOB) == DATA
    assert glance(BOB, "image-list", "--visibility", "shared", "--member-status", "pending").ids == [image]
    refused(ALICE, "member-update", image, "two", "accepted", saying="403")
    assert glance(BOB, "member-update", image, "two", "accepted").rows == [[image, "two", "accepted"]]
    assert image in glance(BOB, "image-list").ids
    refused(BOB, "member-create", image, "three", saying="403")
    refused(BOB, "image-update", image, "--name", "stolen", saying="403")
    refused(BOB, "member-delete", image, "two", saying="403")
    glance(ALICE, "member-create", image, "three")
    assert sorted(row[1] for row in glance(ALICE, "member-list", "--image-id", image).rows) == ["three", "two"]
    assert glance(BOB, "member-list", "--image-id", image).rows == [[image, "two", "accepted"]]
    refused(BOB, "member-get", image, "three", saying="404")
    assert glance(BOB, "member-update", image, "two", "rejected").rows == [[image, "two", "rejected"]]
    assert image not in glance(BOB, "image-list").ids
    for member in ("two", "three"):
        glance(ALICE, "member-delete", image, member)
    assert glance(ALICE, "member-list", "--image-id", image).rows == []
    refused(BOB, "image-show", image, saying="404")
    refused(ALICE, "member-delete", image, "two", saying="404")
    refused(ALICE, "member-create", images["given"], "two", saying="403")


def imports(images):
    methods = json.loads(glance(ALICE, "import-info").fields["import-methods"].replace("'", '"'))["value"]
    assert {"glance-direct", "web-download"} <= set(methods), methods
    made = {}
    direct = glance(
        ALICE, "image-create-via-import", "--name", "direct", "--file", data_path, "--progress", "--import-method",
        "glance-direct", *FORMATS).fields
    made["direct"] = direct["id"]
    made["direct piped"] = glance(
        ALICE, "image-create-via-import", "--name", "piped", *FORMATS, stdin=data_path).fields["id"]
    made["web"] = glance(
        ALICE, "image-create-via-import", "--name", "web", "--import-method", "web-download", "--uri", source_url,
        "--property", "a=b", "--tags", "t", "--visibility", "private", *FORMATS).fields["id"]
    empty = glance(ALICE, "image-create-via-import", "--name", "empty").fields
    assert empty["status"] == "queued", empty
    glance(ALICE, "image-delete", empty["id"])

    staged = glance(ALICE, "image-create", "--name", "staged", *FORMATS).fields["id"]
    refused(ALICE, "image-import", staged, "--import-method", "glance-direct", saying="uploading")
    glance(ALICE, "image-stage", "--file", data_path, "--size", str(len(DATA)), "--progress", staged)
    assert image_of(staged).status == "uploading" and image_of(staged).size == len(DATA)
    refused(ALICE, "image-stage", "--file", data_path, staged, saying="409")
    assert glance(ALICE, "image-import", staged, "--import-method", "glance-direct").fields["id"] == staged
    made["staged"] = staged
    later = glance(ALICE, "image-create", "--name", "later", *FORMATS).fields["id"]
    refused(ALICE, "image-import", later, "--uri", source_url, saying="web-download")
    refused(
        ALICE, "image-import", later, "--import-method", "web-download", "--uri", "ftp://example.org/image",
        saying="400")
    glance(ALICE, "image-import", later, "--import-method", "web-download", "--uri", source_url)
    made["later"] = later
    for image in made.values():
        wait_for(image)
        expect_filled(image)
        wait_for_task(image, "success")
    # As of Glance with one store and no cache, v2.12 is not among the versions of this site.
    announced = [version["id"] for version in python(ALICE).http_client.get("/versions")[1]["versions"]]
    if "v2.12" in announced:
        assert [row[1] for row in glance(ALICE, "image-tasks", made["web"]).rows] == ["success"]
        refused(BOB, "image-tasks", made["web"], saying="not found")
    else:
        refused(ALICE, "image-tasks", made["web"], saying="v2.12")
    refused(ALICE, "image-import", made["web"], "--import-method", "copy-image", "--all-stores", "True")

    # A source that is not there: the image is queued again, and the task says why.
    missing = glance(ALICE, "image-create", "--name", "missing", *FORMATS).fields["id"]
    glance(ALICE, "image-import", missing, "--import-method", "web-download", "--uri", "http://127.0.0.1:1/no")
    wait_for_task(missing, "failure")
    assert tasks_of(missing)[0]["message"], "it does not say why"
    assert image_of(missing).status == "queued"
    made["missing"] = missing
    glance(ALICE, "image-delete", *made.values())


def tasks():
    words = json.dumps({
        "import_from": source_url, "import_from_format": "raw",
        "image_properties": {"name": "by task", "disk_format": "raw", "container_format": "bare"}})
    made = glance(ADMIN, "task-create", "--type", "import", "--input", words).fields
    assert made["type"] == "import" and made["status"] in ("pending", "processing", "success"), made
    deadline = time.time() + 60
    while glance(ADMIN, "task-show", made["id"]).fields["status"] != "success":
        assert time.time() < deadline, glance(ADMIN, "task-show", made["id"]).text
        time.sleep(0.05)
    listed = glance(ADMIN, "task-list", "--type", "import", "--status", "success", "--sort-key", "id", "--sort-dir",
                    "asc", "--page-size", "1")
    assert made["id"] in listed.ids, listed.text
    assert glance(ADMIN, "task-list", "--status", "failure", "--type", "import").ids == []
    image = [one for one in python(ADMIN).images.list(filters={"name": "by task"})][0]
    assert image.checksum == MD5, dict(image)
    glance(ADMIN, "image-delete", image.id)
    refused(ALICE, "task-list", saying="403")
    refused(ALICE, "task-show", made["id"], saying="403")
    refused(ADMIN, "task-show", str(uuid.uuid4()), saying="404")
    refused(ADMIN, "task-create", "--type", "nonsense", "--input", "{}", saying="nonsense")


def locations(images):
    for add in ("location-add", "add-location"):
        image = glance(ALICE, "image-create", "--name", add, *FORMATS).fields["id"]
        token = ALICE if add == "location-add" else ADMIN
        glance(token, add, "--url", source_url, image)
        wait_for(image)
        assert content(image) == DATA
        if add == "location-add":
            metadata = json.dumps({"note": "ä"})
            glance(ALICE, "location-update", "--url", source_url, "--metadata", metadata, image)
            assert image_of(image).locations == [{"url": source_url, "metadata": {"note": "ä"}}], dict(image_of(image))
            refused(ALICE, "location-add", "--url", "file:///etc/passwd", image)
            refused(ALICE, "location-delete", "--url", source_url, image)
            refused(ADMIN, "location-delete", "--url", source_url, image, saying="403")
            glance(ALICE, "location-add", "--url", source_url + "?2", image)
            glance(ADMIN, "location-delete", "--url", source_url + "?2", image)
            assert [one["url"] for one in image_of(image).locations] == [source_url]
        glance(ALICE, "image-delete", image)


def site(images):
    """What is asked about the site, and what this one has not."""
    for model in ("image", "images", "member", "task", "metadefs/namespace", "metadefs/resource_type"):
        rows = glance(ALICE, "explain", model).rows
        assert rows and all(row[0] for row in rows), model
    refused(ALICE, "explain", "nonsense", saying="nonsense")
    assert glance(ALICE, "usage").rows == []
    refused(ALICE, "stores-info", saying="Multi Backend support is not enabled")
    refused(ADMIN, "stores-info", "--detail", saying="Multi Backend support is not enabled")
    refused(
        ADMIN, "stores-delete", "--store", "file", images["filed"], saying="Multi Backend support is not enabled")
    for words in (
            ["cache-list"], ["cache-clear", "--target", "cache"], ["cache-queue", images["filed"]],
            ["cache-delete", images["filed"]], ["cache-clean"], ["cache-prune"],
            ["cache-nodes-list", images["filed"]]):
        said = typed(ADMIN, words)
        # Caching is v2.14 and v2.18, which the client looks for among the versions.
        assert any(text in said.text + said.errors for text in ("404", "not supported", "does not support")), (
            words, said.text, said.errors)


def delete(images):
    refused(BOB, "image-delete", images["filed"], saying="No image with an ID")
    refused(ALICE, "image-delete", images["public"], saying="not permitted to delete")
    # Those after one that can't be deleted go all the same.
    mixed = refused(ALICE, "image-delete", images["public"], images["filed"], images["piped"])
    assert images["public"] in mixed and images["filed"] not in mixed, mixed
    for name in ("filed", "piped"):
        refused(ALICE, "image-show", images[name], saying="404")
    glance(ALICE, "image-update", images["hidden"], "--protected", "False")
    glance(ALICE, "image-delete", *[images[name] for name in MINE if name not in ("filed", "piped")], images["hidden"])
    glance(BOB, "image-delete", images["public"], images["community"])
    assert glance(ADMIN, "image-list", "--visibility", "all").ids == []


made = create()
show(made)
lists(made)
update(made)
tags(made)
download(made)
members(made)
imports(made)
tasks()
locations(made)
site(made)
delete(made)
