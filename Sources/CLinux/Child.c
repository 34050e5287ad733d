#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_MAX 8

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "seccomp's name for this architecture is missing"
#endif

#define DENY (SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))
#define DENY_CALL(number)                                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, DENY)

// What could reach another machine or process. Everything else is bounded by the files that are open, and by limits.
static struct sock_filter no_network[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#if defined(__x86_64__)
    // The numbers of x32 lie above this bit: other names for the same calls.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, DENY),
#endif
    DENY_CALL(SYS_socket),
    DENY_CALL(SYS_socketpair),
    DENY_CALL(SYS_connect),
    DENY_CALL(SYS_bind),
    DENY_CALL(SYS_io_uring_setup),
    DENY_CALL(SYS_ptrace),
    DENY_CALL(SYS_process_vm_readv),
    DENY_CALL(SYS_process_vm_writev),
    DENY_CALL(SYS_pidfd_getfd),
    DENY_CALL(SYS_kill),
    DENY_CALL(SYS_tkill),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static int limit(int resource, uint64_t value) {
    struct rlimit both = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
    return setrlimit(resource, &both);
}

// Between fork and exec, where only async-signal-safe calls may be made: other threads may have held any lock.
static int become(const struct clinux_child *child, pid_t parent, int *report) {
    if (setsid() < 0) return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
    if (getppid() != parent) _exit(0);

    // The kernel's word counts, and what tells of a fault; a signal that somebody sends does not.
    sigset_t none;
    sigemptyset(&none);
    for (int signal = 1; signal < NSIG; signal++) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        sigaction(signal, &action, NULL);
    }
    int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);

    // Out of the way first: a descriptor's number may be one that another is to have.
    int sources[3 + FILES_MAX], count = 3 + child->files_count;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return -1;
    sources[0] = sources[1] = null;
    sources[2] = child->errors;
    for (int i = 0; i < child->files_count; i++) sources[3 + i] = child->files[i];
    for (int i = 0; i < count; i++) {
        sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, 3 + FILES_MAX + 1);
        if (sources[i] < 0) return -1;
    }
    int moved = fcntl(*report, F_DUPFD_CLOEXEC, 3 + FILES_MAX + 1);
    if (moved < 0) return -1;
    *report = moved;
    for (int i = 0; i < count; i++) {
        if (dup2(sources[i], i) < 0) return -1;
    }
    // All that is left goes with the exec: what the parent has open without O_CLOEXEC, too.
    if (syscall(SYS_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return -1;

    // At the first limit comes SIGXCPU, which tells what it was; at the second one SIGKILL.
    struct rlimit cpu = {.rlim_cur = child->cpu_seconds_max, .rlim_max = child->cpu_seconds_max + 5};
    if (limit(RLIMIT_CORE, 0) != 0 || setrlimit(RLIMIT_CPU, &cpu) != 0 ||
        limit(RLIMIT_AS, child->memory_bytes_max) != 0 || limit(RLIMIT_FSIZE, child->file_bytes_max) != 0)
        return -1;
    if (chdir("/") != 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    struct sock_fprog program = {.len = sizeof no_network / sizeof *no_network, .filter = no_network};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return -1;
    execve(child->path, child->arguments, child->environment);
    return -1;
}

int clinux_start_child(const struct clinux_child *child, pid_t *process) {
    if (child->files_count < 0 || child->files_count > FILES_MAX) {
        errno = EINVAL;
        return -1;
    }
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become(child, parent, &report[1]);
        int code = errno;
        (void)!write(report[1], &code, sizeof code);
        _exit(127);
    }
    int code = errno;
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        errno = code;
        return -1;
    }
    ssize_t count;
    do count = read(report[0], &code, sizeof code);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    int pidfd = count == 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (pidfd < 0) {
        if (count == 0) code = errno;
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        errno = code;
        return -1;
    }
    *process = pid;
    return pidfd;
}

int clinux_reap(int pidfd, int *status) {
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) != 0) {
        if (errno != EINTR) return -1;
    }
    *status = info.si_code == CLD_EXITED ? (info.si_status & 0xFF) << 8 : info.si_status & 0x7F;
    return 0;
}

int clinux_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    return clinux_set_nonblocking(ends[0]);
}
