import Testing

@testable import Settings

@Suite struct INIFileTests {
    private func entries(_ text: String) -> [String] {
        INIFile(path: "f", bytes: Array(text.utf8)).entries.map { "\($0.origin) \($0.name)=\($0.value)" }
    }

    private func problems(_ bytes: [UInt8]) -> [String] {
        INIFile(path: "f", bytes: bytes).problems.map(\.description)
    }

    @Test(arguments: [
        ("a = 1", ["f:1 DEFAULT.a=1"]),
        ("a=1\r\nb=2\r\n", ["f:1 DEFAULT.a=1", "f:2 DEFAULT.b=2"]),
        ("a: 1", ["f:1 DEFAULT.a=1"]),
        ("a = b:c", ["f:1 DEFAULT.a=b:c"]),
        ("a : b=c", ["f:1 DEFAULT.a=b=c"]),
        ("a =", ["f:1 DEFAULT.a="]),
        ("[s]\na=1\n[DEFAULT]\nb=2", ["f:2 s.a=1", "f:4 DEFAULT.b=2"]),
        ("[ Cors ]\na=1", ["f:2 cors.a=1"]),
        ("[default]\nA=1", ["f:2 DEFAULT.A=1"]),
        ("# a=1\n;b=2\n\nc=3 # not a comment", ["f:4 DEFAULT.c=3 # not a comment"]),
        ("a = 1,\n  2,\n\t3\nb=4", ["f:1 DEFAULT.a=1,\n2,\n3", "f:4 DEFAULT.b=4"]),
        ("a = 1\n  # indented comment\nb = 2", ["f:1 DEFAULT.a=1", "f:3 DEFAULT.b=2"]),
        ("a=1\na=2", ["f:1 DEFAULT.a=1", "f:2 DEFAULT.a=2"]),
        ("a = \"x y\"", ["f:1 DEFAULT.a=x y"]),
        ("a = ' x '", ["f:1 DEFAULT.a= x "]),
        ("a = \"x'", ["f:1 DEFAULT.a=\"x'"]),
        ("a = \"", ["f:1 DEFAULT.a=\""]),
        ("a = \"\"", ["f:1 DEFAULT.a="]),
        ("ä = ö", ["f:1 DEFAULT.ä=ö"]),
        ("", []),
    ])
    func linesBecomeEntries(text: String, expected: [String]) {
        #expect(entries(text) == expected)
        #expect(problems(Array(text.utf8)).isEmpty)
    }

    @Test(arguments: [
        ("[s\na=1", "f:1: begins a section without a closing ']'"),
        ("[]", "f:1: is a section without a name"),
        ("a=1\nword", "f:2: is neither a [section] nor an option; expected 'key = value'"),
        ("= 1", "f:1: has no key before the '='"),
        ("  a = 1", "f:1: begins with a blank, but there is no value above it to continue"),
        ("a = 1\n\n  2", "f:3: begins with a blank, but there is no value above it to continue"),
        ("a = 1\n[s]\n  2", "f:3: begins with a blank, but there is no value above it to continue"),
        ("a = \u{1B}[2J", "f:1: contains a control character"),
        ("a = \0", "f:1: contains a control character"),
    ])
    func badLinesAreNamed(text: String, expected: String) {
        #expect(problems(Array(text.utf8)) == [expected])
    }

    @Test func latin1IsFineInACommentOnly() {
        #expect(problems([0x23, 0x20, 0xE9, 0x0A]).isEmpty)
        #expect(problems([0x61, 0x3D, 0xE9, 0x0A]) == ["f:1: is not valid UTF-8"])
    }

    @Test func badLineDoesNotHideOthers() {
        #expect(entries("word\na=1\n[x\nb=2") == ["f:2 DEFAULT.a=1", "f:4 DEFAULT.b=2"])
    }

    @Test func filesThatCannotBeReadAreProblems() throws {
        #expect(
            INIFile(reading: "/nonexistent/x.conf").problems.map(\.description)
                == ["/nonexistent/x.conf: cannot be opened: No such file or directory"])
        #expect(INIFile(reading: "/tmp").problems.map(\.description) == ["/tmp: cannot be read: Is a directory"])
        let large = try TemporaryFile(String(repeating: "#", count: INIFile.bytesMax + 1))
        #expect(
            INIFile(reading: large.path).problems.map(\.description) == ["\(large.path): is larger than 1048576 bytes"])
        let largest = try TemporaryFile("a=1\n" + String(repeating: "#", count: INIFile.bytesMax - 4))
        #expect(INIFile(reading: largest.path).entries.count == 1)
    }

    @Test(arguments: [
        ("OS_DEFAULT__BIND_PORT", "DEFAULT.bind_port"),
        ("OS_GLANCE_STORE__STORES", "glance_store.stores"),
        ("OS_DEFAULT__A__B", "DEFAULT.a__b"),
        ("OS_AUTH_URL", nil),
        ("OS___X", nil),
        ("OS_A__", nil),
        ("XOS_A__B", nil),
    ])
    func variablesNameOptions(variable: String, expected: String?) {
        #expect(OptionName(environmentVariable: variable)?.description == expected)
    }
}
