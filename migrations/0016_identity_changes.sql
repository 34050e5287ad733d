-- What the identity API keeps of users and API keys beyond what logging in needs.
ALTER TABLE identity_users ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE identity_users ADD COLUMN email TEXT NOT NULL DEFAULT '';

ALTER TABLE identity_api_keys ADD COLUMN description TEXT NOT NULL DEFAULT '';
-- The roles that the key has at the most, parted by commas; NULL: all that its user has in the project.
ALTER TABLE identity_api_keys ADD COLUMN roles TEXT;
-- Whether its tokens may make and delete API keys.
ALTER TABLE identity_api_keys ADD COLUMN unrestricted INTEGER NOT NULL DEFAULT 0 CHECK (unrestricted IN (0, 1));

-- The roles beside those that Glance's rules name.
CREATE TABLE identity_roles (
    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO identity_roles (name, description, created_at)
SELECT DISTINCT role, '', 0 FROM identity_assignments
WHERE role NOT IN ('admin', 'member', 'reader', 'service');
