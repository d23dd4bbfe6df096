/* Activation contexts: manifests from files, private assemblies beside the program, the stack of a thread, queries.
 *
 * Wine 8 differs from the reference: it takes any pointer for a context, does not count an assembly's files, leaves the
 * blanks around a setting, and does not resolve character references. */
#include "tap.h"

#define SETTINGS_2005 L"http://schemas.microsoft.com/SMI/2005/WindowsSettings"

static char folder[MAX_PATH];

static const char *path_of(const char *name)
{
    static char paths[4][MAX_PATH];
    static int next;
    char *path = paths[next++ % 4];

    tap_format(path, MAX_PATH, "%s\\%s", folder, name);
    return path;
}

static BOOL begins(const WCHAR *text, const WCHAR *wanted)
{
    while (*wanted && *text == *wanted) text++, wanted++;
    return !*wanted;
}

static void put_file(const char *name, const void *text, int size)
{
    HANDLE file = CreateFileA(path_of(name), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD written;

    WriteFile(file, text, size < 0 ? lstrlenA(text) : size, &written, NULL);
    CloseHandle(file);
}

static HANDLE create(const char *name)
{
    ACTCTXA parameters = { .cbSize = sizeof(parameters), .lpSource = path_of(name) };

    return CreateActCtxA(&parameters);
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\" manifestVersion=\"1.0\">\n"

static const char app[] = HEAD
    "<assemblyIdentity type=\"win32\" name=\"Ferry.App\" version=\"1.2.3.4\" processorArchitecture=\"*\"/>\n"
    "<!-- a comment <file name=\"never.dll\"/> -->\n"
    "<trustInfo xmlns=\"urn:schemas-microsoft-com:asm.v3\"><security><requestedPrivileges>\n"
    "<requestedExecutionLevel level=\"highestAvailable\" uiAccess=\"false\"/></requestedPrivileges></security></trustInfo>\n"
    "<compatibility xmlns=\"urn:schemas-microsoft-com:compatibility.v1\"><application>\n"
    "<supportedOS Id=\"{35138b9a-5d96-4fbd-8e2d-a2440225f93a}\"/>"
    "<supportedOS Id=\"{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}\"/></application></compatibility>\n"
    "<application xmlns=\"urn:schemas-microsoft-com:asm.v3\"><windowsSettings>\n"
    "<dpiAware xmlns=\"http://schemas.microsoft.com/SMI/2005/WindowsSettings\"> true </dpiAware></windowsSettings></application>\n"
    "<dependency><dependentAssembly><assemblyIdentity type=\"win32\" name=\"Ferry.Part\" version=\"2.0.0.0\"/>"
    "</dependentAssembly></dependency>\n"
    "<file name=\"own &amp; only.dll\"/>\n"
    "</assembly>\n";

static const char part[] = HEAD
    "<assemblyIdentity type=\"win32\" name=\"Ferry.Part\" version=\"2.0.0.0\"/>\n"
    "<file name=\"partly.dll\"><windowClass versioned=\"no\">FerryPartClass</windowClass></file>\n"
    "</assembly>\n";

static void test_create(void)
{
    ACTCTXA parameters = { .cbSize = sizeof(parameters) };
    static const char *const bad[] = {
        "not xml", "<assembly manifestVersion=\"1.0\">", "<assembly manifestVersion=\"1.0\"></assembly",
        "<other manifestVersion=\"1.0\"></other>", "<assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\"></assembly>",
        HEAD "<file/></assembly>", HEAD "<!-- </assembly>",
        HEAD "<dependency><dependentAssembly><assemblyIdentity type=\"win32\" name=\"Ferry.Nowhere\" version=\"1.0.0.0\"/>"
             "</dependentAssembly></dependency></assembly>",
    };
    HANDLE context;
    DWORD error;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        put_file("bad.manifest", bad[i], -1);
        context = create("bad.manifest");
        error = GetLastError();
        ok(context == INVALID_HANDLE_VALUE && error == ERROR_SXS_CANT_GEN_ACTCTX, "bad manifest %u: %p, %lu", i, context, error);
    }
    context = create("absent.manifest");
    error = GetLastError();
    ok(context == INVALID_HANDLE_VALUE && error == ERROR_FILE_NOT_FOUND, "no such file: %lu", error);
    context = CreateActCtxA(&parameters);
    error = GetLastError();
    ok(context == INVALID_HANDLE_VALUE && error == ERROR_INVALID_PARAMETER, "no source: %lu", error);
    parameters.lpSource = path_of("app.manifest");
    parameters.dwFlags = 0x10000;
    context = CreateActCtxA(&parameters);
    error = GetLastError();
    ok(context == INVALID_HANDLE_VALUE && error == ERROR_INVALID_PARAMETER, "unknown flag: %lu", error);
    parameters.dwFlags = 0;
    parameters.cbSize = 4;
    context = CreateActCtxA(&parameters);
    error = GetLastError();
    ok(context == INVALID_HANDLE_VALUE && error == ERROR_INVALID_PARAMETER, "too small: %lu", error);
}

/* A damaged manifest is refused or means something; it harms nobody. */
static void test_damaged(void)
{
    static char text[sizeof(app)];
    unsigned seed = 1, made = 0, refused = 0;

    for (int round = 0; round < 1500; round++) {
        int size = sizeof(app) - 1;
        for (int i = 0; i < size; i++) text[i] = app[i];
        for (int change = 0; change < 1 + round % 4; change++) {
            seed = seed * 1103515245 + 12345;
            text[(seed >> 8) % size] = (seed >> 4) % 3 ? "<>/\"'=&!-[ ]"[(seed >> 20) % 13] : (char)(seed >> 24);
        }
        if (round % 7 == 0) size = (seed >> 9) % size;
        put_file("bad.manifest", text, size);
        HANDLE context = create("bad.manifest");
        if (context == INVALID_HANDLE_VALUE) refused++;
        else made++, ReleaseActCtx(context);
    }
    ok(made + refused == 1500 && refused > 300, "%u made, %u refused", made, refused);
}

static void test_stack(HANDLE context)
{
    ULONG_PTR first = 0, second = 0;
    HANDLE current = (HANDLE)1;
    BOOL done;

    ok(GetCurrentActCtx(&current) && !current, "none active: %p", current);
    ok(ActivateActCtx(context, &first) && first, "ActivateActCtx: %lu", GetLastError());
    ok(GetCurrentActCtx(&current) && current == context, "active: %p", current);
    ReleaseActCtx(current);
    ok(ActivateActCtx(NULL, &second) && second && second != first, "none on top");
    ok(GetCurrentActCtx(&current) && !current, "none again: %p", current);
    done = DeactivateActCtx(DEACTIVATE_ACTCTX_FLAG_FORCE_EARLY_DEACTIVATION, first);
    ok(done, "both at once");
    ok(GetCurrentActCtx(&current) && !current, "the stack is empty: %p", current);
    done = ActivateActCtx((HANDLE)0x12345, &first);
    ok(!done, "no context");
}

static void test_queries(HANDLE context)
{
    union {
        char bytes[4096];
        ACTIVATION_CONTEXT_DETAILED_INFORMATION detailed;
        ACTIVATION_CONTEXT_ASSEMBLY_DETAILED_INFORMATION assembly;
        ACTIVATION_CONTEXT_RUN_LEVEL_INFORMATION level;
        ACTIVATION_CONTEXT_COMPATIBILITY_INFORMATION compatibility;
        ACTIVATION_CONTEXT_BASIC_INFORMATION basic;
        ASSEMBLY_FILE_DETAILED_INFORMATION file;
    } info;
    BOOL(WINAPI * settings)(DWORD, HANDLE, const WCHAR *, const WCHAR *, WCHAR *, SIZE_T, SIZE_T *) =
        (void *)GetProcAddress(GetModuleHandleA("kernel32"), "QueryActCtxSettingsW");
    ACTIVATION_CONTEXT_QUERY_INDEX place = { 1, 0 };
    SIZE_T written = 0, needed;
    WCHAR text[16];
    DWORD index = 1;

    ok(!QueryActCtxW(0, context, NULL, ActivationContextDetailedInformation, NULL, 0, &needed), "how much");
    ok(GetLastError() == ERROR_INSUFFICIENT_BUFFER && needed > sizeof(info.detailed), "last error %lu, %zu", GetLastError(), needed);
    ok(QueryActCtxW(0, context, NULL, ActivationContextDetailedInformation, &info, sizeof(info), &written) && written == needed,
       "detailed: %lu, %zu", GetLastError(), written);
    ok(info.detailed.ulAssemblyCount == 2, "assemblies: %lu", info.detailed.ulAssemblyCount);
    ok(info.detailed.ulRootManifestPathType == ACTIVATION_CONTEXT_PATH_TYPE_WIN32_FILE &&
           info.detailed.ulRootManifestPathChars == (DWORD)lstrlenW(info.detailed.lpRootManifestPath),
       "path: %S", info.detailed.lpRootManifestPath);
    ok(QueryActCtxW(0, context, &index, AssemblyDetailedInformationInActivationContext, &info, sizeof(info), &written),
       "assembly 1: %lu", GetLastError());
    ok(info.assembly.ulFileCount == 1 && begins(info.assembly.lpAssemblyEncodedAssemblyIdentity, L"Ferry.App,"),
       "%lu files, %S", info.assembly.ulFileCount, info.assembly.lpAssemblyEncodedAssemblyIdentity);
    index = 2;
    ok(QueryActCtxW(0, context, &index, AssemblyDetailedInformationInActivationContext, &info, sizeof(info), &written) &&
           begins(info.assembly.lpAssemblyEncodedAssemblyIdentity, L"Ferry.Part,"), "assembly 2");
    index = 3;
    ok(!QueryActCtxW(0, context, &index, AssemblyDetailedInformationInActivationContext, &info, sizeof(info), &written) &&
           GetLastError() == ERROR_INVALID_PARAMETER, "no assembly 3: %lu", GetLastError());
    ok(QueryActCtxW(0, context, &place, FileInformationInAssemblyOfAssemblyInActivationContext, &info, sizeof(info), &written) &&
           !lstrcmpW(info.file.lpFileName, L"partly.dll"), "a file of assembly 2");
    ok(QueryActCtxW(0, context, NULL, RunlevelInformationInActivationContext, &info, sizeof(info), &written) &&
           info.level.RunLevel == ACTCTX_RUN_LEVEL_HIGHEST_AVAILABLE && !info.level.UiAccess, "run level %u", info.level.RunLevel);
    ok(QueryActCtxW(0, context, NULL, CompatibilityInformationInActivationContext, &info, sizeof(info), &written) &&
           info.compatibility.ElementCount == 2, "%lu systems", info.compatibility.ElementCount);
    if (settings) {
        ok(settings(0, context, SETTINGS_2005, L"dpiAware", text, 16, &written) && !lstrcmpW(text, L"true") && written == 5,
           "dpiAware: %lu, %zu", GetLastError(), written);
        ok(!settings(0, context, NULL, L"longPathAware", text, 16, &written) && GetLastError() == ERROR_SXS_KEY_NOT_FOUND,
           "not said: %lu", GetLastError());
    }
}

static void test_sections(HANDLE context)
{
    ACTCTX_SECTION_KEYED_DATA data = { .cbSize = sizeof(data) };
    ULONG_PTR cookie;
    HMODULE module;
    char path[MAX_PATH];

    ok(!LoadLibraryA("partly.dll"), "no such DLL on the path");
    ActivateActCtx(context, &cookie);
    ok(FindActCtxSectionStringW(FIND_ACTCTX_SECTION_KEY_RETURN_HACTCTX, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION,
                                L"PARTLY.dll", &data), "partly.dll: %lu", GetLastError());
    ok(data.hActCtx == context && data.ulAssemblyRosterIndex == 2 && data.lpData, "context %p, assembly %lu", data.hActCtx,
       data.ulAssemblyRosterIndex);
    ReleaseActCtx(data.hActCtx);
    ok(FindActCtxSectionStringA(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, "own & only.dll", &data),
       "references are resolved: %lu", GetLastError());
    ok(!FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION, L"never.dll", &data) &&
           GetLastError() == ERROR_SXS_KEY_NOT_FOUND, "not listed: %lu", GetLastError());
    ok(FindActCtxSectionStringW(0, NULL, ACTIVATION_CONTEXT_SECTION_WINDOW_CLASS_REDIRECTION, L"ferrypartclass", &data),
       "a window class: %lu", GetLastError());
    module = LoadLibraryA("partly.dll");
    ok(module != NULL, "loaded through the context: %lu", GetLastError());
    ok(GetModuleFileNameA(module, path, MAX_PATH) && !lstrcmpiA(path, path_of("Ferry.Part\\partly.dll")), "from %s", path);
    FreeLibrary(module);
    DeactivateActCtx(0, cookie);
    ok(!LoadLibraryA("partly.dll"), "and only there");
}

START_TESTS
{
    char own[MAX_PATH], *slash;
    HANDLE context;

    GetTempPathA(MAX_PATH, own);
    tap_format(folder, sizeof(folder), "%sferry-actctx-%lu", own, GetCurrentProcessId());
    CreateDirectoryA(folder, NULL);
    CreateDirectoryA(path_of("Ferry.Part"), NULL);
    put_file("app.manifest", app, -1);
    put_file("Ferry.Part\\Ferry.Part.manifest", part, -1);
    GetModuleFileNameA(NULL, own, MAX_PATH);
    for (slash = own; *slash; slash++) {}
    while (*slash != '\\') slash--;
    lstrcpyA(slash + 1, "inner.dll");
    CopyFileA(own, path_of("Ferry.Part\\partly.dll"), FALSE);

    test_create();
    test_damaged();
    context = create("app.manifest");
    ok(context != INVALID_HANDLE_VALUE, "app.manifest: %lu", GetLastError());
    if (context != INVALID_HANDLE_VALUE) {
        test_stack(context);
        test_queries(context);
        test_sections(context);
        ReleaseActCtx(context);
    }
    DeleteFileA(path_of("Ferry.Part\\partly.dll"));
    DeleteFileA(path_of("Ferry.Part\\Ferry.Part.manifest"));
    RemoveDirectoryA(path_of("Ferry.Part"));
    DeleteFileA(path_of("app.manifest"));
    DeleteFileA(path_of("bad.manifest"));
    ok(RemoveDirectoryA(folder), "nothing is left: %lu", GetLastError());
}
