"""openstacksdk's image proxy, every call of it that this site has: sdk_images.py ENDPOINT FOLDER DATA-FILE SOURCE-URL

Prints nothing and ends with 0 if all is well. There are no images yet; metadata definitions are sdk_metadefs.py's.
"""

import hashlib
import os
import sys
import time

import openstack
from openstack import exceptions

endpoint, folder, data_path, source_url = sys.argv[1:]
with open(data_path, "rb") as data_file:
    DATA = data_file.read()
MD5, SHA256 = hashlib.md5(DATA).hexdigest(), hashlib.sha256(DATA).hexdigest()
SHA512 = hashlib.sha512(DATA).hexdigest()
FORMATS = {"disk_format": "raw", "container_format": "bare"}


def connection(token):
    return openstack.connection.Connection(
        auth_type="admin_token", auth={"endpoint": endpoint + "/v2", "token": token})


def refused(kind, call, *arguments, **more):
    try:
        answer = call(*arguments, **more)
    except kind:
        return
    raise AssertionError("%s was not refused: %r" % (call.__name__, answer))


clouds = {name: connection(token) for name, token in (
    ("alice", "alice:one:member"), ("bob", "bob:two:member"), ("admin", "root:control:admin"))}
alice, bob, admin = (clouds[name].image for name in ("alice", "bob", "admin"))


def expect_filled(image):
    image = alice.wait_for_status(alice.get_image(image), "active", failures=["killed"], interval=0.1, wait=60)
    assert image.size == len(DATA) and image.checksum == MD5, image
    assert image.hash_algo == "sha512" and image.hash_value == SHA512, image
    assert alice.download_image(image).content == DATA
    return image


def uploads():
    """Each way in which data get there."""
    filed = alice.create_image(
        "filed", filename=data_path, validate_checksum=True, wait=True, tags=["a", "ä"], min_disk=1, min_ram=2,
        visibility="private", is_protected=False, meta={"note": "ü", "count": "3"}, allow_duplicates=True, **FORMATS)
    expect_filled(filed)
    filed = alice.get_image(filed.id)
    assert filed.properties["owner_specified.openstack.md5"] == MD5, filed
    assert filed.properties["owner_specified.openstack.sha256"] == SHA256, filed
    assert filed.properties["note"] == "ü" and sorted(filed.tags) == ["a", "ä"], filed
    assert (filed.min_disk, filed.min_ram, filed.visibility, filed.owner) == (1, 2, "private", "one"), filed
    # The same data again are found by their checksum, and not sent.
    again = alice.create_image("filed", filename=data_path, validate_checksum=True, **FORMATS)
    assert again.id == filed.id, again

    inline = alice.create_image("inline", data=DATA, wait=True, **FORMATS)
    expect_filled(inline)
    with open(data_path, "rb") as file:
        opened = alice.create_image("opened", data=file, validate_checksum=False, wait=True, **FORMATS)
    expect_filled(opened)
    named = alice.create_image("large name " + "x" * 200, filename=data_path, **FORMATS)
    expect_filled(named)
    imported = alice.create_image("imported", filename=data_path, use_import=True, wait=True, timeout=60, **FORMATS)
    expect_filled(imported)
    web = alice.create_image(
        "web", use_import=True, import_method="web-download", uri=source_url, wait=True, timeout=60, **FORMATS)
    expect_filled(web)
    uploaded = alice.upload_image(name="uploaded", data=DATA, **FORMATS)
    expect_filled(uploaded)

    staged = alice.create_image("staged", **FORMATS)
    assert staged.status == "queued", staged
    alice.stage_image(staged, filename=data_path)
    assert alice.get_image(staged).status == "uploading"
    alice.import_image(staged)
    expect_filled(staged)
    fetched = alice.create_image("fetched", **FORMATS)
    alice.import_image(fetched, method="web-download", uri=source_url)
    expect_filled(fetched)
    assert [task.status for task in alice.image_tasks(fetched)] == ["success"]
    located = alice.create_image("located", **FORMATS)
    admin.add_image_location(located, url=source_url)
    expect_filled(located)
    assert [location["url"] for location in admin.image_locations(located)] == [source_url]
    return [filed, inline, opened, named, imported, web, uploaded, staged, fetched, located]


def downloads(images):
    path = os.path.join(folder, "sdk-download")
    image = images[0]
    alice.download_image(image, output=path)
    with open(path, "rb") as file:
        assert file.read() == DATA
    alice.download_image(image, output=path, stream=True, chunk_size=1000)
    with open(path, "rb") as file:
        assert file.read() == DATA
    stream = alice.download_image(image, stream=True)
    assert b"".join(stream.iter_content(chunk_size=4096)) == DATA
    clouds["alice"].download_image("filed", output_path=path)


def finds(images):
    image = images[0]
    assert alice.find_image("filed").id == alice.find_image(image.id).id == image.id
    assert alice.find_image("nowhere") is None
    refused(exceptions.NotFoundException, bob.get_image, image.id)
    assert bob.find_image(image.id) is None
    assert sorted(found.id for found in alice.images()) == sorted(found.id for found in images)
    assert sorted(found.id for found in alice.images(limit=2)) == sorted(found.id for found in images)
    assert [found.id for found in alice.images(name="filed")] == [image.id]
    assert [found.id for found in alice.images(visibility="private")] == [image.id]
    assert [found.id for found in alice.images(tag="ä")] == [image.id]
    assert len(list(alice.images(status="active", size_min=1, disk_format="raw"))) == len(images)
    assert list(alice.images(is_hidden=True)) == [] and list(alice.images(is_protected=True)) == []
    ordered = [found.name for found in alice.images(sort="name:asc")]
    assert ordered == sorted(ordered), ordered
    refused(exceptions.BadRequestException, lambda: list(alice.images(sort="nonsense")))


def changes(images):
    image = alice.get_image(images[0].id)
    changed = alice.update_image(image, name="renamed", min_disk=5, os_distro="debian", is_hidden=True)
    assert (changed.name, changed.min_disk, changed.os_distro, changed.is_hidden) == ("renamed", 5, "debian", True)
    again = alice.get_image(image.id)
    assert again.properties["note"] == "ü" and again.os_distro == "debian", again
    alice.update_image(again, is_hidden=False, is_protected=True)
    refused(exceptions.ForbiddenException, alice.delete_image, image.id)
    alice.update_image(alice.get_image(image.id), is_protected=False)
    alice.update_image_properties(alice.get_image(image.id), flavour="sweet")
    assert alice.get_image(image.id).properties["flavour"] == "sweet"
    refused(exceptions.ForbiddenException, alice.update_image, alice.get_image(image.id), visibility="public")
    admin.update_image(admin.get_image(image.id), visibility="public")
    assert bob.get_image(image.id).visibility == "public"
    refused(exceptions.ForbiddenException, bob.update_image, bob.get_image(image.id), name="stolen")
    alice.update_image(alice.get_image(image.id), visibility="shared")

    alice.add_tag(image, "größe")
    assert "größe" in alice.get_image(image.id).tags
    alice.remove_tag(image, "größe")
    assert "größe" not in alice.get_image(image.id).tags
    alice.deactivate_image(image)
    assert alice.get_image(image.id).status == "deactivated"
    alice.reactivate_image(image)
    expect_filled(image.id)


def members(images):
    image = images[0]
    made = alice.add_member(image, member_id="two")
    assert (made.member_id, made.status, made.image_id) == ("two", "pending", image.id), made
    assert alice.find_member("two", image).member_id == "two" and alice.find_member("three", image) is None
    assert alice.get_member("two", image).status == "pending"
    assert bob.get_image(image.id).id == image.id and list(bob.images()) == []
    assert [found.id for found in bob.images(member_status="pending", visibility="shared")] == [image.id]
    assert bob.update_member("two", image, status="accepted").status == "accepted"
    assert [found.id for found in bob.images()] == [image.id]
    refused(exceptions.ForbiddenException, alice.update_member, "two", image, status="rejected")
    assert [member.member_id for member in alice.members(image)] == ["two"]
    alice.remove_member("two", image)
    assert list(alice.members(image)) == [] and bob.find_image(image.id) is None


def site(images):
    assert {"glance-direct", "web-download"} <= set(alice.get_import_info().import_methods["value"])
    refused(exceptions.NotFoundException, lambda: list(alice.stores()))
    refused(exceptions.NotFoundException, lambda: list(admin.stores(details=True)))
    refused(exceptions.NotFoundException, admin.get_image_cache)
    task = admin.create_task(type="import", input={
        "import_from": source_url, "import_from_format": "raw",
        "image_properties": dict(FORMATS, name="by task")})
    task = admin.wait_for_task(task, interval=0.1, wait=60)
    assert task.status == "success", task
    assert admin.get_task(task.id).result["image_id"] == admin.find_image("by task").id
    assert task.id in [found.id for found in admin.tasks()]
    refused(exceptions.ForbiddenException, lambda: list(alice.tasks()))
    admin.delete_image(admin.find_image("by task"))


def deletes(images):
    refused(exceptions.NotFoundException, bob.delete_image, images[0].id, ignore_missing=False)
    for image in images:
        alice.delete_image(image.id, ignore_missing=False)
        alice.delete_image(image.id)
    alice.wait_for_delete(images[0], interval=0.1, wait=10)
    assert list(admin.images()) == []


made = uploads()
downloads(made)
finds(made)
changes(made)
members(made)
site(made)
deletes(made)
