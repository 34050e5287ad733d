import BlobStore
import Glibc
import Posix

/// `qemu-img convert` in a process of its own: it sees the two files by number and no other, knows the source's format
/// from us, has no network, and may take so much time, memory and disk.
struct QemuImg {
    private let options: ConversionOptions

    init(_ options: ConversionOptions) {
        self.options = options
    }

    /// Why images can't be converted on this machine; nil where they can.
    var problem: String? {
        ChildProcess.path(of: options.program) == nil ? Self.missing(options.program) : nil
    }

    /// Converts; blocks.
    ///
    /// - Parameters:
    ///   - driver: QEMU's name of the source's format.
    ///   - virtualSize: bytes of the disk inside; nil where the source does not tell.
    func convert(
        _ blob: any OpenBlob, from driver: String, virtualSize: Int64?, into file: ResultFile,
        _ workshop: ImportWorkshop
    ) throws {
        guard let source = blob.fileDescriptor else { throw PluginFailure("the data can't be read as a file") }
        // A raw image is as long as its disk: what does not fit is refused before it is written.
        if options.outputFormat == "raw", let virtualSize { try workshop.allow(virtualSize) }
        let child = ChildProcess(
            program: options.program,
            arguments: ["convert", "-q", "-f", driver, "-O", options.outputFormat, "/dev/fd/3", "/dev/fd/4"],
            limits: .init(
                cpuSeconds: options.secondsMax, memoryBytes: options.memoryBytesMax, fileBytes: workshop.fileBytesMax))
        let ending: ChildProcess.Ending
        do throws(ChildProcess.Failure) {
            ending = try child.run(
                files: [source, file.fileDescriptor], until: .after(seconds: Double(options.secondsMax)),
                onTick: {
                    try workshop.checkWanted()
                    try workshop.allow(try file.writtenBytes())
                })
        } catch {
            switch error {
            case .notStarted(let errno) where errno.code == ENOENT: throw PluginFailure(Self.missing(options.program))
            case .notStarted(let errno): throw PluginFailure("qemu-img can't be started: \(errno)")
            case .tooLong: throw tooLong
            case .stopped(let cause): throw cause
            }
        }
        switch ending.way {
        case .exit(0): return
        case .exit: throw PluginFailure("qemu-img can't convert the image: \(Self.line(ending.errorText))")
        case .signal(SIGXFSZ): throw UploadFailure.tooLarge(bytesMax: workshop.fileBytesMax)
        case .signal(SIGXCPU): throw tooLong
        case .signal(let number): throw PluginFailure("qemu-img was ended by signal \(number)")
        }
    }

    private var tooLong: PluginFailure {
        PluginFailure("the conversion took longer than \(options.secondsMax) seconds")
    }

    private static func missing(_ program: String) -> String {
        "image_conversion needs the program \(program), which is not there (Debian has it in qemu-utils)"
    }

    /// What it said, in one line that may go into a log and to the image's owner.
    private static func line(_ text: String) -> String {
        let clean = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
        return String(clean.prefix(300)).split(separator: " ").joined(separator: " ")
    }
}
