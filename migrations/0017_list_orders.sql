-- Lists in every order walk an index, those of admins and of members. Each order has one index, by visibility: what an
-- admin sees of all visibilities is merged from their walks. What a tenant has itself is found by its owner.

-- SQLite does not seek with a comparison of rows that begins with an expression.
ALTER TABLE images ADD COLUMN sort_size INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(size, -1)) VIRTUAL;
ALTER TABLE images ADD COLUMN sort_disk_format TEXT NOT NULL
    GENERATED ALWAYS AS (COALESCE(disk_format, '')) VIRTUAL;
ALTER TABLE images ADD COLUMN sort_container_format TEXT NOT NULL
    GENERATED ALWAYS AS (COALESCE(container_format, '')) VIRTUAL;

-- Their work is done by those with the visibility in front.
DROP INDEX images_by_created;
DROP INDEX images_by_name;
DROP INDEX images_by_status;
DROP INDEX images_by_disk_format;
DROP INDEX images_by_container_format;

CREATE INDEX images_by_visibility_status ON images (visibility, status, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_size ON images (visibility, sort_size, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_disk_format ON images (visibility, sort_disk_format, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_container_format ON images (visibility, sort_container_format, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_updated ON images (visibility, updated_at, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_id ON images (visibility, id)
    WHERE deleted_at IS NULL AND status <> 'killed';

-- What few images have: others cost nothing here.
CREATE INDEX images_by_min_ram ON images (min_ram)
    WHERE min_ram > 0 AND deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_min_disk ON images (min_disk)
    WHERE min_disk > 0 AND deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_other_hash ON images (os_hash_algo)
    WHERE os_hash_algo <> 'sha512' AND deleted_at IS NULL AND status <> 'killed';
CREATE INDEX image_properties_long ON image_properties (name, image_id) WHERE length(value) > 255;
