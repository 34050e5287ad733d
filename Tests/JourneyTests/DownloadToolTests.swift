import JSONText
import Testing

extension Journeys {
    /// Tools that know nothing of images read one by its URL in v2.
    @Suite struct DownloadTools {
        private func url(_ client: Client, _ id: String) -> String {
            "http://127.0.0.1:\(client.port)/v2/images/\(id)/file"
        }

        @Test func curlAsksForTheSizeAndGoesOn() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(3_000_001)
                let id = try client.createImage(data)
                let common = ["-sS", "-H", "X-Auth-Token: \(client.token)"]

                let head = try Command("curl", common + ["-I", url(client, id)])
                #expect(head.isSuccess, "\(head.errors)")
                let lines = head.output.lowercased().split(whereSeparator: \.isNewline)
                #expect(lines.first == "http/1.1 200 ok")
                #expect(lines.contains("content-length: 3000001") && lines.contains("accept-ranges: bytes"))

                // The second time there is nothing left to fetch.
                let file = try glimpse.folder.write(Array(data[..<1_234_567]), to: "part")
                for _ in 1...2 {
                    let rest = try Command("curl", common + ["-C", "-", "-o", file, url(client, id)])
                    #expect(rest.isSuccess, "\(rest.errors)")
                    #expect(try contents(of: file) == data, "the data differ")
                }
            }
        }

        @Test func qemuReadsAnImageWhereItLies() throws {
            try Glimpse.run([Glimpse.Option("paste_deploy", "flavor", "")]) { glimpse in
                let client = Client(port: glimpse.api.port, token: "")
                let data =
                    Sample.bytes(1 << 20) + [UInt8](repeating: 0, count: 3 << 20) + Sample.bytes(1 << 20, seed: 2)
                let raw = try glimpse.folder.write(data, to: "disk.raw")
                let disk = "\(glimpse.folder.path)/disk.qcow2"
                let made = try Command("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, disk])
                try #require(made.isSuccess, "\(made.errors)")
                let id = try client.make(["disk_format": "qcow2", "container_format": "bare"])
                try client.v2Upload(id, contents(of: disk)).expect(204)

                let info = try Command("qemu-img", ["info", "--output=json", "-f", "qcow2", url(client, id)])
                #expect(info.isSuccess, "\(info.errors)")
                let told = try JSONValue(parsing: Array(info.output.utf8))
                #expect(told["format"]?.string == "qcow2" && told["virtual-size"]?.int == Int64(data.count))

                // Of a server that keeps its connection QEMU 7.2 loses every other answer.
                for round in 1...8 {
                    let copy = "\(glimpse.folder.path)/copy \(round).raw"
                    let converted = try Command(
                        "qemu-img", ["convert", "-f", "qcow2", "-O", "raw", url(client, id), copy])
                    #expect(converted.isSuccess, "\(converted.errors)")
                    #expect(try contents(of: copy) == data, "the data differ")
                }
            }
        }

        /// Only QEMU, which gives no name, has to connect anew for each part.
        @Test func partsComeOverOneConnection() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let id = try client.createImage([1, 2, 3, 4])
                func isClosed(_ fields: [(String, String)]) throws -> Bool {
                    let answer = try client.send("GET", "/v2/images/\(id)/file", fields)
                    #expect(answer.status == (fields.contains { $0.0 == "Range" } ? 206 : 200))
                    return answer["connection"]?.lowercased() == "close"
                }
                #expect(try isClosed([("Accept", "*/*"), ("Range", "bytes=1-2")]))
                #expect(try !isClosed([("Accept", "*/*")]))
                #expect(try !isClosed([("Range", "bytes=1-2")]))
                #expect(try !isClosed([("Accept", "*/*"), ("User-Agent", "curl/7.88.1"), ("Range", "bytes=1-2")]))
            }
        }
    }
}
