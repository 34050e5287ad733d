import ArgumentParser
import HTTPServer
import HTTPWire
import ImageAPI
import ImageInspection
import ImageModel
import OutboundHTTP
import Settings

extension ImageAPIOptions {
    /// The settings in the API's words.
    init(_ settings: APISettings) throws {
        self.init()
        imageSizeCap = min(settings.quota.imageBytesMax, Self.imageBytesMax)
        storageQuota = settings.quota.ownerBytesMax
        limits = TenantLimits(configured: TenantQuotas(settings.quota))
        servesV1 = settings.server.isV1Enabled
        servesV2 = settings.server.isV2Enabled
        tagQuota = settings.quota.tagsMax.map(Int64.init)
        locationQuota = settings.quota.locationsMax.map(Int64.init)
        showsDirectURL = settings.images.isDirectURLShown
        showsLocations = settings.images.areLocationsShown
        propertyQuota = settings.quota.propertiesMax.map(Int64.init)
        memberQuota = settings.quota.membersMax.map(Int64.init)
        tagQuota = settings.quota.tagsMax.map(Int64.init)
        locationQuota = settings.quota.locationsMax.map(Int64.init)
        showsDirectURL = settings.images.isDirectURLShown
        showsLocations = settings.images.areLocationsShown
        stores = StoreCatalogue(settings.stores)
        importMethods = settings.imageImport.methods
        hasCacheFolder = settings.cache.folder != nil
        tellsCacheNodes = settings.cache.driver == "centralized_db"
        ownURL = settings.cache.ownURL
        pageRowsDefault = settings.images.pageSizeDefault
        pageRowsMax = settings.images.pageSizeMax
        diskFormats = settings.imageFormat.diskFormats
        containerFormats = settings.imageFormat.containerFormats
        formatMatch = FormatMatch(
            requiresMatch: settings.imageFormat.isMatchRequired,
            gptChecksNonfatal: Set(settings.imageFormat.gptChecksNonfatal))
        publicEndpoint = settings.server.publicEndpoint
        parsesProxyHeaders = settings.osloMiddleware.areProxyHeadersParsed
        delaysDelete = settings.images.isDeleteDelayed
        requestIDLengthMax = settings.server.requestIDBytesMax ?? 0
        jsonBytesMax = Int(settings.server.requestJSONBytesMax)
        allowsAnonymous = settings.access.isAnonymousAllowed
        adminRole = settings.access.adminRole.lowercased()
        ownerIsTenant = settings.access.isOwnerTenant
        flavor = settings.pasteDeploy.flavor
        healthDisableFile = settings.healthcheck.disableByFilePath
        corsOrigins = settings.cors.allowedOrigins
        fetchPolicy = FetchPolicy(settings.importFiltering)
        tasks.copiesMax = settings.imageImport.parallelCopiesMax
        tasks.copiesPerTenantMax = settings.imageImport.parallelCopiesPerTenantMax
        tasks.retriesMax = settings.imageImport.retriesMax
        tasks.bytesPerSecondMin = settings.imageImport.bytesPerSecondMin
        tasks.leaseSeconds = Int64(settings.imageImport.leaseSeconds)
        remoteGlances = settings.glanceDownload.remotes.map { RemoteGlance($0) }
        remotePropertyPrefixes = settings.glanceDownload.propertyPrefixes
        let stores = [settings.glanceStore.filesystemStoreDatadir] + settings.stores.sections.map(\.folder)
        fileSources = try FileSources(settings.imageImport.fileFolders, besides: stores.filter { !$0.isEmpty })
        importPlugins = ImportPluginOptions(settings.importPlugins)
        try importPlugins.check()
    }
}

extension ImportPluginOptions {
    /// `image_import_plugins`, `[image_conversion]` and `[inject_metadata_properties]`.
    init(_ settings: APISettings.ImportPlugins) {
        self.init()
        names = settings.names
        conversion.outputFormat = settings.outputFormat
        conversion.program = settings.qemuImg
        conversion.secondsMax = settings.conversionSecondsMax
        conversion.memoryBytesMax = settings.conversionMemoryBytesMax
        injectedProperties = settings.injectedProperties
        ignoredRoles = Set(settings.ignoredRoles.map { $0.lowercased() })
    }
}

extension TenantQuotas {
    /// `[quota]`.
    init(_ settings: APISettings.Quota) {
        self.init()
        self[.imageCountTotal] = Int64(settings.imagesMax)
        self[.imageSizeTotal] = Int64(settings.storedMebibytesMax)
        self[.imageStageTotal] = Int64(settings.stagedMebibytesMax)
        self[.imageCountUploading] = Int64(settings.uploadsMax)
    }
}

extension StoreCatalogue {
    /// `enabled_backends`; nil where it names none.
    init?(_ settings: APISettings.Stores) {
        guard let defaultID = settings.defaultName, !settings.sections.isEmpty else { return nil }
        self.init(
            entries: settings.sections.map { section in
                Entry(
                    id: section.name.id, folder: section.name.type == "file" ? section.folder : nil,
                    text: section.text, weight: section.weight, isReadOnly: section.isReadOnly)
            }, defaultID: defaultID)
    }
}

extension FetchPolicy {
    /// `[import_filtering_opts]`.
    init(_ settings: APISettings.ImportFiltering) {
        self.init(
            allowedSchemes: settings.allowedSchemes, disallowedSchemes: settings.disallowedSchemes,
            allowedHosts: settings.allowedHosts, disallowedHosts: settings.disallowedHosts,
            allowedPorts: settings.allowedPorts, disallowedPorts: settings.disallowedPorts,
            // The settings have checked each text; one that still is no rule allows nothing.
            allowedNetworks: settings.allowedNetworks.compactMap(NetworkRule.init))
    }
}

extension FetchLimits {
    /// `[image_import_opts]`, and `image_size_cap`.
    init(_ settings: APISettings) {
        self.init(
            redirectsMax: settings.imageImport.redirectsMax, bytesMax: settings.quota.imageBytesMax,
            connectSeconds: settings.imageImport.connectSeconds, stallSeconds: settings.imageImport.stallSeconds,
            bytesPerSecondMin: settings.imageImport.bytesPerSecondMin)
    }
}

extension FetchProxies {
    /// `[image_import_opts]`.
    init(_ settings: APISettings.ImageImport) throws {
        func server(_ option: String, _ url: Secret?) throws -> ProxyServer? {
            guard let url else { return nil }
            guard let server = ProxyServer(url.exposed) else {
                throw ValidationError("[image_import_opts] \(option) is no URL of a proxy")
            }
            return server
        }
        self.init(
            http: try server("http_proxy", settings.httpProxy), https: try server("https_proxy", settings.httpsProxy),
            exceptions: settings.noProxy)
    }
}

extension RemoteGlance {
    /// `[remote_glance:REGION]`.
    init(_ settings: APISettings.Remote) {
        self.init(
            region: settings.region, endpoint: settings.endpoint ?? "", getsCallersToken: settings.getsCallersToken,
            caFile: settings.caFile)
        if let user = settings.username, let password = settings.password {
            login = Login(user: user, password: password.exposed)
        }
    }
}

extension HTTPServerOptions {
    /// `[DEFAULT]`'s bounds of a connection.
    init(_ settings: APISettings) {
        self.init()
        limits.headerLineBytesMax = settings.server.headerLineBytesMax ?? limits.headerBytesMax
        idleSeconds = settings.server.clientIdleSeconds.map(Double.init) ?? 1e9
        stallSeconds = min(stallSeconds, idleSeconds)
        keepsAlive = settings.server.isKeepAlive
    }
}

extension KeystoneOptions {
    /// `[keystone_authtoken]`.
    init(_ settings: APISettings.Keystone) {
        self.init()
        authURL = settings.authURL ?? ""
        publicURL = settings.publicURL
        username = settings.username ?? ""
        password = settings.password?.exposed ?? ""
        userDomainID = settings.userDomainID
        userDomainName = settings.userDomainName
        projectName = settings.projectName ?? ""
        projectDomainID = settings.projectDomainID
        projectDomainName = settings.projectDomainName
        cacheSeconds = max(0, settings.cacheSeconds)
        serviceRoles = settings.serviceRoles
        call.caFile = settings.caFile
        call.isInsecure = settings.isInsecure
        call.totalSeconds = settings.answerSeconds
        call.connectSeconds = min(call.connectSeconds, settings.answerSeconds)
    }

    /// The login of `[oslo_limit]`.
    init(_ settings: APISettings.Limits) {
        self.init()
        authURL = settings.authURL ?? ""
        username = settings.username ?? ""
        password = settings.password?.exposed ?? ""
        userDomainID = settings.userDomainID
        userDomainName = settings.userDomainName
        projectName = settings.projectName ?? ""
        projectDomainID = settings.projectDomainID
        projectDomainName = settings.projectDomainName
        systemScope = settings.systemScope != nil
        call.caFile = settings.caFile
        call.isInsecure = settings.isInsecure
        call.totalSeconds = settings.answerSeconds
        call.connectSeconds = min(call.connectSeconds, settings.answerSeconds)
    }
}

extension KeystoneLimits.Endpoint {
    /// `[oslo_limit]`.
    init(_ settings: APISettings.Limits) {
        if let id = settings.endpointID {
            self = .id(id)
        } else {
            self = .found(
                serviceName: settings.serviceName, serviceType: settings.serviceType, region: settings.regionName,
                interface: settings.interface)
        }
    }
}
