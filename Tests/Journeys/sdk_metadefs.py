"""The catalogue of metadata definitions through openstacksdk: sdk_metadefs.py ENDPOINT TOKEN"""

import sys

import openstack

endpoint, token = sys.argv[1:3]
cloud = openstack.connection.Connection(auth_type="admin_token", auth={"endpoint": endpoint, "token": token})
image = cloud.image

space = image.create_metadef_namespace(namespace="SDK::Space", display_name="Space", visibility="public")
assert space.namespace == "SDK::Space" and space.owner, space
assert not space.is_protected
assert [found.namespace for found in image.metadef_namespaces()] == ["SDK::Space"]
assert image.get_metadef_namespace("SDK::Space").display_name == "Space"
# What the SDK does not send is reset, as in Glance.
space = image.update_metadef_namespace(space, description="new")
assert space.description == "new" and space.visibility == "private", space

thing = image.create_metadef_object("SDK::Space", name="thing", description="d", properties={
    "size": {"title": "Size", "type": "integer", "default": 3}})
assert thing.properties["size"]["default"] == "3", thing
assert [found.name for found in image.metadef_objects("SDK::Space")] == ["thing"]
thing = image.update_metadef_object("thing", namespace="SDK::Space", name="other")
assert image.get_metadef_object("other", "SDK::Space").name == "other"
image.delete_metadef_object("other", "SDK::Space")

size = image.create_metadef_property("SDK::Space", name="size", title="Size", type="integer")
assert [found.name for found in image.metadef_properties("SDK::Space")] == ["size"]
size = image.update_metadef_property("size", "SDK::Space", name="width", title="Width", type="integer")
assert image.get_metadef_property("width", "SDK::Space").title == "Width"
image.delete_metadef_property("width", "SDK::Space")

image.create_metadef_resource_type_association("SDK::Space", name="OS::Nova::Flavor", prefix="f:")
found = list(image.metadef_resource_type_associations("SDK::Space"))
assert [(one.name, one.prefix) for one in found] == [("OS::Nova::Flavor", "f:")], found
assert [one.name for one in image.metadef_resource_types()] == ["OS::Nova::Flavor"]
image.delete_metadef_resource_type_association("OS::Nova::Flavor", "SDK::Space")

for schema in (
    image.get_images_schema(), image.get_image_schema(), image.get_members_schema(), image.get_member_schema(),
    image.get_tasks_schema(), image.get_task_schema(), image.get_metadef_namespace_schema(),
    image.get_metadef_namespaces_schema(), image.get_metadef_resource_type_schema(),
    image.get_metadef_resource_types_schema(), image.get_metadef_object_schema(), image.get_metadef_objects_schema(),
    image.get_metadef_property_schema(), image.get_metadef_properties_schema(), image.get_metadef_tag_schema(),
    image.get_metadef_tags_schema(),
):
    assert schema.name and schema.properties, schema

image.delete_metadef_namespace("SDK::Space")
assert list(image.metadef_namespaces()) == []
