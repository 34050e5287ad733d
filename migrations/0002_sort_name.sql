-- Lists by name seek in their indexes: SQLite does not seek with a comparison of rows that begins with an expression,
-- so what images are sorted by becomes a column.

ALTER TABLE images ADD COLUMN sort_name TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(name, '')) VIRTUAL;

DROP INDEX images_by_name;
DROP INDEX images_by_owner_name;
DROP INDEX images_by_visibility_name;

CREATE INDEX images_by_name ON images (sort_name, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_owner_name ON images (owner, sort_name, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
CREATE INDEX images_by_visibility_name ON images (visibility, sort_name, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'killed';
