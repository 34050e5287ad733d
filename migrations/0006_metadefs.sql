-- The catalogue of metadata definitions. Times are microseconds since 1970 in UTC, flags are 0 or 1.

CREATE TABLE metadef_namespaces (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT,
    description TEXT,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
    protected INTEGER NOT NULL CHECK (protected IN (0, 1)),
    owner TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What a namespace defines. The kinds differ in their details alone: for an object its description and properties, for a
-- property its schema, for an association with a resource type its prefix, for a tag nothing.
CREATE TABLE metadef_parts (
    number INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL REFERENCES metadef_namespaces (number) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('object', 'property', 'tag', 'resource_type')),
    name TEXT NOT NULL,
    -- What there is once of a kind in a namespace: the name; a tag's in lower case.
    key TEXT NOT NULL,
    -- A JSON object.
    details TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (namespace, kind, key)
) STRICT;

-- Every resource type that was ever associated.
CREATE TABLE metadef_resource_types (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
