import CCrypto
import Glibc
import Posix

/// A message digest under way: EVP_DigestInit_ex(3), EVP_DigestUpdate, EVP_DigestFinal_ex of libcrypto.
public struct Digest: ~Copyable, @unchecked Sendable {
    // Proof: the context has one owner, and libcrypto lets it move from thread to thread between calls; each call is
    // `mutating`, so there is one at a time.

    /// The digests that Glance keeps of an image, and those that it compares.
    public enum Algorithm: String, Sendable, CaseIterable {
        case md5
        case sha1
        case sha256
        case sha512

        /// Hex digits of a digest.
        public var digits: Int {
            switch self {
            case .md5: 32
            case .sha1: 40
            case .sha256: 64
            case .sha512: 128
            }
        }
    }

    private let context: OpaquePointer
    private let algorithm: Algorithm

    /// Begins a digest.
    ///
    /// - Throws: `StoreError.failed` with ENOTSUP where libcrypto refuses the algorithm, as it does MD5 in FIPS mode.
    public init(_ algorithm: Algorithm) throws(StoreError) {
        self.algorithm = algorithm
        let type =
            switch algorithm {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            }
        guard let context = EVP_MD_CTX_new() else {
            throw .failed(Errno(code: ENOMEM, operation: "\(algorithm) digest"))
        }
        guard EVP_DigestInit_ex(context, type, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .failed(Errno(code: ENOTSUP, operation: "\(algorithm) digest"))
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Takes more bytes in.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        try check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    /// Ends the digest: its bytes as lower-case hex digits. To be called once.
    public mutating func finalize() throws(StoreError) -> String {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        try check(EVP_DigestFinal_ex(context, &bytes, &count))
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: Int(count) * 2) { text in
            for index in 0..<Int(count) {
                text[index * 2] = digits[Int(bytes[index] >> 4)]
                text[index * 2 + 1] = digits[Int(bytes[index] & 0x0F)]
            }
            return Int(count) * 2
        }
    }

    private func check(_ result: CInt) throws(StoreError) {
        guard result == 1 else { throw .failed(Errno(code: EINVAL, operation: "\(algorithm) digest")) }
    }
}
