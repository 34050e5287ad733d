-- Images whose data wait to be imported (v2): they lie in our store under the image's id, whole and with their digests,
-- but the image does not show them yet. They count in the ledger of `owner` as bytes_staged.
CREATE TABLE stagings (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id),
    owner TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    checksum TEXT NOT NULL,
    os_hash_algo TEXT NOT NULL,
    os_hash_value TEXT NOT NULL,
    virtual_size INTEGER CHECK (virtual_size >= 0),
    url TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Images that a crash may have left on the way.
CREATE INDEX images_importing ON images (id) WHERE status IN ('uploading', 'importing');

-- Who asked for a task, as v2 shows it.
ALTER TABLE tasks ADD COLUMN user_id TEXT;
ALTER TABLE tasks ADD COLUMN request_id TEXT;

CREATE INDEX tasks_by_created ON tasks (created_at, id);
