import Testing

@testable import Settings

@Suite struct SecretTests {
    private struct Holder {
        let token = Secret("hunter2")
        let optional: Secret? = Secret("hunter2")
    }

    @Test func nothingPrintsIt() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(Holder(), to: &dumped)
        let texts = [
            "\(secret)", String(reflecting: secret), "\([secret])", "\(Holder())", String(reflecting: Holder()), dumped,
        ]
        for text in texts {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("***"))
        }
        #expect(secret.exposed == "hunter2")
    }
}
