import Glibc
import Posix
import Testing

@testable import BlobStore

struct StoreErrorTests {
    @Test(arguments: [ENOSPC, EDQUOT, EROFS, EACCES, EPERM, EIO, EFBIG])
    func saysWhatTheSystemSaid(code: CInt) {
        let error = StoreError(Errno(code: code, operation: "write"), doing: "store image 1")
        let errno = Errno(code: code, operation: "store image 1: write")
        switch code {
        case ENOSPC, EDQUOT: #expect(error == .full(errno))
        case EROFS: #expect(error == .readOnly(errno))
        case EACCES, EPERM: #expect(error == .permission(errno))
        default: #expect(error == .failed(errno))
        }
        #expect(error.description == "store image 1: write: \(errno.reason)")
    }

    @Test func keepsAStrangeNameOnOneLine() {
        let text = StoreError.invalidName("x\nERROR forged" + String(repeating: "y", count: 5000)).description
        #expect(!text.contains("\n"))
        #expect(text.utf8.count < 200)
    }
}
