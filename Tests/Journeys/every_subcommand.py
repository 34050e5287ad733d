# -*- coding: utf-8 -*-
"""Every v1 subcommand of the glance command with every option, typed by two tenants and an admin.

It runs under each generation of python-glanceclient, and so under Python 2.7 as well; prints nothing and ends with 0
if all is well. The command is called in this process: starting Python a hundred times would take minutes.

Arguments: the endpoint, a folder to write to, a file with an image's data, the URL where a web server has the same.
The tenants `one` and `two` have no images yet, and the server lets anybody make an image public.
"""
from __future__ import print_function

import hashlib
import io
import os
import re
import sys
import time
import uuid

import glanceclient
import glanceclient.shell

try:
    from glanceclient import exc
except ImportError:
    from glanceclient.common import exceptions as exc

endpoint, folder, data_path, source_url = sys.argv[1:]
with open(data_path, "rb") as data_file:
    DATA = data_file.read()
MD5 = hashlib.md5(DATA).hexdigest()

ALICE, BOB, ADMIN = "alice:one:member", "bob:two:member", "root:control:admin"
# The generation of Python 2 fails on anything but ASCII in a query, before it asks the server.
HAS_UNICODE_QUERIES = sys.version_info[0] != 2
FORMATS = ["--disk-format", "raw", "--container-format", "bare"]


class Terminal(object):
    """Standard input at which nobody types."""

    encoding = "utf-8"

    def isatty(self):
        return True


class Capture(object):
    """Standard output or error of a command, text and bytes alike."""

    encoding = "utf-8"

    def __init__(self):
        self.content = b""
        self.buffer = self

    def write(self, text):
        self.content += text if isinstance(text, bytes) else text.encode("utf-8")

    def flush(self):
        pass

    def isatty(self):
        return False

    @property
    def text(self):
        return self.content.decode("utf-8")


class Result(object):
    def __init__(self, is_good, output, errors):
        self.is_good, self.output, self.errors = is_good, output, errors

    @property
    def rows(self):
        """The rows of the table, without its head."""
        lines = [line for line in self.output.text.split("\n") if line.startswith("|")]
        return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines][1:]

    @property
    def fields(self):
        """A table of two columns."""
        return dict((row[0], row[1]) for row in self.rows)

    @property
    def ids(self):
        return [row[0] for row in self.rows]


def run(token, words, stdin=None):
    """Types a command, and gives back what it says."""
    output, errors = Capture(), Capture()
    saved = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = open(stdin, "rb" if sys.version_info[0] == 2 else "r") if stdin else Terminal()
    sys.stdout, sys.stderr = output, errors
    arguments = ["--os-image-api-version", "1", "--os-image-url", endpoint, "--os-auth-token", token] + words
    is_good = True
    try:
        glanceclient.shell.OpenStackImagesShell().main(arguments)
    except SystemExit as end:
        is_good = end.code in (0, None)
    except Exception as error:
        is_good = False
        errors.write(u"%s" % error)
    finally:
        if stdin:
            sys.stdin.close()
        sys.stdin, sys.stdout, sys.stderr = saved
    return Result(is_good, output, errors)


def glance(token, *words, **more):
    """Types a command that has to succeed."""
    result = run(token, list(words), **more)
    assert result.is_good, (words, result.output.text, result.errors.text)
    return result


def refused(token, *words):
    """Types a command that must not succeed; its text."""
    result = run(token, list(words))
    # A delete that is refused is printed, and ends well.
    assert not result.is_good or result.output.text.strip(), (words, "was not refused")
    return result.output.text + result.errors.text


def python(token):
    """The same client's Python API, for what the tables don't show."""
    return glanceclient.Client("1", endpoint, token=token)


def meant(text):
    """A header's text as the server has sent it: Python 3 reads UTF-8 in headers as Latin-1, whatever the server."""
    return text if sys.version_info[0] == 2 else text.encode("latin-1").decode("utf-8")


def status(image, token=ALICE):
    return python(token).images.get(image).status


def wait_active(image):
    deadline = time.time() + 60
    found = status(image)
    while found != "active":
        assert found in ("queued", "saving") and time.time() < deadline, found
        time.sleep(0.05)
        found = status(image)


def content(image, token=ALICE):
    path = os.path.join(folder, "download")
    glance(token, "image-download", image, "--file", path)
    with open(path, "rb") as file:
        return file.read()


def create():
    """image-create with every option; the ids by name."""
    reserved = str(uuid.uuid4())
    made = glance(
        ALICE, "image-create", "--id", reserved, "--name", u"größer & schöner %41", "--disk-format", "qcow2",
        "--container-format", "ovf", "--min-disk", "2", "--min-ram", "512", "--is-public", "False",
        "--is-protected", "False", "--property", "os_distro=debian", "--property", u"note=Ünïcode = 100% +1",
        "--property", "empty=").fields
    assert made["id"] == reserved and made["status"] == "queued", made
    assert made["name"] == u"größer & schöner %41", made
    assert (made["disk_format"], made["container_format"]) == ("qcow2", "ovf"), made
    assert (made["min_disk"], made["min_ram"], made["size"]) == ("2", "512", "0"), made
    assert made["owner"] == "one" and made["is_public"] == "False", made
    assert made["Property 'os_distro'"] == "debian", made
    assert made["Property 'note'"] == u"Ünïcode = 100% +1", made
    assert "409" in refused(ALICE, "image-create", "--id", reserved)

    filed = glance(
        ALICE, "image-create", "--name", "filed", "--file", data_path, "--checksum", MD5, "--store", "file",
        "--human-readable", "--progress", *FORMATS).fields
    assert filed["status"] == "active" and filed["checksum"] == MD5, filed
    assert re.match(r"[\d.]+ ?[kM]B$", filed["size"]), filed
    assert content(filed["id"]) == DATA

    piped = glance(ALICE, "image-create", "--name", "piped", *FORMATS, **{"stdin": data_path}).fields
    assert piped["status"] == "active" and piped["size"] == str(len(DATA)), piped
    assert content(piped["id"]) == DATA

    copied = glance(
        ALICE, "image-create", "--name", "copied", "--copy-from", source_url, "--size", str(len(DATA)), *FORMATS).fields
    wait_active(copied["id"])
    assert content(copied["id"]) == DATA
    assert python(ALICE).images.get(copied["id"]).checksum == MD5

    located = glance(
        ALICE, "image-create", "--name", "located", "--location", source_url, "--size", str(len(DATA)), *FORMATS).fields
    assert located["status"] == "active" and located["size"] == str(len(DATA)), located
    assert content(located["id"]) == DATA

    public = glance(ADMIN, "image-create", "--name", "public", "--owner", "two", "--is-public", "True", "--file",
                    data_path, *FORMATS).fields
    assert public["owner"] == "two" and public["is_public"] == "True", public
    ownerless = glance(ADMIN, "image-create", "--name", "ownerless", "--owner", "", *FORMATS).fields

    # What is wrong is refused, with the server's reason, and leaves no active image behind.
    assert "md5" not in refused(ALICE, "image-create", "--disk-format", "nonsense").lower()
    bad = run(ALICE, ["image-create", "--file", data_path, "--checksum", "0" * 32] + FORMATS)
    assert not bad.is_good and "did not match" in bad.errors.text, bad.errors.text
    bad = run(ALICE, ["image-create", "--file", data_path, "--store", "nowhere"] + FORMATS)
    assert not bad.is_good and "nowhere" in bad.errors.text, bad.errors.text
    bad = run(ALICE, ["image-create", "--copy-from", "ftp://example.org/image"] + FORMATS)
    assert not bad.is_good and "External source" in bad.errors.text, bad.errors.text
    return {"reserved": reserved, "filed": filed["id"], "piped": piped["id"], "copied": copied["id"],
            "located": located["id"], "public": public["id"], "ownerless": ownerless["id"]}


def show(images):
    by_id = glance(ALICE, "image-show", images["filed"]).fields
    by_name = glance(ALICE, "image-show", "filed").fields
    assert by_id == by_name and by_id["id"] == images["filed"], (by_id, by_name)
    assert by_id["size"] == str(len(DATA)) and by_id["protected"] == "False", by_id
    readable = glance(ALICE, "image-show", "--human-readable", "filed").fields
    assert re.match(r"[\d.]+ ?[kM]B$", readable["size"]), readable
    narrow = glance(ALICE, "image-show", "--max-column-width", "20", "filed").output.text
    assert "filed" in narrow and images["filed"] not in narrow, narrow
    named = u"größer & schöner %41" if HAS_UNICODE_QUERIES else images["reserved"]
    unicode_name = glance(ALICE, "image-show", named).fields
    assert unicode_name["id"] == images["reserved"], unicode_name
    assert meant(unicode_name["name"]) == u"größer & schöner %41", unicode_name
    assert meant(unicode_name[u"Property 'note'"]) == u"Ünïcode = 100% +1", unicode_name
    # What another tenant has is not there.
    assert "No image" in refused(BOB, "image-show", images["filed"])
    assert "No image" in refused(BOB, "image-show", "filed")


def lists(images):
    mine = [images[name] for name in ("reserved", "filed", "piped", "copied", "located")]

    def listed(*options, **more):
        return glance(more.get("token", ALICE), "image-list", *options).ids

    # By default public images are listed with one's own.
    assert images["public"] in listed() and set(mine) <= set(listed()), listed()
    assert listed("--name", "filed") == [images["filed"]]
    if HAS_UNICODE_QUERIES:
        assert listed("--name", u"größer & schöner %41") == [images["reserved"]]
        assert listed("--property-filter", u"note=Ünïcode = 100% +1", "--property-filter", "os_distro=debian") == [
            images["reserved"]]
    assert set(listed("--status", "queued")) == set([images["reserved"]])
    assert listed("--disk-format", "qcow2") == [images["reserved"]]
    assert listed("--container-format", "ovf") == [images["reserved"]]
    assert images["reserved"] not in listed("--size-min", "1") and images["filed"] in listed("--size-min", "1")
    # The one that the wrong checksum has left is killed.
    assert set(listed("--size-max", "0")) & set(mine) == set([images["reserved"]])
    assert listed("--size-min", str(len(DATA) + 1)) == []
    assert listed("--property-filter", "os_distro=debian") == [images["reserved"]]
    assert listed("--property-filter", "os_distro=suse") == []
    for size in ("1", "2", "100"):
        assert sorted(listed("--page-size", size)) == sorted(listed()), size
    # Which of the two an admin wants to see; others see all of theirs, whatever they ask for.
    assert listed("--is-public", "True", token=ADMIN) == [images["public"]]
    others = listed("--is-public", "False", token=ADMIN)
    assert set(mine) <= set(others) and images["public"] not in others, others
    for wanted in ("True", "False"):
        assert sorted(listed("--is-public", wanted)) == sorted(listed()), wanted

    readable = glance(ALICE, "image-list", "--name", "filed", "--human-readable").rows
    assert len(readable) == 1 and re.match(r"[\d.]+ ?[kM]B$", readable[0][4]), readable

    known = dict((image.id, image) for image in python(ALICE).images.list())
    for key in ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"):
        for direction in ("asc", "desc"):
            ids = listed("--sort-key", key, "--sort-dir", direction, "--page-size", "2")
            assert sorted(ids) == sorted(known), (key, direction)
            values = [getattr(known[image], key, None) or "" for image in ids]
            if key == "size":
                values = [value or 0 for value in values]
            assert values == sorted(values, reverse=direction == "desc"), (key, direction, values)

    # An admin's.
    everything = listed("--all-tenants", token=ADMIN)
    assert set(images.values()) <= set(everything), everything
    assert set(listed("--owner", "one", token=ADMIN)) >= set(mine)
    assert listed("--owner", "two", token=ADMIN) == [images["public"]]
    assert listed("--owner", "", token=ADMIN) == [images["ownerless"]]
    assert listed("--owner", "nobody", token=ADMIN) == []

    # What has changed, the deleted with it.
    gone = glance(ALICE, "image-create", "--name", "gone", *FORMATS).fields["id"]
    glance(ALICE, "image-delete", gone)
    if "--changes-since" in glance(ALICE, "help", "image-list").output.text:
        changed = listed("--changes-since", "2014-01-01T00:00:00")
        assert gone in changed and set(mine) <= set(changed), changed
        assert listed("--changes-since", "2999-01-01T00:00:00") == []
    assert gone not in listed()


def update(images):
    image = images["reserved"]

    def changed(*options, **more):
        return glance(more.get("token", ALICE), "image-update", image, *options).fields

    assert changed("--name", "renamed")["name"] == "renamed"
    both = changed("--disk-format", "vhd", "--container-format", "bare", "--min-disk", "3", "--min-ram", "1024")
    assert (both["disk_format"], both["container_format"]) == ("vhd", "bare"), both
    assert (both["min_disk"], both["min_ram"]) == ("3", "1024"), both
    # Properties stay unless they are purged.
    more = changed("--property", "arch=x86_64")
    assert more["Property 'arch'"] == "x86_64" and more["Property 'os_distro'"] == "debian", more
    assert changed("--property", "arch=arm64")["Property 'arch'"] == "arm64"
    purged = changed("--purge-props", "--property", u"größe=ä")
    assert [key for key in purged if key.startswith("Property")] == [u"Property 'größe'"], purged
    assert purged[u"Property 'größe'"] == u"ä", purged
    assert not [key for key in changed("--purge-props") if key.startswith("Property")]
    assert changed("--is-public", "False")["is_public"] == "False"
    assert changed("--is-public", "True", token=ADMIN)["is_public"] == "True"
    assert image in glance(BOB, "image-list").ids
    assert changed("--is-public", "False")["is_public"] == "False"
    assert image not in glance(BOB, "image-list").ids
    # An owner is an admin's to change.
    assert changed("--owner", "two")["owner"] == "one"
    assert changed("--owner", "two", token=ADMIN)["owner"] == "two"
    assert changed("--owner", "one", token=ADMIN)["owner"] == "one"
    assert changed("--is-protected", "True")["protected"] == "True"
    assert "protected" in refused(ALICE, "image-delete", image)
    assert changed("--is-protected", "False")["protected"] == "False"
    # Data for what was reserved, and for nothing else.
    assert changed("--size", str(len(DATA)))["size"] == str(len(DATA))
    filled = changed("--file", data_path, "--checksum", MD5, "--human-readable", "--progress")
    assert filled["status"] == "active" and filled["checksum"] == MD5, filled
    assert content(image) == DATA
    assert "active" in refused(ALICE, "image-update", image, "--file", data_path)
    assert "403" in refused(ALICE, "image-update", image, "--checksum", "0" * 32)
    assert "403" in refused(ALICE, "image-update", image, "--size", "1")
    assert content(image) == DATA
    copied = glance(ALICE, "image-create", "--name", "copied later", *FORMATS).fields["id"]
    glance(ALICE, "image-update", copied, "--copy-from", source_url)
    wait_active(copied)
    assert content(copied) == DATA
    located = glance(ALICE, "image-create", "--name", "located later", *FORMATS).fields["id"]
    glance(ALICE, "image-update", located, "--location", source_url, "--size", str(len(DATA)))
    assert status(located) == "active" and content(located) == DATA
    # What is not one's own is not there; what is public is there, and can't be changed.
    assert "No image" in refused(BOB, "image-update", images["filed"], "--name", "stolen")
    assert "403" in refused(ALICE, "image-update", images["public"], "--name", "stolen")
    images["copied later"], images["located later"] = copied, located


def download(images):
    for words in (["filed"], ["--progress", images["filed"]]):
        path = os.path.join(folder, "out")
        glance(ALICE, "image-download", "--file", path, *words)
        with open(path, "rb") as file:
            assert file.read() == DATA
    assert glance(ALICE, "image-download", "filed").output.content == DATA
    assert glance(BOB, "image-download", "public").output.content == DATA
    refused(BOB, "image-download", images["filed"])


def members(images):
    image = images["filed"]

    def memberships(token, *options):
        # A False is an empty cell in some generations.
        return [row[:2] + [row[2] == "True"] for row in glance(token, "member-list", *options).rows]

    glance(ALICE, "member-create", image, "two")
    assert memberships(ALICE, "--image-id", image) == [[image, "two", False]]
    # The other tenant has it now, and may pass it on only when it is told so.
    assert glance(BOB, "image-show", image).fields["name"] == "filed"
    assert content(image, BOB) == DATA
    assert memberships(BOB, "--tenant-id", "two") == [[image, "two", False]]
    refused(BOB, "member-create", image, "three")
    glance(ALICE, "member-create", "--can-share", image, "two")
    assert memberships(ALICE, "--tenant-id", "two") == [[image, "two", True]]
    glance(BOB, "member-create", "filed", "three")
    assert sorted(row[1] for row in memberships(ALICE, "--image-id", image)) == ["three", "two"]
    assert "403" in refused(BOB, "image-update", image, "--name", "stolen") or "404" in refused(
        BOB, "image-update", image, "--name", "stolen")
    glance(ALICE, "member-delete", image, "three")
    glance(ALICE, "member-delete", "filed", "two")
    assert memberships(ALICE, "--image-id", image) == []
    assert "No image" in refused(BOB, "image-show", image)
    refused(ALICE, "member-delete", image, "two")


def delete(images):
    refused(BOB, "image-delete", images["filed"])
    assert "403" in refused(ALICE, "image-delete", images["public"])
    glance(ALICE, "image-delete", images["filed"], "piped", images["copied"])
    for name in ("filed", "piped", "copied"):
        try:
            python(ALICE).images.get(images[name])
            raise AssertionError("%s is still there" % name)
        except exc.HTTPNotFound:
            pass
    glance(BOB, "image-delete", images["public"])
    glance(ADMIN, "image-delete", images["ownerless"])
    for image in python(ALICE).images.list():
        glance(ALICE, "image-delete", image.id)
    assert glance(ALICE, "image-list").ids == []
    assert glance(ADMIN, "image-list", "--all-tenants").ids == []


made = create()
show(made)
lists(made)
update(made)
download(made)
members(made)
delete(made)
