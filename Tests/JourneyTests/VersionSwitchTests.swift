import JSONText
import Testing

extension Journeys {
    /// `enable_v1_api` and `enable_v2_api`: a version that is off is neither listed nor served.
    @Suite struct VersionSwitches {
        private func versions(_ glimpse: Glimpse) throws -> [String] {
            let answer = try glimpse.nobody.send("GET", "/versions")
            #expect(answer.status == 200)
            return try #require(answer.json?["versions"]?.array).compactMap { $0["id"]?.string }
        }

        @Test(arguments: [("1", "2"), ("2", "1")])
        func whatIsOffIsNotThere(off: String, on: String) throws {
            try Glimpse.run([.init("DEFAULT", "enable_v\(off)_api", "False")]) { glimpse in
                let listed = try versions(glimpse)
                #expect(!listed.contains { $0.hasPrefix("v\(off)") })
                #expect(listed.contains { $0.hasPrefix("v\(on)") })
                let accept = [("Accept", "application/vnd.openstack.images-v\(off)")]
                for (path, fields) in [("/v\(off)/images", []), ("/v\(off)", []), ("/images", accept)] {
                    let answer = try glimpse.client.send("GET", path, fields)
                    answer.expect(300, "\"versions\"", path)
                }
                try glimpse.client.send("POST", "/v\(off)/images", Client.newImage("x")).expect(300)
                let served = try glimpse.client.send("GET", "/v\(on)/images")
                #expect(served.status != 300, "\(served.text)")
            }
        }
    }
}
