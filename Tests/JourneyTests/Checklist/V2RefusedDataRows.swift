import Glibc
import JSONText
import Testing

private let hello = Array("hello".utf8)

/// What an image has that says how its data are signed.
private let signed: JSONValue = [
    "disk_format": .string("raw"), "container_format": .string("bare"), "img_signature": .string("c2lnbmVk"),
    "img_signature_hash_method": .string("SHA-256"), "img_signature_key_type": .string("RSA-PSS"),
    "img_signature_certificate_uuid": .string("1b4e28ba-2fa1-11d2-883f-0016d3cca427"),
]

extension Journeys.UploadRows {
    @Test("[V2-0388] a store that has no room, asked by v2")
    func v2StoreFull() throws {
        let glimpse = try Glimpse.shared
        let client = glimpse.newProject()
        let id = try client.reserveImage()
        try client.announce("PUT", "/v2/images/\(id)/file", [Client.octetStream], bytes: 1 << 50).expect(
            413, "Image storage media is full")
        try client.v2ExpectQueued(id)
        try glimpse.expectNoData(of: id)
        try client.v2Upload(id, hello).expect(204)
    }
}

extension Journeys.StoreNotWritableRows {
    @Test("[V2-0389] a store that may not be written to, asked by v2")
    func v2NotWritable() throws {
        // Root may write anywhere, unless it has lost its capabilities.
        let launcher = geteuid() == 0 ? ["setpriv", "--bounding-set=-all"] : []
        try Glimpse.run(apiLauncher: launcher) { glimpse in
            let client = glimpse.client
            let id = try client.reserveImage()
            let staging = "\(glimpse.imagesPath)/.staging"
            #expect(chmod(staging, 0o500) == 0)
            defer { chmod(staging, 0o700) }
            try client.v2Upload(id, hello).expect(503, "Insufficient permissions on image storage media")
            try client.v2ExpectQueued(id)
            try glimpse.expectBlobs([])
            #expect(chmod(staging, 0o700) == 0)
            try client.v2Upload(id, hello).expect(204)
            try client.expectImage(id, hello)
        }
    }
}

extension Journeys.ImageRows {
    /// Data that can't be taken for what their image says of them.
    @Suite struct V2Signatures {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0391] nobody here can verify a signature, so signed data are refused")
        func unverifiable() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(signed)
            try owner.v2Upload(id, hello).expect(400, "Signature verification failed")
            try owner.v2ExpectQueued(id)
            try glimpse.expectNoData(of: id)
            try owner.v2WebDownload(id, "http://images.example/disk").expect(400, "Signature verification failed")
            try owner.v2ExpectQueued(id)
            // Part of the properties is no signature.
            #expect(try owner.v2Patch(id, [.remove("/img_signature")]).status == 200)
            try owner.v2Upload(id, hello).expect(204)
        }
    }
}

extension Journeys.V2LimitRows {
    @Test("[V2-0305] a deleted image's staged data leave the disk and the ledger") func deleteStaged() throws {
        let owner = glimpse.newProject()
        let id = try owner.reserveImage()
        try owner.v2Stage(id, Sample.bytes(1000)).expect(204)
        func usage(_ name: String) throws -> Int64? {
            try owner.send("GET", "/v2/info/usage").json?["usage"]?[name]?["usage"]?.int
        }
        #expect(try usage("image_stage_total") == 1)
        #expect(try glimpse.blobs().contains(id))
        try owner.v2Delete(id).expect(204)
        #expect(try eventually { try usage("image_stage_total") == 0 })
        #expect(try usage("image_size_total") == 0 && usage("image_count_total") == 0)
        try glimpse.expectNoData(of: id)
        // What is off the disk is room again: 1500 bytes are the quota.
        try owner.v2Upload(owner.reserveImage(), Sample.bytes(1000)).expect(204)
    }
}

extension Journeys.V2CacheRows {
    @Test("an image that v2 deletes leaves the cache") func deleteCached() throws {
        let owner = glimpse.newProject()
        let id = try owner.createImage([1])
        _ = try owner.v2Download(id)
        #expect(try glimpse.admin.send("GET", "/v2/cache").text.contains(id))
        try owner.v2Delete(id).expect(204)
        #expect(try !glimpse.admin.send("GET", "/v2/cache").text.contains(id))
    }
}

extension Journeys {
    /// Where glance-download is told of, though no other Glance is known.
    @Suite(.sharingDaemons([Glimpse.Option("DEFAULT", "enabled_import_methods", "glance-download")]))
    struct V2GlanceDownloadRows {
        @Test(
            "[V2-0408, V2-0409, V2-0410] a glance-download that names no image",
            arguments: [
                (#""glance_image_id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427""#, "'glance_region'"),
                (#""glance_region": "north""#, "'glance_image_id' needs to be set"),
                (#""glance_region": "north", "glance_image_id": "x""#, "'glance_image_id' must be a UUID"),
                (
                    #""glance_region": "north", "glance_image_id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427""#,
                    "No image service is known in the region 'north'."
                ),
            ])
        func names(keys: String, text: String) throws {
            let owner = try Glimpse.shared.newProject()
            let id = try owner.reserveImage()
            try owner.v2Import(id, #"{"method": {"name": "glance-download", \#(keys)}}"#).expect(400, text)
            try owner.v2ExpectQueued(id)
        }
    }
}
