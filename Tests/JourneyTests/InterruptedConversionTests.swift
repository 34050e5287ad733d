import Glibc
import JSONText
import Testing

/// What happens in the middle of a conversion.
extension Journeys.ImportPlugins {
    /// Runs a journey with a conversion that waits until it is told to go on.
    private static func whileConverting(
        staged: Bool, _ journey: (Glimpse, Disk, String, (Bool) throws -> Void) throws -> Void
    ) throws {
        let disk = try Disk()
        let data = try contents(of: try disk.path(as: "qcow2"))
        let source = try WebSource(data)
        defer { source.close() }
        let (begun, go) = ("\(disk.folder.path)/begun", "\(disk.folder.path)/go")
        let program = try program(
            """
            echo $$ >\(begun)
            head -c 1000000 /dev/zero >/dev/fd/4
            until [ -e \(go) ]; do sleep 0.05; done
            exec qemu-img "$@"
            """, in: disk.folder)
        try Glimpse.run(plugins(both, [Glimpse.Option("image_conversion", "qemu_img", program)])) { glimpse in
            let client = glimpse.client
            let id = try client.v2Make(image("qcow2"))
            if staged { try client.v2Stage(id, data).expect(204) }
            try (staged ? client.v2ImportStaged(id) : client.v2WebDownload(id, source.url)).expect(202)
            #expect(eventually { access(begun, F_OK) == 0 && (try? glimpse.stagedBytes()) ?? 0 >= 1_000_000 })
            let process = pid_t(String(decoding: try contents(of: begun).dropLast(), as: UTF8.self)) ?? 0
            try #require(process > 0 && kill(process, 0) == 0)
            try journey(glimpse, disk, id) { goesOn in
                #expect(eventually { kill(process, 0) != 0 }, "the program lives on")
                unlink(begun)
                if goesOn { close(creat(go, 0o600)) }
            }
            #expect(source.requests == (staged ? [] : ["GET"]), "it is fetched once")
        }
    }

    @Test("the image is deleted", arguments: [true, false])
    func deleted(staged: Bool) throws {
        try Self.whileConverting(staged: staged) { glimpse, _, id, end in
            try glimpse.client.v2Delete(id).expect(204)
            try end(false)
            try glimpse.expectBlobs([])
            #expect(try glimpse.client.status(of: id) == "404")
            try Self.expectUsage(glimpse, bytes: 0)
        }
    }

    @Test("glance-api is killed", arguments: [true, false])
    func killed(staged: Bool) throws {
        try Self.whileConverting(staged: staged) { glimpse, disk, id, end in
            try glimpse.api.kill()
            try end(true)
            try glimpse.api.start()
            try glimpse.client.v2Expect("active", id)
            try glimpse.client.expectImage(id, disk.raw)
            #expect(try glimpse.client.v2Image(id)["disk_format"]?.string == "raw")
            try glimpse.expectBlobs([id])
            try Self.expectUsage(glimpse, bytes: disk.raw.count)
        }
    }

    @Test(
        "glance-api is killed at the last step, with the result in the data's place or not yet",
        arguments: [true, false], [true, false])
    func killedAtTheLastStep(staged: Bool, isInPlace: Bool) throws {
        try Self.whileConverting(staged: staged) { glimpse, disk, id, end in
            try glimpse.api.kill()
            try end(true)
            let result = try disk.folder.write(disk.raw, to: "result")
            let digest = try Command("sha512sum", [result]).output.prefix(128)
            let tag =
                staged
                ? "'made \(digest) raw bare'" : "json_set(source_tag, '$.arrived.made', 'made \(digest) raw bare')"
            try Disk.run(
                "sqlite3", "\(glimpse.folder.path)/glance.sqlite",
                "UPDATE tasks SET source_tag = \(tag) WHERE image_id = '\(id)'")
            if isInPlace { try Disk.run("cp", result, "\(glimpse.imagesPath)/\(id)") }
            try glimpse.api.start()
            try glimpse.client.v2Expect("active", id)
            try glimpse.client.expectImage(id, disk.raw)
            #expect(try glimpse.client.v2Image(id)["disk_format"]?.string == "raw")
            #expect((access("\(disk.folder.path)/begun", F_OK) == 0) == !isInPlace, "converted twice, or never")
            try glimpse.expectBlobs([id])
            try Self.expectUsage(glimpse, bytes: disk.raw.count)
        }
    }

    @Test("glance-registry is away when it ends", arguments: [true, false])
    func registryAway(staged: Bool) throws {
        try Self.whileConverting(staged: staged) { glimpse, disk, id, end in
            try glimpse.registry.kill()
            close(creat("\(disk.folder.path)/go", 0o600))
            try end(true)
            try glimpse.api.waitForLog("waits for the registry")
            try glimpse.registry.start()
            try glimpse.client.v2Expect("active", id)
            try glimpse.client.expectImage(id, disk.raw)
            try glimpse.expectBlobs([id])
            try Self.expectUsage(glimpse, bytes: disk.raw.count)
        }
    }

    @Test("glance-api is stopped", arguments: [true, false])
    func stopped(staged: Bool) throws {
        try Self.whileConverting(staged: staged) { glimpse, disk, id, end in
            try glimpse.api.stop()
            try end(true)
            try glimpse.api.start()
            try glimpse.client.v2Expect("active", id)
            try glimpse.client.expectImage(id, disk.raw)
            try glimpse.expectBlobs([id])
            try Self.expectUsage(glimpse, bytes: disk.raw.count)
        }
    }
}
