import Testing

@testable import Settings

/// Where imports may come from, and on which ways.
@Suite struct ImportSettingsTests {
    private func load(_ text: String) throws -> (settings: APISettings, notices: [SettingsNotice]) {
        let file = try TemporaryFile(text)
        return try withExtendedLifetime(file) { try APISettings.load(files: [file.path], environment: [:]) }
    }

    private func problems(_ text: String) throws -> [String] { try load(text).settings.startProblems }

    private static let base = "[paste_deploy]\nflavor = local\n[DEFAULT]\n"

    @Test func otherGlances() throws {
        let (settings, notices) = try load(
            """
            [DEFAULT]
            remote_glances = RegionTwo, three
            [remote_glance:RegionTwo]
            endpoint = https://two:9292
            username = mirror
            password = s3cret
            [remote_glance:three]
            endpoint = http://three/image
            send_caller_token = yes
            [glance_download_properties]
            extra_properties = hw_
            """)
        #expect(notices.isEmpty)
        #expect(settings.glanceDownload.propertyPrefixes == ["hw_"])
        let remotes = settings.glanceDownload.remotes
        #expect(remotes.map(\.region) == ["RegionTwo", "three"])
        #expect(remotes.map(\.endpoint) == ["https://two:9292", "http://three/image"])
        #expect(remotes.map(\.getsCallersToken) == [false, true])
        #expect(remotes[0].password?.exposed == "s3cret" && !"\(settings)".contains("s3cret"))
    }

    @Test(arguments: [
        ("remote_glances = a", "[remote_glance:a] lacks endpoint"),
        ("remote_glances = a, A\n[remote_glance:a]\nendpoint = http://h\n", "names a region twice"),
        ("remote_glances = a\n[remote_glance:a]\nendpoint = http://h\nusername = u\n", "go together"),
        (
            "remote_glances = a\n[remote_glance:a]\nendpoint = http://h\nusername = u\npassword = p\n"
                + "send_caller_token = 1\n", "not both"
        ),
    ])
    func otherGlancesThatAreNone(text: String, problem: String) throws {
        let found = try problems(Self.base + text)
        #expect(found.count == 1 && found[0].contains(problem), "\(found)")
    }

    @Test(arguments: ["http://proxy:3128", "https://me:s3cret@proxy:8080/"])
    func proxies(url: String) throws {
        let (settings, notices) = try load(
            "[image_import_opts]\nhttp_proxy = \(url)\nhttps_proxy = \(url)\nno_proxy = localhost, 10.0.0.0/8\n")
        #expect(notices.isEmpty)
        #expect(settings.imageImport.httpProxy?.exposed == url && settings.imageImport.httpsProxy?.exposed == url)
        #expect(settings.imageImport.noProxy == ["localhost", "10.0.0.0/8"])
        #expect(!"\(settings)".contains("s3cret"))
    }

    @Test(arguments: ["proxy:3128", "http://proxy", "http://me:s3cret@proxy", "ftp://proxy:21", "http://:3128"])
    func proxiesThatAreNone(url: String) throws {
        do {
            _ = try load("[image_import_opts]\nhttp_proxy = \(url)\n")
            Issue.record("\(url) was taken")
        } catch let error as SettingsError {
            #expect(error.problems.count == 1)
            #expect(!"\(error)".contains("s3cret"))
        }
    }

    @Test func filesAndImagesAreApart() throws {
        let start = Self.base + "[glance_store]\nfilesystem_store_datadir = /srv/images\n[image_import_opts]\n"
        for folder in ["/srv/images", "/srv/images/", "/srv/images/below", "/srv", "/"] {
            #expect(try problems(start + "file_source_dirs = /other, \(folder)\n").count == 1, "\(folder)")
        }
        for folder in ["/srv/image", "/srv/isos", "/srv/images2"] {
            #expect(try problems(start + "file_source_dirs = \(folder)\n") == [], "\(folder)")
        }
    }
}
