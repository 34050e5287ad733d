import JSONText
import Testing

extension Journeys.ImageRows {
    /// `/v2/tasks`
    @Suite struct V2Tasks {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        /// The tasks of three imports, newest first.
        private func threeTasks() throws -> [String] {
            let owner = glimpse.newProject()
            return try (1...3).map { _ in
                let id = try owner.reserveImage()
                try owner.v2Stage(id, [1]).expect(204)
                try owner.v2ImportStaged(id).expect(202)
                #expect(try eventually { try owner.v2Tasks(id).first?["status"]?.string == "success" })
                return try #require(try owner.v2Tasks(id).first?["id"]?.string)
            }.reversed()
        }

        private func list(_ target: String) throws -> (ids: [String], answer: JSONValue) {
            let answer = try glimpse.admin.send("GET", target)
            try #require(answer.status == 200, "\(answer.text)")
            let json = try #require(answer.json)
            return (try #require(json["tasks"]?.array).map(\.id), json)
        }

        @Test("[V2-0680, V2-0682, V2-0690] pages of stubs")
        func pages() throws {
            let made = try threeTasks()
            let (ids, first) = try list("/v2/tasks?limit=2")
            #expect(ids == Array(made[..<2]))
            #expect(first["first"]?.string == "/v2/tasks?limit=2" && first["schema"]?.string == "/v2/schemas/tasks")
            let stub = try #require(first["tasks"]?.array?.first)
            #expect(stub["self"]?.string == "/v2/tasks/\(ids[0])" && stub["schema"]?.string == "/v2/schemas/task")
            for name in ["input", "result", "message"] { #expect(stub[name] == nil, "\(name)") }
            let next = try #require(first["next"]?.string)
            #expect(next == "/v2/tasks?limit=2&marker=\(made[1])")
            #expect(try list(next).ids.first == made[2])
            #expect(
                try list("/v2/tasks?sort_key=created_at&sort_dir=asc&marker=\(made[2])").ids.prefix(2)
                    == [made[1], made[0]])
            #expect(try list("/v2/tasks?status=failure&limit=1000").ids.contains(made[0]) == false)
            #expect(try list("/v2/tasks?status=success&limit=1000").ids.contains(made[0]))
            #expect(try !list("/v2/tasks?type=import&limit=1000").ids.contains(made[0]))
        }

        @Test(
            "[V2-0683, V2-0684, V2-0685, V2-0686, V2-0687, V2-0688, V2-0689] bad questions",
            arguments: [
                "limit=x", "limit=-1", "marker=x", "marker=00000000-0000-0000-0000-000000000000", "sort_dir=x",
                "sort_key=x", "status=bad", "type=bad",
            ])
        func badQueries(query: String) throws {
            try glimpse.admin.send("GET", "/v2/tasks?\(query)").expect(400)
        }

        @Test("[V2-0700, V2-0703, V2-0701] one task")
        func one() throws {
            let id = try threeTasks()[0]
            let answer = try glimpse.admin.send("GET", "/v2/tasks/\(id)")
            answer.expect(200)
            let task = try #require(answer.json)
            #expect(task.id == id && task["status"]?.string == "success" && task["type"] != nil)
            #expect(task["expires_at"]?.string?.hasSuffix("Z") == true && task["message"]?.string == "")
            #expect(task["result"]?["image_id"]?.string == task["image_id"]?.string)
            try glimpse.admin.send("GET", "/v2/tasks/\(freshID())").expect(404, "Could not find task")
        }

        @Test("[V2-0681, V2-0699, V2-0702, V2-0706] tasks are for admins")
        func users() throws {
            let owner = glimpse.newProject()
            let id = try threeTasks()[0]
            for (method, path) in [
                ("GET", "/v2/tasks"), ("GET", "/v2/tasks/\(id)"), ("DELETE", "/v2/tasks/\(id)"),
            ] {
                try owner.send(method, path).expect(403)
            }
            try owner.send("POST", "/v2/tasks", body: .json(#"{"type": "import", "input": {}}"#)).expect(403)
        }

        @Test("[V2-0691] a task that makes an image")
        func create() throws {
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            let answer = try glimpse.admin.send(
                "POST", "/v2/tasks",
                body: .json([
                    "type": "import",
                    "input": [
                        "import_from": .string(source.url), "import_from_format": "raw",
                        "image_properties": ["name": "made", "container_format": "bare"],
                    ],
                ]))
            answer.expect(201)
            let task = try #require(answer.json)
            #expect(answer["location"]?.hasSuffix("/v2/tasks/\(task.id)") == true)
            #expect(task["type"]?.string == "import" && task["status"]?.string == "pending")
            let image = try #require(task["image_id"]?.string)
            try glimpse.admin.v2Expect("active", image)
            #expect(try glimpse.admin.v2Image(image)["name"]?.string == "made")
            #expect(try glimpse.admin.v2Download(image).body == [1, 2, 3])
            #expect(try list("/v2/tasks?type=import&limit=1000").ids.contains(task.id))
        }

        @Test(
            "[V2-0692, V2-0693, V2-0694, V2-0695, V2-0696, V2-0697, V2-0698] tasks that are none",
            arguments: [
                (#"{"input": {}}"#, "Task 'type' is required"), (#"{"type": "import"}"#, "Task 'input' is required"),
                (#"{"type": "export", "input": {}}"#, ""), (#"{"type": "import", "input": {}, "owner": "me"}"#, ""),
                (#"{"type": "import", "input": "x"}"#, ""), ("[]", ""), (#"{"type": "import", "input": {}}"#, ""),
                (
                    #"{"type": "import", "input": {"import_from": "file:///etc/passwd", "import_from_format": "raw"}}"#,
                    ""
                ),
                (#"{"type": "import", "input": {"import_from": "ftp://h/x", "import_from_format": "raw"}}"#, ""),
                (#"{"type": "import", "input": {"import_from": "http:///x", "import_from_format": "raw"}}"#, ""),
            ])
        func malformed(body: String, text: String) throws {
            try glimpse.admin.send("POST", "/v2/tasks", body: .json(body)).expect(400, text)
        }

        @Test("[V2-0704, V2-0705] other methods", arguments: [("PUT", "GET, DELETE"), ("DELETE", "GET")])
        func methods(method: String, allow: String) throws {
            let answer = try glimpse.admin.send(method, "/v2/tasks/\(freshID())")
            #expect(answer.status == 405 && answer["allow"] == allow)
        }
    }
}
