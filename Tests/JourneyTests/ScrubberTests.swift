import Testing

extension Journeys {
    /// `delayed_delete`: data stay for `scrub_time`, then the scrubber removes them.
    @Suite struct Scrubbing {
        private static let options = [
            Glimpse.Option("DEFAULT", "delayed_delete", "True"), Glimpse.Option("DEFAULT", "scrub_time", "3600"),
            Glimpse.Option("DEFAULT", "wakeup_time", "1"),
        ]

        @Test func whatHasWaitedLongEnoughGoes() throws {
            try Glimpse.run(Self.options) { glimpse in
                let young = try glimpse.client.make(data: [1])
                let old = try glimpse.client.make(["property-a": "b"], data: [2, 3])
                for id in [young, old] {
                    try glimpse.client.send("DELETE", "/v1/images/\(id)").expect(200)
                    #expect(try glimpse.admin.status(of: id) == "pending_delete")
                }
                try glimpse.expectBlobs([young, old])

                try glimpse.changeRows("UPDATE images SET deleted_at = deleted_at - 3601000000 WHERE id = '\(old)'")
                try glimpse.admin.expectStatus("deleted", of: old)
                try glimpse.expectBlobs([young])
                #expect(try glimpse.admin.status(of: young) == "pending_delete")
                #expect(try glimpse.rows("SELECT count(*) FROM image_properties WHERE image_id = '\(old)'") == ["0"])
                try glimpse.admin.send("DELETE", "/v1/images/\(young)").expect(403)
            }
        }

        @Test func withoutTheOptionWhatWaitsStillGoes() throws {
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.make(data: [1])
                try glimpse.client.send("DELETE", "/v1/images/\(id)").expect(200)
                try glimpse.api.stop()
                try glimpse.api.start(environment: [
                    "OS_DEFAULT__DELAYED_DELETE": "False", "OS_DEFAULT__SCRUB_TIME": "0",
                ])
                try glimpse.admin.expectStatus("deleted", of: id)
                try glimpse.expectBlobs([])
            }
        }
    }
}
