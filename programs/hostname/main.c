/* hostname.exe */
#include "tool.h"

static const WCHAR usage[] = L"\r\nPrints the name of this computer.\r\n\r\nhostname\r\n\r\n";

int run(int argc, WCHAR **argv)
{
    WCHAR name[256];
    DWORD room = ARRAYSIZE(name);

    if (asked_usage(argc, argv, usage)) return 0;
    if (argc > 1) {
        complain(L"sethostname: Use the Network Control Panel Applet to set hostname.\r\nhostname -s is not supported.\r\n");
        return 1;
    }
    if (!GetComputerNameExW(ComputerNameDnsHostname, name, &room)) {
        complain_error(GetLastError());
        return 1;
    }
    print(L"%s\r\n", name);
    return 0;
}
