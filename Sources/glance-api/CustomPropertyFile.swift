import DaemonSupport
import Glibc
import ImageAPI
import JSONText
import Logging

extension CustomPropertySchemas {
    /// Glance's name for the file.
    private static let fileName = "schema-image.json"
    /// Bytes of it at the most: it goes out to every client that asks for the schema.
    private static let bytesMax = 1 << 20

    /// Reads `schema-image.json`; without one the usual properties are known.
    ///
    /// - Parameter folders: where it is looked for, in this order.
    /// - Throws: `SmallFileError` where there is one that can't be used: a client that trusts it must not be misled.
    init(lookingIn folders: [String], logger: Logger) throws(SmallFileError) {
        let paths = folders.map { "\($0)/\(Self.fileName)" }
        guard let path = paths.first(where: { access($0, F_OK) == 0 }) else {
            self = .usual
            return
        }
        let bytes = try SmallFile.read(path, bytesMax: Self.bytesMax)
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw SmallFileError(path, "is not JSON: \(error)")
        }
        do throws(CustomPropertyError) {
            try self.init(json)
        } catch {
            throw SmallFileError(path, "cannot be used: \(error)")
        }
        logger.info("custom properties", metadata: ["file": "\(path)"])
    }
}
