import FoundationEssentials
import JSONText
import Testing

private let hello = Array("hello".utf8)

extension Glimpse.Option {
    /// Two stores for data, and the name of what lies outside; the cache is managed, too.
    static let severalStores = [
        Glimpse.Option("paste_deploy", "flavor", "fakeauth+cachemanagement"),
        Glimpse.Option("DEFAULT", "enabled_backends", "fast:file, cheap:file, web:http"),
        Glimpse.Option("glance_store", "default_backend", "fast"),
        Glimpse.Option("fast", "filesystem_store_datadir", "{folder}/images"),
        Glimpse.Option("fast", "store_description", "Flash in the rack"),
        Glimpse.Option("cheap", "filesystem_store_datadir", "{folder}/cheap"),
        Glimpse.Option("cheap", "weight", "10"),
        Glimpse.Option("os_glance_staging_store", "filesystem_store_datadir", "{folder}/staging"),
    ]
}

extension Glimpse {
    /// The blobs in the second store.
    func cheapBlobs() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/cheap")
            .filter { !$0.hasPrefix(".") }.sorted()
    }
}

extension Client {
    /// The stores that an image's data are in, as v2 tells.
    func v2Stores(of id: String) throws -> String? { try v2Image(id)["stores"]?.string }
}

extension Journeys {
    /// Rows about a deployment with several stores.
    @Suite(.sharingDaemons(Glimpse.Option.severalStores))
    struct V2StoreRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[OT-0018, V2-0005] all minor versions, where there are several stores and the cache")
        func versions() throws {
            let versions = try #require(try glimpse.nobody.send("GET", "/versions").json?["versions"]?.array)
            let second = versions.filter { $0["id"]?.string?.hasPrefix("v2.") == true }
            #expect(second.compactMap { $0["id"]?.string } == (0...18).reversed().map { "v2.\($0)" })
            let expected = ["CURRENT"] + [String](repeating: "SUPPORTED", count: 18)
            #expect(second.compactMap { $0["status"]?.string } == expected)
            for minor in ["v2.8", "v2.18"] {
                #expect(try glimpse.newProject().send("GET", "/\(minor)/images").status == 200)
            }
        }

        @Test("[V2-0533, V2-0535] the stores, as everybody may know them")
        func info() throws {
            let answer = try glimpse.newProject().send("GET", "/v2/info/stores")
            answer.expect(200)
            #expect(
                answer.json == [
                    "stores": [
                        [
                            "id": .string("fast"), "description": .string("Flash in the rack"),
                            "default": .string("true"),
                        ],
                        ["id": .string("cheap")],
                        ["id": .string("web"), "read-only": .string("true")],
                    ]
                ])
        }

        @Test("[V2-0536, V2-0537] the stores, as admins may know them")
        func detail() throws {
            try glimpse.newProject().send("GET", "/v2/info/stores/detail").expect(403)
            let answer = try glimpse.admin.send("GET", "/v2/info/stores/detail")
            answer.expect(200)
            let stores = try #require(answer.json?["stores"]?.array)
            #expect(stores.map { $0["type"]?.string } == ["file", "file", "http"])
            #expect(stores.map { $0["weight"]?.int } == [0, 10, 0])
            #expect(stores[1]["properties"]?["data_dir"]?.string == "\(glimpse.folder.path)/cheap")
            #expect(stores[2]["properties"] == [:])
        }

        @Test("[V2-0375, V2-0376, V2-0387, V2-0182] data go to the store that is asked for")
        func upload() throws {
            let owner = glimpse.newProject()
            let created = try owner.v2Create(["disk_format": .string("raw"), "container_format": .string("bare")])
            #expect(created["openstack-image-store-ids"] == "fast,cheap,web")
            let id = try #require(created.json?.id)
            #expect(created.json?["stores"] == nil)
            try owner.v2Upload(id, hello, [("x-image-meta-store", "tape")]).expect(
                400, "Store for identifier tape not found")
            try owner.v2Upload(id, hello, [("x-image-meta-store", "web")]).expect(410)
            try owner.v2ExpectQueued(id)
            try owner.v2Upload(id, hello, [("x-image-meta-store", "cheap")]).expect(204)
            #expect(try owner.v2Stores(of: id) == "cheap")
            #expect(try glimpse.cheapBlobs().contains(id) && !glimpse.blobs().contains(id))
            try owner.expectImage(id, hello)
            let other = try owner.reserveImage()
            try owner.v2Upload(other, hello).expect(204)
            #expect(try owner.v2Stores(of: other) == "fast")
            #expect(try glimpse.blobs().contains(other) && !glimpse.cheapBlobs().contains(other))
            // Deleted, they leave their store.
            for deleted in [id, other] { try owner.v2Delete(deleted).expect(204) }
            #expect(
                try eventually { try !glimpse.cheapBlobs().contains(id) && !glimpse.blobs().contains(other) })
        }

        @Test("v1 names its store, too")
        func old() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello, [("x-image-meta-store", "cheap")])
            #expect(try owner.v2Stores(of: id) == "cheap" && glimpse.cheapBlobs().contains(id))
            try owner.expectImage(id, hello)
            try owner.post(["store": "tape"], data: hello).expect(400, "Required store tape is invalid")
            try owner.post(["store": "web"], data: hello).expect(410)
        }

        @Test("[V2-0351, V2-0352] a download may prefer stores, and gets the data wherever they are")
        func prefer() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            for stores in ["cheap", "fast", "cheap,fast", "web"] {
                let answer = try owner.send("GET", "/v2/images/\(id)/file?prefer=\(stores)")
                #expect(answer.status == 200 && answer.body == hello, "\(stores): \(answer.text)")
            }
            try owner.send("GET", "/v2/images/\(id)/file?prefer=fast,tape").expect(
                400, "Store 'tape' is not configured.")
        }

        @Test("staged data are imported into the default store")
        func staged() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Stage(id, hello).expect(204)
            try owner.v2ImportStaged(id).expect(202)
            try owner.v2Expect("active", id)
            #expect(try owner.v2Stores(of: id) == "fast")
            try owner.expectImage(id, hello)
        }
    }
}
