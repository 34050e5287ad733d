import Testing

extension Journeys.ImageRows {
    /// Methods and paths that there are not.
    @Suite struct Routes {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test(
            "[V1-0305, V1-0367, V1-0395, V1-0396, V1-0411, V1-0412, V1-0413] a path's other methods are not allowed",
            arguments: [
                ("POST", "", "GET, HEAD, PUT, DELETE"), ("PATCH", "", "GET, HEAD, PUT, DELETE"),
                ("HEAD", "/members", "GET, PUT"), ("POST", "/members", "GET, PUT"), ("DELETE", "/members", "GET, PUT"),
                ("GET", "/members/m", nil), ("POST", "/members/m", "GET, PUT, DELETE"),
            ] as [(String, String, String?)])
        func notAllowed(method: String, path: String, allow: String?) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try owner.send("PUT", "/v1/images/\(id)/members/m").expect(204)
            let before = try owner.show(id).metadata
            let answer = try owner.send(method, "/v1/images/\(id)\(path)")
            #expect(answer.status == 405 && answer["allow"] == allow)
            #expect(try owner.show(id).metadata == before)
            #expect(try owner.members(of: id) == ["m": false])
        }

        @Test(
            "[V1-0437, V1-0438, V1-0439] what is no path is told to those with an identity",
            arguments: [
                ("GET", 404), ("HEAD", 404), ("POST", 404), ("PUT", 404), ("DELETE", 404), ("PATCH", 404), ("FOO", 501),
            ])
        func unknown(method: String, status: Int) throws {
            #expect(try glimpse.newProject().send(method, "/v1/nothing").status == status)
            #expect(try glimpse.nobody.send(method, "/v1/nothing").status == 401)
        }
    }
}
