/// Bounds of the work behind requests.
public struct TaskLimits: Sendable {
    /// Copies from elsewhere that run at one time.
    public var copiesMax = 4
    /// Copies of one tenant that run at one time.
    public var copiesPerTenantMax = 2
    /// How often a source is asked again without getting any further.
    public var retriesMax = 4
    /// The slowest source that is put up with, in bytes a second; 0: any.
    public var bytesPerSecondMin: Int64 = 1024
    /// Seconds for which a task is this process's own without a sign of life.
    public var leaseSeconds: Int64 = 60
    /// Which glance-api this is: the same after a restart, another one elsewhere. See `TaskLease`.
    public var holder = "glance-api"

    /// The defaults of the settings.
    public init() {}
}
