import ImageModel
import JSONText
import Testing

@Suite struct ImageJSONTests {
    private func back<Value: JSONCoding>(_ value: Value) throws -> Value {
        try Value(json: try JSONValue(parsing: value.json.serialized))
    }

    @Test func images() throws {
        #expect(try back(Samples.image) == Samples.image)
        let bare = Image(id: Samples.id, owner: nil, at: Timestamp(microseconds: 0))
        #expect(try back(bare) == bare)
    }

    @Test(arguments: ImageStatus.allCases, Visibility.allCases)
    func everyStatusAndVisibility(_ status: ImageStatus, _ visibility: Visibility) throws {
        var image = Samples.image
        image.status = status
        image.visibility = visibility
        #expect(try back(image) == image)
    }

    @Test(arguments: MemberStatus.allCases)
    func everyMemberStatus(_ status: MemberStatus) throws {
        var member = Samples.member
        member.status = status
        #expect(try back(member) == member)
    }

    @Test func changes() throws {
        #expect(try back(Samples.changes) == Samples.changes)
        #expect(try back(ImageChanges()) == ImageChanges())
        var emptied = ImageChanges()
        emptied.fields = [
            .name(nil), .owner(nil), .diskFormat(nil), .containerFormat(nil), .virtualSize(nil), .checksum(nil),
        ]
        emptied.tags = []
        #expect(try back(emptied) == emptied)
    }

    @Test func anUnknownFieldIsNoChange() throws {
        let json = try JSONValue(
            parsing: Array(
                #"{"fields":{"status":"active"},"properties":{},"removed_properties":[],"replaces_properties":false,"tags":null}"#
                    .utf8))
        let error = #expect(throws: JSONShapeError.self) { try ImageChanges(json: json) }
        #expect(error?.member == "status")
    }

    static let scopes: [ImageQuery.Scope] =
        [.asUser, .everything, .nonPublic] + Visibility.allCases.map { .visibility($0) }

    @Test(arguments: scopes)
    func everyScope(_ scope: ImageQuery.Scope) throws {
        var query = Samples.query
        query.scope = scope
        #expect(try back(query) == query)
    }

    @Test func queries() throws {
        #expect(try back(Samples.query) == Samples.query)
        var query = ImageQuery(viewer: Samples.nobody, limit: 0)
        query.sort = []
        #expect(try back(query) == query)
        for key in ImageQuery.SortKey.allCases {
            for direction in [ImageQuery.Direction.ascending, .descending] {
                query.sort = [ImageQuery.Sort(key: key, direction: direction)]
                #expect(try back(query) == query)
            }
        }
        for comparison in ImageQuery.Comparison.allCases {
            query.filters = ImageQuery.NumberColumn.allCases.map { .number($0, comparison, .min) }
            query.filters += ImageQuery.TimeColumn.allCases.map { .time($0, comparison, Timestamp(microseconds: .max)) }
            #expect(try back(query) == query)
        }
        query.filters = ImageQuery.TextColumn.allCases.map { .text($0, isIn: []) } + [.isProtected(true)]
        #expect(try back(query) == query)
    }

    @Test func theOthers() throws {
        #expect(try back(Samples.task) == Samples.task)
        #expect(try back(Samples.viewer) == Samples.viewer)
        #expect(try back(Samples.nobody) == Samples.nobody)
        #expect(try back(ImageMembers(members: [Samples.member])) == ImageMembers(members: [Samples.member]))
        #expect(try back(ImageIDs(ids: ["a", "b"])) == ImageIDs(ids: ["a", "b"]))
        #expect(try back(ListImages.Answer(images: [Samples.image])).images == [Samples.image])
        let record = TaskRecord(
            task: Samples.task, owner: nil, createdAt: .now, updatedAt: .now, finishedAt: nil)
        #expect(try back(TaskRecords(tasks: [record])).tasks == [record])
        #expect(try back(Done()) == Done())
    }
}
