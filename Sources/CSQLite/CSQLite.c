#include "CSQLite.h"

#include <sqlite3.h>
#include <stddef.h>

int csqlite_keep_plans(void *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
}

const volatile void *csqlite_wal_index(void *connection) {
    // The size of a block of the wal-index, https://sqlite.org/walformat.html#the_wal_index_file_format.
    enum { block_bytes = 32768 };
    sqlite3_file *file = NULL;
    volatile void *index = NULL;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return NULL;
    if (file == NULL || file->pMethods == NULL || file->pMethods->iVersion < 2) return NULL;
    if (file->pMethods->xShmMap(file, 0, block_bytes, 0, &index) != SQLITE_OK) return NULL;
    return index;
}
