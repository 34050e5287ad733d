import GRDB
import ImageModel
import JSONText
import Testing

@testable import Registry

/// Locations and the expectations of an update.
@Suite struct LocationChangesTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    private func update(_ image: Image, _ adjust: (inout ImageChanges) -> Void) -> UpdateImage {
        var changes = ImageChanges()
        adjust(&changes)
        return UpdateImage(id: image.id, viewer: .owner, changes: changes)
    }

    private func change(_ image: Image, from before: [String], to after: [ImageLocation]) -> UpdateImage {
        update(image) { $0.locations = LocationChanges(before: before, after: after) }
    }

    private let a = ImageLocation(url: "http://h/a", metadata: ["k": .string("v")])
    private let b = ImageLocation(url: "https://h/b")

    @Test func queuedImagesBecomeActive() throws {
        let image = try test.create()
        let active = try test.perform(
            update(image) { changes in
                var locations = LocationChanges(before: [], after: [a, b])
                locations.size = 9
                locations.checksum = "c"
                locations.hashAlgorithm = "sha512"
                locations.hashValue = "h"
                changes.locations = locations
            })
        #expect(active.status == .active && active.size == 9 && active.locations == [a, b])
        #expect(active.checksum == "c" && active.hashAlgorithm == "sha512" && active.hashValue == "h")
        #expect(try test.get(image.id) == active)
        #expect(try test.usage() == Usage(images: 1))
    }

    @Test func listsKeepTheirOrder() throws {
        let image = try test.create()
        try test.perform(change(image, from: [], to: [a, b]))
        let c = ImageLocation(url: "http://h/c")
        try test.perform(change(image, from: [a.url, b.url], to: [c, b, a]))
        #expect(try test.get(image.id).locations == [c, b, a])
        let told = ImageLocation(url: b.url, metadata: ["n": .int(1)])
        try test.perform(change(image, from: [c.url, b.url, a.url], to: [a, told]))
        #expect(try test.get(image.id).locations == [a, told])
    }

    @Test func dataOfOursIsReclaimedAndStaysInTheLedgerUntilThen() throws {
        let image = try test.createActive(bytes: 10)
        let own = try #require(image.locations.first)
        try test.perform(change(image, from: [own.url], to: [own, a]))
        #expect(try test.usage() == Usage(images: 1, stored: 10))
        try test.perform(change(image, from: [own.url, a.url], to: [a]))
        #expect(try test.usage() == Usage(images: 1, stored: 10))
        #expect(try test.perform(ListReclaims(limit: 9)).reclaims.map(\.imageID) == [image.id])
        try test.perform(SettleReclaim(imageID: image.id))
        #expect(try test.usage() == Usage(images: 1))
        #expect(try test.get(image.id).locations == [a])
    }

    @Test func changesThatWereJudgedByAnotherImageAreRefused() throws {
        let image = try test.create { $0.properties = [ImageProperty(name: "p", value: "v")] }
        #expect(test.failure(of: change(image, from: [a.url], to: [a, b])) == .conflict(status: .queued))
        #expect(test.failure(of: change(image, from: [], to: [])) == .conflict(status: .queued))
        #expect(test.failure(of: update(image) { $0.expectedProperties = ["q"] }) == .conflict(status: .queued))
        #expect(test.failure(of: update(image) { $0.unexpectedProperties = ["p"] }) == .conflict(status: .queued))
        #expect(
            test.failure(
                of: update(image) {
                    $0.expectedProperties = ["p"]
                    $0.unexpectedProperties = ["q"]
                }) == nil)
        try test.begin(image)
        #expect(test.failure(of: change(image, from: [], to: [a])) == .conflict(status: .saving))
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://h/x", "/etc/passwd", ""])
    func onlyTheWebIsOutside(url: String) throws {
        let image = try test.create()
        let refused = test.failure(of: change(image, from: [], to: [ImageLocation(url: url)]))
        #expect(refused == .malformed("not a list of locations"))
        #expect(test.failure(of: change(image, from: [], to: [a, a])) == .malformed("not a list of locations"))
        #expect(try test.get(image.id).status == .queued)
    }
}
