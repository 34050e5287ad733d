"""The Python API of glanceclient as old tutorials have it; prints nothing and ends with 0 if all is well.

Arguments: the endpoint, a token, a file with an image's data.
"""
import hashlib
import sys

import glanceclient
from glanceclient import exc

endpoint, token, path = sys.argv[1:]
glance = glanceclient.Client("1", endpoint, token=token)

image = glance.images.create(name="My Test Image", disk_format="raw", container_format="bare")
assert image.status == "queued", image.status
image.update(data=open(path, "rb"))
image = glance.images.get(image.id)
assert image.status == "active", image.status

with open(path, "rb") as source:
    data = source.read()
assert image.size == len(data), image.size
assert image.checksum == hashlib.md5(data).hexdigest(), image.checksum
assert b"".join(image.data()) == data

image.update(properties={"my_custom_property": "value"})
shown = glance.images.get(image.id)
assert shown.properties["my_custom_property"] == "value", shown.properties
assert not shown.is_public and not shown.protected

whole = glance.images.create(
    name="at once", disk_format="qcow2", container_format="bare", data=open(path, "rb"), properties={"a": "1"}
)
assert whole.status == "active" and whole.size == len(data)
assert {found.id for found in glance.images.list()} == {image.id, whole.id}
assert [found.id for found in glance.images.list(filters={"disk_format": "qcow2"})] == [whole.id]
assert len(list(glance.images.list(page_size=1))) == 2

glance.image_members.create(image.id, "friends")
assert [member.member_id for member in glance.image_members.list(image=image.id)] == ["friends"]
glance.image_members.delete(image.id, "friends")
assert list(glance.image_members.list(image=image.id)) == []

try:
    image.update(data=open(path, "rb"))
    raise AssertionError("an active image took new data")
except exc.HTTPConflict:
    pass

image.delete()
whole.delete()
try:
    glance.images.get(image.id)
    raise AssertionError("a deleted image is still there")
except exc.HTTPNotFound:
    pass
assert list(glance.images.list()) == []
