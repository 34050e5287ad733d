// What of SQLite's C interface Swift cannot call.
#pragma once

#include <stdint.h>

/// Has a statement keep the plan with which it was prepared, whatever is bound to its parameters: sqlite3_db_config(3), which
/// is variadic, with SQLITE_DBCONFIG_ENABLE_QPSG. Answers SQLITE_OK, or SQLite's error.
int csqlite_keep_plans(void *connection);

/// Words of a wal-index's header.
enum { CSQLITE_WAL_STATE_WORDS = 12 };

/// Where SQLite has the wal-index of a connection's database in memory, shared by all processes that have it open; NULL where
/// the database is not in WAL mode. It is there until the connection is closed. To be called where the connection may be used.
const volatile void *csqlite_wal_index(void *connection);

/// Copies the header of a wal-index, which changes with each commit of whatever process. It stands there twice; answers 0
/// where the copies differ, as one who commits writes the second first. To be called anywhere; it takes no lock.
int csqlite_wal_state(const volatile void *index, uint32_t state[CSQLITE_WAL_STATE_WORDS]);
