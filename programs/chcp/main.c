/* chcp.com, here chcp.exe: the console's code page. */
#include "tool.h"

static const WCHAR usage[] = L"Shows or sets the code page of the console.\r\n\r\nCHCP [nnn]\r\n\r\n  nnn   Number of a code page.\r\n";

int run(int argc, WCHAR **argv)
{
    WCHAR *end;
    ULONG page;

    if (asked_usage(argc, argv, usage)) return 0;
    if (argc < 2) {
        print(L"Active code page: %u\r\n", output_codepage());
        return 0;
    }
    page = wcstoul(argv[1], &end, 10);
    if (*end) {
        complain(L"Parameter format not correct - %s\r\n", argv[1]);
        return 1;
    }
    if (!IsValidCodePage(page) || page == 1200 || page == 1201 || !SetConsoleCP(page) || !SetConsoleOutputCP(page)) {
        complain(L"Invalid code page\r\n");
        return 1;
    }
    print(L"Active code page: %u\r\n", page);
    return 0;
}
