#include "CWALIndex.h"

// ThreadSanitizer would call it a race, as SQLite writes plainly; that the two copies agree is what makes it none.
__attribute__((no_sanitize("thread")))
int cwalindex_state(const volatile void *index, uint32_t state[CWALINDEX_STATE_WORDS]) {
    // The fourth word begins with the byte isInit.
    enum { init_word = 3 };
    const volatile uint32_t *words = index;
    int agree = 1;
    for (int i = 0; i < CWALINDEX_STATE_WORDS; i++) state[i] = words[i];
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (int i = 0; i < CWALINDEX_STATE_WORDS; i++) agree &= words[CWALINDEX_STATE_WORDS + i] == state[i];
    return agree && ((const uint8_t *)&state[init_word])[0] != 0;
}
