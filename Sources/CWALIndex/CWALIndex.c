#include "CWALIndex.h"

#include <stdint.h>
#include <string.h>

// ThreadSanitizer would call it a race, as SQLite writes plainly; that the two copies agree is what makes it none.
__attribute__((no_sanitize("thread")))
int cwalindex_header(const volatile void *index, void *header) {
    enum { words_count = CWALINDEX_HEADER_BYTES / sizeof(uint32_t) };
    const volatile uint32_t *words = index;
    uint32_t copy[words_count];
    int agree = 1;
    for (int i = 0; i < words_count; i++) copy[i] = words[i];
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (int i = 0; i < words_count; i++) agree &= words[words_count + i] == copy[i];
    memcpy(header, copy, sizeof copy);
    return agree;
}
