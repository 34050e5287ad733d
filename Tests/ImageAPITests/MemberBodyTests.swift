import GlanceHTTP
import ImageModel
import JSONText
import Testing

@testable import ImageAPI

@Suite struct MemberBodyTests {
    private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test(
        arguments: [
            (#"{"member":{"can_share":true}}"#, true), (#"{"member":{"can_share":"false"}}"#, true),
            (#"{"member":{"can_share":0}}"#, false), (#"{"member":{"can_share":null}}"#, false),
            (#"{"member":{}}"#, nil), ("{}", nil), ("[]", nil), (#"{"member":"x"}"#, nil), ("7", nil),
        ] as [(String, Bool?)])
    func canShare(text: String, expected: Bool?) throws {
        #expect(MemberBody.canShare(try json(text)) == expected)
    }

    @Test func noBodySaysNothing() {
        #expect(MemberBody.canShare(nil) == nil)
    }

    @Test(arguments: [
        (
            #"{"memberships":[{"member_id":"a","can_share":true},{"member_id":"b"}]}"#,
            [Membership(memberID: "a", canShare: true), Membership(memberID: "b", canShare: nil)]
        ),
        (#"{"memberships":[]}"#, []),
        (#"{"member_id":"q"}"#, [Membership(memberID: "q", canShare: nil)]),
        (
            #"{"memberships":[{"member_id":"a","can_share":true},{"member_id":"a"}]}"#,
            [Membership(memberID: "a", canShare: nil)]
        ),
    ])
    func memberships(text: String, expected: [Membership]) throws {
        #expect(try MemberBody.memberships(try json(text)) == expected)
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"memberships":null}"#, #"{"memberships":{}}"#, #"{"memberships":[{}]}"#,
        #"{"memberships":["a"]}"#, #"{"memberships":[{"member_id":""}]}"#, #"{"memberships":[{"member_id":5}]}"#,
    ])
    func otherShapesAreRefused(text: String) throws {
        let error = try #require(throws: APIError.self) { try MemberBody.memberships(try json(text)) }
        #expect(error.status == 400)
        #expect(ErrorBody(error, accept: nil, method: "PUT").text.contains("Invalid membership association"))
    }

    @Test func noListIsRefused() {
        #expect(throws: APIError.self) { try MemberBody.memberships(nil) }
    }

    @Test func listsNameTheMemberOrTheImage() {
        let member = ImageMember(imageID: "i", memberID: "m", canShare: true)
        let members = MemberBody.list("members", [member]) { ("member_id", $0.memberID) }
        #expect(String(decoding: members, as: UTF8.self) == #"{"members":[{"member_id":"m","can_share":true}]}"#)
        let none = MemberBody.list("shared_images", []) { ("image_id", $0.imageID) }
        #expect(String(decoding: none, as: UTF8.self) == #"{"shared_images":[]}"#)
    }
}
