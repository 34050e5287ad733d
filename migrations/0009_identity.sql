-- Embedded identity: projects, users, roles, API keys and tokens. There is one domain, Keystone's `default`.
-- Passwords are kept as scrypt with salt and parameters; tokens and the secrets of API keys, which are 256 random bits,
-- as SHA-256 in hex.

CREATE TABLE identity_projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE identity_users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 255),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- What a token is for when its request names no project.
    default_project_id TEXT REFERENCES identity_projects (id) ON DELETE SET NULL,
    -- NULL: no password opens this account.
    password_hash TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX identity_users_by_default_project ON identity_users (default_project_id);

-- Who has which role where.
CREATE TABLE identity_assignments (
    user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES identity_projects (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 64),
    PRIMARY KEY (user_id, project_id, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_assignments_by_project ON identity_assignments (project_id);

-- Keystone's application credentials: a user's right in one project, without the user's password.
CREATE TABLE identity_api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES identity_projects (id) ON DELETE CASCADE,
    secret_digest TEXT NOT NULL,
    -- NULL: it does not expire.
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (user_id, name)
) STRICT;

CREATE INDEX identity_api_keys_by_project ON identity_api_keys (project_id);

-- Tokens that count still; one that is revoked has no row. Roles are looked up when a token is used.
CREATE TABLE identity_tokens (
    digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE,
    -- NULL: unscoped.
    project_id TEXT REFERENCES identity_projects (id) ON DELETE CASCADE,
    -- The key that it was issued for; it ends with the key.
    api_key_id TEXT REFERENCES identity_api_keys (id) ON DELETE CASCADE,
    -- Keystone's names, parted by commas.
    methods TEXT NOT NULL,
    audit_id TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_tokens_by_expiry ON identity_tokens (expires_at);
CREATE INDEX identity_tokens_by_user ON identity_tokens (user_id, issued_at);
CREATE INDEX identity_tokens_by_project ON identity_tokens (project_id);
CREATE INDEX identity_tokens_by_api_key ON identity_tokens (api_key_id);
