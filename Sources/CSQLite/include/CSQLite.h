// What of SQLite's C interface Swift cannot call.
#pragma once

/// Has a statement keep the plan with which it was prepared, whatever is bound to its parameters: sqlite3_db_config(3), which
/// is variadic, with SQLITE_DBCONFIG_ENABLE_QPSG. Answers SQLITE_OK, or SQLite's error.
int csqlite_keep_plans(void *connection);
