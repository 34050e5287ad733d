import Glibc
import HTTPWire
import OutboundHTTP
import Posix

/// Files on this machine that may be imported by `file://` URLs: those beneath the folders that the operator has listed.
///
/// A file is opened beneath its folder's descriptor without following links (openat2(2) with RESOLVE_BENEATH and
/// RESOLVE_NO_SYMLINKS), so that neither a name nor what somebody puts into the folder leads out of it.
public struct FileSources: Sendable {
    /// Absolute paths.
    private let folders: [String]

    /// Without any.
    public init() { folders = [] }

    /// - Parameters:
    ///   - folders: absolute paths, of the operator's making.
    ///   - stores: the folders of the images.
    /// - Throws: `Overlap` where a folder has to do with a store's, by whatever links: every client could have any image.
    public init(_ folders: [String], besides stores: [String]) throws(Overlap) {
        for folder in folders {
            for store in stores {
                let (one, other) = (Self.parts(of: folder), Self.parts(of: store))
                if one.starts(with: other) || other.starts(with: one) { throw Overlap(folder: folder, store: store) }
            }
        }
        self.folders = folders
    }

    /// Files to import would be files of a store, or the other way round.
    public struct Overlap: Error, CustomStringConvertible {
        let folder: String
        let store: String

        public var description: String {
            "[image_import_opts] file_source_dirs: \(folder) and the folder of the images, \(store), overlap"
        }
    }

    /// The names on the way to a path, without symbolic links where it is there.
    private static func parts(of path: String) -> [Substring] {
        guard let real = realpath(path, nil) else { return path.split(separator: "/") }
        defer { free(real) }
        return String(cString: real).split(separator: "/")
    }

    /// Whether a URL names a file in one of the folders, going by the names alone.
    func contains(_ url: String) -> Bool { place(of: url) != nil }

    static func isFile(_ url: String) -> Bool { url.prefix(5).lowercased() == "file:" }

    private func place(of url: String) -> (folder: String, name: String)? {
        guard let path = Self.path(of: url) else { return nil }
        for folder in folders {
            let names = folder.split(separator: "/")
            guard path.starts(with: names.map(String.init)), path.count > names.count else { continue }
            return (folder, path.dropFirst(names.count).joined(separator: "/"))
        }
        return nil
    }

    /// The names of `file:///a/b`, or of `file://localhost/a/b` (RFC 8089 §2); nil for what is neither, or goes up.
    private static func path(of url: String) -> [String]? {
        guard isFile(url), url.utf8.count <= 4096 else { return nil }
        var rest = url.dropFirst(5)
        guard rest.hasPrefix("//") else { return nil }
        rest = rest.dropFirst(2)
        if rest.prefix(9).lowercased() == "localhost" { rest = rest.dropFirst(9) }
        guard rest.hasPrefix("/"), !rest.contains("?"), !rest.contains("#"), let text = PercentCoding.decode(rest),
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        let names = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return names.contains { ["", ".", ".."].contains($0) } ? nil : names
    }

    /// Reads a file from an offset to its end, in the way of `OutboundFetcher.fetch`; blocks.
    func fetch(
        _ url: String, from offset: Int64, etag: String?, bytesMax: Int64,
        onResponse: (FetchedResponse) throws -> Void, sink: (UnsafeRawBufferPointer) throws -> Void,
        isCancelled: () -> Bool
    ) throws(FetchError) {
        guard let place = place(of: url) else {
            throw .refused(option: nil, reason: "the file lies in none of [image_import_opts] file_source_dirs")
        }
        let file = try Self.file(place)
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .refused(option: nil, reason: "the source is no file")
        }
        let tag = "\"\(status.st_dev)-\(status.st_ino)-\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)\""
        let bytes = Int64(status.st_size)
        guard bytes <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        let start = offset <= bytes && (offset == 0 || etag == tag) ? offset : 0
        let response = FetchedResponse(
            offset: start, length: bytes - start, etag: tag, acceptsRanges: true, finalURL: url)
        do { try onResponse(response) } catch { throw .stopped(by: error) }
        try Self.read(file, start..<bytes, sink, isCancelled)
    }

    private static func file(_ place: (folder: String, name: String)) throws(FetchError) -> Descriptor {
        do throws(Errno) {
            // Nobody must wait for who would write into a pipe.
            return try Descriptor.open(place.folder, O_RDONLY | O_DIRECTORY)
                .open(beneath: place.name, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        } catch {
            throw .refused(option: nil, reason: "the file can't be opened: \(error)")
        }
    }

    private static func read(
        _ file: borrowing Descriptor, _ range: Range<Int64>, _ sink: (UnsafeRawBufferPointer) throws -> Void,
        _ isCancelled: () -> Bool
    ) throws(FetchError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset = range.lowerBound
        while offset < range.upperBound {
            if isCancelled() { throw .cancelled }
            let piece = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(Int64(buffer.count), range.upperBound - offset))])
            let count: Int
            do throws(Errno) {
                count = try file.read(into: piece, at: offset)
            } catch {
                throw .refused(option: nil, reason: "the file can't be read: \(error)")
            }
            guard count > 0 else {
                throw .interrupted(
                    received: offset - range.lowerBound, expected: range.upperBound - range.lowerBound)
            }
            do { try sink(UnsafeRawBufferPointer(rebasing: piece[..<count])) } catch { throw .stopped(by: error) }
            offset += Int64(count)
        }
    }
}
