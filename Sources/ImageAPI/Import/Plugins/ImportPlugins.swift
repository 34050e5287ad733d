import BlobStore
import ImageInspection
import ImageModel

/// `[image_import_opts] image_import_plugins`, and what the plugins are set up with.
public struct ImportPluginOptions: Sendable {
    /// In the order in which they work; unknown ones have been refused at the start.
    public var names: [String] = []
    public var conversion = ConversionOptions()
    /// Properties that imported images get.
    public var injectedProperties: [String: String] = [:]
    /// In lower case: who has one of them imports images without those properties.
    public var ignoredRoles: Set<String> = ["admin"]

    public init() {}
}

/// The plugins that take part in every import.
public struct ImportPlugins: Sendable {
    private let plugins: [any ImportPlugin]

    public init(_ options: ImportPluginOptions, gptChecksNonfatal: Set<String>) {
        plugins = options.names.compactMap { name in
            switch name {
            case "image_decompression": DecompressionPlugin()
            case "image_conversion":
                ConversionPlugin(options.conversion, gptChecksNonfatal: gptChecksNonfatal)
            // `no_op`; and `inject_image_metadata` is done where the import begins.
            default: nil
            }
        }
    }

    /// Whether nothing is ever done with the data.
    var isEmpty: Bool { plugins.isEmpty }

    /// Lets each plugin do its part, in order.
    func run(_ data: ImportData, in workshop: ImportWorkshop) async throws -> ImportData {
        var data = data
        for plugin in plugins {
            guard let next = try await plugin.apply(to: data, in: workshop) else { continue }
            // The data before lose their last owner, and with it their place on disk; those as they came are the
            // caller's.
            await data.result?.discard()
            data = next
        }
        return data
    }
}

/// Properties are to be injected that images can't have.
public struct InjectionError: Error, Equatable, CustomStringConvertible {
    let name: String

    public var description: String {
        "[inject_metadata_properties] inject: \(name) is a field of images, not a property"
    }
}

extension ImportPluginOptions {
    /// - Throws: `InjectionError`; the daemon must not start then.
    public func check() throws(InjectionError) {
        for name in injectedProperties.keys.sorted() where !ImageFields.canBeProperty(name) {
            throw InjectionError(name: name)
        }
    }

    /// Why imports will fail on this machine as it is; nil where nothing is missing.
    public var problem: String? {
        names.contains("image_conversion") ? QemuImg(conversion).problem : nil
    }

    /// What is injected into an image that a caller with these roles imports (Glance's `inject_image_metadata`).
    func properties(forRoles roles: [String]) -> [ImageProperty] {
        guard names.contains("inject_image_metadata"),
            !roles.contains(where: { ignoredRoles.contains($0.lowercased()) })
        else { return [] }
        return injectedProperties.sorted { $0.key < $1.key }.map { ImageProperty(name: $0.key, value: $0.value) }
    }
}
