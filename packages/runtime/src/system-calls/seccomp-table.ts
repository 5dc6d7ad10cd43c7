/**
 * System calls that no development tool needs and that have been the way out of containers: the kernel's keys, modules,
 * tracing and clocks, new namespaces and mounts, raw access to files and devices. They answer EPERM.
 */
export const refusedCalls = {
  kernel:
    'acct bpf create_module delete_module fanotify_init finit_module get_kernel_syms init_module kexec_file_load ' +
    'kexec_load lookup_dcookie nfsservctl perf_event_open query_module quotactl quotactl_fd reboot swapoff swapon ' +
    'sysfs _sysctl syslog uselib userfaultfd ustat vhangup',
  keys: 'add_key keyctl request_key',
  time: 'adjtimex clock_adjtime clock_adjtime64 clock_settime clock_settime64 settimeofday stime',
  mounts:
    'fsconfig fsmount fsopen fspick mount mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree ' +
    'pivot_root umount umount2',
  namespaces: 'setdomainname sethostname setns unshare',
  memory: 'get_mempolicy mbind migrate_pages move_pages set_mempolicy set_mempolicy_home_node',
  devices: 'ioperm iopl vm86 vm86old',
  rings: 'io_uring_enter io_uring_register io_uring_setup',
} as const;

/**
 * System calls that programs may make, whatever their arguments; those of later kernels than a machine's are passed over
 * there. `clone` and `socket` are not among them: their arguments decide. `socketcall` hides its arguments from filters, but
 * the C library of 32-bit x86 has no other way to a socket.
 */
export const allowedCalls = {
  files:
    'access arm_fadvise64_64 arm_sync_file_range ' +
    'cachestat chdir chmod chown chown32 chroot close close_range copy_file_range creat dup dup2 dup3 faccessat ' +
    'faccessat2 fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl ' +
    'fcntl64 fdatasync fgetxattr file_getattr file_setattr flistxattr flock fremovexattr fsetxattr fstat fstat64 ' +
    'fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr getxattrat ' +
    'ioctl lchown lchown32 lgetxattr link linkat listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr ' +
    'lstat lstat64 mkdir mkdirat mknod mknodat newfstatat oldfstat oldlstat oldstat open openat openat2 pread64 preadv ' +
    'preadv2 pwrite64 pwritev pwritev2 read readahead readdir readlink readlinkat readv removexattr removexattrat ' +
    'rename renameat renameat2 rmdir sendfile sendfile64 setxattr setxattrat splice stat stat64 statfs statfs64 statx ' +
    'symlink symlinkat sync sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat ' +
    'utimensat_time64 utimes vmsplice write writev',
  watching:
    'epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd ' +
    'eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch _newselect poll ppoll ' +
    'ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4',
  queues:
    'io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ipc mq_getsetattr ' +
    'mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget ' +
    'msgrcv msgsnd pipe pipe2 semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget',
  network:
    'accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg ' +
    'send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair',
  memory:
    'brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 ' +
    'mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_madvise ' +
    'process_mrelease remap_file_pages',
  processes:
    'execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake ' +
    'get_robust_list getitimer getpgid getpgrp getpid getppid getpriority getrlimit getrusage getsid gettid ' +
    'ioprio_get ioprio_set kill nice pause pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq ' +
    'rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait ' +
    'rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity ' +
    'sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 ' +
    'sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield set_robust_list set_tid_address ' +
    'setitimer setpgid setpriority setrlimit setsid sgetmask sigaction sigaltstack signal sigpending sigprocmask ' +
    'sigreturn sigsuspend ssetmask tgkill times tkill ugetrlimit vfork wait4 waitid waitpid',
  // Files and memory of other programs: what a debugger may be needs the same user anyway.
  debugging: 'kcmp personality pidfd_getfd process_vm_readv process_vm_writev ptrace uretprobe',
  users:
    'capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 ' +
    'getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups ' +
    'setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32',
  time:
    'alarm clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 ' +
    'gettimeofday nanosleep time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 ' +
    'timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64',
  machine:
    'arch_prctl breakpoint cacheflush get_thread_area get_tls getcpu getrandom modify_ldt olduname oldolduname ' +
    'set_thread_area set_tls sysinfo uname usr26 usr32',
  // A program may bind itself further.
  restraint:
    'landlock_add_rule landlock_create_ruleset landlock_restrict_self lsm_get_self_attr lsm_list_modules seccomp',
} as const;

/** The names in a table of calls. */
export function namesOf(table: Readonly<Record<string, string>>): string[] {
  return Object.values(table).flatMap((names) => names.split(' '));
}
