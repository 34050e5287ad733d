import Glibc
import Testing

extension GlanceManageTests {
    /// The catalogue, filled, saved and emptied from the command line.
    @Test func metadefsGoInAndOut() throws {
        let conf = try conf()
        let definition = """
            {"namespace": "OS::One", "display_name": "One, two", "visibility": "public", "protected": true,
            "properties": {"p": {"title": "old", "type": "string"}}, "tags": [{"name": "t"}]}
            """
        let one = try folder.write(definition, to: "one.json")
        func load(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
            try manage(["--config-file", conf] + arguments)
        }
        let added = try load("db", "load_metadefs", "--path", one)
        #expect(added.status == 0 && added.output == "OS::One added, from \(one)\n", "\(added.errors)")
        #expect(try load("db_load_metadefs", one).output == "OS::One skipped, from \(one)\n")
        let two = try folder.write(definition.replacing("old", with: "new"), to: "two.json")
        #expect(try load("db", "load-metadefs", "--path", two, "--merge").output.contains("merged"))
        #expect(try load("db_load_metadefs", two, "True", "True").output.contains("merged"))

        let out = folder.promise("Onetwo.json")
        let saved = try load("db", "export_metadefs", "--path", folder.path)
        #expect(saved.status == 0 && saved.output == "\(out)\n", "\(saved.errors)")
        let text = try textOfFile(at: out)
        #expect(text.contains("\"title\":\"new\"") && text.contains("\"tags\":[{\"name\":\"t\"}]"))
        let again = try load("db", "load_metadefs", "--path", out, "--merge", "--overwrite")
        #expect(again.output == "OS::One overwritten, from \(out)\n")
        #expect(try load("db", "unload_metadefs").output == "1 namespaces removed\n")
        #expect(try load("db_unload_metadefs").output == "0 namespaces removed\n")
    }

    @Test(arguments: [
        ("{", "is not JSON"), ("{}", "'namespace' is a required property"), ("[]", "is not of type 'object'"),
        ("{\"namespace\": \"n\", \"x\": 1}", "'x' was unexpected"),
        ("{\"namespace\": \"n\", \"tags\": [{\"name\": \"t\"}, {\"name\": \"T\"}]}", "the tag 'T' is there twice"),
    ])
    func badDefinitionIsNamedAndLeavesNothing(text: String, reason: String) throws {
        let conf = try conf()
        let file = try folder.write(text, to: "bad.json")
        let run = try manage(["--config-file", conf, "db", "load_metadefs", "--path", folder.path])
        #expect(run.status == 1)
        #expect(run.errors.contains("Error: \(file)") && run.errors.contains(reason), "\(run.errors)")
        #expect(try manage(["--config-file", conf, "db", "unload_metadefs"]).output == "0 namespaces removed\n")
    }

    @Test func mergingMustBeAskedForOneWay() throws {
        let conf = try conf()
        for flags in [["--overwrite"], ["--prefer_new"], ["--merge", "--prefer_new", "--overwrite"]] {
            let run = try manage(["--config-file", conf, "db", "load_metadefs", "--path", folder.path] + flags)
            #expect(run.status == 64)
        }
        let nothing = try manage(["--config-file", conf, "db", "load_metadefs", "--path", "/nonexistent"])
        #expect(nothing.status == 1 && nothing.errors.contains("/nonexistent cannot be read"))
    }
}
