import JSONText
import Testing

extension Journeys {
    /// Rows about v2's images with settings that are not the default ones.
    @Suite(
        .sharingDaemons(
            Glimpse.Option.copiesFromLoopback + [
                Glimpse.Option("DEFAULT", "allow_anonymous_access", "True"),
                Glimpse.Option("DEFAULT", "delayed_delete", "True"),
                Glimpse.Option("DEFAULT", "scrub_time", "86400"),
                Glimpse.Option("DEFAULT", "image_tag_quota", "2"),
                Glimpse.Option("DEFAULT", "api_limit_max", "3"),
                Glimpse.Option("DEFAULT", "enabled_import_methods", "[glance-direct,web-download]"),
            ]))
    enum V2SettingRows {}
}

extension Journeys.V2SettingRows {
    @Suite struct V2Settings {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0112] [V2-0172] [V2-0273] [V2-0309] callers without identity read what is public, and no more")
        func anonymous() throws {
            let owner = glimpse.newProject()
            let open = try glimpse.v2Make("public", of: owner)
            let (community, own) = (try glimpse.v2Make("community", of: owner), try owner.v2Make())
            let nobody = glimpse.nobody
            #expect(try nobody.v2Ids() == [open])
            #expect(try nobody.v2Show(open).status == 200 && nobody.v2Show(community).status == 200)
            try nobody.v2Show(own).expect(404)
            try nobody.v2Create().expect(403, "Read-only access")
            try nobody.v2Patch(open, [.replace("/name", "x")]).expect(403)
            try nobody.v2Delete(open).expect(403)
            try glimpse.admin.v2Delete(open).expect(204)
        }

        @Test("[V2-0306] delayed_delete keeps the data, and shows the image to nobody")
        func delayedDelete() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2MakeActive()
            try owner.v2Delete(id).expect(204)
            #expect(try glimpse.blobs().contains(id))
            for client in [owner, glimpse.admin] {
                try client.v2Show(id).expect(404)
                try client.v2Delete(id).expect(404, "Failed to find image \(id) to delete")
                try client.v2Patch(id, [.replace("/name", "x")]).expect(404)
            }
        }

        @Test("[V2-0038] [V2-0115] [V2-0268] quotas, bounds and what clients are told of imports")
        func bounds() throws {
            let owner = glimpse.newProject()
            try owner.v2Create(["tags": ["a", "b", "c"]]).expect(413, "Attempted: 3, Maximum: 2")
            let answer = try owner.v2Create(["tags": ["a", "b", "a"]])
            #expect(answer.status == 201)
            #expect(answer["openstack-image-import-methods"] == "glance-direct,web-download")
            try owner.v2Patch(try #require(answer.json?.id), [.replace("/tags", ["a", "b", "c"])]).expect(413)
            for _ in 0..<3 { _ = try owner.v2Make() }
            let page = try #require(try owner.v2List("limit=100").json)
            #expect(page["images"]?.array?.count == 3 && page["next"]?.string?.contains("limit=100") == true)
        }
    }
}
