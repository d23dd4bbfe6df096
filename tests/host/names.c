/* Names, across processes: the child is this program again. */
#include "threads.h"
#include "names.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

static void set_name(OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *string, const WCHAR *text)
{
    USHORT units = 0;
    while (text[units]) units++;
    *string = (UNICODE_STRING){ units * 2, units * 2 + 2, (WCHAR *)text };
    *attributes = (OBJECT_ATTRIBUTES){ .Length = sizeof(*attributes), .ObjectName = string, .Attributes = OBJ_OPENIF };
}

int main(int argc, char **argv)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING string;
    HANDLE event, mutant, other, directory;

    host_begin();
    set_name(&attributes, &string, L"\\Sessions\\1\\BaseNamedObjects\\Local\\event");
    NTSTATUS status = sys_NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, 1, FALSE);
    if (argc > 1) {
        HANDLE held;
        check(status == STATUS_OBJECT_NAME_EXISTS);
        set_name(&attributes, &string, L"\\BaseNamedObjects\\mutant");
        check(sys_NtOpenMutant(&held, MUTANT_ALL_ACCESS, &attributes) == 0);
        check(sys_NtWaitForSingleObject(held, FALSE, NULL) == 0);
        check(sys_NtSetEvent(event, NULL) == 0);
        if (argv[1][0] == 'k') pause();
        return failures != 0;
    }
    check(status == 0);
    check(sys_NtCreateMutant(&other, MUTANT_ALL_ACCESS, &attributes, FALSE) == STATUS_OBJECT_TYPE_MISMATCH);
    set_name(&attributes, &string, L"\\BaseNamedObjects\\mutant");
    check(sys_NtCreateMutant(&mutant, MUTANT_ALL_ACCESS, &attributes, FALSE) == 0);
    attributes.Attributes = 0;
    check(sys_NtCreateMutant(&other, MUTANT_ALL_ACCESS, &attributes, FALSE) == STATUS_OBJECT_NAME_COLLISION);
    set_name(&attributes, &string, L"\\BaseNamedObjects\\none\\mutant");
    check(sys_NtOpenMutant(&other, MUTANT_ALL_ACCESS, &attributes) == STATUS_OBJECT_PATH_NOT_FOUND);
    set_name(&attributes, &string, L"\\BaseNamedObjects\\none");
    check(sys_NtOpenMutant(&other, MUTANT_ALL_ACCESS, &attributes) == STATUS_OBJECT_NAME_NOT_FOUND);
    set_name(&attributes, &string, L"\\Sessions\\1\\BaseNamedObjects");
    check(sys_NtOpenDirectoryObject(&directory, 0xf, &attributes) == 0);
    set_name(&attributes, &string, L"event");
    attributes.RootDirectory = directory;
    check(sys_NtOpenEvent(&other, EVENT_ALL_ACCESS, &attributes) == 0);
    check(sys_NtCompareObjects(event, other) == 0);
    check(sys_NtClose(other) == 0);
    WCHAR text[200];

    for (int round = 0; round < 3; round++) {
        pid_t child = fork();
        if (!child) execl("/proc/self/exe", "names", round == 1 ? "kill" : "child", NULL);
        check(sys_NtWaitForSingleObject(event, FALSE, NULL) == 0);
        if (round == 1) kill(child, SIGKILL);
        check(sys_NtWaitForSingleObject(mutant, FALSE, NULL) == STATUS_ABANDONED_WAIT_0);
        check(sys_NtReleaseMutant(mutant, NULL) == 0);
        int code;
        waitpid(child, &code, 0);
        if (round != 1) check(code == 0);
    }
    struct named_object found;
    set_name(&attributes, &string, L"\\BaseNamedObjects\\section");
    int fd = memfd_create("x", 0);
    check(object_name_create(OBJECT_SECTION, &attributes, "abcd", 4, fd, &found) == 0);
    uint32_t name = found.name;
    check(object_name_open(OBJECT_SECTION, &attributes, &found) == 0 && found.fd >= 0 && found.size == 4);
    check(!memcmp(found.data, "abcd", 4) && found.name == name);
    check(object_name_path(name, text, 200) == 25);
    object_name_release(name);
    check(object_name_open(OBJECT_SECTION, &attributes, &found) == 0);
    object_name_release(name);
    object_name_release(name);
    check(object_name_open(OBJECT_SECTION, &attributes, &found) == STATUS_OBJECT_NAME_NOT_FOUND);

    sys_NtClose(event);
    set_name(&attributes, &string, L"\\Sessions\\1\\BaseNamedObjects\\Local\\event");
    check(sys_NtOpenEvent(&other, EVENT_ALL_ACCESS, &attributes) == STATUS_OBJECT_NAME_NOT_FOUND);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 10000; i++) {
        check(sys_NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, 1, FALSE) == 0);
        check(sys_NtClose(event) == 0);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("# named create + close %.0f ns\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) * 1e-4);
    return host_finish();
}
