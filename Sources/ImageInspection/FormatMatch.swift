/// Whether the bytes of an image may pass as what the image says it is, by the rules of today's Glance
/// (`ImageProxy.set_data` in glance/location.py).
public struct FormatMatch: Sendable {
    /// Refuse bytes that are not what `disk_format` says: `[image_format] require_image_format_match`.
    public var requiresMatch: Bool
    /// The checks that a partition table may fail: `[image_format] gpt_safety_checks_nonfatal`.
    public var gptChecksNonfatal: Set<String>

    public init(requiresMatch: Bool = true, gptChecksNonfatal: Set<String> = []) {
        self.requiresMatch = requiresMatch
        self.gptChecksNonfatal = gptChecksNonfatal
    }

    public enum Judgement: Equatable, Sendable {
        /// - Parameters:
        ///   - virtualSize: bytes, above 0; nil where the format does not tell it or is not looked at.
        ///   - warning: what there is to be said of it in the log.
        case accepted(virtualSize: Int64?, warning: String?)
        /// - Parameters:
        ///   - message: for the client, Glance's words; the status is 415.
        ///   - reasons: for the log.
        case refused(message: String, reasons: String?)
    }

    /// Only images in a `bare` container are looked at: another container hides what is in it.
    public func judge(
        diskFormat: String?, containerFormat: String?, _ verdict: InspectionVerdict
    ) -> Judgement {
        guard containerFormat == "bare" else { return .accepted(virtualSize: nil, warning: nil) }
        guard let finding = verdict.finding else {
            let formats = verdict.matches.map(\.format.rawValue).joined(separator: ",")
            return mismatch("Multiple formats detected: \(formats)")
        }
        let found = finding.format.rawValue
        let isKnown = diskFormat.flatMap(ContentFormat.init(rawValue:)) != nil
        var size: Int64?
        if found == diskFormat {
            switch finding.virtualSize {
            case .bytes(let bytes): size = bytes
            case .unknown: break
            case .unreadable where requiresMatch: return mismatch("Image format inspection failed")
            case .unreadable: break
            }
        } else if diskFormat == ContentFormat.raw.rawValue {
            // Any bytes can be those of a disk; its size is their count, whatever a header says.
            size = verdict.totalBytes
        } else if isKnown || finding.format != .raw {
            return mismatch("Image disk_format \(diskFormat ?? "None") does not match stream data \(found)")
        }
        return judgeSafety(of: finding, virtualSize: size == 0 ? nil : size)
    }

    private func judgeSafety(of finding: FormatFinding, virtualSize: Int64?) -> Judgement {
        guard finding.isComplete else {
            return mismatch("Incomplete file cannot be safety checked", virtualSize: virtualSize)
        }
        guard !finding.failures.isEmpty else { return .accepted(virtualSize: virtualSize, warning: nil) }
        let reasons =
            "\(finding.format) "
            + finding.failures.map { "\($0.check.rawValue): \($0.reason)" }
            .joined(separator: ", ")
        let isHarmless = finding.failures.allSatisfy { gptChecksNonfatal.contains($0.check.rawValue) }
        if finding.format == .gpt, isHarmless { return .accepted(virtualSize: virtualSize, warning: reasons) }
        return .refused(message: "Image failed safety checks", reasons: reasons)
    }

    private func mismatch(_ message: String, virtualSize: Int64? = nil) -> Judgement {
        requiresMatch
            ? .refused(message: message, reasons: nil) : .accepted(virtualSize: virtualSize, warning: message)
    }
}
