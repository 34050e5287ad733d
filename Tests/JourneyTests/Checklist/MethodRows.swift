import JSONText
import Testing

extension Journeys {
    /// The checklist's rows about version prefixes, and about methods that a list's path does not have.
    @Suite(.sharingDaemons()) struct MethodRows {
        @Test("[V1-0001] the version alone is redirected")
        func redirect() throws {
            let answer = try Glimpse.shared.newProject().send("GET", "/v1")
            #expect(answer.status == 302)
            #expect(answer["location"] == "http://127.0.0.1:\(try Glimpse.shared.api.port)/v1/")
        }

        @Test("[V1-0002] [V1-0003] minor versions are the same", arguments: ["/v1.0/images", "/v1.1/images"])
        func minorVersions(path: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = try client.make()
            let answer = try client.send("GET", path)
            #expect(answer.status == 200)
            #expect(try client.ids(path) == [id])
            #expect(try answer.body == client.send("GET", "/v1/images").body)
        }

        @Test("[V1-0004] an unknown minor version gets the versions document")
        func unknownMinorVersion() throws {
            let answer = try Glimpse.shared.newProject().send("GET", "/v1.2/images")
            #expect(answer.status == 300)
            let ids = answer.json?["versions"]?.array?.map(\.id)
            #expect(ids?.contains("v1.1") == true && ids?.contains("v1.0") == true, "\(answer.text)")
        }

        @Test(
            "[V1-0065] [V1-0198] [V1-0199] [V1-0200] [V1-0257] [V1-0258] 405 with Allow",
            arguments: [
                ("HEAD", "/v1/images", "GET, POST"), ("PUT", "/v1/images", "GET, POST"),
                ("DELETE", "/v1/images", "GET, POST"), ("FOO", "/v1/images", "GET, POST"),
                ("POST", "/v1/images/detail", "GET, HEAD"), ("PUT", "/v1/images/detail", "GET, HEAD"),
            ])
        func notAllowed(method: String, path: String, allow: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = try client.make()
            let answer = try client.send(method, path)
            #expect(answer.status == 405)
            #expect(answer["allow"] == allow)
            if method != "HEAD" {
                #expect(answer.text.contains("The method \(method) is not allowed for this resource."))
            }
            #expect(try client.ids("/v1/images") == [id])
        }

        @Test("[V1-0256] HEAD of the detailed list: 405 without a body")
        func headOfDetail() throws {
            let client = try Glimpse.shared.newProject()
            let connection = try client.connect()
            try connection.send(client.head("HEAD", "/v1/images/detail", [("Connection", "close")]) + "\r\n")
            let answer = try connection.receiveHead()
            #expect(answer.status == 405)
            #expect(answer["allow"] == "GET")
            #expect(try connection.receiveToEnd() == [])
        }

        @Test("[V1-0201] OPTIONS needs no identity")
        func options() throws {
            for client in [try Glimpse.shared.nobody, try Glimpse.shared.newProject()] {
                let answer = try client.send("OPTIONS", "/v1/images")
                #expect(answer.status == 200)
                #expect(answer.body == [])
            }
        }

        @Test("[V1-0202] a slash at the end is another path")
        func trailingSlash() throws {
            try Glimpse.shared.newProject().send("GET", "/v1/images/").expect(404, "The resource could not be found.")
        }
    }
}
