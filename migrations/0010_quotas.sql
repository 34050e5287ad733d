-- Limits of single tenants, which count before those that glance-api's configuration gives to all. NULL: the
-- configuration's; -1: none. Sizes are in MiB.
CREATE TABLE quotas (
    owner TEXT NOT NULL PRIMARY KEY,
    image_count_total INTEGER CHECK (image_count_total >= -1),
    image_size_total INTEGER CHECK (image_size_total >= -1),
    image_stage_total INTEGER CHECK (image_stage_total >= -1),
    image_count_uploading INTEGER CHECK (image_count_uploading >= -1)
) STRICT, WITHOUT ROWID;

-- What of a deleted image's data was staged: it counts as such until it is off the disk.
ALTER TABLE reclaims ADD COLUMN bytes_staged INTEGER NOT NULL DEFAULT 0 CHECK (bytes_staged >= 0);
