import JSONText
import Testing

private let lists = ["/v1/images", "/v1/images/detail"]

extension Journeys {
    /// The checklist's rows about who sees what in a list.
    @Suite(.sharingDaemons(registryOverTCP: true))
    struct ListVisibilityRows {
        /// An image of each kind, all of one name.
        struct World {
            let name = Sample.newID()
            let mine = Sample.newID()
            let other = Sample.newID()
            let control = Sample.newID()
            let own, open, shared, sharedWithAdmin, foreign, ofAdmin, ownerless, community: String

            init(_ glimpse: Glimpse) throws {
                let admin = glimpse.caller(in: control, role: "admin")
                own = try glimpse.caller(in: mine).make(["name": name])
                open = try admin.make(["name": name, "owner": other, "is_public": "True"])
                shared = try glimpse.caller(in: other).make(["name": name])
                sharedWithAdmin = try glimpse.caller(in: other).make(["name": name])
                foreign = try glimpse.caller(in: other).make(["name": name])
                ofAdmin = try admin.make(["name": name])
                ownerless = try admin.make(["name": name, "owner": ""])
                for (id, member) in [(shared, mine), (sharedWithAdmin, control)] {
                    let path = "/v1/images/\(id)/members/\(member)"
                    #expect(try glimpse.caller(in: other).send("PUT", path).status == 204)
                }
                // v1 has no word for such images: the registry is asked itself.
                community = Sample.newID()
                try glimpse.createInRegistry(id: community, name: name, owner: other, visibility: "community")
            }

            /// Public images are in everybody's list.
            func end(_ glimpse: Glimpse) throws {
                let answer = try glimpse.caller(in: control, role: "admin").send("DELETE", "/v1/images/\(open)")
                #expect(answer.status == 200)
            }
        }

        @Test(
            """
            [V1-0014] [V1-0045] [V1-0056] [V1-0057] [V1-0203] [V1-0234] [V1-0245] [V1-0246] \
            users see their own images, public ones, and all that is shared with them
            """, arguments: lists)
        func users(list: String) throws {
            let glimpse = try Glimpse.shared
            let world = try World(glimpse)
            let me = glimpse.caller(in: world.mine)
            #expect(try me.ids(list) == [world.shared, world.open, world.own])
            for value in ["False", "True", "None", "0", "1"] {
                #expect(try me.ids("\(list)?is_public=\(value)") == [world.shared, world.open, world.own], "\(value)")
            }
            // Whoever knows their ids sees these all the same.
            #expect(try me.status(of: world.ownerless) == "queued")
            #expect(try me.status(of: world.community) == "queued")
            #expect(try me.status(of: world.foreign) == "404")
            try world.end(glimpse)
        }

        @Test(
            """
            [V1-0046] [V1-0047] [V1-0048] [V1-0049] [V1-0235] [V1-0236] [V1-0237] [V1-0238] \
            admins see what a user of their project sees, unless they ask for more
            """, arguments: lists)
        func admins(list: String) throws {
            let glimpse = try Glimpse.shared
            let world = try World(glimpse)
            let admin = glimpse.caller(in: world.control, role: "admin")
            let asUser = [world.ofAdmin, world.sharedWithAdmin, world.open]
            #expect(try glimpse.caller(in: world.control).ids(list) == asUser)
            #expect(try admin.ids(list) == asUser)
            #expect(try admin.ids("\(list)?is_public=True") == asUser)
            #expect(try admin.ids("\(list)?is_public=1") == asUser)
            let hidden: Set = [
                world.own, world.shared, world.sharedWithAdmin, world.foreign, world.ofAdmin, world.ownerless,
                world.community,
            ]
            let none = try admin.ids("\(list)?is_public=None&name=\(world.name)")
            #expect(none.count == 8 && Set(none) == hidden.union([world.open]))
            for value in ["False", "false", "0"] {
                let ids = try admin.ids("\(list)?is_public=\(value)&name=\(world.name)")
                #expect(ids.count == 7 && Set(ids) == hidden, "\(value)")
            }
            #expect(try glimpse.caller(in: world.other).send("DELETE", "/v1/images/\(world.foreign)").status == 200)
            #expect(try admin.ids("\(list)?is_public=None&name=\(world.name)").count == 7)
            try world.end(glimpse)
        }
    }

    /// The checklist's rows about callers without identity where they may read.
    @Suite(.sharingDaemons([.init("DEFAULT", "allow_anonymous_access", "True")]))
    struct AnonymousRows {
        @Test("[V1-0058] [V1-0247] anonymous callers see public images only", arguments: lists)
        func anonymous(list: String) throws {
            let glimpse = try Glimpse.shared
            let admin = glimpse.newProject(role: "admin")
            let open = try admin.make(["is_public": "True"])
            let hidden = try admin.make()
            let ownerless = try admin.make(["owner": ""])
            #expect(try glimpse.nobody.ids(list) == [open])
            #expect(try glimpse.nobody.status(of: hidden) == "404")
            #expect(try glimpse.nobody.status(of: ownerless) == "queued")
            #expect(try admin.send("DELETE", "/v1/images/\(open)").status == 200)
        }

        @Test("[V1-0137] anonymous callers create nothing")
        func create() throws {
            let glimpse = try Glimpse.shared
            let id = Sample.newID()
            try glimpse.nobody.post(["id": id]).expect(403, "Read-only access")
            try glimpse.nobody.post(["id": id], data: [1, 2, 3]).expect(403, "Read-only access")
            #expect(try glimpse.newProject(role: "admin").status(of: id) == "404")
        }
    }
}

extension Glimpse {
    /// Writes a queued image past the API.
    fileprivate func createInRegistry(id: String, name: String, owner: String, visibility: String) throws {
        let secret = String(decoding: try contents(of: secretPath).dropLast(), as: UTF8.self)
        let body = """
            {"image":{"id":"\(id)","name":"\(name)","status":"queued","visibility":"\(visibility)","owner":"\(owner)",
            "protected":false,"os_hidden":false,"disk_format":null,"container_format":null,"size":null,
            "virtual_size":null,"checksum":null,"os_hash_algo":null,"os_hash_value":null,"min_disk":0,"min_ram":0,
            "created_at":1700000000000000,"updated_at":1700000000000000,"deleted_at":null,"properties":{},"tags":[],
            "locations":[],"viewer_membership":null},"quotas":{}}
            """
        let connection = try Connection(port: registry.port)
        try connection.send(
            "POST /operations/create-image HTTP/1.1\r\nHost: registry\r\nX-Registry-Secret: \(secret)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let answer = try connection.receiveAnswer()
        try #require(answer.status == 200, "\(answer.text)")
    }
}
