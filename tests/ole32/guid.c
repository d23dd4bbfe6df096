/* combaseapi.h: GUIDs, memory, apartments. */
#include "tap.h"
#include <objbase.h>

static int equal(const GUID *a, const GUID *b)
{
    const DWORD *x = (const DWORD *)a, *y = (const DWORD *)b;
    return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

START_TESTS
{
    GUID guid, other;
    WCHAR text[64];
    ok(CoCreateGuid(&guid) == S_OK && (guid.Data3 >> 12) == 4 && (guid.Data4[0] & 0xc0) == 0x80, "CoCreateGuid");
    ok(StringFromGUID2(&guid, text, 64) == 39 && text[0] == '{' && text[37] == '}', "StringFromGUID2");
    ok(StringFromGUID2(&guid, text, 38) == 0, "no room");
    StringFromGUID2(&guid, text, 64);
    ok(CLSIDFromString(text, &other) == S_OK && equal(&guid, &other), "back");
    ok(IIDFromString(text, &other) == S_OK && equal(&guid, &other), "back");
    ok(IIDFromString(L"x", &other) == E_INVALIDARG, "no IID");
    void *memory = CoTaskMemRealloc(CoTaskMemAlloc(10), 1000);
    ok(memory != NULL, "memory");
    CoTaskMemFree(memory);
    ok(CoInitializeEx(NULL, COINIT_MULTITHREADED) == S_OK, "first");
    ok(CoInitializeEx(NULL, COINIT_MULTITHREADED) == S_FALSE, "again");
    ok(CoInitialize(NULL) == RPC_E_CHANGED_MODE, "other model");
    CoUninitialize();
    CoUninitialize();
    ok(CoInitialize(NULL) == S_OK, "now");
    CoUninitialize();
}
