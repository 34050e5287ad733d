import JSONText
import Testing

extension ClientJourneys {
    /// What clients have sent that can't be had on every machine any more, byte for byte.
    @Suite struct ReplayedClients {
        /// One client's connection, which it keeps.
        private struct Replay {
            let glimpse: Glimpse
            let connection: Connection

            init(_ glimpse: Glimpse) throws {
                self.glimpse = glimpse
                connection = try glimpse.client.connect()
            }

            /// Sends a recorded request.
            ///
            /// - Parameter lines: its head, a line each; HOST and TOKEN stand for what they are here.
            func send(_ lines: String, body: String = "") throws -> Answer {
                let head = lines.replacing("HOST", with: "127.0.0.1:\(glimpse.api.port)")
                    .replacing("TOKEN", with: glimpse.client.token).replacing("\n", with: "\r\n")
                try connection.send(head + "\r\n\r\n" + body)
                return try connection.receiveAnswer(toHead: lines.hasPrefix("HEAD"))
            }
        }

        /// The lines that python-glanceclient 0.17.0 (2015, Python 2.7) sends with each request.
        private static let glanceclient = """
            Host: HOST
            Connection: keep-alive
            Accept-Encoding: gzip, deflate
            Accept: */*
            User-Agent: python-glanceclient
            X-Auth-Token: TOKEN
            """

        @Test("python-glanceclient 0.17: header names and values in raw UTF-8, nothing is percent-encoded")
        func glanceclientOf2015() throws {
            try Glimpse.run { glimpse in
                let replay = try Replay(glimpse)
                let reserved = try replay.send(
                    """
                    POST /v1/images HTTP/1.1
                    \(Self.glanceclient)
                    x-image-meta-property-größe: Ü = 100% +1
                    x-image-meta-container_format: bare
                    x-image-meta-property-os_distro: debian
                    x-image-meta-is_public: None
                    Content-Type: application/octet-stream
                    x-image-meta-disk_format: raw
                    x-image-meta-name: größer & schöner %41
                    Content-Length: 0
                    """)
                let image = try reserved.image()
                #expect(image["name"] == "größer & schöner %41" && image["is_public"] == .bool(false))
                #expect(image["properties"] == ["größe": "Ü = 100% +1", "os_distro": "debian"])
                let head = try replay.send(
                    """
                    HEAD /v1/images/\(image.id) HTTP/1.1
                    \(Self.glanceclient)
                    Content-Type: application/octet-stream
                    """)
                #expect(head["x-image-meta-name"] == "größer & schöner %41")
                #expect(head["x-image-meta-property-größe"] == "Ü = 100% +1")

                let created = try replay.send(
                    """
                    POST /v1/images HTTP/1.1
                    \(Self.glanceclient)
                    x-image-meta-container_format: bare
                    x-image-meta-size: 6
                    x-image-meta-is_public: None
                    Content-Type: application/octet-stream
                    x-image-meta-disk_format: raw
                    x-image-meta-name: small
                    Transfer-Encoding: chunked
                    """, body: "6\r\nhello\n\r\n0\r\n\r\n")
                let small = try created.image()
                #expect(small["status"] == "active" && small["size"] == .int(6))
                let listed = try replay.send(
                    """
                    GET /v1/images/detail?sort_key=name&sort_dir=asc&limit=2&name=small HTTP/1.1
                    \(Self.glanceclient)
                    Content-Type: application/octet-stream
                    """)
                #expect(listed.json?["images"]?.array?.map(\.id) == [small.id])

                let updated = try replay.send(
                    """
                    PUT /v1/images/\(image.id) HTTP/1.1
                    \(Self.glanceclient)
                    x-image-meta-min_ram: 64
                    x-glance-registry-purge-props: false
                    Content-Type: application/octet-stream
                    x-image-meta-property-größe: 1
                    Content-Length: 0
                    """)
                #expect(try updated.image()["properties"] == ["größe": "1", "os_distro": "debian"])
                #expect(try updated.image()["min_ram"] == .int(64))
                let purged = try replay.send(
                    """
                    PUT /v1/images/\(image.id) HTTP/1.1
                    \(Self.glanceclient)
                    x-glance-registry-purge-props: true
                    Content-Type: application/octet-stream
                    x-image-meta-protected: False
                    Content-Length: 0
                    """)
                #expect(try purged.image()["properties"] == [:])

                let shared = try replay.send(
                    """
                    PUT /v1/images/\(small.id)/members/two HTTP/1.1
                    \(Self.glanceclient)
                    Content-Type: application/json
                    Content-Length: 31
                    """, body: #"{"member": {"can_share": true}}"#)
                #expect(shared.status == 204)
                let members = try replay.send(
                    """
                    GET /v1/images/\(small.id)/members HTTP/1.1
                    \(Self.glanceclient)
                    Content-Type: application/octet-stream
                    """)
                let two: JSONValue = ["member_id": "two", "can_share": .bool(true)]
                #expect(members.json?["members"]?.array == [two])
                let data = try replay.send(
                    """
                    GET /v1/images/\(small.id) HTTP/1.1
                    \(Self.glanceclient)
                    Content-Type: application/octet-stream
                    """)
                #expect(data.text == "hello\n" && data["content-type"] == "application/octet-stream")
                #expect(data["content-encoding"] == nil)
                let deleted = try replay.send(
                    """
                    DELETE /v1/images/\(small.id) HTTP/1.1
                    \(Self.glanceclient)
                    Content-Type: application/octet-stream
                    Content-Length: 0
                    """)
                #expect(deleted.status == 200)
            }
        }

        @Test("nova image-create: what nova's v1 image service sends for a snapshot")
        func novaSnapshot() throws {
            let disk = Sample.bytes(200_000)
            try Glimpse.run { glimpse in
                let nova = glimpse.client
                // What the instance was started from, with kernel and ramdisk of their own.
                var ids: [String: String] = [:]
                for (name, format) in [("kernel", "aki"), ("ramdisk", "ari")] {
                    ids[name] = try nova.make(
                        ["name": name, "disk_format": format, "container_format": format])
                }
                let (kernel, ramdisk) = (try #require(ids["kernel"]), try #require(ids["ramdisk"]))
                let base = try nova.make(["name": "base", "property-kernel_id": kernel], data: [1])

                // nova-api reserves the snapshot; the instance's image has handed down its properties.
                let mapping = #"[{"device_name": "/dev/vda", "boot_index": 0, "delete_on_termination": true}]"#
                let inherited: [(String, String)] = [
                    ("x-image-meta-property-instance_uuid", "8d3a5a4e-8a10-4e1c-9c3f-0d5d6e1f7a10"),
                    ("x-image-meta-property-user_id", "me"), ("x-image-meta-property-image_type", "snapshot"),
                    ("x-image-meta-property-base_image_ref", base), ("x-image-meta-property-kernel_id", kernel),
                    ("x-image-meta-property-ramdisk_id", ramdisk), ("x-image-meta-property-os_type", "linux"),
                    ("x-image-meta-property-block_device_mapping", mapping),
                ]
                let reserved = try nova.send(
                    "POST", "/v1/images",
                    inherited + [
                        ("x-image-meta-name", "my snapshot"), ("x-image-meta-is_public", "False"),
                        ("x-image-meta-min_disk", "20"), ("x-image-meta-min_ram", "0"), Client.octetStream,
                        ("Content-Length", "0"),
                    ]
                ).image()
                let path = "/v1/images/\(reserved.id)"
                #expect(reserved["status"] == "queued" && reserved["disk_format"] == .null)
                #expect(reserved["min_disk"] == .int(20))

                // The user's client polls; nova lists with a value of is_public that is meant for admins.
                let polled = try nova.send("HEAD", path, [Client.octetStream])
                #expect(polled["x-image-meta-status"] == "queued")
                #expect(polled["x-image-meta-property-base_image_ref"] == base)
                #expect(polled["x-image-meta-property-block_device_mapping"] == mapping)
                let query = "?is_public=none&limit=1000&property-image_type=snapshot&property-instance_uuid="
                #expect(
                    try nova.ids("/v1/images/detail\(query)8d3a5a4e-8a10-4e1c-9c3f-0d5d6e1f7a10") == [reserved.id])

                // nova-compute sends the disk, with what it knows of it; nothing else may get lost.
                let compute: [(String, String)] = [
                    ("x-image-meta-name", "my snapshot"), ("x-image-meta-disk_format", "qcow2"),
                    ("x-image-meta-container_format", "bare"), ("x-image-meta-is_public", "False"),
                    ("x-image-meta-property-kernel_id", kernel), ("x-image-meta-property-ramdisk_id", ramdisk),
                    ("x-image-meta-property-image_location", "snapshot"),
                    ("x-image-meta-property-image_state", "available"), ("x-image-meta-property-owner_id", "lab"),
                    ("x-glance-registry-purge-props", "false"),
                ]
                let filled = try nova.send(
                    "PUT", path, compute + [("x-image-meta-size", "\(disk.count)"), Client.octetStream],
                    body: .chunks(disk, pieceBytes: 65536)
                ).image()
                #expect(filled["status"] == "active" && filled["size"] == .int(Int64(disk.count)))
                // And later on, without data.
                let updated = try nova.send(
                    "PUT", path,
                    [
                        ("x-image-meta-property-image_state", "checked"), ("x-glance-registry-purge-props", "false"),
                        Client.octetStream, ("Content-Length", "0"),
                    ]
                ).image()
                #expect(updated["status"] == "active" && updated["min_disk"] == .int(20))
                let properties = try #require(updated["properties"])
                #expect(properties["image_state"] == "checked" && properties["image_location"] == "snapshot")
                #expect(properties["block_device_mapping"] == .string(mapping))
                for (name, value) in inherited {
                    #expect(properties[String(name.dropFirst("x-image-meta-property-".count))] == .string(value))
                }
                try nova.expectImage(reserved.id, disk)
            }
        }
    }
}
