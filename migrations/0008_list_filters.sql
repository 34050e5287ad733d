-- What lists are filtered by: where few images have a value, a list begins with them instead of walking past all others.
-- Values of properties can be long, and nobody looks for long ones.

CREATE INDEX image_tags_by_value ON image_tags (value, image_id);
CREATE INDEX image_properties_by_value ON image_properties (name, value, image_id) WHERE length(value) <= 255;
CREATE INDEX images_by_status ON images (status)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_disk_format ON images (disk_format)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_container_format ON images (container_format)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_checksum ON images (checksum)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_hash ON images (os_hash_value)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_hidden ON images (id)
    WHERE os_hidden = 1 AND deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_protected ON images (id)
    WHERE protected = 1 AND deleted_at IS NULL AND status <> 'killed';
