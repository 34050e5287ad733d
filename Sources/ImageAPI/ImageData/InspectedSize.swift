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
}
