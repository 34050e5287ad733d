import FoundationEssentials
import Glibc
import OutboundHTTP
import Testing

@testable import ImageAPI

@Suite final class FileSourcesTests {
    let root: String
    private let files: FileSources

    init() throws {
        var template = Array("/tmp/file-sources-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        root = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        for folder in ["isos", "isos/deep", "images", "other"] { mkdir("\(root)/\(folder)", 0o755) }
        for (name, text) in [("isos/a.iso", "hello"), ("isos/deep/b c.iso", "deep"), ("images/secret", "secret")] {
            try text.write(toFile: "\(root)/\(name)", atomically: false, encoding: .utf8)
        }
        files = try FileSources(["\(root)/isos"], besides: ["\(root)/images"])
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func fetch(
        _ url: String, from offset: Int64 = 0, etag: String? = nil, bytesMax: Int64 = 1000
    ) throws(FetchError) -> (text: String, response: FetchedResponse?) {
        var bytes: [UInt8] = []
        var response: FetchedResponse?
        try files.fetch(
            url, from: offset, etag: etag, bytesMax: bytesMax, onResponse: { response = $0 },
            sink: { bytes.append(contentsOf: $0) }, isCancelled: { false })
        return (String(decoding: bytes, as: UTF8.self), response)
    }

    @Test func filesBeneathTheFolder() throws {
        #expect(try fetch("file://\(root)/isos/a.iso").text == "hello")
        #expect(try fetch("FILE://localhost\(root)/isos/deep/b%20c.iso").text == "deep")
        let response = try #require(try fetch("file://\(root)/isos/a.iso").response)
        #expect(response.length == 5 && response.offset == 0)
        let rest = try fetch("file://\(root)/isos/a.iso", from: 2, etag: response.etag)
        #expect(rest.text == "llo" && rest.response?.offset == 2)
        // Another file than it was.
        #expect(try fetch("file://\(root)/isos/a.iso", from: 2, etag: "\"x\"").response?.offset == 0)
        #expect(throws: FetchError.self) { try fetch("file://\(root)/isos/a.iso", bytesMax: 4) }
    }

    @Test(arguments: [
        "images/secret", "isos/../images/secret", "isos/%2e%2e/images/secret", "isos/deep/../../images/secret",
        "isos", "isos/", "isos//a.iso", "isos/./a.iso", "isosa.iso", "other", "isos/a.iso?x", "isos/a.iso#x",
        "isos/a%00.iso",
    ])
    func whatIsNotBeneath(path: String) {
        #expect(!files.contains("file://\(root)/\(path)"))
        #expect(throws: FetchError.self) { try fetch("file://\(root)/\(path)") }
    }

    @Test(arguments: ["/etc/passwd", "http://h/x", "file:/etc/passwd", "file://h/etc/passwd", "file:", "file:///", ""])
    func whatIsNoFile(url: String) {
        #expect(!files.contains(url))
        #expect(throws: FetchError.self) { try fetch(url) }
    }

    /// A name that is good leads nowhere else, whatever somebody has put there.
    @Test func linksAndPipesAreNotFollowed() throws {
        symlink("\(root)/images/secret", "\(root)/isos/link")
        symlink("../images", "\(root)/isos/folder")
        symlink("a.iso", "\(root)/isos/inside")
        mkfifo("\(root)/isos/pipe", 0o644)
        for name in ["link", "folder/secret", "inside", "pipe", "deep", "missing"] {
            #expect(files.contains("file://\(root)/isos/\(name)"))
            #expect(throws: FetchError.self) { try fetch("file://\(root)/isos/\(name)") }
        }
    }

    /// The folder of the images is none of these, by whatever name.
    @Test func foldersOfTheStore() throws {
        symlink("\(root)/images", "\(root)/alias")
        for folder in ["images", "alias", "images/below", ""] {
            #expect(throws: FileSources.Overlap.self) {
                try FileSources(["\(root)/\(folder)"], besides: ["\(root)/images"])
            }
        }
        #expect(throws: Never.self) { try FileSources(["\(root)/image"], besides: ["\(root)/images"]) }
    }
}
