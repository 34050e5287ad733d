import BlobStore
import ImageModel
import JSONText
import Logging
import Posix

/// What has come from a task's source and lies in a store, whole and durable, before it is an image's: as it is written into
/// the task's row. A later attempt goes on with it instead of fetching it again, and the registry tells nobody to remove
/// it as data without an image (`FindOrphans`).
struct ArrivalNote: Equatable {
    /// The store's name, of several; nil where there is one.
    let store: String?
    /// Of the data as they came.
    let sha512: String
    /// What the import's plugins have made of them and put, or are about to put, in their place; nil as long as they have
    /// not come to an end.
    var made: ResultNote?

    init(store: String?, sha512: String, made: ResultNote? = nil) {
        self.store = store
        self.sha512 = sha512
        self.made = made
    }

    /// nil for a source's entity tag.
    init?(_ text: String) {
        guard let arrived = (try? JSONValue(parsing: Array(text.utf8)))?["arrived"],
            let sha512 = arrived["sha512"]?.string
        else { return nil }
        self.init(
            store: arrived["store"]?.string, sha512: sha512, made: arrived["made"]?.string.flatMap(ResultNote.init))
    }

    var text: String {
        let note: JSONValue = [
            "arrived": [
                "store": JSONValue(store), "sha512": .string(sha512), "made": JSONValue(made?.text),
            ]
        ]
        return String(decoding: note.serialized, as: UTF8.self)
    }

    /// Writes itself into the task's row, however long the registry is away: what has come is not lost for that.
    ///
    /// - Throws: `TaskStop`, `RegistryFailure`.
    func write(into task: inout ImageTask, _ resources: TaskResources, _ mark: UploadsInFlight.Mark) async throws {
        task.sourceTag = text
        while true {
            do throws(RegistryFailure) {
                _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
                return
            } catch {
                if let stop = TaskStop(error) { throw stop }
                guard case .unavailable(let reason) = error, !mark.isCancelled else { throw error }
                resources.logger.warning("a copy waits for the registry", metadata: ["reason": "\(reason)"])
                await EventLoop.current?.sleep(until: .after(seconds: 1))
            }
        }
    }

    /// The data that an earlier attempt has left, read again to see that they are what the note says; nil where they are not,
    /// and nothing of them is there any more.
    ///
    /// - Returns: with whether the plugins have done their part.
    func data(
        for imageID: String, _ resources: TaskResources, _ mark: UploadsInFlight.Mark, formats: ImportFormats?
    ) async throws -> (data: ArrivedData, isMade: Bool)? {
        let part = resources.store.part(named: store)
        let blob: StoredBlob
        do throws(StoreError) {
            blob = try await part.examine(id: imageID, while: { _ in !mark.isCancelled })
        } catch {
            if case .notFound = error { return nil }
            throw error
        }
        if let made, made.sha512 == blob.sha512 {
            return (ArrivedData(blob: blob, store: store, formats: made.formats, resources: resources), true)
        }
        guard sha512 == blob.sha512 else {
            try await part.remove(id: imageID)
            return nil
        }
        return (ArrivedData(blob: blob, store: store, formats: formats, resources: resources), false)
    }
}
