import Glibc
import JSONText
import Testing

extension Journeys {
    /// kill -9 between the steps of work that concerns several stores: rows, files and ledger agree afterwards.
    @Suite struct StoreCrashes {
        private static let options = Glimpse.Option.severalStores + Glimpse.Option.copiesFromLoopback

        private func stored(_ glimpse: Glimpse, _ column: String = "bytes_stored") throws -> [String] {
            try glimpse.rows("SELECT SUM(\(column)) FROM usage")
        }

        /// As a copy has left it that was killed before the registry heard of it.
        @Test func remainsOfACopyAreRemovedAndTheImageStays() throws {
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.createImage([1, 2, 3])
                try glimpse.api.kill()
                _ = try glimpse.folder.write([1, 2, 3], to: "cheap/\(id)")
                _ = try glimpse.folder.write([1], to: "cheap/.staging/\(id).0")
                try glimpse.api.start()
                #expect(try eventually { try glimpse.cheapBlobs() == [] })
                try glimpse.client.expectImage(id, [1, 2, 3])
                #expect(try glimpse.blobs() == [id])
            }
        }

        /// The same in the middle of the work: its task, and its reservation, are still there.
        @Test func aCopyIsMadeAgain() throws {
            try Glimpse.run(Self.options) { glimpse in
                let data = Sample.bytes(1_000_000)
                let id = try glimpse.client.createImage(data)
                try glimpse.api.kill()
                let stores = #"{"ids":["cheap"],"must_all_succeed":true,"failed":[],"done":[]}"#
                _ = try glimpse.rows(
                    """
                    INSERT INTO tasks (id, type, status, image_id, source_url, created_at, updated_at, stores)
                        VALUES ('00000000-0000-0000-0000-00000000cafe', 'copy_image', 'processing', '\(id)', '', 1, 1,
                            '\(stores)');
                    INSERT INTO uploads VALUES ('u', '\(id)', 'lab', 1000000, 'queued', 1);
                    UPDATE usage SET bytes_reserved = 1000000, uploads_in_flight = 1 WHERE owner = 'lab';
                    """)
                _ = try glimpse.folder.write(Array(data[..<500_000]), to: "cheap/\(id)")
                try glimpse.api.start()
                #expect(try eventually { try glimpse.client.v2Tasks(id).last?["status"]?.string == "success" })
                #expect(try glimpse.client.v2Stores(of: id) == "fast,cheap")
                #expect(try contents(of: "\(glimpse.folder.path)/cheap/\(id)") == data)
                #expect(try stored(glimpse) == ["2000000"] && stored(glimpse, "bytes_reserved") == ["0"])
            }
        }

        @Test func aDownloadForSeveralStoresGoesOn() throws {
            try Glimpse.run(Self.options) { glimpse in
                let data = Sample.bytes(4_000_000)
                let source = try WebSource(data, .pauses(afterBytes: 2_000_000))
                defer { source.close() }
                let id = try glimpse.client.reserveImage()
                try glimpse.client.v2Import(
                    id, #"{"method": {"name": "web-download", "uri": "\#(source.url)"}, "stores": ["cheap", "fast"]}"#
                ).expect(202)
                #expect(eventually { source.isPausing })
                #expect(try eventually { try glimpse.rows("SELECT source_tag FROM tasks") == ["\"one\""] })
                #expect(try eventually { try glimpse.stagedBytes(in: "cheap") > 1_000_000 })
                try glimpse.api.kill()
                source.goOn()
                try glimpse.api.start()
                try glimpse.client.v2Expect("active", id)
                #expect(try glimpse.client.v2Stores(of: id) == "cheap,fast")
                try glimpse.client.expectImage(id, data)
                #expect(source.requests.last?.hasPrefix("GET bytes=") == true, "\(source.requests)")
                #expect(try stored(glimpse) == ["8000000"])
            }
        }

        /// The source has gone by then, so it can't be asked again.
        @Test func whatIsFetchedIsNotFetchedAgain() throws {
            let gate = try CopyGate(passing: 0)
            try Glimpse.run(Self.options, apiLauncher: gate.launcher) { glimpse in
                let data = Sample.bytes(4_000_001)
                let source = try WebSource(data)
                defer { source.close() }
                let id = try glimpse.client.reserveImage()
                try glimpse.client.v2Import(
                    id,
                    """
                    {"method": {"name": "web-download", "uri": "\(source.url)", "os_hash_algo": "sha256",
                        "os_hash_value": "\(try Sample.sha256(of: data))"}, "stores": ["cheap", "fast"]}
                    """
                ).expect(202)
                #expect(eventually { gate.isReached })
                try glimpse.api.kill()
                source.behave(.status(404))
                gate.open()
                try glimpse.api.start()
                try glimpse.client.v2Expect("active", id)
                #expect(try glimpse.client.v2Stores(of: id) == "cheap,fast")
                try glimpse.client.expectImage(id, data)
                #expect(try contents(of: "\(glimpse.imagesPath)/\(id)") == data)
                #expect(source.requests == ["GET"], "it is fetched once")
                #expect(try stored(glimpse) == ["8000002"] && stored(glimpse, "bytes_reserved") == ["0"])
                try glimpse.client.v2Delete(id).expect(204)
                #expect(try eventually { try glimpse.blobs() == [] && glimpse.cheapBlobs() == [] })
            }
        }

        @Test(
            "what is fetched, and is something else or gone after the crash, is fetched again",
            arguments: [true, false])
        func fetchedAgain(isGone: Bool) throws {
            let gate = try CopyGate(passing: 0)
            try Glimpse.run(Self.options, apiLauncher: gate.launcher) { glimpse in
                let data = Sample.bytes(1_000_000)
                let source = try WebSource(data)
                defer { source.close() }
                let id = try glimpse.client.reserveImage()
                try glimpse.client.v2Import(
                    id, #"{"method": {"name": "web-download", "uri": "\#(source.url)"}, "stores": ["cheap", "fast"]}"#
                ).expect(202)
                #expect(eventually { gate.isReached })
                try glimpse.api.kill()
                let path = "\(glimpse.folder.path)/cheap/\(id)"
                if isGone { unlink(path) } else { _ = try glimpse.folder.write([1, 2, 3], to: "cheap/\(id)") }
                gate.open()
                try glimpse.api.start()
                try glimpse.client.v2Expect("active", id)
                try glimpse.client.expectImage(id, data)
                #expect(source.requests == ["GET", "GET"])
                #expect(try stored(glimpse) == ["2000000"] && stored(glimpse, "bytes_reserved") == ["0"])
            }
        }

        /// Deleted in the middle, it is garbage, and so it is when the import fails.
        @Test("what is fetched for nothing is removed", arguments: [true, false])
        func fetchedForNothing(isDeleted: Bool) throws {
            let gate = try CopyGate(passing: 0)
            try Glimpse.run(Self.options, apiLauncher: gate.launcher) { glimpse in
                let source = try WebSource(Sample.bytes(1_000_000))
                defer { source.close() }
                let id = try glimpse.client.reserveImage()
                try glimpse.client.v2Import(
                    id, #"{"method": {"name": "web-download", "uri": "\#(source.url)"}, "stores": ["cheap", "fast"]}"#
                ).expect(202)
                #expect(eventually { gate.isReached })
                try glimpse.api.kill()
                if isDeleted {
                    _ = try glimpse.rows(
                        "UPDATE images SET status = 'deleted', deleted_at = 1, updated_at = 1 WHERE id = '\(id)'")
                } else {
                    _ = try glimpse.rows(
                        "UPDATE tasks SET input = json_set(COALESCE(input, '{}'), '$.os_hash_algo', 'md5', '$.os_hash_value', 'x')"
                    )
                }
                gate.open()
                try glimpse.api.start()
                if !isDeleted {
                    #expect(try eventually { try glimpse.client.v2Tasks(id).last?["status"]?.string == "failure" })
                    try glimpse.client.v2ExpectQueued(id)
                }
                #expect(try eventually { try glimpse.blobs() == [] && glimpse.cheapBlobs() == [] })
                #expect(try eventually { try stored(glimpse, "bytes_reserved") == ["0"] })
                #expect(try stored(glimpse) == ["0"])
            }
        }

        /// Staged data that are to go to another store: neither is lost, nor is any left.
        @Test func whatWasStagedIsMoved() throws {
            try Glimpse.run(Self.options) { glimpse in
                let data = Sample.bytes(3_000_000)
                let id = try glimpse.client.reserveImage()
                try glimpse.client.v2Stage(id, data).expect(204)
                try glimpse.client.v2Import(
                    id, #"{"method": {"name": "glance-direct"}, "stores": ["cheap"]}"#
                ).expect(202)
                try glimpse.api.kill()
                try glimpse.api.start()
                try glimpse.client.v2Expect("active", id)
                try glimpse.client.expectImage(id, data)
                #expect(try glimpse.client.v2Stores(of: id) == "cheap")
                #expect(try eventually { try glimpse.blobs() == [] })
                #expect(try glimpse.cheapBlobs() == [id])
                #expect(try eventually { try stored(glimpse, "bytes_staged") == ["0"] })
                #expect(try stored(glimpse) == ["3000000"])
            }
        }

        @Test func aPlaceThatWasTakenAwayIsClearedAfterTheStart() throws {
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.createImage([1, 2, 3])
                try glimpse.admin.v2Import(
                    id, #"{"method": {"name": "copy-image"}, "stores": ["cheap"]}"#
                ).expect(202)
                #expect(try eventually { try glimpse.client.v2Tasks(id).last?["status"]?.string == "success" })
                let answer = try glimpse.admin.send("DELETE", "/v2/stores/fast/\(id)")
                try glimpse.api.kill()
                try glimpse.registry.kill()
                answer.expect(204)
                try glimpse.registry.start()
                try glimpse.api.start()
                #expect(try eventually { try glimpse.blobs() == [] })
                #expect(try glimpse.cheapBlobs() == [id] && glimpse.client.v2Stores(of: id) == "cheap")
                try glimpse.client.expectImage(id, [1, 2, 3])
                #expect(try eventually { try stored(glimpse) == ["3"] })
            }
        }

        /// One folder becomes two stores: the images of before are where they were, and none is taken for garbage.
        @Test func imagesFromTheTimeOfOneStore() throws {
            try Glimpse.run { glimpse in
                let id = try glimpse.client.createImage([1, 2, 3])
                try glimpse.api.stop()
                let path = "\(glimpse.folder.path)/glance-api.conf"
                var text = String(decoding: try contents(of: path), as: UTF8.self)
                for option in Glimpse.Option.severalStores {
                    text += "[\(option.section)]\n\(option.name) = "
                    text += "\(option.value.replacing("{folder}", with: glimpse.folder.path))\n"
                }
                _ = try glimpse.folder.write(text, to: "glance-api.conf")
                try glimpse.api.start()
                #expect(try glimpse.client.v2Stores(of: id) == "fast")
                try glimpse.client.expectImage(id, [1, 2, 3])
                try glimpse.admin.v2Import(
                    id, #"{"method": {"name": "copy-image"}, "stores": ["cheap"]}"#
                ).expect(202)
                #expect(try eventually { try glimpse.client.v2Stores(of: id) == "fast,cheap" })
                #expect(try eventually { try glimpse.client.v2Tasks(id).last?["status"]?.string == "success" })
                try glimpse.admin.send("DELETE", "/v2/stores/fast/\(id)").expect(204)
                #expect(try eventually { try glimpse.blobs() == [] })
                try glimpse.client.expectImage(id, [1, 2, 3])
                try glimpse.api.stop()
                try glimpse.api.start()
                try glimpse.client.expectImage(id, [1, 2, 3])
            }
        }
    }
}
