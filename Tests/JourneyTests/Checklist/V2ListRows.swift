import JSONText
import Testing

extension Client {
    /// `GET` of a link from a list.
    fileprivate func follow(_ link: String) throws -> JSONValue {
        let answer = try send("GET", link)
        try #require(answer.status == 200, "\(link): \(answer.text)")
        return try #require(answer.json)
    }
}

extension Journeys.V2ImageRows {
    /// `GET /v2/images`: pages, order, filters.
    @Suite struct V2List {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0031] [V2-0033] [V2-0032] the newest 25")
        func newest() throws {
            let owner = glimpse.newProject()
            let mine = "owner=\(owner.project)"
            var ids: [String] = []
            for _ in 0..<3 { ids.insert(try owner.v2Make(), at: 0) }
            let few = try #require(try owner.v2List(mine).json)
            #expect(few["images"]?.array?.map(\.id) == ids)
            #expect(few["first"]?.string == "/v2/images?\(mine)" && few["next"] == nil)
            #expect(few["schema"] == "/v2/schemas/images")
            #expect(few["images"]?.array?.first == (try owner.v2Image(ids[0])))
            for _ in 0..<22 { ids.insert(try owner.v2Make(), at: 0) }
            let full = try #require(try owner.v2List(mine).json)
            #expect(full["images"]?.array?.map(\.id) == ids)
            #expect(full["next"]?.string == "/v2/images?\(mine)&marker=\(ids[24])")
            let rest = try owner.follow("/v2/images?\(mine)&marker=\(ids[24])")
            #expect(rest["images"] == [] && rest["next"] == nil && rest["first"]?.string == "/v2/images?\(mine)")
            let plain = try #require(try glimpse.newProject().v2List().json)
            #expect(plain["first"] == "/v2/images")
        }

        @Test("[V2-0034] [V2-0035] [V2-0036] [V2-0037] [V2-0038] pages")
        func pages() throws {
            let owner = glimpse.newProject()
            var ids: Set<String> = []
            for _ in 0..<7 { ids.insert(try owner.v2Make(["name": "größe & mehr", "tags": ["a", "b"]])) }
            _ = try owner.v2Make(["name": "größe & mehr", "tags": ["b"]])
            let empty = try #require(try owner.v2List("limit=0").json)
            #expect(empty["images"] == [] && empty["next"] == nil)
            var link: String? = "/v2/images?name=gr%C3%B6%C3%9Fe+%26+mehr&tag=a&limit=3&tag=b&sort=id:asc"
            var seen: [String] = []
            while let path = link {
                let page = try owner.follow(path)
                seen += try #require(page["images"]?.array).map(\.id)
                let first = try #require(page["first"]?.string)
                #expect(first == "/v2/images?name=gr%C3%B6%C3%9Fe%20%26%20mehr&tag=a&limit=3&tag=b&sort=id%3Aasc")
                link = page["next"]?.string
                if let link, let last = seen.last { #expect(link == first + "&marker=\(last)") }
            }
            #expect(seen == ids.sorted())
            #expect(try owner.v2List("limit=100000").status == 200)
        }

        @Test(
            """
            [V2-0039] [V2-0040] [V2-0041] [V2-0042] [V2-0046] [V2-0047] [V2-0048] [V2-0049] [V2-0052] [V2-0053] \
            [V2-0054] [V2-0060] [V2-0066] [V2-0068] [V2-0071] [V2-0073] [V2-0077] [V2-0078] [V2-0079] [V2-0081] \
            [V2-0089] [V2-0090] [V2-0097] [V2-0098] [V2-0105] values that a parameter can't have
            """,
            arguments: [
                ("limit=-1", "limit param must be positive"), ("limit=x", "limit param must be an integer"),
                ("limit=", "limit param must be an integer"), ("marker=", "No image found with ID "),
                ("marker=no-such-id", "No image found with ID no-such-id"),
                ("marker=00000000-0000-4000-8000-000000000000", "No image found with ID 00000000-0000"),
                (
                    "sort_key=name&sort_dir=asc&sort_dir=desc",
                    "Number of sort dirs does not match the number of sort keys"
                ), ("sort_key=owner", "Invalid sort key: owner"), ("sort_key=name,size", "Invalid sort key"),
                ("sort_dir=up", "Invalid sort direction: up"), ("sort=bad", "Invalid sort key"),
                ("sort=", "Invalid sort key"), ("sort=name:up", "Invalid sort direction"),
                ("sort=name&sort_key=name", "Old and new sorting syntax cannot be combined"),
                ("sort=name&sort_dir=asc", "Old and new sorting syntax cannot be combined"),
                ("visibility=bad", "Invalid visibility value"), ("member_status=bad", "Invalid status: bad"),
                ("os_hidden=x", "Invalid value 'x' for 'os_hidden' filter"), ("protected=True", "'protected' filter"),
                ("protected=x", "'protected' filter"),
                ("changes-since=2015-01-01T00:00:00", "is no longer available on v2"),
                ("name=in:%22a", "The quote is not closed."),
                ("name=in:a%22b%22", "There is no comma before opening quotation mark."),
                ("name=in:%22a%22b", "There is no comma after closing quotation mark."),
                ("name=neq:X", "Unable to filter by unknown operator 'neq'."),
                ("name=gt:X", "Unable to filter by unknown operator 'gt'."),
                ("name=a:b", "Unable to filter by unknown operator 'a'."),
                ("size_max=x", "Unable to filter on a range with a non-numeric value."),
                ("size_min=", "Unable to filter on a range with a non-numeric value."), ("foo_min=1", ""),
                ("created_at=bad", "Bad \"created_at\" query filter format"),
                ("updated_at=gt:bad", "Bad \"updated_at\" query filter format"),
                ("created_at=in:2015-01-01T00:00:00Z", "Unable to filter on a unknown operator."),
                ("locations=x", ""), ("properties=x", ""), ("members=x", ""), ("name=%00", "NUL"), ("name=%FF", ""),
                ((0..<101).map { "tag=t\($0)" }.joined(separator: "&"), "100 filters"),
            ])
        func refusals(query: String, text: String) throws {
            try glimpse.newProject().v2List(query).expect(400, text)
        }

        @Test("[V2-0041] markers that the caller can't see")
        func markers() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.v2Make()
            #expect(try owner.v2List("marker=\(id)").status == 200)
            try other.v2List("marker=\(id)").expect(400, "No image found with ID \(id)")
            try owner.v2Delete(id).expect(204)
            for client in [owner, glimpse.admin] {
                try client.v2List("marker=\(id)").expect(400, "No image found with ID \(id)")
            }
        }

        @Test(
            "[V2-0043] [V2-0044] [V2-0045] [V2-0050] [V2-0051] orders",
            arguments: [
                ("sort_key=name&sort_dir=asc", [0, 1, 2, 3]), ("sort_key=name&sort_key=min_disk", nil),
                ("sort_key=disk_format&sort_key=name&sort_dir=asc", [2, 3, 0, 1]),
                ("sort_key=disk_format&sort_dir=desc&sort_key=name&sort_dir=asc", [0, 1, 2, 3]),
                ("sort=disk_format:asc,name:desc", [3, 2, 1, 0]), ("sort=name", [3, 2, 1, 0]),
                ("sort=disk_format,name:asc", [0, 1, 2, 3]), ("sort_dir=asc", [3, 1, 0, 2]),
                ("sort=size:asc,created_at:asc", [3, 1, 0, 2]),
            ] as [(String, [Int]?)])
        func order(query: String, expected: [Int]?) throws {
            let owner = glimpse.newProject()
            var ids: [Int: String] = [:]
            for (index, name, format) in [(3, "d", "qcow2"), (1, "b", "raw"), (0, "a", "raw"), (2, "c", "qcow2")] {
                ids[index] = try owner.v2Make(["name": .string(name), "disk_format": .string(format)])
            }
            guard let expected else {
                try owner.v2List(query).expect(400, "Invalid sort key: min_disk")
                return
            }
            #expect(try owner.v2Ids("owner=\(owner.project)&\(query)") == expected.compactMap { ids[$0] })
        }

        @Test(
            """
            [V2-0070] [V2-0072] [V2-0074] [V2-0075] [V2-0076] [V2-0080] [V2-0082] [V2-0083] [V2-0084] [V2-0085] \
            [V2-0086] [V2-0087] [V2-0088] [V2-0091] [V2-0092] [V2-0093] [V2-0100] [V2-0101] [V2-0102] [V2-0103] \
            [V2-0104] [V2-0106] [V2-0107] filters
            """)
        func filters() throws {
            let owner = glimpse.newProject()
            let a = try owner.v2Make([
                "name": "a,b", "tags": ["x", "y"], "min_ram": 7, "disk_format": "raw", "protected": true,
            ])
            let b = try owner.v2Make(["name": "b", "tags": ["x"], "os_distro": "größe", "container_format": "ovf"])
            let c = try owner.v2MakeActive(["name": "x"], data: [1, 2, 3, 4, 5])
            let d = try owner.v2Make(["name": ""])
            let active = try owner.v2Image(c)
            let hash = try #require(active["os_hash_value"]?.string)
            let cases: [(String, [String])] = [
                ("name=b", [b]), ("name=in:b,x", [b, c]), ("name=in:%22a,b%22,x", [a, c]), ("name=in:", []),
                ("name=eq:b", [b]), ("name=", [d]), ("name=eq:", [d]), ("status=in:active,queued", [a, b, c, d]),
                ("status=active", [c]), ("status=bogus", []), ("id=in:\(a),\(b)", [a, b]), ("id=\(a)", [a]),
                ("container_format=in:bare,ovf", [b, c]), ("disk_format=eq:raw", [a, c]), ("size_min=5", [c]),
                ("size_min=6", []), ("size_max=5", [c]), ("size_max=4", []), ("size_min=1&size_max=9", [c]),
                ("size=5", [c]), ("size=0", []), ("size=x", []), ("min_ram=x", []), ("min_ram=7", [a]),
                ("min_ram_min=7", [a]), ("min_ram_max=6", [b, c, d]), ("min_disk=0", [a, b, c, d]),
                ("checksum=\(active["checksum"]?.string ?? "")", [c]), ("os_hash_value=\(hash)", [c]),
                ("os_hash_algo=sha512", [c]), ("os_hash_algo=md5", []), ("os_distro=gr%C3%B6%C3%9Fe", [b]),
                ("os_distro=x", []), ("foo=bar", []), ("deleted=true", [a, b, c, d]), ("tag=x&tag=y", [a]),
                ("tag=x", [a, b]), ("tag=%20x%20", [a, b]), ("tag=X", []), ("protected=true", [a]),
                ("protected=false", [b, c, d]), ("owner=\(owner.project)", [a, b, c, d]), ("owner=other", []),
                ("visibility=", []), ("name=n&name=b", [b]),
            ]
            for (query, expected) in cases {
                // Public images of other tests are in the list, too.
                let ids = try owner.v2Ids("limit=1000&\(query)").filter { [a, b, c, d].contains($0) }
                #expect(ids == expected.reversed(), "\(query)")
            }
            try owner.v2Patch(a, [.replace("/protected", false)]).expect(200)
        }

        @Test("[V2-0094] [V2-0095] [V2-0096] [V2-0099] times are compared to the second that is shown")
        func times() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make()
            // A moment within a second, which is shown without its fraction.
            _ = try glimpse.rows(
                "UPDATE images SET created_at = 1500000000700000, updated_at = 1500000000700000 WHERE id = '\(id)'")
            #expect(try owner.v2Image(id)["created_at"] == "2017-07-14T02:40:00Z")
            let cases: [(String, Bool)] = [
                ("2017-07-14T02:40:00Z", true), ("eq:2017-07-14T02:40:00Z", true), ("eq:2017-07-14T02:40:01Z", false),
                ("neq:2017-07-14T02:40:00Z", false), ("neq:2017-07-14T02:40:01Z", true),
                ("gt:2017-07-14T02:40:00Z", false), ("gt:2017-07-14T02:39:59Z", true),
                ("gte:2017-07-14T02:40:00Z", true), ("gte:2017-07-14T02:40:01Z", false),
                ("lt:2017-07-14T02:40:00Z", false), ("lt:2017-07-14T02:40:01Z", true),
                ("lte:2017-07-14T02:40:00Z", true), ("lte:2017-07-14T02:39:59Z", false),
                ("gte:2017-07-14T04:40:00%2B02:00", true), ("gt:2017-07-14T04:40:00%2B02:00", false),
                ("2017-07-14", false), ("gt:2017-07-14", true),
            ]
            for field in ["created_at", "updated_at"] {
                for (value, isListed) in cases {
                    #expect(
                        try owner.v2Ids("limit=1000&\(field)=\(value)").contains(id) == isListed, "\(field) \(value)")
                }
            }
        }
    }

    /// `GET /v2/images`: who sees what.
    @Suite struct V2ListVisibility {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test(
            """
            [V2-0031] [V2-0055] [V2-0056] [V2-0057] [V2-0058] [V2-0059] [V2-0061] [V2-0062] [V2-0063] [V2-0064] \
            [V2-0065] [V2-0067] [V2-0069] [V2-0109] the scopes of members, admins and strangers
            """)
        func scopes() throws {
            let (me, other, stranger) = (glimpse.newProject(), glimpse.newProject(), glimpse.newProject())
            let name = freshID()
            func make(_ visibility: String, of owner: Client, hidden: Bool = false) throws -> String {
                try glimpse.v2Make(visibility, of: owner, ["name": .string(name), "os_hidden": .bool(hidden)])
            }
            let own = try ["public", "private", "shared", "community"].map { try make($0, of: me) }
            let theirs = try ["public", "private", "shared", "community"].map { try make($0, of: other) }
            var shares: [String: String] = [:]
            for status in ["pending", "accepted", "rejected"] {
                let id = try make("shared", of: other)
                try glimpse.v2Share(id, of: other, with: me, status: status)
                shares[status] = id
            }
            let (hidden, hiddenOfOther) = (
                try make("private", of: me, hidden: true), try make("public", of: other, hidden: true)
            )
            let ownerless = try glimpse.admin.v2Make([
                "name": .string(name), "owner": .null, "visibility": "private",
            ])
            let pending = try #require(shares["pending"])
            let accepted = try #require(shares["accepted"])
            let rejected = try #require(shares["rejected"])
            func expect(_ client: Client, _ query: String, _ ids: [String], _ line: UInt = #line) throws {
                let listed = try client.v2Ids("name=\(name)&limit=100\(query)")
                #expect(Set(listed) == Set(ids) && listed.count == ids.count, "\(query) in line \(line)")
            }
            try expect(me, "", own + [theirs[0], accepted])
            try expect(me, "&visibility=public", [own[0], theirs[0]])
            try expect(me, "&visibility=private", [own[1]])
            try expect(me, "&visibility=shared", [own[2], accepted])
            try expect(me, "&visibility=community", [own[3], theirs[3]])
            try expect(me, "&visibility=all", own + [theirs[0], theirs[3], accepted])
            try expect(me, "&visibility=", [])
            try expect(me, "&member_status=pending", own + [theirs[0], pending])
            try expect(me, "&visibility=shared&member_status=pending", [own[2], pending])
            try expect(me, "&member_status=rejected", own + [theirs[0], rejected])
            try expect(me, "&member_status=all", own + [theirs[0], pending, accepted, rejected])
            try expect(me, "&os_hidden=true", [hidden, hiddenOfOther])
            try expect(me, "&os_hidden=True", [hidden, hiddenOfOther])
            try expect(me, "&os_hidden=false&visibility=private", [own[1]])
            try expect(stranger, "", [own[0], theirs[0]])
            try expect(stranger, "&visibility=all", [own[0], theirs[0], own[3], theirs[3]])
            try expect(stranger, "&visibility=private", [])
            try expect(stranger, "&visibility=shared&member_status=all", [])
            let all = own + theirs + [pending, accepted, rejected, ownerless]
            let community = [own[3], theirs[3]]
            try expect(glimpse.admin, "", all.filter { !community.contains($0) })
            try expect(glimpse.admin, "&visibility=all", all)
            try expect(glimpse.admin, "&visibility=community", community)
            try expect(glimpse.admin, "&visibility=private", [own[1], theirs[1], ownerless])
            try expect(glimpse.admin, "&os_hidden=true&visibility=private", [hidden])
            for id in [own[0], theirs[0], hiddenOfOther] { try glimpse.admin.v2Delete(id).expect(204) }
        }

        @Test("[V2-0108] what is gone, or never came to be", arguments: ["deleted", "killed", "pending_delete"])
        func gone(status: String) throws {
            let owner = glimpse.newProject()
            let id = try status == "killed" ? owner.killedImage() : owner.v2Make()
            if status == "deleted" { try owner.v2Delete(id).expect(204) }
            if status == "pending_delete" {
                _ = try glimpse.rows("UPDATE images SET status = '\(status)', deleted_at = 1 WHERE id = '\(id)'")
            }
            for client in [owner, glimpse.admin] {
                for query in ["", "status=\(status)", "deleted=true", "visibility=all"] {
                    #expect(try !client.v2Ids("owner=\(owner.project)&\(query)").contains(id), "\(query)")
                }
            }
        }

        @Test("[V2-0110] [V2-0111] no role, no identity")
        func strangers() throws {
            let noRole = Client(port: glimpse.api.port, token: "user:\(glimpse.newProject().project):nothing")
            try noRole.v2List().expect(403, "You are not authorized to complete get_images action.")
            #expect(try glimpse.nobody.v2List().status == 401)
            let reader = Client(port: glimpse.api.port, token: "user:\(glimpse.newProject().project):reader")
            #expect(try reader.v2List().status == 200)
        }
    }
}
