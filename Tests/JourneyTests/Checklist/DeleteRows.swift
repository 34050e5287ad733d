import JSONText
import Testing

extension Journeys.ImageRows {
    /// `DELETE /v1/images/{id}`.
    @Suite struct Delete {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0368, V1-0370, V1-0371] an image is deleted once")
        func once() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            #expect(try owner.lists(id))
            let answer = try owner.delete(id)
            #expect(answer.status == 200 && answer["content-length"] == "0" && answer.body == [])
            #expect(try !owner.lists(id))
            #expect(try glimpse.admin.status(of: id) == "deleted")
            try owner.delete(id).expect(404, "Image with identifier \(id) not found")
            try glimpse.admin.delete(id).expect(404, "Image \(id) not found.")
        }

        @Test("[V1-0369] a protected image stays")
        func protected() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3], [("x-image-meta-protected", "True")])
            for client in [owner, glimpse.admin] { try client.delete(id).expect(403, "Image is protected") }
            try owner.expectImage(id, [1, 2, 3])
            try owner.update(id, [("protected", "False")]).expect(200)
            try owner.delete(id).expect(200)
        }

        @Test("[V1-0372, V1-0373, V1-0374, V1-0375, V1-0376] what is not the caller's stays")
        func others() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let (hidden, shared) = (try owner.createImage([1, 2, 3]), try owner.createImage([1, 2, 3]))
            try owner.share(shared, with: other, canShare: true)
            let published = try glimpse.publicImage(of: owner)
            let ownerless = try glimpse.ownerlessImage()
            for id in [freshID(), hidden, shared] { try other.delete(id).expect(404, id) }
            try other.delete(published).expect(403, "Forbidden to delete image: \(published)")
            #expect([403, 404].contains(try other.delete(ownerless).status))
            for id in [hidden, shared, published, ownerless] { try glimpse.admin.expectImage(id, [1, 2, 3]) }
        }

        @Test("[V1-0377] an admin deletes any project's image")
        func admin() throws {
            let owner = glimpse.newProject()
            for id in [try owner.createImage([1]), try glimpse.ownerlessImage()] {
                try glimpse.admin.delete(id).expect(200)
                #expect(try owner.status(of: id) == "404")
            }
        }

        @Test("[V1-0378] an image is deleted in any state")
        func states() throws {
            let owner = glimpse.newProject()
            let (queued, saving) = (try owner.reserveImage(), try owner.reserveImage())
            let upload = try owner.beginUpload(to: saving)
            let killed = try owner.killedImage()
            let deactivated = try owner.createImage([1, 2, 3])
            for id in [queued, saving, killed] {
                try owner.delete(id).expect(200)
                #expect(try owner.status(of: id) == "404" && glimpse.admin.status(of: id) == "deleted")
            }
            upload.close()
            try glimpse.changeRows("UPDATE images SET status = 'deactivated' WHERE id = '\(deactivated)'")
            try owner.delete(deactivated).expect(200)
            #expect(try glimpse.admin.status(of: deactivated) == "deleted")
            #expect(eventually { (try? glimpse.blobs().contains { [saving, deactivated].contains($0) }) == false })
            #expect(try eventually { try glimpse.stagedFiles().isEmpty })
        }

        @Test("[V1-0383] nothing is left of a deleted image, but its id is taken for ever")
        func afterwards() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1, 2, 3], [("x-image-meta-property-a", "1")])
            try owner.share(id, with: other)
            #expect(try glimpse.blobs().contains(id))
            try owner.delete(id).expect(200)
            #expect(try eventually { try !glimpse.blobs().contains(id) })
            #expect(try glimpse.admin.show(id).metadata["property-a"] == nil)
            #expect(try other.images(sharedWith: other.project) == [:] && !other.lists(id))
            for table in ["image_members", "image_properties", "image_locations"] {
                #expect(try glimpse.rows("SELECT COUNT(*) FROM \(table) WHERE image_id = '\(id)'") == ["0"], "\(table)")
            }
            for client in [owner, other, glimpse.admin] {
                let again = try client.send("POST", "/v1/images", Client.newImage("again", id: id), body: .bytes([1]))
                again.expect(409, "An image with identifier \(id) already exists")
            }
            #expect(try glimpse.admin.status(of: id) == "deleted")
        }

        @Test("[V1-0386] a body that is not JSON is refused")
        func body() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try owner.send("DELETE", "/v1/images/\(id)", body: .json("{not")).expect(400, "Malformed JSON")
            try owner.expectImage(id, [1, 2, 3])
        }
    }
}

extension Journeys.SettingRows {
    /// With `delayed_delete`.
    @Suite struct Delete {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0379, V1-0381] data wait for the scrubber, and are not deleted twice")
        func delayed() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try owner.delete(id).expect(200)
            for _ in 1...2 {
                let shown = try glimpse.admin.show(id).metadata
                #expect(shown["status"] == "pending_delete" && shown["deleted"] == "True")
                #expect(shown["deleted_at"] != nil)
                #expect(try owner.status(of: id) == "404" && !owner.lists(id))
                #expect(try glimpse.blobs().contains(id))
                try glimpse.admin.delete(id).expect(403, "Forbidden to delete a pending_delete image.")
            }
        }

        @Test("[V1-0380] where there are no data nothing waits")
        func noData() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.delete(id).expect(200)
            #expect(try glimpse.admin.status(of: id) == "deleted")
        }

        @Test("[V1-0384] a caller without identity deletes nothing")
        func anonymous() throws {
            let id = try glimpse.publicImage(of: glimpse.newProject())
            try glimpse.nobody.delete(id).expect(403, "Read-only access")
            #expect(try glimpse.nobody.data(of: id) == [1, 2, 3])
        }
    }
}
