#include "CSQLite.h"

#include <sqlite3.h>
#include <stddef.h>

int csqlite_keep_plans(void *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
}
