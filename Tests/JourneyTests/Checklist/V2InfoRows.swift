import JSONText
import Testing

extension Journeys.ImageRows {
    /// `/v2/info/…`, `/v2/stores/…`, and the cache where it is off.
    @Suite struct V2Info {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0530, V2-0531, V2-0532] import methods")
        func methods() throws {
            let owner = glimpse.newProject()
            let answer = try owner.send("GET", "/v2/info/import")
            answer.expect(200)
            let methods = try #require(answer.json?["import-methods"])
            #expect(methods["description"]?.string == "Import methods available.")
            #expect(methods["type"]?.string == "array")
            #expect(
                methods["value"]?.array?.compactMap(\.string) == ["glance-direct", "web-download", "copy-image"])
            try owner.send("GET", "/v2/info/import", body: .json("{}")).expect(400)
            let other = try owner.send("POST", "/v2/info/import")
            #expect(other.status == 405 && other["allow"] == "GET")
        }

        @Test("[V2-0534, V2-0538] there is one store", arguments: ["info/stores", "info/stores/detail"])
        func stores(path: String) throws {
            for client in [glimpse.newProject(), glimpse.admin] {
                try client.send("GET", "/v2/\(path)").expect(404, "Multi backend is not supported at this site.")
            }
        }

        @Test("[V2-0670, V2-0678] there is no store to delete from")
        func deleteFromStore() throws {
            let path = "/v2/stores/fast/\(try glimpse.newProject().createImage([1]))"
            try glimpse.admin.send("DELETE", path).expect(404, "Multi backend is not supported at this site.")
            let other = try glimpse.admin.send("GET", path)
            #expect(other.status == 405 && other["allow"] == "DELETE")
        }

        @Test("[V2-0539, V2-0541] no quota, no usage")
        func usage() throws {
            let owner = glimpse.newProject()
            let answer = try owner.send("GET", "/v2/info/usage")
            #expect(answer.status == 200 && answer.text == #"{"usage":{}}"#, "\(answer.text)")
            try owner.send("POST", "/v2/info/usage").expect(404)
        }

        @Test("[V2-0009, V2-0010, V2-0015, V2-0018, V2-0022, V2-0028] the cache is off: 404 to admins, 403 to others")
        func noCache() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            for (method, path) in [
                ("GET", ""), ("DELETE", ""), ("POST", "/clean"), ("POST", "/prune"), ("GET", "/nodes/\(id)"),
                ("PUT", "/\(id)"), ("DELETE", "/\(id)"),
            ] {
                try owner.send(method, "/v2/cache\(path)").expect(403)
                try glimpse.admin.send(method, "/v2/cache\(path)").expect(
                    404, "Caching via API is not supported at this site.")
            }
        }

        @Test(
            "[V2-0011, V2-0016, V2-0024] other methods",
            arguments: [("POST", "", "GET, DELETE"), ("GET", "/clean", "POST"), ("GET", "/x", "DELETE, PUT")])
        func otherMethods(method: String, path: String, allow: String) throws {
            let answer = try glimpse.admin.send(method, "/v2/cache\(path)")
            #expect(answer.status == 405 && answer["allow"] == allow)
        }
    }
}

extension Journeys.V2LimitRows {
    @Test("[V2-0540] what a project uses of its quota") func usage() throws {
        let owner = glimpse.newProject()
        _ = try owner.createImage(Sample.bytes(100))
        let staged = try owner.reserveImage()
        try owner.v2Stage(staged, Sample.bytes(100)).expect(204)
        let usage = try #require(try owner.send("GET", "/v2/info/usage").json?["usage"])
        for (name, used, limit) in [
            ("image_size_total", 1, 1), ("image_stage_total", 1, -1), ("image_count_total", 2, -1),
            ("image_count_uploading", 0, -1),
        ] as [(String, Int64, Int64)] {
            #expect(usage[name] == ["usage": .int(used), "limit": .int(limit)], "\(name)")
        }
        #expect(usage.names.count == 4)
    }
}

extension Journeys {
    /// The rows about the cache where it is managed.
    @Suite(.sharingDaemons([Glimpse.Option("paste_deploy", "flavor", "fakeauth+cachemanagement")]))
    struct V2CacheRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func cached() throws -> [String] {
            let answer = try glimpse.admin.send("GET", "/v2/cache")
            answer.expect(200)
            #expect(answer.json?["queued_images"]?.array != nil)
            return try #require(answer.json?["cached_images"]?.array).compactMap { $0["image_id"]?.string }
        }

        @Test("[V2-0008, V2-0025, V2-0029, V2-0356] an image is cached when it was asked for, or downloaded")
        func cache() throws {
            let owner = glimpse.newProject()
            let (asked, read) = (try owner.createImage([1]), try owner.createImage([2]))
            try glimpse.admin.send("PUT", "/v2/cache/\(asked)").expect(202)
            let first = try owner.v2Download(read)
            #expect(try cached().contains(asked) && cached().contains(read))
            let second = try owner.v2Download(read)
            #expect(second.body == [2] && second["content-md5"] == first["content-md5"])
            // v1 knows the same.
            let old = try glimpse.admin.send("GET", "/v1/cached_images").json?["cached_images"]?.array
            #expect(old?.contains { $0["image_id"]?.string == asked } == true)
            for _ in 1...2 { try glimpse.admin.send("DELETE", "/v2/cache/\(asked)").expect(204) }
            #expect(try !cached().contains(asked))
        }

        @Test("[V2-0012, V2-0013, V2-0014] clearing", arguments: [nil, "", "cache", "QUEUE", "other"])
        func clear(target: String?) throws {
            let answer = try glimpse.admin.send(
                "DELETE", "/v2/cache", target.map { [("x-image-cache-clear-target", $0)] } ?? [])
            answer.expect(target == "other" ? 400 : 204)
        }

        @Test("[V2-0017, V2-0023] nothing to clean or to prune")
        func clean() throws {
            let clean = try glimpse.admin.send("POST", "/v2/cache/clean")
            #expect(clean.status == 200 && clean.body == [])
            let prune = try glimpse.admin.send("POST", "/v2/cache/prune")
            #expect(prune.status == 200)
            #expect(prune.json == ["total_files_pruned": .int(0), "total_bytes_pruned": .int(0)])
        }

        @Test("[V2-0020, V2-0021, V2-0026, V2-0027, V2-0030] what can't be cached")
        func refused() throws {
            let queued = try glimpse.newProject().reserveImage()
            try glimpse.admin.send("PUT", "/v2/cache/\(queued)").expect(400)
            try glimpse.admin.send("PUT", "/v2/cache/\(freshID())").expect(404)
            try glimpse.admin.send("DELETE", "/v2/cache/\(freshID())").expect(404)
            try glimpse.admin.send("GET", "/v2/cache/nodes/\(queued)").expect(409, "centralized_db")
            try glimpse.admin.send("GET", "/v2/cache/nodes/\(freshID())").expect(404)
            try glimpse.newProject().send("PUT", "/v2/cache/\(queued)").expect(403)
        }
    }
}

extension Journeys {
    /// The cache as image_cache_dir switches it on, tracked by the central driver.
    @Suite(
        .sharingDaemons([
            Glimpse.Option("DEFAULT", "image_cache_dir", "{folder}/cache"),
            Glimpse.Option("DEFAULT", "image_cache_driver", "centralized_db"),
            Glimpse.Option("DEFAULT", "worker_self_reference_url", "http://node-1:9292"),
        ]))
    struct V2CacheNodeRows {
        @Test("[V2-0019, V2-0022] the nodes that have an image") func nodes() throws {
            let glimpse = try Glimpse.shared
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            let nodes = { try glimpse.admin.send("GET", "/v2/cache/nodes/\(id)") }
            #expect(try nodes().status == 200 && nodes().json == .array([]))
            #expect(try owner.v2Download(id).body == [1])
            #expect(try nodes().json == .array([.string("http://node-1:9292")]))
            try owner.send("GET", "/v2/cache/nodes/\(id)").expect(403)
            try glimpse.admin.send("GET", "/v2/cache/nodes/\(freshID())").expect(404)
            // v1's routes need their flavor.
            try glimpse.admin.send("GET", "/v1/cached_images").expect(404)
            #expect(try glimpse.nobody.send("GET", "/v2.18/images").status != 300)
        }
    }
}
