import ImageInspection
import ImageModel

extension Image {
    /// The virtual size to note with new data, in bytes: what its format tells, as long as the bytes may pass as what the
    /// image says it is. nil leaves it as it is: what a v1 client has said about it stands.
    func inspectedSize(_ verdict: InspectionVerdict) -> Int64? {
        guard virtualSize == nil else { return nil }
        let judgement = FormatMatch().judge(diskFormat: diskFormat, containerFormat: containerFormat, verdict)
        guard case .accepted(let virtualSize, _) = judgement else { return nil }
        return virtualSize
    }

    /// Holds the data up to what the image says they are, as v2 does.
    ///
    /// - Returns: the virtual size to note, in bytes; nil where nobody knows it.
    /// - Throws: `UploadFailure.formatRefused`.
    func judge(_ verdict: InspectionVerdict, by match: FormatMatch) throws(UploadFailure) -> Int64? {
        switch match.judge(diskFormat: diskFormat, containerFormat: containerFormat, verdict) {
        case .accepted(let virtualSize, _): return virtualSize
        case .refused(let message, _): throw .formatRefused(message)
        }
    }
}
