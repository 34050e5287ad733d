/// Why data can't be decompressed.
public enum DecompressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// They end too early.
    case truncated(CompressedForm)
    /// They are not what their head says, or a checksum in them does not fit.
    case corrupt(CompressedForm, String)
    /// They want more memory than a decoder may have.
    case tooMuchMemory(CompressedForm, bytesMax: Int)
    /// The form has something in it, or is one, that is not read here.
    case unsupported(CompressedForm, String)
    /// The machine has no memory for a decoder.
    case noMemory(CompressedForm)

    public var description: String {
        switch self {
        case .truncated(let form): "the \(form) data are truncated"
        case .corrupt(let form, let reason): "the \(form) data are corrupt: \(reason)"
        case .tooMuchMemory(let form, let bytesMax):
            "the \(form) data need more than \(bytesMax >> 20) MiB of memory to decompress"
        case .unsupported(let form, let reason): "the \(form) data can't be decompressed: \(reason)"
        case .noMemory(let form): "there is no memory to decompress \(form) data"
        }
    }
}
