/// One step of the database's schema: a numbered SQL file, compiled in. A file is never edited after it has landed.
public struct SchemaMigration: Sendable {
    /// Above those before it.
    public let number: Int
    /// The file's name behind the number.
    public let name: String
    /// The statements.
    public let sql: String

    /// A step made of these statements.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    private init(_ number: Int, _ name: String, _ file: [UInt8]) {
        self.init(number: number, name: name, sql: String(decoding: file, as: UTF8.self))
    }

    /// All steps in the order in which they are applied. SwiftPM turns the first digit of a file's name into `_`.
    public static let all: [SchemaMigration] = [
        SchemaMigration(1, "images", PackageResources._001_images_sql),
        SchemaMigration(2, "sort_name", PackageResources._002_sort_name_sql),
        SchemaMigration(3, "task_source_tag", PackageResources._003_task_source_tag_sql),
        SchemaMigration(4, "pending_delete", PackageResources._004_pending_delete_sql),
        SchemaMigration(5, "location_metadata", PackageResources._005_location_metadata_sql),
        SchemaMigration(6, "metadefs", PackageResources._006_metadefs_sql),
        SchemaMigration(7, "staging", PackageResources._007_staging_sql),
        SchemaMigration(8, "list_filters", PackageResources._008_list_filters_sql),
        SchemaMigration(9, "identity", PackageResources._009_identity_sql),
        SchemaMigration(10, "quotas", PackageResources._010_quotas_sql),
        SchemaMigration(11, "store_copies", PackageResources._011_store_copies_sql),
        SchemaMigration(13, "task_leases", PackageResources._013_task_leases_sql),
        SchemaMigration(16, "identity_changes", PackageResources._016_identity_changes_sql),
        SchemaMigration(17, "list_orders", PackageResources._017_list_orders_sql),
    ]
}
