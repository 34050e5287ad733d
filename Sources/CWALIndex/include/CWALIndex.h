// Reading memory that another process writes, which Swift has no word for.
#pragma once

/// Bytes of a wal-index's header, https://sqlite.org/walformat.html §2.1.
enum { CWALINDEX_HEADER_BYTES = 48 };

/// Copies the header of a wal-index, which changes with each commit of whatever process. It stands there twice; answers 0
/// where the copies differ, as one who commits writes the second first. Takes no lock.
int cwalindex_header(const volatile void *index, void *header);
