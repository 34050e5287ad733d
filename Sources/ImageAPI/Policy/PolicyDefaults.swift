/// What holds where no policy file says otherwise: the defaults of Glance's last release with v1 (Pike).
///
/// One of them is ours: anybody may publish an image, as in Glance up to Icehouse. On a small site a shared catalogue is
/// what people expect; `"publicize_image": "role:admin"` in a policy file takes it back. Who owns what is no matter of
/// policy: `ImageAccess` holds whatever the rules allow.
enum PolicyDefaults {
    private static let admin = "is_admin:True"
    private static let metadefAdmin = "rule:metadef_admin"

    /// Names that only other rules refer to.
    static let bases: [String: String] = [
        "context_is_admin": admin,
        "default": "",
        "metadef_default": "",
        "metadef_admin": admin,
        "service_api": "role:service or is_admin:True",
    ]

    /// Every rule that Glance asks by its name, of either API version, with its default.
    static let rules: [String: String] = [
        // Images.
        "add_image": "",
        "get_image": "",
        "get_images": "",
        "modify_image": "",
        "delete_image": "",
        "publicize_image": "",
        "communitize_image": "",
        "deactivate": "",
        "reactivate": "",
        // Data.
        "upload_image": "",
        "download_image": "",
        "download_from_store": "",
        "copy_from": "",
        "copy_image": admin,
        // Locations.
        "set_image_location": "",
        "get_image_location": "",
        "delete_image_location": "",
        "add_image_location": "",
        "fetch_image_location": "rule:service_api",
        // Members.
        "add_member": "",
        "get_member": "",
        "get_members": "",
        "modify_member": "",
        "delete_member": "",
        // Tasks.
        "tasks_api_access": admin,
        "add_task": "",
        "get_task": "",
        "get_tasks": "",
        "modify_task": "",
        // Caches and stores.
        "manage_image_cache": admin,
        "cache_image": admin,
        "cache_list": admin,
        "cache_delete": admin,
        "cache_clean": admin,
        "cache_prune": admin,
        "list_cached_nodes": admin,
        "stores_info_detail": "rule:service_api",
        // Metadata definitions; Pike let everybody write them, Glance since Wallaby admins only.
        "get_metadef_namespace": "",
        "get_metadef_namespaces": "",
        "add_metadef_namespace": metadefAdmin,
        "modify_metadef_namespace": metadefAdmin,
        "delete_metadef_namespace": metadefAdmin,
        "get_metadef_object": "",
        "get_metadef_objects": "",
        "add_metadef_object": metadefAdmin,
        "modify_metadef_object": metadefAdmin,
        "delete_metadef_object": metadefAdmin,
        "list_metadef_resource_types": "",
        "get_metadef_resource_type": "",
        "add_metadef_resource_type_association": metadefAdmin,
        "remove_metadef_resource_type_association": metadefAdmin,
        "get_metadef_property": "",
        "get_metadef_properties": "",
        "add_metadef_property": metadefAdmin,
        "modify_metadef_property": metadefAdmin,
        "remove_metadef_property": metadefAdmin,
        "get_metadef_tag": "",
        "get_metadef_tags": "",
        "add_metadef_tag": metadefAdmin,
        "add_metadef_tags": metadefAdmin,
        "modify_metadef_tag": metadefAdmin,
        "delete_metadef_tag": metadefAdmin,
        "delete_metadef_tags": metadefAdmin,
    ]
}
