-- Images, all that belongs to them, the usage ledger and the tasks.
-- Times are microseconds since 1970 in UTC, flags are 0 or 1, sizes are bytes. Rows of images are never removed: a
-- deleted image stays as a tombstone, so that its id is never used again.

CREATE TABLE images (
    number INTEGER PRIMARY KEY,
    -- As its creator sent it: ids that differ only in case are different images.
    id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 36),
    name TEXT,
    status TEXT NOT NULL CHECK (status IN (
        'queued', 'saving', 'uploading', 'importing', 'active', 'deactivated', 'killed', 'pending_delete', 'deleted')),
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'community', 'shared', 'private')),
    owner TEXT,
    protected INTEGER NOT NULL CHECK (protected IN (0, 1)),
    os_hidden INTEGER NOT NULL CHECK (os_hidden IN (0, 1)),
    disk_format TEXT,
    container_format TEXT,
    size INTEGER CHECK (size >= 0),
    virtual_size INTEGER CHECK (virtual_size >= 0),
    checksum TEXT,
    os_hash_algo TEXT,
    os_hash_value TEXT,
    min_disk INTEGER NOT NULL CHECK (min_disk >= 0),
    min_ram INTEGER NOT NULL CHECK (min_ram >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    -- The upload that made it active: the same upload may report its end twice.
    upload_id TEXT,
    CHECK ((deleted_at IS NOT NULL) = (status IN ('pending_delete', 'deleted')))
) STRICT;

-- A page of a list is a merge of walks along these. Their conditions stand word for word in every such statement.
CREATE INDEX images_by_created ON images (created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_name ON images (COALESCE(name, ''), created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_owner_created ON images (owner, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_owner_name ON images (owner, COALESCE(name, ''), created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_created ON images (visibility, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_name ON images (visibility, COALESCE(name, ''), created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
-- Tombstones too: v1's changes-since brings them in.
CREATE INDEX images_by_updated ON images (updated_at, created_at, id);
CREATE INDEX images_saving ON images (id) WHERE status = 'saving';

CREATE TABLE image_properties (
    image_id TEXT NOT NULL REFERENCES images (id),
    name TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (image_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_tags (
    image_id TEXT NOT NULL REFERENCES images (id),
    value TEXT NOT NULL,
    PRIMARY KEY (image_id, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_members (
    image_id TEXT NOT NULL REFERENCES images (id),
    member TEXT NOT NULL,
    can_share INTEGER NOT NULL CHECK (can_share IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'rejected')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Copies of the image's columns (the name as '' where there is none): what is shared with a tenant can be walked in
    -- order without a look at each image.
    image_created_at INTEGER NOT NULL,
    image_name TEXT NOT NULL,
    PRIMARY KEY (image_id, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_members_by_created ON image_members (member, image_created_at, image_id);
CREATE INDEX image_members_by_name ON image_members (member, image_name, image_created_at, image_id);

CREATE TABLE image_locations (
    number INTEGER PRIMARY KEY,
    image_id TEXT NOT NULL REFERENCES images (id),
    url TEXT NOT NULL,
    store TEXT,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'pending_delete', 'deleted')),
    -- What the data takes in our own store; NULL where the data lies outside. Unlike the image's size it is not the
    -- admin's to correct.
    bytes INTEGER CHECK (bytes >= 0)
) STRICT;

CREATE INDEX image_locations_by_image ON image_locations (image_id);

-- Running uploads. A row is a reservation in the ledger of `owner`.
CREATE TABLE uploads (
    upload_id TEXT NOT NULL PRIMARY KEY,
    image_id TEXT NOT NULL UNIQUE REFERENCES images (id),
    owner TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    -- What the image becomes if the upload fails.
    failure_status TEXT NOT NULL CHECK (failure_status IN ('killed', 'queued')),
    started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_by_owner ON uploads (owner);

-- Deleted images whose data still lies in our store, and counts in the ledger of `owner`.
CREATE TABLE reclaims (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id),
    owner TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX reclaims_by_deleted ON reclaims (deleted_at, image_id);

-- What each tenant uses, kept equal to the sum over the rows above by every transaction. Ownerless images stand
-- under ''.
CREATE TABLE usage (
    owner TEXT NOT NULL PRIMARY KEY,
    -- Images that are not deleted.
    images INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_images CHECK (images >= 0),
    -- Bytes in our store: those of images and those of reclaims.
    bytes_stored INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_bytes_stored CHECK (bytes_stored >= 0),
    -- Bytes that running uploads may still write.
    bytes_reserved INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_bytes_reserved CHECK (bytes_reserved >= 0),
    -- Bytes in the staging area (v2).
    bytes_staged INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_bytes_staged CHECK (bytes_staged >= 0),
    uploads_in_flight INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_uploads CHECK (uploads_in_flight >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'success', 'failure')),
    owner TEXT,
    image_id TEXT REFERENCES images (id),
    source_url TEXT,
    bytes_done INTEGER NOT NULL DEFAULT 0 CHECK (bytes_done >= 0),
    bytes_expected INTEGER CHECK (bytes_expected >= 0),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    message TEXT NOT NULL DEFAULT '',
    -- JSON, for v2's tasks.
    input TEXT,
    result TEXT,
    -- Until when a worker holds it.
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER,
    CHECK ((finished_at IS NOT NULL) = (status IN ('success', 'failure')))
) STRICT;

CREATE INDEX tasks_unfinished ON tasks (created_at, id) WHERE status IN ('pending', 'processing');
CREATE INDEX tasks_by_image ON tasks (image_id);
CREATE INDEX tasks_by_owner ON tasks (owner, created_at, id);
