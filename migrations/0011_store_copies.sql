-- Data of one image may lie in several stores, and come into and leave each of them by themselves.

-- Which stores a task fills, and how far it is: a JSON object. NULL where nobody has named any.
ALTER TABLE tasks ADD COLUMN stores TEXT CHECK (stores IS NULL OR json_valid(stores));

-- The store that staged data are in, of several.
ALTER TABLE stagings ADD COLUMN store TEXT;

-- Reclaims become entries a place: what lies at `url`. An empty one, of an entry from before, means every store.
CREATE TABLE reclaims_by_place (
    image_id TEXT NOT NULL REFERENCES images (id),
    url TEXT NOT NULL,
    store TEXT,
    owner TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    bytes_staged INTEGER NOT NULL DEFAULT 0 CHECK (bytes_staged >= 0),
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (image_id, url)
) STRICT, WITHOUT ROWID;

INSERT INTO reclaims_by_place (image_id, url, owner, bytes, bytes_staged, deleted_at)
SELECT image_id, '', owner, bytes, bytes_staged, deleted_at FROM reclaims;

DROP TABLE reclaims;
ALTER TABLE reclaims_by_place RENAME TO reclaims;
CREATE INDEX reclaims_by_deleted ON reclaims (deleted_at, image_id);
