/* Where the system call stubs jump to. The host fills it in before Windows code runs. */
void *ferry_syscall_dispatcher = 0;
