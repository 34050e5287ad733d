/// What an `ImageInspector` has seen in a stream that is through.
public struct InspectionVerdict: Equatable, Sendable {
    /// The stream's length.
    public let totalBytes: Int64
    /// The formats that the bytes are, without raw: none for a raw image, and more than one where one format hides
    /// another. In the order of `ContentFormat`.
    public let matches: [FormatFinding]

    public init(totalBytes: Int64, matches: [FormatFinding]) {
        self.totalBytes = totalBytes
        self.matches = matches
    }

    /// The one format; nil where there are several. An ISO image with a partition table, as one that also boots from a
    /// USB stick, is an ISO image.
    public var finding: FormatFinding? {
        switch matches.map(\.format) {
        case []: FormatFinding(.raw, virtualSize: .bytes(totalBytes))
        case [.iso, .gpt]: matches[0]
        case let formats: formats.count == 1 ? matches[0] : nil
        }
    }
}

/// One format that the bytes are.
public struct FormatFinding: Equatable, Sendable {
    public let format: ContentFormat
    public let virtualSize: VirtualSize
    /// Whether the stream held all that must be seen of this format; false for one that was cut off.
    public let isComplete: Bool
    /// Why the image must not reach a hypervisor; none for a harmless one.
    public let failures: [SafetyFailure]

    init(
        _ format: ContentFormat, virtualSize: VirtualSize, isComplete: Bool = true, failures: [SafetyFailure] = []
    ) {
        self.format = format
        self.virtualSize = virtualSize
        self.isComplete = isComplete
        self.failures = failures
    }
}

/// How big the disk is that the image stands for.
public enum VirtualSize: Equatable, Sendable {
    case bytes(Int64)
    /// The image does not say.
    case unknown
    /// What the image says cannot be: it does not fit into 63 bits, or is below 0.
    case unreadable

    init(_ bytes: UInt64?) {
        self = bytes.flatMap { Int64(exactly: $0) }.map(VirtualSize.bytes) ?? .unreadable
    }
}

/// Something in an image that is a danger to who uses it.
public struct SafetyFailure: Equatable, Sendable {
    /// The names of today's Glance; `gpt_safety_checks_nonfatal` lists some of them.
    public enum Check: String, Sendable {
        case backingFile = "backing_file"
        case dataFile = "data_file"
        case unknownFeatures = "unknown_features"
        case banned
        case descriptor
        case footer
        case mbr
        case version
    }

    public let check: Check
    /// For the log.
    public let reason: String

    init(_ check: Check, _ reason: String) {
        self.check = check
        self.reason = reason
    }
}
