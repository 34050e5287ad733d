import ImageInspection
import ImageModel
import OutboundHTTP

/// What the API was told by its settings; `glance-api` fills it in.
public struct ImageAPIOptions: Sendable {
    /// Bytes of the largest image that there can be, whatever `image_size_cap` says.
    public static let imageBytesMax = BeginUpload.bytesMax
    /// `image_size_cap`: bytes of the largest image.
    public var imageSizeCap: Int64 = 1_099_511_627_776
    /// `user_storage_quota`: bytes that one owner may store; nil for no limit.
    public var storageQuota: Int64?
    /// What each tenant may have: `[quota]`, or Keystone's unified limits.
    public var limits = TenantLimits()
    /// `enable_v1_api`: whether v1 is listed and served.
    public var servesV1 = true
    /// `enable_v2_api`: whether v2 is listed and served.
    public var servesV2 = true
    /// `image_tag_quota`; nil for no limit.
    public var tagQuota: Int64? = 128
    /// `image_location_quota`; nil for no limit.
    public var locationQuota: Int64? = 10
    /// `show_image_direct_url`: whether v2 shows where an image's data lies.
    public var showsDirectURL = false
    /// `show_multiple_locations`: whether v2 shows all of an image's locations, and lets them be changed.
    public var showsLocations = false
    /// `enabled_import_methods`, in the order in which clients are told of them.
    public var importMethods = ["glance-direct", "web-download", "copy-image"]
    /// `enabled_backends`; nil where there is one store.
    public var stores: StoreCatalogue?
    /// `image_property_quota`; nil for no limit.
    public var propertyQuota: Int64? = 128
    /// `image_member_quota`; nil for no limit.
    public var memberQuota: Int64? = 128
    /// `limit_param_default`: rows of a page when the client does not say.
    public var pageRowsDefault = 25
    /// `api_limit_max`: rows of a page at the most.
    public var pageRowsMax = 1000
    /// `disk_formats`.
    public var diskFormats = ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"]
    /// `[image_format]`: what v2's data are held up to.
    public var formatMatch = FormatMatch()
    /// `container_formats`.
    public var containerFormats = ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]
    /// What is known of custom properties: an operator's `schema-image.json`, or the usual ones.
    public var customProperties = CustomPropertySchemas.usual
    /// `public_endpoint`: base of the links in the versions document; nil: the request's own host.
    public var publicEndpoint: String?
    /// `enable_proxy_headers_parsing`: whether X-Forwarded-* count for links.
    public var parsesProxyHeaders = false
    /// `delayed_delete`.
    public var delaysDelete = false
    /// `max_request_id_length`; 0 for no limit.
    public var requestIDLengthMax = 64
    /// Bytes of a JSON body at the most.
    public var jsonBytesMax = 1_048_576
    /// `allow_anonymous_access`.
    public var allowsAnonymous = false
    /// `admin_role`, in lower case.
    public var adminRole = "admin"
    /// `owner_is_tenant`: whether an image's owner is the caller's project, or else its user.
    public var ownerIsTenant = true
    /// `flavor` of `[paste_deploy]`: which identity strategy.
    public var flavor = ""
    /// The file whose existence makes the health check fail; nil: none.
    public var healthDisableFile: String?
    /// `allowed_origin` of `[cors]`: origins whose pages may call the API from a browser; `*` is any.
    public var corsOrigins: [String] = []
    /// Which addresses, schemes, hosts and ports a copy may come from.
    public var fetchPolicy = FetchPolicy()
    /// What may cost how much, and who does it, of the work behind requests.
    public var tasks = TaskLimits()
    /// Other Glances that images may be taken over from.
    public var remoteGlances: [RemoteGlance] = []
    /// `[glance_download_properties] extra_properties`: what the names of properties begin with that come with them.
    public var remotePropertyPrefixes: [String] = []
    /// Files that may be imported.
    public var fileSources = FileSources()
    /// `image_import_plugins`, and what they are set up with.
    public var importPlugins = ImportPluginOptions()

    /// The other Glance that the operator has named for a region.
    func remoteGlance(of region: String) -> RemoteGlance? {
        remoteGlances.first { $0.region.lowercased() == region.lowercased() }
    }

    /// Whether `image_cache_dir` is set, and with it v2's routes for the cache.
    public var hasCacheFolder = false
    /// `image_cache_driver` is `centralized_db`: whether clients may ask which nodes have an image in their caches.
    public var tellsCacheNodes = false
    /// `worker_self_reference_url`: this node's name among them; nil: the address that was asked.
    public var ownURL: String?

    /// Whether the flavor has `cachemanagement` in it, and with it v1's routes for the cache.
    var managesCache: Bool {
        flavor.lowercased().split(separator: "+").contains("cachemanagement")
    }

    public init() {}
}
