import JSONText
import Testing

extension Journeys.ImageRows {
    /// How v2 is reached, and which of its minor versions are told of.
    @Suite struct V2Routes {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[OT-0004] doubled slashes count as one", arguments: ["//v2/images", "//v2//images", "/v2///images"])
        func slashes(path: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make()
            let answer = try owner.send("GET", path)
            answer.expect(200)
            #expect(answer.json?["images"]?.array?.map(\.id).contains(id) == true)
        }

        @Test("[OT-0009, OT-0013] Accept names v2 instead of the path")
        func accept() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make()
            let fields = [("Accept", "application/vnd.openstack.images-v2")]
            let answer = try owner.send("GET", "/images", fields)
            answer.expect(200)
            #expect(answer.json?["images"]?.array?.map(\.id).contains(id) == true)
            #expect(answer.json?["schema"]?.string == "/v2/schemas/images")
            try owner.send("GET", "/v2/images", fields).expect(404)
        }

        @Test("[OT-0019] the minor versions of a deployment with one store and no cache")
        func minors() throws {
            let versions = try #require(try glimpse.nobody.send("GET", "/versions").json?["versions"]?.array)
            let second = versions.filter { $0["id"]?.string?.hasPrefix("v2.") == true }
            let supported = second.filter { $0["status"]?.string == "SUPPORTED" }.compactMap { $0["id"]?.string }
            #expect(
                second.compactMap { $0["id"]?.string } == [
                    "v2.15", "v2.9", "v2.17", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0",
                ])
            #expect(supported.count == second.count - 1 && !supported.contains("v2.17"))
            #expect(second[2]["status"]?.string == "CURRENT")
            for minor in ["v2.8", "v2.18"] {
                #expect(try glimpse.newProject().send("GET", "/\(minor)/images").status == 300)
            }
        }
    }
}
