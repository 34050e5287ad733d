import JSONText
import Testing

extension Journeys {
    /// Who sees and changes which image.
    @Suite struct Visibility {
        @Test func strangersCannotTellThatAnImageExists() throws {
            try Glimpse.run { glimpse in
                let (owner, stranger) = (glimpse.client, glimpse.stranger)
                let id = try owner.createImage([1, 2, 3])
                let path = "/v1/images/\(id)"
                let nowhere = "/v1/images/00000000-0000-0000-0000-000000000000"
                for (method, fields) in [
                    ("HEAD", []), ("GET", []), ("DELETE", []), ("PUT", [("x-image-meta-name", "mine")]),
                ] {
                    let answer = try stranger.send(method, path, fields)
                    #expect(answer.status == 404, "\(method)")
                    let absent = try stranger.send(method, nowhere, fields)
                    #expect(absent.status == 404)
                    let text = answer.text.split(separator: id).joined()
                    #expect(text == absent.text.split(separator: nowhere.suffix(36)).joined(), "\(method)")
                }
                #expect(try stranger.list() == [])
                #expect(try stranger.list("?marker=\(id)", expecting: 400) == [])
                try owner.expectImage(id, [1, 2, 3])
            }
        }

        @Test func publicImagesAreReadByAllAndChangedByTheirOwner() throws {
            try Glimpse.run { glimpse in
                let (owner, stranger) = (glimpse.client, glimpse.stranger)
                let id = try glimpse.admin.createImage(
                    [1, 2, 3], [("x-image-meta-is_public", "True"), ("x-image-meta-owner", "lab")])
                #expect(try stranger.list() == [id])
                try stranger.expectImage(id, [1, 2, 3])
                #expect(try stranger.send("DELETE", "/v1/images/\(id)").status == 403)
                #expect(try stranger.send("PUT", "/v1/images/\(id)", [("x-image-meta-name", "x")]).status == 403)
                let hidden = try owner.send("PUT", "/v1/images/\(id)", [("x-image-meta-is_public", "False")])
                #expect(hidden.image?["is_public"]?.bool == false, "\(hidden.text)")
                #expect(try stranger.status(of: id) == "404")
                #expect(try stranger.list() == [])
            }
        }

        @Test func membersSeeWhatIsShared() throws {
            try Glimpse.run { glimpse in
                let (owner, stranger) = (glimpse.client, glimpse.stranger)
                let id = try owner.createImage([1, 2, 3])
                #expect(try owner.send("PUT", "/v1/images/\(id)/members/other").status == 204)
                let members = try owner.send("GET", "/v1/images/\(id)/members").json?["members"]?.array
                #expect(members?.compactMap { $0["member_id"]?.string } == ["other"])
                let shared = try stranger.send("GET", "/v1/shared-images/other").json?["shared_images"]?.array
                #expect(shared?.compactMap { $0["image_id"]?.string } == [id])
                try stranger.expectImage(id, [1, 2, 3])
                #expect(try stranger.list() == [id])
                #expect(try stranger.send("DELETE", "/v1/images/\(id)").status == 404)
                #expect(try owner.send("DELETE", "/v1/images/\(id)/members/other").status == 204)
                #expect(try stranger.status(of: id) == "404")
                #expect(try stranger.list() == [])
            }
        }

        @Test func adminsSeeAndChangeEverything() throws {
            try Glimpse.run { glimpse in
                let (owner, admin) = (glimpse.client, glimpse.admin)
                let id = try owner.createImage([1, 2, 3])
                #expect(try admin.list() == [])
                #expect(try admin.list("?is_public=none") == [id])
                try admin.expectImage(id, [1, 2, 3])
                let changed = try admin.send("PUT", "/v1/images/\(id)", [("x-image-meta-name", "theirs")])
                #expect(changed.image?["name"]?.string == "theirs")
                #expect(changed.image?["owner"]?.string == "lab")
                #expect(try admin.send("DELETE", "/v1/images/\(id)").status == 200)
                #expect(try owner.status(of: id) == "404")
                #expect(try admin.status(of: id) == "deleted")
                try glimpse.expectBlobs([])
            }
        }
    }
}

extension Client {
    /// The ids of a list that is refused with that status: none.
    fileprivate func list(_ query: String, expecting status: Int) throws -> [String] {
        let answer = try send("GET", "/v1/images\(query)")
        #expect(answer.status == status, "\(answer.text)")
        return answer.json?["images"]?.array?.compactMap { $0["id"]?.string } ?? []
    }
}
