// swift-tools-version: 6.1
import PackageDescription

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "glimpse",
    products: [
        .executable(name: "glance-api", targets: ["glance-api"]),
        .executable(name: "glance-registry", targets: ["glance-registry"]),
        .executable(name: "glance-manage", targets: ["glance-manage"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Floor 0: C. Headers and shims for what `import Glibc` lacks, and system libraries.
        .target(name: "CLinux"),
        .target(name: "CWALIndex"),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCompression", providers: [.apt(["zlib1g-dev", "liblzma-dev", "libzstd-dev"])]),

        // Floor 1: descriptors, event loops, threads that may block.
        .target(name: "Posix", dependencies: ["CLinux", collections]),

        .target(name: "Credentials", dependencies: ["CCrypto"]),

        // Floor 2: bytes in, values out; no I/O.
        .target(name: "HTTPWire", dependencies: [httpTypes]),
        .target(name: "JSONText"),
        .target(name: "RecentValues"),
        .target(name: "Settings"),
        .target(name: "Decompression", dependencies: ["CCompression"]),

        // Whether anybody has committed to a SQLite database.
        .target(name: "WALIndex", dependencies: ["CWALIndex", "Posix"]),

        // Floor 3: HTTP over sockets.
        .target(name: "HTTPServer", dependencies: ["Posix", "HTTPWire", httpTypes, log]),
        .target(name: "HTTPClient", dependencies: ["Posix", "HTTPWire", httpTypes]),
        .target(name: "OutboundHTTP", dependencies: ["CCurl"]),

        // Floor 4: the image, and what the two daemons say to each other.
        .target(name: "ImageModel", dependencies: ["JSONText", "WALIndex"]),

        // Glance's ways with HTTP: errors, routes, and the words that v1 and the registry share.
        .target(
            name: "GlanceHTTP", dependencies: ["HTTPServer", "HTTPWire", "ImageModel", "JSONText", httpTypes]),

        // Floor 5: what is in an image's bytes; blobs on a filesystem; metadata in SQLite.
        .target(name: "ImageInspection"),
        .target(name: "BlobStore", dependencies: ["CCrypto", "CLinux", "ImageInspection", "Posix", collections]),
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [
                .embedInCode("0001_images.sql"), .embedInCode("0002_sort_name.sql"),
                .embedInCode("0003_task_source_tag.sql"), .embedInCode("0004_pending_delete.sql"),
                .embedInCode("0005_location_metadata.sql"), .embedInCode("0006_metadefs.sql"),
                .embedInCode("0007_staging.sql"), .embedInCode("0008_list_filters.sql"),
                .embedInCode("0009_identity.sql"), .embedInCode("0010_quotas.sql"),
                .embedInCode("0011_store_copies.sql"), .embedInCode("0013_task_leases.sql"),
                .embedInCode("0016_identity_changes.sql"),
                .embedInCode("0017_list_orders.sql"),
            ]),
        .target(
            name: "Registry",
            dependencies: [
                "CSQLite", "GlanceHTTP", "HTTPServer", "HTTPWire", "ImageModel", "JSONText", "Migrations", "Posix",
                "RecentValues", "WALIndex", httpTypes, grdb, sqlite,
            ]),

        // Floor 6: the public API.
        .target(
            name: "ImageAPI",
            dependencies: [
                "BlobStore", "Credentials", "Decompression", "GlanceHTTP", "HTTPClient", "HTTPServer", "HTTPWire",
                "ImageInspection", "ImageModel", "JSONText", "OutboundHTTP", "Posix", "RecentValues", "WALIndex",
                collections, httpTypes, log,
            ]),

        // Floor 7: the daemons.
        .target(
            name: "DaemonSupport",
            dependencies: ["CLinux", "HTTPServer", "ImageModel", "Posix", "Settings", arguments, log]),
        .executableTarget(
            name: "glance-api",
            dependencies: [
                "BlobStore", "Credentials", "DaemonSupport", "HTTPClient", "HTTPServer", "HTTPWire", "ImageAPI",
                "ImageInspection", "JSONText", "OutboundHTTP", "Posix", "Settings", arguments, log,
            ]),
        .executableTarget(
            name: "glance-registry",
            dependencies: [
                "DaemonSupport", "GlanceHTTP", "HTTPServer", "Posix", "Registry", "Settings", arguments, log,
            ]),

        // Beside the daemons, for the operator.
        .executableTarget(
            name: "glance-manage",
            dependencies: [
                "Credentials", "DaemonSupport", "ImageModel", "JSONText", "Posix", "Registry", "Settings", arguments,
            ]),

        // Tests: a target for each room with logic of its own, and journeys through the real daemons.
        .testTarget(name: "PosixTests", dependencies: ["Posix"]),
        .testTarget(name: "CredentialsTests", dependencies: ["Credentials"]),
        .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire", httpTypes]),
        .testTarget(
            name: "HTTPServerTests", dependencies: ["HTTPClient", "HTTPServer", "HTTPWire", "Posix", httpTypes, log]),
        .testTarget(name: "DecompressionTests", dependencies: ["Decompression"]),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText"]),
        .testTarget(name: "RecentValuesTests", dependencies: ["RecentValues"]),
        .testTarget(name: "WALIndexTests", dependencies: ["WALIndex"]),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "glance-manage"], exclude: ["Fixtures"]),
        .testTarget(name: "OutboundHTTPTests", dependencies: ["OutboundHTTP"]),
        .testTarget(name: "ImageModelTests", dependencies: ["ImageModel", "JSONText"]),
        .testTarget(name: "ImageInspectionTests", dependencies: ["ImageInspection"]),
        .testTarget(name: "BlobStoreTests", dependencies: ["BlobStore", "CLinux", "ImageInspection", "Posix"]),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["GlanceHTTP", "HTTPServer", "ImageModel", "JSONText", "Posix", "Registry", log]),
        .testTarget(
            name: "ImageAPITests",
            dependencies: [
                "Credentials", "ImageAPI", "GlanceHTTP", "HTTPServer", "HTTPWire", "ImageModel", "JSONText", "Posix",
            ]),
        .testTarget(
            name: "JourneyTests", dependencies: ["glance-api", "glance-manage", "glance-registry", "JSONText", "Posix"]),
    ]
)

// The settings that every Swift target shares.
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            // SE-0335: an existential is spelled `any`, so that its cost is seen.
            .enableUpcomingFeature("ExistentialAny"),
            // SE-0444: a member is visible only in files that import its module.
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
}
