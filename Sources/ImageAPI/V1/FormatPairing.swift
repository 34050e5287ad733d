import GlanceHTTP

/// Amazon's formats come in pairs: a disk format of them stands with the same container format.
///
/// The rule holds for the two values of one request; what the image has already is not consulted.
enum FormatPairing {
    private static let amazon: Set<String> = ["ami", "ari", "aki"]

    /// - Throws: 400 where the two do not fit together.
    static func pair(
        disk: String?, container: String?
    ) throws(APIError) -> (disk: String?, container: String?) {
        let isDiskAmazon = disk.map(amazon.contains) ?? false
        let isContainerAmazon = container.map(amazon.contains) ?? false
        guard isDiskAmazon || isContainerAmazon else { return (disk, container) }
        let pair = (disk ?? container, container ?? disk)
        guard pair.0 == pair.1 else { throw .invalidFormatMix }
        return pair
    }
}
