import BlobStore
import ImageInspection
import Posix

/// `[image_conversion]`.
public struct ConversionOptions: Sendable {
    /// `raw`, `qcow2` or `vmdk`.
    public var outputFormat = "raw"
    /// A path, or a name that is looked for where programs are.
    public var program = "qemu-img"
    /// Seconds that one conversion may take.
    public var secondsMax = 21600
    /// Bytes of address space that one conversion may take.
    public var memoryBytesMax: Int64 = 2 << 30

    public init() {}
}

/// Glance's `image_conversion`: `qemu-img convert`, of data that are what the image says they are and that refer to no
/// other file. What comes out is `bare`.
struct ConversionPlugin: ImportPlugin {
    private let options: ConversionOptions
    private let gptChecksNonfatal: Set<String>

    init(_ options: ConversionOptions, gptChecksNonfatal: Set<String>) {
        self.options = options
        self.gptChecksNonfatal = gptChecksNonfatal
    }

    func apply(to data: ImportData, in workshop: ImportWorkshop) async throws -> ImportData? {
        let source = try inspect(data)
        // An ISO image boots from what it is: it stays as it is, as in Glance.
        if source.format == .iso || source.diskFormat == options.outputFormat { return nil }
        guard let sourceName = source.driver else {
            throw PluginFailure("an image of the disk format \(source.diskFormat) can't be converted")
        }
        let file = try await workshop.store.beginResultFile(id: workshop.imageID)
        let (options, blob) = (options, data.blob)
        try await workshop.pool.run {
            try QemuImg(options).convert(
                blob, from: sourceName, virtualSize: source.virtualSize, into: file, workshop)
        }
        let formats = ImportFormats(disk: options.outputFormat, container: "bare")
        let result = ImportData(try await file.seal(), formats)
        let made = try inspect(result)
        guard made.diskFormat == options.outputFormat else {
            throw PluginFailure("the conversion has made \(made.diskFormat)")
        }
        try await workshop.pool.run { try workshop.allow(result.blob.bytes) }
        return result
    }

    /// What qemu-img is told that the data are: never its own guess.
    private struct Source {
        let format: ContentFormat
        /// With a partition table counting as raw.
        let diskFormat: String
        let virtualSize: Int64?

        /// QEMU's name for the format; nil where it is not to be read.
        var driver: String? {
            switch diskFormat {
            case "raw", "qcow2", "vmdk", "vdi", "vhdx": diskFormat
            case "vhd": "vpc"
            default: nil
            }
        }
    }

    private func inspect(_ data: ImportData) throws(PluginFailure) -> Source {
        guard let finding = data.inspection.finding else {
            throw PluginFailure(
                "Multiple formats detected: " + data.inspection.matches.map(\.format.rawValue).joined(separator: ","))
        }
        let found = finding.format == .gpt ? "raw" : finding.format.rawValue
        guard found == data.formats.disk else {
            throw PluginFailure(
                "Image disk_format \(data.formats.disk ?? "None") does not match stream data \(found)")
        }
        guard finding.isComplete else { throw PluginFailure("Incomplete file cannot be safety checked") }
        let failures = finding.failures.filter {
            finding.format != .gpt || !gptChecksNonfatal.contains($0.check.rawValue)
        }
        guard failures.isEmpty else {
            throw PluginFailure("Image failed safety checks: " + failures.map(\.reason).joined(separator: ", "))
        }
        switch finding.virtualSize {
        case .bytes(let bytes): return Source(format: finding.format, diskFormat: found, virtualSize: bytes)
        case .unknown: return Source(format: finding.format, diskFormat: found, virtualSize: nil)
        case .unreadable: throw PluginFailure("Image format inspection failed")
        }
    }
}
