import FoundationEssentials
import JSONText
import Testing

private let methodNames = (direct: #"{"name": "glance-direct"}"#, copy: #"{"name": "copy-image"}"#)

extension Client {
    /// `POST /v2/images/{id}/import` with that method and what stands behind it in the body.
    fileprivate func v2ImportInto(_ id: String, method: String, _ rest: String) throws -> Answer {
        try v2Import(id, #"{"method": \#(method)\#(rest.isEmpty ? "" : ", ")\#(rest)}"#)
    }

    /// Waits until the image's last task has that status.
    fileprivate func v2ExpectTask(
        _ status: String, of id: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        _ = try eventually { try v2Tasks(id).last?["status"]?.string == status }
        let last = try v2Tasks(id).last
        #expect(last?["status"]?.string == status, "\(String(describing: last))", sourceLocation: sourceLocation)
    }
}

extension Journeys {
    /// Rows about imports into several stores, and copies between them.
    @Suite(.sharingDaemons(Glimpse.Option.severalStores + Glimpse.Option.copiesFromLoopback))
    struct V2StoreImportRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private var cheap: String { "\(glimpse.folder.path)/cheap" }

        /// Puts something into a store's way: it can't take that image.
        private func block(_ id: String) throws { _ = try glimpse.folder.write([0], to: "cheap/\(id)") }

        private func bytesStored(by owner: Client) throws -> Int64 {
            let rows = try glimpse.rows("SELECT bytes_stored FROM usage WHERE owner = '\(owner.project)'")
            return rows.first.flatMap { Int64($0) } ?? 0
        }

        /// Where the image's data lie on the disk.
        private func files(_ id: String) throws -> [String] {
            var stores: [String] = []
            if try glimpse.blobs().contains(id) { stores.append("fast") }
            if try glimpse.cheapBlobs().contains(id) { stores.append("cheap") }
            return stores
        }

        private func expectFiles(
            _ stores: [String], _ id: String, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            _ = try eventually { try files(id) == stores }
            #expect(try files(id) == stores, sourceLocation: sourceLocation)
        }

        @Test("[V2-0430] data from a web server in two stores", arguments: [true, false])
        func web(mustAllSucceed: Bool) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let data = Sample.bytes(1_000_000)
            let source = try WebSource(data)
            defer { source.close() }
            let method = #"{"name": "web-download", "uri": "\#(source.url)"}"#
            try owner.v2ImportInto(
                id, method: method, #""stores": ["cheap", "fast"], "all_stores_must_succeed": \#(mustAllSucceed)"#
            ).expect(202)
            try owner.v2ExpectTask("success", of: id)
            let image = try owner.v2Image(id)
            #expect(image["status"]?.string == "active" && image["stores"]?.string == "cheap,fast")
            #expect(image["os_glance_import_task"] == nil)
            #expect(image["os_glance_importing_to_stores"]?.string == "")
            #expect(image["os_glance_failed_import"]?.string == "")
            #expect(source.requests.filter { $0.hasPrefix("GET") }.count == 1, "it is fetched once")
            for store in ["cheap", "fast"] {
                let answer = try owner.send("GET", "/v2/images/\(id)/file?prefer=\(store)")
                #expect(answer.status == 200 && answer.body == data)
            }
            try expectFiles(["fast", "cheap"], id)
            #expect(try bytesStored(by: owner) == 2_000_000, "each copy counts")
            try owner.v2Delete(id).expect(204)
            try expectFiles([], id)
            #expect(try eventually { try bytesStored(by: owner) == 0 })
        }

        @Test("[V2-0430] staged data in two stores, in all stores, and in another than they were staged in")
        func staged() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(300_000)
            for (rest, stores, files) in [
                (#""stores": ["fast", "cheap"]"#, "fast,cheap", ["fast", "cheap"]),
                (#""all_stores": true"#, "fast,cheap", ["fast", "cheap"]),
                (#""all_stores": true, "all_stores_must_succeed": false"#, "fast,cheap", ["fast", "cheap"]),
                (#""stores": ["cheap"]"#, "cheap", ["cheap"]),
                (#""stores": ["cheap"], "all_stores_must_succeed": false"#, "cheap", ["cheap"]),
                (#""stores": ["fast"]"#, "fast", ["fast"]), ("", "fast", ["fast"]),
            ] {
                let before = try bytesStored(by: owner)
                let id = try owner.reserveImage()
                try owner.v2Stage(id, data).expect(204)
                try owner.v2ImportInto(id, method: methodNames.direct, rest).expect(202, "", rest)
                try owner.v2ExpectTask("success", of: id)
                let image = try owner.v2Image(id)
                #expect(image["status"]?.string == "active" && image["stores"]?.string == stores, "\(rest): \(image)")
                #expect(image["os_glance_import_task"] == nil, "\(rest)")
                try owner.expectImage(id, data)
                try expectFiles(files, id)
                #expect(try bytesStored(by: owner) == before + Int64(300_000 * files.count), "\(rest)")
                #expect(
                    try eventually {
                        try glimpse.rows("SELECT bytes_staged FROM usage WHERE owner = '\(owner.project)'") == ["0"]
                    })
            }
        }

        @Test("the header names the store of an import")
        func header() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Stage(id, [1, 2, 3]).expect(204)
            let body = #"{"method": {"name": "glance-direct"}}"#
            try owner.send(
                "POST", "/v2/images/\(id)/import", [Client.jsonType, ("x-image-meta-store", "cheap")],
                body: .json(body)
            ).expect(202)
            try owner.v2Expect("active", id)
            #expect(try owner.v2Stores(of: id) == "cheap")
        }

        @Test("[V2-0426, V2-0427, V2-0428] stores that can't be meant")
        func refused() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Stage(id, [1]).expect(204)
            let header = ("x-image-meta-store", "cheap")
            let direct = methodNames.direct
            for (rest, headers, status, text) in [
                (#""stores": ["tape"]"#, [], 409, "Store for identifier tape not found"),
                (#""stores": ["fast", "tape"]"#, [], 409, "tape"),
                ("", [("x-image-meta-store", "tape")], 409, "Store for identifier tape not found"),
                (#""all_stores": true, "stores": ["fast"]"#, [], 400, "All_stores parameter can't be used with"),
                (#""all_stores": true"#, [header], 400, "All_stores parameter can't be used with"),
                (#""stores": ["fast"]"#, [header], 400, "can't be both specified"),
                (#""stores": "fast""#, [], 400, "'stores' must be a list"),
                (#""stores": [5]"#, [], 400, "'stores' must be a list"),
                (#""stores": []"#, [], 400, "'stores' must be a list"),
                (#""stores": ["web"]"#, [], 410, "Adding images to store is disabled"),
            ] as [(String, [(String, String)], Int, String)] {
                let body = #"{"method": \#(direct)\#(rest.isEmpty ? "" : ", ")\#(rest)}"#
                try owner.send(
                    "POST", "/v2/images/\(id)/import", [Client.jsonType] + headers, body: .json(body)
                ).expect(status, text, rest)
            }
            #expect(try owner.v2Status(of: id) == "uploading")
            #expect(try owner.v2Tasks(id) == [])
            try owner.v2ImportStaged(id).expect(202)
            try owner.v2Expect("active", id)
        }

        @Test("[V2-0431] one store fails, and need not succeed", arguments: ["fast,cheap", "cheap,fast"])
        func oneFails(stores: String) throws {
            let owner = glimpse.newProject()
            let list = stores.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ")
            let rest = #""stores": [\#(list)], "all_stores_must_succeed": false"#
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            for isWeb in [true, false] {
                let id = try owner.reserveImage()
                if !isWeb { try owner.v2Stage(id, [1, 2, 3]).expect(204) }
                try block(id)
                let method = isWeb ? #"{"name": "web-download", "uri": "\#(source.url)"}"# : methodNames.direct
                try owner.v2ImportInto(id, method: method, rest).expect(202)
                try owner.v2ExpectTask("success", of: id)
                let image = try owner.v2Image(id)
                #expect(image["status"]?.string == "active" && image["stores"]?.string == "fast", "\(image)")
                #expect(image["os_glance_failed_import"]?.string == "cheap", "\(image)")
                #expect(image["os_glance_importing_to_stores"]?.string == "" && image["os_glance_import_task"] == nil)
                try owner.expectImage(id, [1, 2, 3])
                #expect(try files(id).contains("fast"))
            }
            #expect(try bytesStored(by: owner) == 6)
        }

        @Test("[V2-0432] one store fails, and all must succeed", arguments: ["fast,cheap", "cheap,fast"])
        func allMustSucceed(stores: String) throws {
            let owner = glimpse.newProject()
            let list = stores.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ")
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            for isWeb in [true, false] {
                let id = try owner.reserveImage()
                if !isWeb { try owner.v2Stage(id, [1, 2, 3]).expect(204) }
                try block(id)
                let method = isWeb ? #"{"name": "web-download", "uri": "\#(source.url)"}"# : methodNames.direct
                try owner.v2ImportInto(id, method: method, #""stores": [\#(list)]"#).expect(202)
                try owner.v2ExpectTask("failure", of: id)
                try owner.v2ExpectQueued(id)
                let image = try owner.v2Image(id)
                #expect(image["stores"] == nil && image["os_glance_failed_import"]?.string == "cheap", "\(image)")
                #expect(image["os_glance_importing_to_stores"]?.string == "" && image["os_glance_import_task"] == nil)
                try expectFiles([], id)
                // It can be tried again.
                try owner.v2ImportInto(
                    id, method: #"{"name": "web-download", "uri": "\#(source.url)"}"#, #""stores": [\#(list)]"#
                ).expect(202)
                try owner.v2Expect("active", id)
                #expect(try owner.v2Stores(of: id) == stores)
                try owner.v2Delete(id).expect(204)
            }
            #expect(try eventually { try bytesStored(by: owner) == 0 })
        }

        @Test("[V2-0436] the stores that are left while an import runs")
        func running() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let source = try WebSource(Sample.bytes(200_000), .pauses(afterBytes: 100_000))
            defer { source.close() }
            try owner.v2ImportInto(
                id, method: #"{"name": "web-download", "uri": "\#(source.url)"}"#, #""all_stores": true"#
            ).expect(202)
            #expect(eventually { source.isPausing })
            let image = try owner.v2Image(id)
            #expect(image["os_glance_importing_to_stores"]?.string == "fast,cheap", "\(image)")
            #expect(image["os_glance_import_task"]?.string == (try owner.v2Tasks(id).first?["id"]?.string))
            source.goOn()
            try owner.v2Expect("active", id)
            let input = try owner.v2Tasks(id).first?["input"]?["import_req"]
            #expect(input?["stores"] == .array([.string("fast"), .string("cheap")]))
        }

        @Test("a source that fails has failed for every store")
        func sourceFails() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let source = try WebSource([1], .status(404))
            defer { source.close() }
            try owner.v2ImportInto(
                id, method: #"{"name": "web-download", "uri": "\#(source.url)"}"#,
                #""all_stores": true, "all_stores_must_succeed": false"#
            ).expect(202)
            try owner.v2ExpectTask("failure", of: id)
            try owner.v2ExpectQueued(id)
            #expect(try owner.v2Image(id)["os_glance_failed_import"]?.string == "fast,cheap")
        }

        // MARK: copy-image

        @Test("[V2-0411, V2-0412, V2-0413, V2-0414, V2-0415] copies of an active image")
        func copy() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(2_000_000)
            let id = try owner.createImage(data)
            let toCheap = #""stores": ["cheap"]"#
            try owner.v2ImportInto(id, method: methodNames.copy, toCheap).expect(403)
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, #""stores": ["fast"]"#).expect(
                400, "Image is already present at store 'fast'")
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, "").expect(
                400, "already present at store 'fast'")
            try glimpse.admin.v2ImportInto(
                try owner.reserveImage(), method: methodNames.copy, toCheap
            ).expect(409, "Only images with status active can be targeted for copying")
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, toCheap).expect(202)
            try owner.v2ExpectTask("success", of: id)
            let image = try owner.v2Image(id)
            #expect(image["status"]?.string == "active" && image["stores"]?.string == "fast,cheap", "\(image)")
            #expect(image["os_glance_import_task"] == nil && image["os_glance_failed_import"]?.string == "")
            try expectFiles(["fast", "cheap"], id)
            #expect(try contents(of: "\(cheap)/\(id)") == data)
            #expect(try bytesStored(by: owner) == 4_000_000)
            let tasks = try owner.v2Tasks(id).count
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, #""all_stores": true"#).expect(202)
            #expect(try owner.v2Tasks(id).count == tasks, "there is nothing left to do")
            try owner.expectImage(id, data)
        }

        @Test("a copy that fails leaves its image as it was")
        func copyFails() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try block(id)
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, #""stores": ["cheap"]"#).expect(202)
            try owner.v2ExpectTask("failure", of: id)
            let image = try owner.v2Image(id)
            #expect(image["status"]?.string == "active" && image["stores"]?.string == "fast")
            #expect(image["os_glance_failed_import"]?.string == "cheap" && image["os_glance_import_task"] == nil)
            try expectFiles(["fast"], id)
            #expect(try bytesStored(by: owner) == 3)
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, #""all_stores": true"#).expect(202)
            try owner.v2ExpectTask("success", of: id)
            #expect(try owner.v2Stores(of: id) == "fast,cheap")
            #expect(try owner.v2Image(id)["os_glance_failed_import"]?.string == "")
        }

        @Test("data that are not what they were are not copied")
        func damaged() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            _ = try glimpse.folder.write([1, 2, 4], to: "images/\(id)")
            try glimpse.admin.v2ImportInto(id, method: methodNames.copy, #""stores": ["cheap"]"#).expect(202)
            try owner.v2ExpectTask("failure", of: id)
            #expect(try owner.v2Tasks(id).last?["message"]?.string?.contains("digest") == true)
            try expectFiles(["fast"], id)
        }

        // MARK: Deleting from a store

        @Test("[V2-0671, V2-0672, V2-0673, V2-0674, V2-0675, V2-0676, V2-0677, V2-0679] data leave one store")
        func deleteFromStore() throws {
            let owner = glimpse.newProject()
            let admin = glimpse.admin
            let id = try owner.createImage([1, 2, 3])
            try admin.send("DELETE", "/v2/stores/cheap/\(id)").expect(404, "has no data in the store 'cheap'")
            try admin.send("DELETE", "/v2/stores/fast/\(id)").expect(403, "only store containing it")
            try admin.v2ImportInto(id, method: methodNames.copy, #""stores": ["cheap"]"#).expect(202)
            try owner.v2ExpectTask("success", of: id)
            try owner.send("DELETE", "/v2/stores/cheap/\(id)").expect(403, "delete_image_location")
            try admin.send("DELETE", "/v2/stores/tape/\(id)").expect(409, "Store for identifier tape not found")
            try admin.send("DELETE", "/v2/stores/cheap/\(freshID())").expect(404)
            try admin.send("DELETE", "/v2/stores/cheap/\(try owner.reserveImage())").expect(409)
            try admin.send("DELETE", "/v2/stores/cheap/\(id)", [Client.jsonType], body: .json("{}")).expect(400)
            // While something works on the image, its data are in use.
            _ = try glimpse.rows("INSERT INTO image_properties VALUES ('\(id)', 'os_glance_import_task', 'x')")
            try admin.send("DELETE", "/v2/stores/cheap/\(id)").expect(409, "in use")
            _ = try glimpse.rows("DELETE FROM image_properties WHERE name = 'os_glance_import_task'")
            let answer = try admin.send("DELETE", "/v2/stores/fast/\(id)")
            #expect(answer.status == 204 && answer.body == [], "\(answer.text)")
            #expect(try owner.v2Stores(of: id) == "cheap")
            try expectFiles(["cheap"], id)
            try owner.expectImage(id, [1, 2, 3])
            #expect(try eventually { try bytesStored(by: owner) == 3 })
            // And back, at once.
            try admin.v2ImportInto(id, method: methodNames.copy, #""all_stores": true"#).expect(202)
            try owner.v2ExpectTask("success", of: id)
            #expect(try owner.v2Stores(of: id) == "cheap,fast")
            try expectFiles(["fast", "cheap"], id)
        }
    }
}

extension Journeys.ImageRows.V2Import {
    /// Glance answers 400, which fails every import of today's openstack command where there is one store.
    @Test("[V2-0429] that not all stores must succeed means nothing where there is one")
    func oneStoreNeedNotSucceed() throws {
        let owner = glimpse.newProject()
        let id = try owner.reserveImage()
        try owner.v2Stage(id, [1, 2, 3]).expect(204)
        try owner.v2ImportInto(id, method: methodNames.direct, #""all_stores_must_succeed": false"#).expect(202)
        try owner.v2Expect("active", id)
        #expect(try owner.v2Image(id)["stores"] == nil)
    }
}
