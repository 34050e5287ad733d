import JSONText
import Testing

extension Journeys.ImageRows {
    /// `PUT /v1/images/{id}`: metadata.
    @Suite struct Update {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func imageWithProperties(_ owner: Client) throws -> String {
            try owner.createImage(
                [1, 2, 3],
                [
                    ("x-image-meta-property-a", "1"), ("x-image-meta-property-b", "2"),
                    ("x-image-meta-min_disk", "4"), ("x-image-meta-min_ram", "5"),
                ])
        }

        @Test("[V1-0306] what is not named is kept, but for the properties")
        func name() throws {
            let owner = glimpse.newProject()
            let id = try imageWithProperties(owner)
            var before = try owner.show(id).metadata
            let answer = try owner.update(id, [("name", "new")])
            answer.expect(200)
            #expect(answer["content-type"] == "application/json")
            #expect(answer.json?.object?.members.map(\.name) == ["image"])
            #expect(answer.image?["name"]?.string == "new" && answer.properties == [:])
            var after = try owner.show(id).metadata
            #expect(after.removeValue(forKey: "name") == "new")
            #expect(before.removeValue(forKey: "property-a") == "1" && before.removeValue(forKey: "property-b") == "2")
            before.removeValue(forKey: "name")
            for field in ["updated_at"] { before[field] = after[field] }
            #expect(after == before)
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test(
            "[V1-0307, V1-0308, V1-0309, V1-0310] properties are replaced, or merged where nothing is to be purged",
            arguments: [
                (nil, true, ["b": "3", "c": "4"]), ("false", true, ["a": "1", "b": "3", "c": "4"]),
                ("bogus", true, ["a": "1", "b": "3", "c": "4"]), ("True", true, ["b": "3", "c": "4"]),
                ("True", false, [:]),
            ] as [(String?, Bool, [String: String])])
        func properties(purge: String?, areSent: Bool, after: [String: String]) throws {
            let owner = glimpse.newProject()
            let id = try imageWithProperties(owner)
            let answer = try owner.update(
                id, areSent ? [("property-b", "3"), ("property-c", "4")] : [],
                purge.map { [("x-glance-registry-purge-props", $0)] } ?? [])
            answer.expect(200)
            #expect(answer.properties == after)
            let shown = try owner.show(id).metadata.filter { $0.key.hasPrefix("property-") }
            #expect(shown == Dictionary(uniqueKeysWithValues: after.map { ("property-\($0.key)", $0.value) }))
        }

        @Test("[V1-0312] an empty name is none")
        func emptyName() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            #expect(try owner.update(id, [("name", "")]).image?["name"] == .null)
            #expect(try owner.show(id).metadata["name"] == nil)
        }

        @Test(
            "[V1-0313, V1-0314, V1-0315, V1-0324, V1-0333, V1-0319, V1-0321] what an owner may say of an active image",
            arguments: [
                ([("min_disk", "7"), ("min_ram", "8")], ["min_disk": "7", "min_ram": "8"]),
                ([("disk_format", "qcow2")], ["disk_format": "qcow2", "container_format": "bare"]),
                ([("disk_format", "ami")], ["disk_format": "ami", "container_format": "ami"]),
                ([("size", "3")], ["size": "3"]),
                ([("protected", "True")], ["protected": "True"]),
                ([("protected", "False")], ["protected": "False"]),
                ([("status", "active")], ["status": "active"]),
                ([("id", "")], [:]),
            ] as [([(String, String)], [String: String])])
        func changes(fields: [(String, String)], after: [String: String]) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            if after["protected"] == "False" { try owner.update(id, [("protected", "True")]).expect(200) }
            let answer = try owner.update(id, fields.map { $0.0 == "id" ? ("id", id) : $0 })
            answer.expect(200)
            let shown = try owner.show(id).metadata
            for (field, value) in after { #expect(shown[field] == value, "\(field)") }
            #expect(shown["id"] == id && shown["status"] == "active")
        }

        @Test("[V1-0317, V1-0318] each PUT moves updated_at on, and has the ETag of the data")
        func times() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            var last = try #require(try owner.show(id).metadata["updated_at"])
            for _ in 1...5 {
                let answer = try owner.update(id, [])
                answer.expect(200)
                let time = try #require(answer.image?["updated_at"]?.string)
                #expect(time > last)
                #expect(answer["etag"] == "5289df737df57326fcdd22597afb1fac")
                last = time
            }
            #expect(try owner.show(id).metadata["updated_at"] == last)
            #expect(try owner.update(owner.reserveImage(), [("name", "x")])["etag"] == nil)
        }

        @Test(
            "[V1-0316, V1-0320, V1-0322, V1-0323, V1-0325, V1-0335, V1-0336, V1-0337, V1-0338, V1-0356, V1-0357] refusals",
            arguments: [
                ([("disk_format", "floppy")], 400, "Invalid disk format 'floppy' for image."),
                ([("status", "queued")], 403, "Forbidden to modify 'status' of image."),
                ([("id", "11111111-1111-1111-1111-111111111111")], 403, "Forbidden to modify 'id' of image."),
                ([("size", "4")], 403, "Forbidden to modify 'size' of active image."),
                ([("checksum", "0123")], 403, "Forbidden to modify 'checksum' of active image."),
                ([("bogus", "1")], 400, "Bad header: x-image-meta-bogus"),
                ([("name", String(repeating: "n", count: 256))], 400, "Image name too long: 256"),
                ([("min_ram", "2147483648")], 400, "min_ram"),
                ([("min_ram", "-1")], 400, "min_ram"),
                ([("name", "disk \u{1F4BE}")], 400, "4 byte unicode"),
                ([("property-p", "disk \u{1F4BE}")], 400, "4 byte unicode"),
                ([("property-\u{1F4BE}", "disk")], 400, "4 byte unicode"),
                ([("location", "")], 400, "External source should not be empty"),
                ([("location", "file:///etc/passwd")], 400, "External sources are not supported: 'file:///etc/passwd'"),
            ] as [([(String, String)], Int, String)])
        func refusals(fields: [(String, String)], status: Int, text: String) throws {
            let owner = glimpse.newProject()
            // A queued image, where the location is what is wrong.
            let isLocation = fields.contains { $0.0 == "location" }
            let id = try isLocation ? owner.reserveImage() : owner.createImage([1, 2, 3])
            let before = try owner.show(id).metadata
            try owner.update(id, fields + [("property-new", "1")]).expect(status, text)
            if status == 403, ["status", "id"].contains(fields[0].0) {
                try glimpse.admin.update(id, fields).expect(status, text)
            }
            #expect(try owner.show(id).metadata == before)
        }

        @Test("[V1-0326] an admin corrects size and checksum of an active image")
        func corrections() throws {
            let id = try glimpse.newProject().createImage([1, 2, 3])
            let checksum = "0123456789abcdef0123456789abcdef"
            try glimpse.admin.update(id, [("size", "2"), ("checksum", checksum)]).expect(200)
            let shown = try glimpse.admin.show(id)
            #expect(shown.metadata["size"] == "2" && shown.metadata["checksum"] == checksum)
            #expect(shown["etag"] == checksum)
        }

        @Test("[V1-0328, V1-0329] an admin gives an image to another project, its owner does not")
        func owner() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1, 2, 3])
            try owner.update(id, [("owner", other.project), ("name", "mine")]).expect(200)
            let mine = try owner.show(id).metadata
            #expect(mine["owner"] == owner.project && mine["name"] == "mine")
            let given = try glimpse.admin.update(id, [("owner", other.project)])
            #expect(given.status == 200 && given.image?["owner"]?.string == other.project)
            #expect(try owner.show(id).status == 404 && !owner.lists(id) && other.lists(id))
            try other.expectImage(id, [1, 2, 3])
        }

        @Test("[V1-0331, V1-0332] an admin makes an image public, its owner takes that back")
        func publishing() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1, 2, 3])
            let published = try glimpse.admin.update(id, [("is_public", "True")])
            #expect(published.status == 200 && published.image?["is_public"]?.bool == true)
            #expect(try other.data(of: id) == [1, 2, 3])
            let hidden = try owner.update(id, [("is_public", "False")])
            #expect(hidden.status == 200 && hidden.image?["is_public"]?.bool == false)
            try other.get(id).expect(404)
        }

        @Test("[V1-0334] times, and the word deleted, are dropped")
        func dropped() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            var before = try owner.show(id).metadata
            for client in [owner, glimpse.admin] {
                try client.update(
                    id,
                    [
                        ("deleted", "True"), ("created_at", "2001-01-01T00:00:00"),
                        ("updated_at", "2001-01-01T00:00:00"), ("deleted_at", "2001-01-01T00:00:00"),
                    ]
                ).expect(200)
                let after = try owner.show(id).metadata
                #expect(try #require(after["updated_at"]) > #require(before["updated_at"]))
                before["updated_at"] = after["updated_at"]
                #expect(after == before)
            }
        }

        @Test("[V1-0339, V1-0340, V1-0342] an image that the caller does not see, or was only lent, is not found")
        func notFound() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let hidden = try owner.createImage([1])
            let shared = try owner.createImage([1])
            try owner.share(shared, with: other, canShare: true)
            for id in [hidden, shared, freshID(), "no-id"] {
                try other.update(id, [("name", "mine")]).expect(404, id)
            }
            for id in [hidden, shared] { #expect(try owner.show(id).metadata["name"] == "an image") }
        }

        @Test("[V1-0341, V1-0343] an image that everybody sees is changed by its owner and by admins alone")
        func forbidden() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let published = try glimpse.publicImage(of: owner)
            try other.update(published, [("name", "mine")]).expect(403, "Forbidden to update image: \(published)")
            let ownerless = try glimpse.ownerlessImage()
            #expect([403, 404].contains(try other.update(ownerless, [("name", "mine")]).status))
            for id in [published, ownerless] {
                #expect(try other.show(id).metadata["name"] == "an image")
                try glimpse.admin.update(id, [("name", "new")]).expect(200)
            }
        }

        @Test("[V1-0344, V1-0345] a deleted image does not change")
        func deleted() throws {
            let owner = glimpse.newProject()
            let id = try owner.deletedImage()
            let before = try glimpse.admin.show(id).metadata
            try glimpse.admin.update(id, [("name", "new")]).expect(403, "Forbidden to update deleted image.")
            try owner.update(id, [("name", "new")]).expect(404, "Image with identifier \(id) not found")
            #expect(try glimpse.admin.show(id).metadata == before)
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct Update {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0359] properties are counted as they stand in the end")
        func propertyQuota() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1], [("x-image-meta-property-a", "1"), ("x-image-meta-property-b", "2")])
            let two = [("property-c", "3"), ("property-d", "4")]
            let merge = [("x-glance-registry-purge-props", "false")]
            let text =
                "The limit has been exceeded on the number of allowed image properties. Attempted: 4, Maximum: 3"
            try owner.update(id, two + [("name", "new")], merge).expect(413, text)
            var shown = try owner.show(id).metadata
            #expect(shown["name"] == "an image" && shown["property-a"] == "1" && shown["property-c"] == nil)
            try owner.update(id, [("property-c", "3")], merge).expect(200)
            try owner.update(id, two).expect(200)
            shown = try owner.show(id).metadata
            #expect(shown["property-a"] == nil && shown["property-c"] == "3" && shown["property-d"] == "4")
        }

        @Test("[V1-0364] a caller without identity only reads")
        func anonymous() throws {
            let id = try glimpse.publicImage(of: glimpse.newProject())
            #expect(try glimpse.nobody.data(of: id) == [1, 2, 3])
            try glimpse.nobody.update(id, [("name", "mine")]).expect(403, "Read-only access")
            #expect(try glimpse.nobody.show(id).metadata["name"] == "an image")
        }
    }
}
