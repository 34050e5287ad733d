import ArgumentParser
import DaemonSupport
import Glibc
import ImageModel
import Registry
import Settings

/// `db load_metadefs`: takes definition files into the catalogue.
struct LoadMetadefsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load_metadefs", abstract: "Load metadata definitions from JSON files into the database.",
        discussion: """
            A namespace that is in the database already stays as it is, unless --merge says otherwise. Each file is \
            taken as a whole or not at all; one that can't be taken is named, and the exit status is 1 then.
            """,
        aliases: ["load-metadefs"])

    @ParentCommand var manage: GlanceManage
    @OptionGroup var database: DatabaseFile
    @Option(help: "The folder of the files, or one file; metadata_source_path by default.")
    var path: String?
    @Flag(help: "Add to namespaces that are there already what they lack.")
    var merge = false
    @Flag(name: .customLong("prefer_new"), help: "With --merge: replace what is there already.")
    var preferNew = false
    @Flag(help: "With --merge: remove such namespaces first.")
    var overwrite = false
    @Argument(help: "The older form: path, merge, prefer_new and overwrite, in this order.")
    var older: [String] = []

    func run() throws {
        let source = try path ?? older.first ?? database.settings(manage).metadefs.path
        let merge = try mode()
        let paths = try DefinitionFiles.paths(source)
        let registry = try RegistryDatabase(path: database.path(manage), readers: 1)
        let catalogue = MetadefCatalogue(registry)
        var failures = 0
        for path in paths {
            do {
                let definition = try DefinitionFiles.read(path)
                let done = try catalogue.load(definition, merge)
                print("\(definition.namespace.name) \(done.rawValue), from \(path)")
            } catch let error as SmallFileError {
                failures += 1
                warn(error.description)
            } catch {
                failures += 1
                warn("\(path) cannot be loaded: \(error)")
            }
        }
        database.warnOfOwner(try database.path(manage))
        if failures > 0 { throw ExitCode.failure }
    }

    private func mode() throws -> MetadefCatalogue.Merge {
        guard older.count <= 4 else { throw ValidationError("there are four arguments at the most") }
        func isGiven(_ index: Int) -> Bool {
            older.count > index && !["", "False", "false", "0"].contains(older[index])
        }
        let (merges, prefersNew, overwrites) = (merge || isGiven(1), preferNew || isGiven(2), overwrite || isGiven(3))
        if !merges, prefersNew || overwrites {
            throw ValidationError("--prefer_new and --overwrite say how to merge: they need --merge")
        }
        if prefersNew && overwrites { throw ValidationError("--prefer_new and --overwrite exclude each other") }
        return overwrites ? .overwrite : prefersNew ? .replace : merges ? .add : .skip
    }

    private func warn(_ text: String) {
        let line = Array("Error: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

/// `db unload_metadefs`: empties the catalogue.
struct UnloadMetadefsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unload_metadefs",
        abstract: "Remove all metadata definitions from the database, protected ones as well.",
        aliases: ["unload-metadefs"])

    @ParentCommand var manage: GlanceManage
    @OptionGroup var database: DatabaseFile

    func run() throws {
        let registry = try RegistryDatabase(path: database.path(manage), readers: 1)
        print("\(try MetadefCatalogue(registry).unload()) namespaces removed")
    }
}

/// `db export_metadefs`: saves the catalogue as definition files.
struct ExportMetadefsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export_metadefs", abstract: "Save all metadata definitions as JSON files, one a namespace.",
        aliases: ["export-metadefs"])

    @ParentCommand var manage: GlanceManage
    @OptionGroup var database: DatabaseFile
    @Option(help: "The folder to write to; metadata_source_path by default.")
    var path: String?
    @Argument(help: "The older form of --path.")
    var older: String?

    func run() throws {
        let folder = try path ?? older ?? database.settings(manage).metadefs.path
        let registry = try RegistryDatabase(path: database.path(manage), readers: 1)
        for path in try DefinitionFiles.write(try MetadefCatalogue(registry).definitions(), to: folder) {
            print(path)
        }
    }
}
