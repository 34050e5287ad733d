import Glibc
import Posix

/// Reads the names in a directory: readdir(3).
struct DirectoryReader: ~Copyable {
    private let stream: OpaquePointer
    private let what: String

    init(_ directory: borrowing Descriptor, doing what: String) throws(StoreError) {
        self.what = what
        // A description of its own, with a position of its own.
        let number = try storing(what) { () throws(Errno) in
            try directory.open(beneath: ".", O_RDONLY | O_DIRECTORY).release()
        }
        guard let stream = fdopendir(number) else {
            let error = Errno.last("fdopendir")
            close(number)
            throw StoreError(error, doing: what)
        }
        self.stream = stream
    }

    deinit {
        closedir(stream)
    }

    /// The next name, without the dot files; nil at the end.
    mutating func next() throws(StoreError) -> String? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let error = Errno.last("readdir")
                if error.code != 0 { throw StoreError(error, doing: what) }
                return nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { return name }
        }
    }
}
