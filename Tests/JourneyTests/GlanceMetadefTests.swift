import FoundationEssentials
import JSONText
import Testing

extension ClientJourneys {
    /// The `glance md-*` commands of python-glanceclient as it comes from PyPI, by which the catalogue is kept.
    @Suite struct GlanceMetadefs {
        private struct Shell {
            let glimpse: Glimpse

            func run(_ arguments: [String], token: String? = nil) throws -> Command {
                try Command(
                    Executables.client("glance"),
                    [
                        "--os-image-api-version", "2", "--os-image-url", "http://127.0.0.1:\(glimpse.api.port)",
                        "--os-auth-token", token ?? glimpse.admin.token,
                    ] + arguments, environment: ["HOME": glimpse.folder.path])
            }

            /// Runs what has to succeed; the first column of the table that it prints, with the second.
            @discardableResult
            func rows(
                _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
            ) throws -> [String: String] {
                let command = try run(arguments)
                try #require(
                    command.isSuccess, "\(arguments): \(command.output)\(command.errors)",
                    sourceLocation: sourceLocation)
                var rows: [String: String] = [:]
                for line in command.output.split(separator: "\n").filter({ $0.hasPrefix("|") }).dropFirst() {
                    let cells = line.split(separator: "|").map { cell in
                        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                    }
                    if let name = cells.first { rows[name] = cells.dropFirst().first ?? "" }
                }
                return rows
            }

            func refused(
                _ arguments: String..., token: String? = nil, saying text: String,
                sourceLocation: SourceLocation = #_sourceLocation
            ) throws {
                let command = try run(arguments, token: token)
                #expect(!command.isSuccess, sourceLocation: sourceLocation)
                #expect(
                    (command.output + command.errors).contains(text), "\(command.output)\(command.errors)",
                    sourceLocation: sourceLocation)
            }
        }

        @Test func theCommandLine() throws {
            try Glimpse.run { glimpse in
                let shell = Shell(glimpse: glimpse)
                let space = "My::Space"

                // A namespace, by options and from a file.
                let made = try shell.rows(
                    "md-namespace-create", space, "--display-name", "Mine", "--visibility", "public")
                #expect(made["display_name"] == "Mine" && made["owner"] == "control")
                let updated = try shell.rows("md-namespace-update", space, "--description", "new")
                #expect(updated["description"] == "new" && updated["display_name"] == "Mine")
                let file = try glimpse.folder.write(
                    """
                    {"namespace": "OS::Some", "display_name": "Some", "visibility": "public", "protected": true,
                    "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}],
                    "properties": {"action": {"title": "Action", "type": "string", "enum": ["reset", "none"]}},
                    "objects": [{"name": "MySQL", "description": "d",
                    "properties": {"version": {"title": "Version", "type": "string"}}}]}
                    """, to: "some.json")
                let imported = try shell.rows("md-namespace-import", "--file", file)
                #expect(imported["properties"] == "[\"action\"]" && imported["objects"] == "[\"MySQL\"]")
                #expect(Set(try shell.rows("md-namespace-list").keys) == [space, "OS::Some"])
                let narrowed = try shell.rows("md-namespace-list", "--resource-types", "OS::Glance::Image")
                #expect(Set(narrowed.keys) == ["OS::Some"])
                let shown = try shell.rows("md-namespace-show", "OS::Some", "--resource-type", "OS::Glance::Image")
                #expect(shown["properties"] == "[\"hw_action\"]")

                // Resource types.
                try shell.rows("md-resource-type-associate", space, "--name", "OS::Nova::Flavor", "--prefix", "f:")
                #expect(try shell.rows("md-namespace-resource-type-list", space) == ["OS::Nova::Flavor": "f:"])
                #expect(
                    Set(try shell.rows("md-resource-type-list").keys) == ["OS::Glance::Image", "OS::Nova::Flavor"])
                try shell.rows("md-resource-type-deassociate", space, "OS::Nova::Flavor")
                #expect(try shell.rows("md-namespace-resource-type-list", space).isEmpty)

                // Properties.
                let property = try shell.rows(
                    "md-property-create", space, "--name", "cores", "--title", "Cores", "--type", "integer",
                    "--schema", "{\"minimum\": 1, \"default\": 2}")
                #expect(property["default"] == "2" && property["minimum"] == "1")
                try shell.rows("md-property-update", space, "cores", "--name", "cpus", "--title", "CPUs")
                #expect(try shell.rows("md-property-list", space) == ["cpus": "CPUs"])
                #expect(try shell.rows("md-property-show", space, "cpus")["type"] == "integer")
                try shell.rows("md-property-delete", space, "cpus")
                #expect(try shell.rows("md-property-list", space).isEmpty)

                // Objects.
                let schema = "{\"properties\": {\"size\": {\"title\": \"Size\", \"type\": \"integer\"}}}"
                try shell.rows("md-object-create", space, "--name", "thing", "--schema", schema)
                #expect(try shell.rows("md-object-property-show", space, "thing", "size")["title"] == "Size")
                try shell.rows("md-object-update", space, "thing", "--name", "other")
                #expect(Set(try shell.rows("md-object-list", space).keys) == ["other"])
                #expect(try shell.rows("md-object-show", space, "other")["properties"] == "[\"size\"]")
                try shell.rows("md-object-delete", space, "other")

                // Tags. (--append fails in the client itself.)
                try shell.rows("md-tag-create", space, "--name", "one")
                try shell.rows("md-tag-create-multiple", space, "--names", "two,three")
                #expect(Set(try shell.rows("md-tag-list", space).keys) == ["two", "three"])
                try shell.rows("md-tag-update", space, "two", "--name", "four")
                #expect(try shell.rows("md-tag-show", space, "four")["name"] == "four")
                try shell.rows("md-tag-delete", space, "four")
                try shell.rows("md-namespace-tags-delete", space)
                #expect(try shell.rows("md-tag-list", space).isEmpty)

                // What others may not, and what is protected.
                let member = glimpse.client.token
                try shell.refused("md-tag-create", space, "--name", "no", token: member, saying: "add_metadef_tag")
                try shell.refused("md-namespace-delete", "OS::Some", saying: "is protected and cannot be deleted")
                try shell.rows("md-namespace-update", "OS::Some", "--protected", "False")
                try shell.rows("md-namespace-objects-delete", "OS::Some")
                try shell.rows("md-namespace-properties-delete", "OS::Some")
                for name in ["OS::Some", space] { try shell.rows("md-namespace-delete", name) }
                #expect(try shell.rows("md-namespace-list").isEmpty)
            }
        }

        @Test func thePythonSDK() throws {
            try Glimpse.run { glimpse in
                let script = "\(Executables.checkout)/Tests/Journeys/sdk_metadefs.py"
                let endpoint = "http://127.0.0.1:\(glimpse.api.port)/v2"
                let command = try Command(
                    Executables.client("python"), [script, endpoint, glimpse.admin.token],
                    environment: ["HOME": glimpse.folder.path])
                #expect(command.isSuccess, "\(command.errors)")
            }
        }
    }
}
