import RecentValues
import Testing

@Suite struct RecentValuesTests {
    @Test func whatIsUsedStays() {
        var recent = RecentValues<Int, String>(bytesMax: 1000)
        for key in 1...100 {
            recent.insert("\(key)", for: key, bytes: 100)
            #expect(recent.value(for: 1) == "1")
        }
        let held = (1...100).filter { recent.value(for: $0) != nil }
        #expect((4...10).contains(held.count), "\(held)")
        #expect(held.contains(100))
    }

    @Test func theLastOneOfAKeyCounts() {
        var recent = RecentValues<Int, String>(bytesMax: 1000)
        recent.insert("old", for: 1, bytes: 100)
        for key in 2...6 { recent.insert("\(key)", for: key, bytes: 100) }
        recent.insert("new", for: 1, bytes: 100)
        #expect(recent.value(for: 1) == "new")
        // Too long to be kept: what was there is gone all the same.
        recent.insert("long", for: 1, bytes: 126)
        #expect(recent.value(for: 1) == nil)
    }

    @Test func replacingTakesNoRoom() {
        var recent = RecentValues<Int, String>(bytesMax: 1000)
        recent.insert("1", for: 1, bytes: 100)
        for _ in 1...100 { recent.insert("2", for: 2, bytes: 100) }
        #expect(recent.value(for: 1) == "1")
    }

    @Test func allIsForgotten() {
        var recent = RecentValues<Int, String>(bytesMax: 1000)
        for key in 1...8 { recent.insert("\(key)", for: key, bytes: 100) }
        recent.removeAll()
        #expect((1...8).allSatisfy { recent.value(for: $0) == nil })
    }
}
