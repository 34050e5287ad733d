import ImageModel
import Testing

struct TimestampTextTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.000001", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z"),
            (
                1_582_979_696_120_000, "2020-02-29T12:34:56.120000", "2020-02-29T12:34:56Z", "2020-02-29T12:34:56.120Z"
            ),
            (253_402_300_800_000_000, "10000-01-01T00:00:00", "10000-01-01T00:00:00Z", "10000-01-01T00:00:00.000Z"),
        ] as [(Int64, String, String, String)])
    func formats(microseconds: Int64, v1: String, v2: String, log: String) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(moment.v1Text == v1)
        #expect(moment.v2Text == v2)
        #expect(moment.millisecondText == log)
    }

    @Test func randomIDsAreUUIDsOfVersion4() throws {
        let ids = Set((0..<1000).map { _ in ImageID.random() })
        #expect(ids.count == 1000)
        for id in ids {
            #expect(
                try #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#.wholeMatch(in: id) != nil)
        }
    }
}
