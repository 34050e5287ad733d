import BlobStore
import ImageInspection
import ImageModel

/// Something that is done with the data of an import before an image is made of them.
///
/// To add one, put it on the list in `ImportPlugins.init`.
protocol ImportPlugin: Sendable {
    /// Makes other data of these; nil where these will do.
    ///
    /// What it throws fails the import, with its text as the reason.
    func apply(to data: ImportData, in workshop: ImportWorkshop) async throws -> ImportData?
}

/// The data of an import on their way through the plugins.
struct ImportData: Sendable {
    /// Where they lie.
    let blob: any OpenBlob
    let inspection: InspectionVerdict
    /// What the image is to say of them.
    var formats: ImportFormats
    /// What a plugin has made, to be committed; nil for the data as they came.
    let result: SealedUpload?

    /// The data as they came.
    init(_ blob: any OpenBlob, _ inspection: InspectionVerdict, _ formats: ImportFormats) {
        self.blob = blob
        self.inspection = inspection
        self.formats = formats
        result = nil
    }

    /// What a plugin has made of others.
    init(_ result: SealedUpload, _ formats: ImportFormats) {
        blob = result
        inspection = result.content.inspection
        self.formats = formats
        self.result = result
    }
}

/// What an image says that its data are.
struct ImportFormats: Equatable, Sendable {
    var disk: String?
    var container: String?

    init(disk: String?, container: String?) {
        self.disk = disk
        self.container = container
    }

    init(of image: Image) {
        self.init(disk: image.diskFormat, container: image.containerFormat)
    }
}

extension Image {
    /// Says of its data what has been made of them.
    mutating func apply(_ formats: ImportFormats) {
        diskFormat = formats.disk
        containerFormat = formats.container
    }
}

/// Why a plugin can't do its part.
struct PluginFailure: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
