/// Where an image stands in its life. Glance's statuses and the moves between them, in one table.
public enum ImageStatus: String, CaseIterable, Sendable {
    /// Reserved; no data yet.
    case queued
    /// Data arrives.
    case saving
    /// Data lies in the staging area, to be imported (v2).
    case uploading
    /// An import runs (v2).
    case importing
    /// Usable: the data is on disk, whole.
    case active
    /// Usable by admins only (v2 action).
    case deactivated
    /// A failed upload of v1: never usable again.
    case killed
    /// Deleted, the data waits for the scrubber (`delayed_delete`).
    case pendingDelete = "pending_delete"
    /// A tombstone: the id stays taken.
    case deleted

    /// The statuses that may follow this one.
    public var successors: Set<ImageStatus> {
        switch self {
        // `killed` after `queued`: v1 kills an image whose upload is refused before its first byte.
        case .queued: [.saving, .uploading, .importing, .active, .killed, .deleted]
        case .saving: [.active, .killed, .deleted, .queued]
        case .uploading: [.importing, .queued, .deleted]
        case .importing: [.active, .deleted, .queued]
        case .active: [.pendingDelete, .deleted, .deactivated]
        case .deactivated: [.active, .pendingDelete, .deleted]
        case .killed: [.deleted]
        case .pendingDelete: [.deleted, .active]
        case .deleted: []
        }
    }

    /// The statuses from which this one may be reached.
    public var predecessors: Set<ImageStatus> {
        Set(ImageStatus.allCases.filter { $0.successors.contains(self) })
    }
}
