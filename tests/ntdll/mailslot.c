/* Mailslots. Wine 8's GetMailslotInfo sees no messages, and a read that is too short takes one. */
#include "tap.h"

#define SLOT L"\\\\.\\mailslot\\ferry-test"

START_TESTS
{
    HANDLE server, client, other;
    DWORD bytes, maximum, next, count, timeout;
    char text[64];

    client = CreateFileW(SLOT, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(client == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND, "no slot yet: %lu", GetLastError());
    server = CreateMailslotW(SLOT, 100, 0, NULL);
    ok(server != INVALID_HANDLE_VALUE, "CreateMailslot: %lu", GetLastError());
    other = CreateMailslotW(L"\\\\.\\MAILSLOT\\Ferry-Test", 100, 0, NULL);
    ok(other == INVALID_HANDLE_VALUE && GetLastError() == ERROR_ALREADY_EXISTS, "second slot: %lu", GetLastError());
    ok(!ReadFile(server, text, sizeof(text), &bytes, NULL) && GetLastError() == ERROR_SEM_TIMEOUT, "empty: %lu",
       GetLastError());
    ok(GetMailslotInfo(server, &maximum, &next, &count, &timeout) && next == MAILSLOT_NO_MESSAGE && !count && !timeout,
       "info %lu %lu %lu", next, count, timeout);
    client = CreateFileW(SLOT, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(client != INVALID_HANDLE_VALUE, "open: %lu", GetLastError());
    ok(WriteFile(client, "first", 5, &bytes, NULL) && bytes == 5, "write: %lu", GetLastError());
    ok(WriteFile(client, "2nd", 3, &bytes, NULL), "write: %lu", GetLastError());
    ok(GetMailslotInfo(server, NULL, &next, &count, NULL) && next == 5 && count == 2, "info %lu %lu", next, count);
    ok(!ReadFile(server, text, 3, &bytes, NULL) && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "too small: %lu",
       GetLastError());
    ok(ReadFile(server, text, sizeof(text), &bytes, NULL) && bytes == 5 && text[0] == 'f', "first: %lu", bytes);
    ok(ReadFile(server, text, sizeof(text), &bytes, NULL) && bytes == 3, "second: %lu", bytes);
    ok(SetMailslotInfo(server, 30), "SetMailslotInfo: %lu", GetLastError());
    ok(!ReadFile(server, text, sizeof(text), &bytes, NULL) && GetLastError() == ERROR_SEM_TIMEOUT, "timeout: %lu",
       GetLastError());
    CloseHandle(client);
    CloseHandle(server);
}
