import GRDB
import ImageModel
import JSONText

extension FindOrphans: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        // Of several stores, ?2 is the one, ?3 are all.
        func isHere(_ row: String) -> String {
            """
            (?2 IS NULL OR CASE
                WHEN \(row).store IN (SELECT value ->> 'id' FROM json_each(?3)) THEN \(row).store = ?2
                WHEN EXISTS (\(place(of: row))) THEN EXISTS (\(place(of: row)) AND value ->> 'id' = ?2)
                ELSE 1 END)
            """
        }
        func place(of row: String) -> String {
            """
            SELECT 1 FROM json_each(?3)
                WHERE substr(\(row).url, 1, length(value ->> 'url_prefix')) = value ->> 'url_prefix'
            """
        }
        // What a task has fetched and noted in its row (the API's `ArrivalNote`); an entity tag is no JSON object.
        let hasArrivedHere = """
            CASE WHEN json_valid(source_tag) THEN source_tag ->> '$.arrived.sha512' IS NOT NULL
                AND (?2 IS NULL OR source_tag ->> '$.arrived.store' IS ?2) ELSE 0 END
            """
        return ImageIDs(
            ids: try db.texts(
                """
                SELECT names.value FROM json_each(?1) AS names
                WHERE NOT EXISTS (
                        SELECT 1 FROM images JOIN image_locations AS place ON image_id = images.id
                        WHERE images.id = names.value AND images.status <> 'deleted' AND bytes IS NOT NULL
                            AND \(isHere("place")))
                    AND NOT EXISTS (SELECT 1 FROM uploads WHERE image_id = names.value)
                    AND NOT EXISTS (
                        SELECT 1 FROM reclaims AS place WHERE image_id = names.value AND \(isHere("place")))
                    AND NOT EXISTS (
                        SELECT 1 FROM stagings AS place WHERE image_id = names.value AND \(isHere("place")))
                    AND NOT EXISTS (
                        SELECT 1 FROM tasks JOIN images ON images.id = image_id
                        WHERE image_id = names.value AND tasks.status IN ('pending', 'processing')
                            AND images.status IN ('queued', 'saving', 'importing') AND \(hasArrivedHere))
                """,
                [Self.text(names.map(JSONValue.string)), store, Self.text(places.map(\.json))]))
    }

    private static func text(_ values: [JSONValue]) -> String {
        String(decoding: JSONValue.array(values).serialized, as: UTF8.self)
    }
}
