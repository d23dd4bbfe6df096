/* DOS paths of ntdll.dll: kinds, device names, full paths, NT paths; the environment. */
#include "tap.h"

NTSYSAPI ULONG NTAPI RtlDetermineDosPathNameType_U(const WCHAR *);
NTSYSAPI ULONG NTAPI RtlIsDosDeviceName_U(const WCHAR *);
NTSYSAPI ULONG NTAPI RtlGetFullPathName_U(const WCHAR *, ULONG, WCHAR *, WCHAR **);
NTSYSAPI NTSTATUS NTAPI RtlDosPathNameToNtPathName_U_WithStatus(const WCHAR *, UNICODE_STRING *, WCHAR **, void *);
NTSYSAPI NTSTATUS NTAPI RtlSetEnvironmentVariable(WCHAR **, UNICODE_STRING *, UNICODE_STRING *);
NTSYSAPI NTSTATUS NTAPI RtlQueryEnvironmentVariable_U(const WCHAR *, UNICODE_STRING *, UNICODE_STRING *);
NTSYSAPI NTSTATUS NTAPI RtlExpandEnvironmentStrings_U(const WCHAR *, UNICODE_STRING *, UNICODE_STRING *, ULONG *);
NTSYSAPI NTSTATUS NTAPI RtlCreateEnvironment(BOOLEAN, WCHAR **);
NTSYSAPI NTSTATUS NTAPI RtlDestroyEnvironment(WCHAR *);

static void test_kinds(void)
{
    static const struct {
        const WCHAR *path;
        ULONG type, device;
    } tests[] = {
        { L"\\\\server\\share\\x", 1, 0 }, { L"C:\\x", 2, 0 },  { L"C:x", 3, 0 },     { L"\\x", 4, 0 },
        { L"x", 5, 0 },                    { L"", 5, 0 },       { L"\\\\.\\pipe", 6, 0 }, { L"\\\\?\\C:\\x", 6, 0 },
        { L"\\\\.", 7, 0 },                { L"nul", 5, 6 },    { L"NUL.txt", 5, 6 }, { L"c:\\nul", 2, 6 << 16 | 6 },
        { L"com1:", 5, 8 },                { L"COM10", 5, 0 },  { L"con ", 5, 6 },    { L"conx", 5, 0 },
        { L"lpt9.a.b", 5, 8 },             { L"a/aux", 5, 4 << 16 | 6 },
    };

    for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ULONG type = RtlDetermineDosPathNameType_U(tests[i].path), device = RtlIsDosDeviceName_U(tests[i].path);
        ok(type == tests[i].type, "%S: type %lu", tests[i].path, type);
        ok(device == tests[i].device, "%S: device %lx", tests[i].path, device);
    }
}

static void test_full(void)
{
    static const struct {
        const WCHAR *path, *full, *file;
    } tests[] = {
        { L"C:\\a\\..\\b", L"C:\\b", L"b" },
        { L"C:\\a\\.\\b.", L"C:\\a\\b", L"b" },
        { L"C:/a//b/", L"C:\\a\\b\\", NULL },
        { L"C:\\..\\..\\x", L"C:\\x", L"x" },
        { L"C:\\a\\b\\..", L"C:\\a", L"a" },
        { L"C:\\a ", L"C:\\a", L"a" },
        { L"C:\\", L"C:\\", NULL },
        { L"C:\\.", L"C:\\", NULL },
        { L"\\\\server\\share\\..\\x", L"\\\\server\\share\\x", L"x" },
        { L"nul", L"\\\\.\\nul", NULL },
        { L"C:\\x\\nul", L"\\\\.\\nul", NULL },
        { L"\\\\.\\C:\\a\\..\\b", L"\\\\.\\C:\\b", L"b" },
        { L"C:\\a.b.\\c", L"C:\\a.b\\c", L"c" },
        { L"rel", L"C:\\windows\\rel", L"rel" },
        { L".\\rel", L"C:\\windows\\rel", L"rel" },
        { L"..\\rel", L"C:\\rel", L"rel" },
        { L"C:rel", L"C:\\windows\\rel", L"rel" },
        { L"\\rel", L"C:\\rel", L"rel" },
    };
    WCHAR buffer[300], *file;

    SetCurrentDirectoryW(L"C:\\windows");
    for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        buffer[0] = 0;
        ULONG bytes = RtlGetFullPathName_U(tests[i].path, sizeof(buffer), buffer, &file);
        ok(!lstrcmpiW(buffer, tests[i].full), "%S: %S", tests[i].path, buffer);
        ok(bytes == lstrlenW(buffer) * 2u, "%S: %lu bytes", tests[i].path, bytes);
        if (tests[i].file) ok(file && !lstrcmpW(file, tests[i].file), "%S: file %S", tests[i].path, file);
        else if (buffer[0] != '\\') ok(!file, "%S: file %S", tests[i].path, file);
    }
    ok(RtlGetFullPathName_U(L"C:\\abc", 4, buffer, NULL) == 14, "what it takes");
    ok(RtlGetFullPathName_U(L"", sizeof(buffer), buffer, NULL) == 0, "empty");
}

static void test_nt(void)
{
    static const struct {
        const WCHAR *path, *nt;
    } tests[] = {
        { L"C:\\a\\b", L"\\??\\C:\\a\\b" },
        { L"\\\\server\\share\\x", L"\\??\\UNC\\server\\share\\x" },
        { L"\\\\?\\C:\\a\\..\\b", L"\\??\\C:\\a\\..\\b" },
        { L"\\\\.\\pipe\\x", L"\\??\\pipe\\x" },
        { L"\\??\\C:\\x", L"\\??\\C:\\x" },
        { L"NUL", L"\\??\\NUL" },
        { L"x.txt", L"\\??\\C:\\windows\\x.txt" },
    };
    UNICODE_STRING nt;

    for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(tests[i].path, &nt, NULL, NULL);
        ok(!status, "%S: %lx", tests[i].path, status);
        if (status) continue;
        ok(!lstrcmpiW(nt.Buffer, tests[i].nt), "%S: %S", tests[i].path, nt.Buffer);
        RtlFreeUnicodeString(&nt);
    }
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(L"", &nt, NULL, NULL);
    ok(status == STATUS_OBJECT_NAME_INVALID, "empty: %lx", status);
}

static void test_environment(void)
{
    WCHAR *block, buffer[64];
    UNICODE_STRING name, value, text, out;
    ULONG length;

    ok(!RtlCreateEnvironment(FALSE, &block) && !block[0], "an empty one");
    RtlInitUnicodeString(&name, L"b");
    RtlInitUnicodeString(&value, L"two");
    ok(!RtlSetEnvironmentVariable(&block, &name, &value), "set b");
    RtlInitUnicodeString(&name, L"A");
    RtlInitUnicodeString(&value, L"one");
    ok(!RtlSetEnvironmentVariable(&block, &name, &value), "set A");
    /* Wine 8 appends. */
    ok(!lstrcmpW(block, L"A=one") && !lstrcmpW(block + 6, L"b=two") && !block[12], "sorted: %S", block);
    RtlInitUnicodeString(&name, L"B");
    out.Buffer = buffer;
    out.MaximumLength = sizeof(buffer);
    ok(!RtlQueryEnvironmentVariable_U(block, &name, &out) && out.Length == 6 && !lstrcmpW(buffer, L"two"), "case: %S", buffer);
    out.MaximumLength = 4;
    NTSTATUS status = RtlQueryEnvironmentVariable_U(block, &name, &out);
    ok(status == STATUS_BUFFER_TOO_SMALL && out.Length == 6, "small: %lx %u", status, out.Length);
    RtlInitUnicodeString(&text, L"<%a%|%none%|%B>");
    out.MaximumLength = sizeof(buffer);
    status = RtlExpandEnvironmentStrings_U(block, &text, &out, &length);
    ok(!status && !lstrcmpW(buffer, L"<one|%none%|%B>") && length == 32, "%lx %S %lu", status, buffer, length);
    ok(!RtlSetEnvironmentVariable(&block, &name, NULL), "delete");
    status = RtlQueryEnvironmentVariable_U(block, &name, &out);
    ok(status == STATUS_VARIABLE_NOT_FOUND, "gone: %lx", status);
    RtlInitUnicodeString(&name, L"x=y");
    ok(RtlSetEnvironmentVariable(&block, &name, &value) == STATUS_INVALID_PARAMETER, "a name with =");
    RtlInitUnicodeString(&name, L"=C:");
    ok(!RtlSetEnvironmentVariable(&block, &name, &value), "a drive's directory");
    RtlDestroyEnvironment(block);
}

START_TESTS
{
    test_kinds();
    test_full();
    test_nt();
    test_environment();
}
