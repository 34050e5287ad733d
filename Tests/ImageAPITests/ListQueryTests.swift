import GlanceHTTP
import ImageModel
import Testing

@testable import ImageAPI

private let user = Caller(userID: "u", projectID: "p")
private let admin = Caller(userID: "u", projectID: "p", isAdmin: true)

private func query(_ text: String?, _ caller: Caller = user) throws -> ImageQuery {
    try ImageQuery(v1: text, viewer: caller.viewer, rows: PageRows())
}

@Suite struct ListQueryTests {
    @Test func withoutParametersItIsTheCallersNewest25() throws {
        let read = try query(nil)
        var expected = ImageQuery(viewer: Viewer(projectID: "p", isAdmin: false), limit: 25)
        expected.scope = .asUser
        expected.sort = [.init(key: .createdAt, direction: .descending)]
        #expect(read == expected)
        #expect(read.memberStatus == nil && read.isHidden == nil)
    }

    @Test(arguments: [
        ("limit=7", 7), ("limit=0", 0), ("limit=1000", 1000), ("limit=1001", 1000),
        ("limit=99999999999999999999999", 1000), ("limit=1&limit=2", 2),
    ])
    func limits(text: String, rows: Int) throws {
        #expect(try query(text).limit == rows)
    }

    @Test(arguments: ImageQuery.SortKey.allCases, ["asc", "desc"])
    func everySortKeyInBothDirections(key: ImageQuery.SortKey, direction: String) throws {
        let read = try query("sort_key=\(key.rawValue)&sort_dir=\(direction)")
        #expect(read.sort == [.init(key: key, direction: direction == "asc" ? .ascending : .descending)])
    }

    @Test(
        arguments: [
            ("name=X", [.text(.name, isIn: ["X"])]),
            ("name=gr%C3%BCn+er", [.text(.name, isIn: ["grün er"])]),
            ("name=in:a,b", [.text(.name, isIn: ["a", "b"])]),
            ("status=bogus", [.text(.status, isIn: ["bogus"])]),
            (
                "container_format=bare&disk_format=raw",
                [
                    .text(.containerFormat, isIn: ["bare"]), .text(.diskFormat, isIn: ["raw"]),
                ]
            ),
            ("min_ram=5", [.number(.minRAM, .equal, 5)]),
            ("min_disk=5", [.number(.minDisk, .equal, 5)]),
            ("min_disk=x", [.text(.id, isIn: [])]),
            ("size_min=1&size_max=2", [.number(.size, .greaterOrEqual, 1), .number(.size, .lessOrEqual, 2)]),
            ("protected=TRUE", [.isProtected(true)]), ("protected=0", [.isProtected(false)]),
            ("property-K=V&property-k2=", [.property(name: "K", value: "V"), .property(name: "k2", value: "")]),
            ("owner=o&checksum=c&id=i&deleted=true&foo=bar", []),
        ] as [(String, [ImageQuery.Filter])])
    func filters(text: String, filters: [ImageQuery.Filter]) throws {
        #expect(try query(text).filters == filters)
    }

    @Test(
        arguments: [
            ("", false, .asUser), ("is_public=False", false, .asUser), ("is_public=None", false, .asUser),
            ("", true, .asUser), ("is_public=True", true, .asUser), ("is_public=1", true, .asUser),
            ("is_public=none", true, .everything), ("is_public=FALSE", true, .nonPublic),
            ("is_public=0", true, .nonPublic),
        ] as [(String, Bool, ImageQuery.Scope)])
    func theScopeIsTheAdminsChoice(text: String, isAdmin: Bool, scope: ImageQuery.Scope) throws {
        #expect(try query(text, isAdmin ? admin : user).scope == scope)
    }

    @Test func markerAndChangesSince() throws {
        let id = "71c675ab-d94f-49cd-a114-e12490b328d9"
        let read = try query("marker=\(id)&changes-since=2026-11-23T07:37:57%2B01:00")
        #expect(read.marker == id)
        #expect(read.changesSince?.v1Text == "2026-11-23T06:37:57")
    }

    @Test(arguments: [
        ("limit=-1", "limit param must be positive"), ("limit=abc", "limit param must be an integer"),
        ("limit=", "limit param must be an integer"), ("marker=notuuid", "Invalid marker format"),
        ("marker=", "Invalid marker"), ("sort_key=owner", "Unsupported sort_key"),
        ("sort_key=", "Unsupported sort_key"),
        ("sort_dir=up", "Unsupported sort_dir"), ("sort_dir=", "Unsupported sort_dir"),
        ("size_min=x", "Bad value passed to filter size_min got x"), ("size_min=-1", "filter size_min got -1"),
        ("size_min=", "filter size_min"), ("size_max=x", "filter size_max"), ("min_ram=x", "filter min_ram"),
        ("protected=none", "protected must be True, or False"), ("protected=foo", "protected must be"),
        ("is_public=foo", "Bad value passed to filter is_public"), ("is_public=", "filter is_public"),
        ("changes-since=garbage", "Unrecognized changes-since value"), ("name=%FF", "Error decoding your request"),
    ])
    func badValuesAreRefused(text: String, reason: String) throws {
        for caller in [user, admin] {
            let error = try #require(throws: APIError.self) { try query(text, caller) }
            #expect(error.status == 400)
            #expect(ErrorBody(error, accept: nil, method: "GET").text.contains(reason))
        }
    }
}
