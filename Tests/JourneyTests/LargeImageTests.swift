import Glibc
import JSONText
import Testing

extension Journeys {
    /// An image that fits into no memory.
    @Suite struct LargeImages {
        private static let pieceBytes = 1 << 20
        private static let imageBytes: Int64 = Executables.areSanitized ? 256 << 20 : 5 << 30
        private static let residentBytesMax: Int64 = 64 << 20

        private static var hasRoom: Bool {
            ((try? TemporaryFolder())?.freeBytes ?? 0) > imageBytes + (2 << 30)
        }

        /// The image's piece of that number: made when it is needed, no two the same.
        private struct Pieces {
            private var piece = Sample.bytes(pieceBytes)

            mutating func with<Result>(
                _ number: Int64, _ body: (UnsafeRawBufferPointer) throws -> Result
            ) rethrows -> Result {
                try piece.withUnsafeMutableBytes { bytes in
                    for page in stride(from: 0, to: bytes.count, by: 4096) {
                        bytes.storeBytes(of: number << 20 + Int64(page), toByteOffset: page, as: Int64.self)
                    }
                    return try body(UnsafeRawBufferPointer(bytes))
                }
            }
        }

        @Test("5 GiB in and out, in flat memory", .enabled("room on the disk") { hasRoom })
        func inAndOut() throws {
            try Glimpse.run { glimpse in
                var client = glimpse.client
                client.seconds = 300
                var pieces = Pieces()
                let count = Self.imageBytes / Int64(Self.pieceBytes)

                let upload = try client.connect()
                try upload.send(
                    client.head("POST", "/v1/images", Client.newImage("large"))
                        + "Content-Length: \(Self.imageBytes)\r\n\r\n")
                for number in 0..<count { try pieces.with(number) { try upload.send($0) } }
                let answer = try upload.receiveAnswer()
                #expect(answer.status == 201, "\(answer.text)")
                let id = try #require(answer.image?["id"]?.string)
                #expect(answer.image?["size"]?.int == Self.imageBytes)
                if !Executables.areSanitized {
                    #expect(try glimpse.api.residentBytesMax() < Self.residentBytesMax, "after the upload")
                }

                let download = try client.connect()
                try download.send(client.head("GET", "/v1/images/\(id)") + "\r\n")
                let head = try download.receiveHead()
                #expect(head.status == 200)
                #expect(head["content-length"] == "\(Self.imageBytes)")
                let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 4096)
                defer { room.deallocate() }
                for number in 0..<count {
                    try download.receiveAll(room)
                    let isSame = pieces.with(number) { piece in
                        guard let left = piece.baseAddress, let right = room.baseAddress else { return false }
                        return memcmp(left, right, room.count) == 0
                    }
                    try #require(isSame, "the data differ in piece \(number)")
                }
                if !Executables.areSanitized {
                    #expect(try glimpse.api.residentBytesMax() < Self.residentBytesMax, "after the download")
                }
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
                try glimpse.expectBlobs([])
            }
        }
    }
}
