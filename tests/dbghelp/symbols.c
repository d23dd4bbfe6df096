/* dbghelp.h: sessions, and symbols of addresses from export tables. */
#include "tap.h"
#include <dbghelp.h>

START_TESTS
{
    HANDLE self = GetCurrentProcess();
    char buffer[sizeof(SYMBOL_INFO) + 256];
    SYMBOL_INFO *symbol = (SYMBOL_INFO *)buffer;
    DWORD64 address = (ULONG_PTR)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlUnwind"), displacement = 77;
    WCHAR path[64];

    SymSetOptions(SYMOPT_DEFERRED_LOADS | SYMOPT_UNDNAME);
    ok(SymGetOptions() == (SYMOPT_DEFERRED_LOADS | SYMOPT_UNDNAME), "options: %lx", SymGetOptions());
    ok(!SymCleanup(self) && GetLastError() == ERROR_INVALID_HANDLE, "no session: %lu", GetLastError());
    ok(SymInitialize(self, NULL, TRUE), "SymInitialize: %lu", GetLastError());
    ok(SymSetSearchPathW(self, L"C:\\symbols") && SymGetSearchPathW(self, path, 64) && !lstrcmpW(path, L"C:\\symbols"), "path: %S", path);
    ok(SymGetModuleBase64(self, address) == (ULONG_PTR)GetModuleHandleA("ntdll.dll"), "module");
    ok(!SymGetModuleBase64(self, 16), "no module");
    SecureZeroMemory(buffer, sizeof(buffer));
    symbol->SizeOfStruct = sizeof(*symbol);
    symbol->MaxNameLen = 200;
    ok(SymFromAddr(self, address + 1, &displacement, symbol) && displacement == 1 && !lstrcmpA(symbol->Name, "RtlUnwind") &&
       symbol->Address == address && symbol->NameLen == 9, "symbol: %s + %llu", symbol->Name, displacement);
    symbol->SizeOfStruct = 3;
    ok(!SymFromAddr(self, address, NULL, symbol) && GetLastError() == ERROR_INVALID_PARAMETER, "size: %lu", GetLastError());
#ifdef _WIN64
    RUNTIME_FUNCTION *function = SymFunctionTableAccess64(self, address);
    DWORD64 base = (ULONG_PTR)GetModuleHandleA("ntdll.dll");
    ok(function && base + function->BeginAddress <= address && address < base + function->EndAddress, "function");
#endif
    ok(SymCleanup(self), "SymCleanup");
}
