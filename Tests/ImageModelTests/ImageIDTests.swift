import ImageModel
import Testing

@Suite struct ImageIDTests {
    @Test(arguments: [
        "8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b11", "8B6A2C5E-4D3F-4E21-9A70-1F0C5D9E7B11",
        "8b6a2c5e4d3f4e219a701f0c5d9e7b11", "00000000-0000-0000-0000-000000000000",
        "8b6a-2c5e4d3f4e219a701f0c5d9e7b11", "8b6a2c5e4d3f4e219a701f0c5d9e7b1-1",
    ])
    func valid(_ text: String) {
        #expect(ImageID.isValid(text))
    }

    @Test(arguments: [
        "", "a", "8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b1", "8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b111",
        "8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b1g", "{8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b11}",
        "urn:uuid:8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b11", " 8b6a2c5e4d3f4e219a701f0c5d9e7b11",
        "8b6a2c5e4d3f4e219a701f0c5d9e7b11\n", "8b6a2c5e4d3f4e219a701f0c5d9e7b11\0",
        "../../../../8b6a2c5e4d3f4e219a701f0c", "8b6a2c5e/4d3f/4e21/9a70/1f0c5d9e7b11",
        "8b6a2c5e.4d3f.4e21.9a70.1f0c5d9e7b11", "-8b6a2c5e4d3f4e219a701f0c5d9e7b11",
        "--------------------------------", "8b6a2c5e-4d3f-4e21-9a70-1f0c5d9e7b1\u{FF11}",
        "8b6a2c5e-4d3f-4e21-9a70-1-f0c5d9e7b11",
    ])
    func invalid(_ text: String) {
        #expect(!ImageID.isValid(text))
    }

    @Test func randomOnes() {
        let ids = (0..<500).map { _ in ImageID.random() }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(ImageID.isValid(id))
            let bytes = Array(id.utf8)
            #expect(bytes.count == 36)
            #expect([8, 13, 18, 23].allSatisfy { bytes[$0] == UInt8(ascii: "-") })
            #expect(bytes[14] == UInt8(ascii: "4"))
            #expect("89ab".utf8.contains(bytes[19]))
            #expect(id == id.lowercased())
        }
    }
}
