import JSONText
import Testing

extension Journeys {
    /// The checklist's rows about protected properties in v2.
    @Suite struct V2ProtectionRows {
        private static let protections = """
            [x_.*]
            create = admin
            read = admin
            update = admin
            delete = admin
            [fixed]
            create = admin
            read = admin,member
            update = admin
            delete = admin
            [.*]
            create = @
            read = @
            update = @
            delete = @

            """

        @Test(
            "[V2-0168] [V2-0197] [V2-0269] [V2-0270] [V2-0271] [V2-0272] properties that are not everybody's")
        func rights() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write(Self.protections, to: "property-protections.conf")
            try Glimpse.run([
                Glimpse.Option("DEFAULT", "property_protection_file", file),
                Glimpse.Option("DEFAULT", "property_protection_rule_format", "roles"),
            ]) { glimpse in
                let owner = glimpse.newProject()
                for name in ["x_secret", "fixed"] {
                    try owner.v2Create([name: "v"]).expect(403, "Attribute '\(name)' is reserved.")
                }
                let answer = try glimpse.admin.v2Create([
                    "owner": .string(owner.project), "x_secret": "s", "fixed": "f", "open": "o",
                ])
                answer.expect(201)
                #expect(answer.json?["x_secret"] == "s")
                let id = try #require(answer.json?.id)
                let image = try owner.v2Image(id)
                #expect(image["x_secret"] == nil && image["fixed"] == "f" && image["open"] == "o")
                #expect(try owner.v2Ids("x_secret=s") == [] && owner.v2Ids("open=o") == [id])
                let listed = try #require(try owner.v2List("id=\(id)").json?["images"]?.array?.first)
                #expect(listed == image)
                for operation in [JSONValue.replace("/fixed", "n"), .add("/fixed", "n"), .remove("/fixed")] {
                    try owner.v2Patch(id, [operation]).expect(403, "Attribute 'fixed' is reserved.")
                }
                for operation in [JSONValue.replace("/x_secret", "n"), .remove("/x_secret")] {
                    try owner.v2Patch(id, [operation]).expect(409, "Property x_secret does not exist.")
                }
                try owner.v2Patch(id, [.add("/x_secret", "n")]).expect(403, "Attribute 'x_secret' is reserved.")
                let changed = try owner.v2Patch(id, [.replace("/name", "new"), .remove("/open")])
                changed.expect(200)
                #expect(changed.json?["x_secret"] == nil)
                let whole = try glimpse.admin.v2Image(id)
                #expect(whole["x_secret"] == "s" && whole["name"] == "new" && whole["open"] == nil)
            }
        }
    }
}
