import Glibc
import JSONText
import Testing

/// Both lists, which differ in their entries alone: each test is for one row of either.
private let lists = ["/v1/images", "/v1/images/detail"]

extension Journeys {
    /// The checklist's rows about pages, order, filters and bad parameters of lists.
    @Suite(.sharingDaemons([.init("DEFAULT", "api_limit_max", "30"), .init("DEFAULT", "delayed_delete", "True")]))
    struct ListRows {
        @Test("[V1-0017] [V1-0018] [V1-0206] [V1-0207] limit", arguments: lists)
        func limit(list: String) throws {
            let client = try Glimpse.shared.newProject()
            let ids = try (1...3).map { _ in try client.make() }
            #expect(try client.ids("\(list)?limit=2") == [ids[2], ids[1]])
            #expect(try client.ids("\(list)?limit=3") == ids.reversed())
            #expect(try client.ids("\(list)?limit=0") == [])
        }

        @Test("[V1-0014] [V1-0019] [V1-0203] [V1-0208] the length of a page, newest first", arguments: lists)
        func pageLength(list: String) throws {
            let client = try Glimpse.shared.newProject()
            let newestFirst = try (1...31).map { _ in try client.make() }.reversed() as [String]
            #expect(try client.ids(list) == Array(newestFirst.prefix(25)))
            #expect(try client.ids("\(list)?limit=1000000") == Array(newestFirst.prefix(30)))
        }

        @Test(
            """
            [V1-0020] [V1-0021] [V1-0023] [V1-0025] [V1-0027] [V1-0028] [V1-0035] [V1-0036] [V1-0038] [V1-0042] \
            [V1-0043] [V1-0044] [V1-0051] [V1-0209] [V1-0210] [V1-0212] [V1-0214] [V1-0216] [V1-0217] [V1-0224] \
            [V1-0225] [V1-0227] [V1-0231] [V1-0232] [V1-0233] [V1-0240] values that a parameter can't have
            """, arguments: lists)
        func badValues(list: String) throws {
            let glimpse = try Glimpse.shared
            let refusals: [(query: String, text: String)] = [
                ("limit=-1", "limit param must be positive"),
                ("limit=abc", "limit param must be an integer"), ("limit=", "limit param must be an integer"),
                ("marker=notuuid", "Invalid marker format"),
                ("marker=", "Invalid marker. Image could not be found."),
                ("sort_key=owner", "Unsupported sort_key"), ("sort_key=nonsense", "Unsupported sort_key"),
                ("sort_key=", "Unsupported sort_key"),
                ("sort_dir=up", "Unsupported sort_dir"), ("sort_dir=", "Unsupported sort_dir"),
                ("size_min=x", "Bad value passed to filter size_min got x"),
                ("size_min=-1", "Bad value passed to filter size_min got -1"),
                ("size_min=", "Bad value passed to filter size_min got "),
                ("size_max=x", "Bad value passed to filter size_max got x"),
                ("min_ram=x", "Bad value passed to filter min_ram got x"),
                ("protected=none", "protected must be True, or False"),
                ("protected=foo", "protected must be True, or False"),
                ("is_public=foo", "Bad value passed to filter is_public"),
                ("is_public=", "Bad value passed to filter is_public"),
                ("changes-since=garbage", "Unrecognized changes-since value"),
            ]
            for client in [glimpse.newProject(), glimpse.newProject(role: "admin")] {
                for (query, text) in refusals {
                    try client.send("GET", "\(list)?\(query)").expect(400, text, query)
                }
            }
        }

        @Test("[V1-0022] [V1-0024] [V1-0211] [V1-0213] marker", arguments: lists)
        func marker(list: String) throws {
            let glimpse = try Glimpse.shared
            let client = glimpse.newProject()
            let names = ["b", "c", "a"]
            let ids = try names.map { try client.make(["name": $0]) }
            #expect(try client.ids("\(list)?marker=\(ids[2])") == [ids[1], ids[0]])
            #expect(try client.ids("\(list)?marker=\(ids[1])&limit=1") == [ids[0]])
            #expect(try client.ids("\(list)?marker=\(ids[0])") == [])
            #expect(try client.ids("\(list)?marker=\(ids[2])&sort_key=name&sort_dir=asc") == [ids[0], ids[1]])
            let invisible = try glimpse.newProject().make()
            for marker in [Sample.newID(), invisible] {
                try client.send("GET", "\(list)?marker=\(marker)").expect(
                    400, "Invalid marker. Image could not be found.")
            }
        }

        @Test("[V1-0026] [V1-0215] every sort_key in both directions, with its ties", arguments: lists)
        func order(list: String) throws {
            let client = try Glimpse.shared.newProject()
            // Of each value two, and made in another order than any of them.
            for (name, disk, container, bytes) in [
                ("c", "raw", "ovf", 3), ("a", "qcow2", "bare", 1), ("b", "vdi", "ova", 2),
                ("c", "qcow2", "ova", 1), ("b", "raw", "bare", 3), ("a", "vdi", "ovf", 2),
            ] {
                let answer = try client.post(
                    ["name": name, "disk_format": disk, "container_format": container], [Client.octetStream],
                    body: .bytes([UInt8](repeating: 7, count: bytes)))
                #expect(answer.status == 201, "\(answer.text)")
            }
            for name in ["d", "d"] {
                _ = try client.make([
                    "name": name, "disk_format": "iso", "container_format": "docker", "size": "9",
                ])
            }
            // Moves updated_at of one in the middle.
            let middle = try client.ids("/v1/images")[4]
            #expect(try client.send("PUT", "/v1/images/\(middle)").status == 200)

            let all = try client.images("/v1/images/detail")
            #expect(all.count == 8)
            for key in [
                "name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at",
            ] {
                #expect(Set(all.map { $0.sortText(key) }).count > 1, "\(key) orders nothing")
                let ascending = all.sorted { left, right in
                    [key, "created_at", "id"].map(left.sortText).lexicographicallyPrecedes(
                        [key, "created_at", "id"].map(right.sortText))
                }.map(\.id)
                #expect(try client.ids("\(list)?sort_key=\(key)&sort_dir=asc") == ascending, "\(key)")
                #expect(try client.ids("\(list)?sort_key=\(key)&sort_dir=desc") == ascending.reversed(), "\(key)")
                #expect(try client.ids("\(list)?sort_key=\(key)") == ascending.reversed(), "\(key)")
            }
        }

        @Test(
            """
            [V1-0029..V1-0034] [V1-0037] [V1-0039] [V1-0040] [V1-0041] [V1-0052] [V1-0053] [V1-0054] [V1-0062] \
            [V1-0063] [V1-0218..V1-0223] [V1-0226] [V1-0228] [V1-0229] [V1-0230] [V1-0241] [V1-0242] [V1-0243] filters
            """, arguments: lists)
        func filters(list: String) throws {
            let client = try Glimpse.shared.newProject()
            let alpha = try client.make(
                [
                    "name": "alpha", "min_ram": "512", "min_disk": "10", "protected": "True",
                    "property-os": "linux", "property-arch": "x86",
                ], data: [1, 2, 3, 4, 5])
            let beta = try client.post(
                [
                    "name": "beta", "disk_format": "qcow2", "container_format": "ovf", "property-os": "linux",
                    "property-arch": "arm",
                ], [Client.octetStream], body: .bytes([UInt8](repeating: 1, count: 10))
            ).image().id
            let alphabet = try client.make([
                "name": "alphabet", "disk_format": "raw", "container_format": "bare", "property-os": "bsd",
            ])
            let size = try client.make(["name": "größe", "min_ram": "512"])
            let all = [alpha, beta, alphabet, size]
            let table: [(query: String, expected: [String])] = [
                ("name=alpha", [alpha]), ("name=alph", []), ("name=gr%C3%B6%C3%9Fe", [size]),
                ("name=in:alpha,beta", [alpha, beta]),
                ("status=queued", [alphabet, size]), ("status=active", [alpha, beta]), ("status=bogus", []),
                ("container_format=bare", [alpha, alphabet]), ("disk_format=raw", [alpha, alphabet]),
                ("disk_format=qcow2&container_format=ovf", [beta]),
                ("size_min=5&size_max=10", [alpha, beta]), ("size_min=6&size_max=10", [beta]),
                ("size_min=5&size_max=9", [alpha]), ("size_min=6&size_max=9", []),
                ("min_ram=512", [alpha, size]), ("min_ram=511", []), ("min_ram=0", [beta, alphabet]),
                ("min_disk=10", [alpha]), ("min_disk=9", []), ("min_disk=x", []),
                ("protected=true", [alpha]), ("protected=TRUE", [alpha]), ("protected=1", [alpha]),
                ("protected=false", [beta, alphabet, size]), ("protected=False", [beta, alphabet, size]),
                ("protected=0", [beta, alphabet, size]),
                ("property-os=linux", [alpha, beta]), ("property-os=lin", []),
                ("property-os=linux&property-arch=arm", [beta]), ("property-os=bsd&property-arch=arm", []),
                ("foo=1", all), ("owner=nobody", all), ("checksum=0", all), ("deleted=true", all),
            ]
            for (query, expected) in table {
                #expect(try client.ids("\(list)?\(query)") == expected.reversed(), "\(query)")
            }
        }

        @Test("[V1-0050] [V1-0055] [V1-0239] [V1-0244] what is gone shows with changes-since alone", arguments: lists)
        func changesSince(list: String) throws {
            let glimpse = try Glimpse.shared
            let client = glimpse.newProject()
            let old = try client.make()
            let moment = try #require(client.detail(old)["updated_at"]?.string)
            let live = try client.make()
            let killed = try client.makeKilled()
            let deleted = try client.make()
            #expect(try client.send("DELETE", "/v1/images/\(deleted)").status == 200)
            let pending = try client.make(data: [1, 2, 3])
            #expect(try client.send("DELETE", "/v1/images/\(pending)").status == 200)
            let admin = glimpse.newProject(role: "admin")
            #expect(try admin.status(of: deleted) == "deleted")
            #expect(try admin.status(of: pending) == "pending_delete")

            #expect(try client.ids(list) == [live, old])
            #expect(try client.ids("\(list)?changes-since=\(moment)") == [pending, deleted, killed, live])
            #expect(try glimpse.newProject().ids("\(list)?changes-since=\(moment)") == [])
        }

        @Test("[V1-0015] [V1-0204] without identity", arguments: lists)
        func nobody(list: String) throws {
            let answer = try Glimpse.shared.nobody.send("GET", list)
            answer.expect(401)
            #expect(answer["x-openstack-request-id"] == nil)
        }

        @Test("[V1-0059] [V1-0248] a body that is not JSON", arguments: lists)
        func body(list: String) throws {
            let client = try Glimpse.shared.newProject()
            try client.send("GET", list, body: .json("not JSON")).expect(400, "Malformed JSON in request body.")
        }

        @Test("[V1-0060] [V1-0061] [V1-0064] the brief list, under both its paths", arguments: ["/v1/images", "/v1/"])
        func brief(path: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = try client.make(["name": "a"], data: Array("hello".utf8))
            let queued = try client.make()
            let answer = try client.send("GET", "\(path)?limit=1")
            #expect(answer.status == 200)
            #expect(answer.json?.names == ["images"])
            let entries = try client.images(path)
            #expect(entries.map(\.id) == [queued, id])
            for entry in entries {
                #expect(entry.names == ["id", "name", "size", "disk_format", "container_format", "checksum"])
            }
            #expect(
                entries.last == [
                    "id": .string(id), "name": .string("a"), "size": .int(5), "disk_format": .string("raw"),
                    "container_format": .string("bare"), "checksum": .string("5d41402abc4b2a76b9719d911017c592"),
                ])
        }

        @Test("[V1-0249] [V1-0250] [V1-0251] [V1-0252] [V1-0253] [V1-0255] the entries of the detailed list")
        func detail() throws {
            let client = try Glimpse.shared.newProject()
            let id = try client.make(
                ["name": "a", "property-status": "mine", "property-empty": ""], data: Array("hello".utf8))
            let queued = try client.make()
            let answer = try client.send("GET", "/v1/images/detail")
            #expect(answer.json?.names == ["images"])
            let entries = try client.images("/v1/images/detail")
            #expect(entries.map(\.id) == [queued, id])
            for entry in entries {
                #expect(
                    entry.names == [
                        "id", "name", "status", "size", "virtual_size", "disk_format", "container_format", "checksum",
                        "min_disk", "min_ram", "is_public", "protected", "deleted", "owner", "created_at",
                        "updated_at", "deleted_at", "properties",
                    ])
                #expect(!entry.names.contains("location") && !entry.names.contains("location_data"))
                for name in ["created_at", "updated_at"] {
                    let time = try #require(entry[name]?.string)
                    #expect(time.isV1Time, "\(time)")
                }
                #expect(entry["deleted_at"] == .null)
                #expect(entry["deleted"] == .bool(false))
            }
            #expect(entries[0]["size"] == .int(0))
            #expect(entries[0]["properties"] == [:])
            #expect(entries[1]["properties"] == ["empty": .null, "status": .string("mine")])
            #expect(entries[1]["status"] == .string("active"))
            #expect(entries[1]["empty"] == nil)
        }
    }
}

extension JSONValue {
    /// A member's value as text that compares like the value.
    fileprivate func sortText(_ name: String) -> String {
        switch self[name] {
        case .string(let text)?: text
        case .int(let number)?: String(String(1_000_000_000 + number).dropFirst())
        default: ""
        }
    }
}

extension String {
    /// `YYYY-MM-DDTHH:MM:SS`, and microseconds where there are some; no zone.
    fileprivate var isV1Time: Bool {
        let shape = String(map { $0.isNumber ? "9" : $0 })
        return shape == "9999-99-99T99:99:99" || shape == "9999-99-99T99:99:99.999999"
    }
}
