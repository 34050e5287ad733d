#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_rename_noreplace(int from_dir, const char *from, int to_dir, const char *to) {
    return renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE);
}

static int open_beneath(int directory, const char *name, int flags, mode_t mode, uint64_t resolve) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(flags | O_CLOEXEC);
    how.mode = (flags & (O_CREAT | O_TMPFILE)) ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | resolve;
    return (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
}

int clinux_open_beneath(int directory, const char *name, int flags, mode_t mode) {
    return open_beneath(directory, name, flags, mode, 0);
}

int clinux_open_cached_beneath(int directory, const char *name, int flags) {
    return open_beneath(directory, name, flags, 0, RESOLVE_CACHED);
}

int clinux_is_local(int file) {
    // Of linux/magic.h those that it lacks in Debian 12 are ZFS's and bcachefs's.
    static const uint32_t local[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC,
                                     0x2fc12fc1, 0xca451a4e};
    struct statfs status;
    if (fstatfs(file, &status) != 0) return 0;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if ((uint32_t)status.f_type == local[i]) return 1;
    return 0;
}

static int forget_program_pages(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    (void)context;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X) || (segment->p_flags & PF_W)) continue;
        uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
        uintptr_t end = (begin + segment->p_memsz) & ~(page - 1);
        begin = (begin + page - 1) & ~(page - 1);
        if (end > begin) madvise((void *)begin, end - begin, MADV_DONTNEED);
    }
    return 0;
}

void clinux_forget_program_pages(void) {
    dl_iterate_phdr(forget_program_pages, NULL);
}

int clinux_start_writeback(int file, int64_t offset, int64_t bytes) {
    return sync_file_range(file, offset, bytes, SYNC_FILE_RANGE_WRITE);
}

ssize_t clinux_copy_file_range(int from, int64_t *from_offset, int to, int64_t *to_offset, size_t bytes) {
    return copy_file_range(from, from_offset, to, to_offset, bytes, 0);
}

ssize_t clinux_splice(int from, int to, size_t bytes) {
    return splice(from, NULL, to, NULL, bytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

static _Thread_local void *thread_loop;

void *clinux_thread_loop(void) { return thread_loop; }

void clinux_set_thread_loop(void *loop) { thread_loop = loop; }

void clinux_name_thread(const char *name) {
    char bounded[16];
    snprintf(bounded, sizeof bounded, "%s", name);
    pthread_setname_np(pthread_self(), bounded);
}

int clinux_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

int clinux_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int clinux_set_direct(int descriptor, int on) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? flags : fcntl(descriptor, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT);
}

int clinux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t datum) {
    struct epoll_event event = {.events = events, .data.u64 = datum};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

uint64_t clinux_epoll_datum(const struct epoll_event *event) { return event->data.u64; }

int clinux_is_cached(int file, int64_t offset) {
    char byte;
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    ssize_t count = preadv2(file, &vector, 1, offset, RWF_NOWAIT);
    return !(count < 0 && errno == EAGAIN);
}

extern void __tsan_release(void *key) __attribute__((weak));
extern void __tsan_acquire(void *key) __attribute__((weak));

void clinux_happens_before(const void *key) {
    if (__tsan_release) __tsan_release((void *)key);
}

void clinux_happens_after(const void *key) {
    if (__tsan_acquire) __tsan_acquire((void *)key);
}
