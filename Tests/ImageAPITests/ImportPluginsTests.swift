import ImageModel
import Testing

@testable import ImageAPI

@Suite struct ImportPluginsTests {
    private func options(_ names: [String], injecting properties: [String: String] = [:]) -> ImportPluginOptions {
        var options = ImportPluginOptions()
        options.names = names
        options.injectedProperties = properties
        options.ignoredRoles = ["admin", "operator"]
        return options
    }

    @Test func propertiesAreForThoseWithoutAnIgnoredRole() {
        let options = options(["inject_image_metadata"], injecting: ["b": "2", "a": "1"])
        let both = [ImageProperty(name: "a", value: "1"), ImageProperty(name: "b", value: "2")]
        #expect(options.properties(forRoles: ["member"]) == both)
        #expect(options.properties(forRoles: []) == both)
        #expect(options.properties(forRoles: ["member", "Operator"]) == [])
        #expect(self.options(["no_op"], injecting: ["a": "1"]).properties(forRoles: ["member"]) == [])
    }

    @Test(arguments: ["disk_format", "status", "locations", "os_glance_x", "deleted"])
    func fieldsAreNoProperties(name: String) {
        #expect(throws: InjectionError(name: name)) {
            try options(["inject_image_metadata"], injecting: ["fine": "1", name: "x"]).check()
        }
    }

    @Test func whatIsMissingIsSaid() throws {
        var options = options(["image_conversion"])
        options.conversion.program = "no-such-program"
        let problem = try #require(options.problem)
        #expect(problem.contains("no-such-program") && problem.contains("qemu-utils"))
        options.names = ["image_decompression"]
        #expect(options.problem == nil)
    }

    @Test func aNoteOfAResultIsReadAsItWasWritten() {
        for formats in [ImportFormats(disk: "raw", container: "bare"), ImportFormats(disk: nil, container: nil)] {
            let note = ResultNote(sha512: "ab12", formats: formats)
            #expect(ResultNote(note.text) == note)
        }
        #expect(ResultNote("\"an entity tag\"") == nil)
        #expect(ResultNote("") == nil)
    }
}
