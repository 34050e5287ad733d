/// What holds where no policy file says otherwise: for v1 the defaults of the last Glance that had it (Pike), for v2
/// those of today's. A rule in a policy file counts for both.
///
/// The two differ in the roles that they ask for. v1's users had whatever roles their site had thought of; so there a
/// caller is refused only if `reader` is the most that it has, or v1 would be the way around v2's rules. Who owns what
/// is no matter of policy: `ImageAccess` holds whatever the rules allow.
enum PolicyDefaults {
    private static let admin = "is_admin:True"
    private static let writer = "rule:no_mere_reader"
    private static let metadefAdmin = "rule:metadef_admin"

    /// Names that only other rules refer to.
    static let bases: [String: String] = [
        // A member can do what a reader can, whether or not the identity service spells it out.
        // Who comes without an identity reads what is public, where the site lets it in at all.
        "any_reader": "role:reader or role:member or is_admin:True or read_only:True",
        "any_member": "role:member or is_admin:True",
        "no_mere_reader": "not role:reader or role:member or is_admin:True",
        "context_is_admin": admin,
        "default": "",
        "metadef_default": "",
        "metadef_admin": admin,
        "service_api": "role:service or is_admin:True",
    ]

    /// Every rule that Glance asks by its name, of either API version, with its default.
    static let rules: [String: String] = [
        // Images.
        "add_image": writer,
        "get_image": "",
        "get_images": "",
        "modify_image": writer,
        "delete_image": writer,
        "publicize_image": admin,
        "communitize_image": writer,
        "deactivate": writer,
        "reactivate": writer,
        // Data.
        "upload_image": writer,
        "download_image": writer,
        "download_from_store": "",
        "copy_from": writer,
        "copy_image": admin,
        // Ours: a file of `file_source_dirs`.
        "import_from_file": admin,
        // Locations.
        "set_image_location": writer,
        "get_image_location": "",
        "delete_image_location": admin,
        "add_image_location": writer,
        "fetch_image_location": "rule:service_api",
        // Members.
        "add_member": writer,
        "get_member": "",
        "get_members": "",
        "modify_member": writer,
        "delete_member": writer,
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

    /// Where v2's default is not v1's.
    static let rulesOfV2: [String: String] = {
        var rules: [String: String] = [:]
        for (name, text) in Self.rules where text == writer { rules[name] = "rule:any_member" }
        for name in [
            "get_image", "get_images", "get_members", "get_member", "get_image_location", "get_metadef_namespace",
            "get_metadef_namespaces", "get_metadef_object", "get_metadef_objects", "list_metadef_resource_types",
            "get_metadef_resource_type", "get_metadef_property", "get_metadef_properties", "get_metadef_tag",
            "get_metadef_tags",
        ] {
            rules[name] = "rule:any_reader"
        }
        // A service acts for its users here (Glance since 2024.1).
        rules["add_image_location"] = "rule:any_member or rule:service_api"
        return rules
    }()
}
