// What of SQLite's C interface Swift cannot call.
#pragma once

/// Has a statement keep the plan with which it was prepared, whatever is bound to its parameters: sqlite3_db_config(3), which
/// is variadic, with SQLITE_DBCONFIG_ENABLE_QPSG. Answers SQLITE_OK, or SQLite's error.
int csqlite_keep_plans(void *connection);

/// Where SQLite has the wal-index of a connection's database in memory, shared by all processes that have it open; NULL where
/// the database is not in WAL mode. It is there until the connection is closed. To be called where the connection may be used.
const volatile void *csqlite_wal_index(void *connection);
