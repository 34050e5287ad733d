import CCrypto

/// The library behind all digests, here and in the store.
public enum Libcrypto {
    /// Has it keep its state until the process is gone. By itself it frees that in an exit handler, under threads that may be
    /// in the middle of a digest. To be called before anything uses it (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT).
    public static func keepUntilTheEnd() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }
}
