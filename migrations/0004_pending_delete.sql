-- The images whose data waits for the scrubber, and tombstones in the order of lists of deleted images.

CREATE INDEX images_pending_delete ON images (deleted_at, id) WHERE status = 'pending_delete';
CREATE INDEX images_deleted_by_created ON images (created_at, id) WHERE deleted_at IS NOT NULL;
