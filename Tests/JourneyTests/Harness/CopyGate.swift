import Glibc
import Testing

/// Holds a daemon's copies inside the kernel (copy_file_range(2)) up until it is opened: what happens in the middle of a
/// copy can be looked at. A library in front of the C library's does it.
struct CopyGate {
    private let folder: TemporaryFolder
    private let library: String
    private let passes: Int

    /// - Parameter passes: as many calls pass before one waits.
    init(passing passes: Int) throws {
        folder = try TemporaryFolder()
        self.passes = passes
        let source = try folder.write(Self.source, to: "gate.c")
        library = "\(folder.path)/gate.so"
        let command = try Command("clang", ["-shared", "-fPIC", "-O1", "-o", library, source])
        try #require(command.isSuccess, "\(command.errors)")
    }

    /// Starts a daemon behind the gate: `Glimpse.run(apiLauncher:)`.
    var launcher: [String] {
        ["env", "LD_PRELOAD=\(library)", "COPY_GATE=\(folder.path)", "COPY_GATE_PASSES=\(passes)"]
    }

    /// Whether a call waits, or has waited.
    var isReached: Bool { access("\(folder.path)/reached", F_OK) == 0 }

    /// Calls so far, of all starts.
    var calls: Int { ((try? contents(of: "\(folder.path)/calls")) ?? []).count }

    func open() { close(creat("\(folder.path)/open", 0o600)) }

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static void touch(const char *name, int flags) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", getenv("COPY_GATE"), name);
            int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
            if (flags && write(file, ".", 1) != 1) abort();
            close(file);
        }

        ssize_t copy_file_range(int in, off_t *in_offset, int out, off_t *out_offset, size_t bytes, unsigned flags) {
            static atomic_int calls;
            char path[4096];
            snprintf(path, sizeof path, "%s/open", getenv("COPY_GATE"));
            touch("calls", O_APPEND);
            if (atomic_fetch_add(&calls, 1) >= atoi(getenv("COPY_GATE_PASSES")) && access(path, F_OK) != 0) {
                touch("reached", 0);
                while (access(path, F_OK) != 0) usleep(10000);
            }
            return syscall(SYS_copy_file_range, in, in_offset, out, out_offset, bytes, flags);
        }

        """
}
