import Testing

extension ClientJourneys.TodaysClients {
    /// Today's glance and openstack commands with several stores.
    @Test func imagesInSeveralStores() throws {
        try Glimpse.run(Glimpse.Option.severalStores + Glimpse.Option.copiesFromLoopback) { glimpse in
            try Self.run("glance_stores.py", glimpse)
            try glimpse.expectBlobs([])
            #expect(try eventually { try glimpse.cheapBlobs() == [] })
            #expect(try eventually { try glimpse.rows("SELECT SUM(bytes_stored) FROM usage") == ["0"] })
        }
    }
}
