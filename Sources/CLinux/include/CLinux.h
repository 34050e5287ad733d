// Linux calls that `import Glibc` lacks. `_GNU_SOURCE` stays in CLinux.c: here it would change libc's types.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/// accept4(2) with SOCK_NONBLOCK | SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr *address, socklen_t *length);

/// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where the target stands.
int clinux_rename_noreplace(int from_dir, const char *from, int to_dir, const char *to);

/// openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS: the name cannot leave the directory.
int clinux_open_beneath(int directory, const char *name, int flags, mode_t mode);

/// The same with RESOLVE_CACHED: fails with EAGAIN where it would have to look at the disk, with EINVAL before Linux 5.12.
int clinux_open_cached_beneath(int directory, const char *name, int flags);

/// Whether a file lies on one of Linux's own filesystems for local disks, or in memory: fstatfs(2).
int clinux_is_local(int file);

/// Takes the pages of the program's and its libraries' code out of the process: madvise(2) with MADV_DONTNEED. They stay in the
/// page cache, and those that are run again come back from there.
void clinux_forget_program_pages(void);

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: starts write-back of a range, waits for nothing.
int clinux_start_writeback(int file, int64_t offset, int64_t bytes);

/// copy_file_range(2): copies inside the kernel, by reference where the filesystem can.
ssize_t clinux_copy_file_range(int from, int64_t *from_offset, int to, int64_t *to_offset, size_t bytes);

/// splice(2) with SPLICE_F_MOVE | SPLICE_F_NONBLOCK.
ssize_t clinux_splice(int from, int to, size_t bytes);

/// The thread's own pointer: which event loop runs on it. NULL elsewhere.
void *clinux_thread_loop(void);
void clinux_set_thread_loop(void *loop);

/// pthread_setname_np(3) for the calling thread; at most 15 bytes count.
void clinux_name_thread(const char *name);

/// open(2) and fcntl(2) are variadic, which Swift cannot call.
int clinux_openat(int directory, const char *path, int flags, mode_t mode);
int clinux_set_nonblocking(int descriptor);

/// Switches O_DIRECT, which takes file I/O past the page cache, on or off: fcntl(2) with F_SETFL.
int clinux_set_direct(int descriptor, int on);

/// epoll_event is a packed union: made and read here.
int clinux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t datum);
uint64_t clinux_epoll_datum(const struct epoll_event *event);

/// preadv2(2) of one byte with RWF_NOWAIT: 1 if it is in memory, 0 if a disk would have to be asked, 1 where the
/// filesystem can't tell.
int clinux_is_cached(int file, int64_t offset);

/// Tell ThreadSanitizer, where it is linked in, that what one thread did before the first call another may see after the
/// second: it can't see how the Swift runtime resumes a continuation.
void clinux_happens_before(const void *key);
void clinux_happens_after(const void *key);

/// What a child process may take, and what it has.
struct clinux_child {
    const char *path;
    /// Both end with NULL.
    char *const *arguments;
    char *const *environment;
    /// They become the child's 3, 4, ...; nothing else is open in it but /dev/null as 0 and 1, and `errors` as 2.
    const int *files;
    int files_count;
    int errors;
    /// setrlimit(2): seconds, bytes, bytes.
    uint64_t cpu_seconds_max;
    uint64_t memory_bytes_max;
    uint64_t file_bytes_max;
};

/// Starts a process in a session of its own, with no way to a network (seccomp(2)) and with no more than is listed. It
/// dies with the thread that has started it (PR_SET_PDEATHSIG), and only SIGKILL ends it: a signal that the service
/// manager sends to the whole service is the daemon's to understand.
///
/// Returns a pidfd, with the process's id in `*process`; -1 and errno where it could not be started or executed.
int clinux_start_child(const struct clinux_child *child, pid_t *process);

/// waitid(2) on a pidfd that has become readable: the wait status as waitpid(2) gives it.
int clinux_reap(int pidfd, int *status);

/// pipe2(2) with O_CLOEXEC, whose reading end does not block.
int clinux_pipe(int ends[2]);
