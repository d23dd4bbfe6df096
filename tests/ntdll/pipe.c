/* Named and anonymous pipes: data, messages, states. Wine 8's CancelIoEx finds something to cancel on an idle handle. */
#include "files.h"

NTSTATUS NTAPI NtFsControlFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *,
                               ULONG);

#define PIPE L"\\\\.\\pipe\\ferry-test-pipe"

static void test_anonymous(void)
{
    HANDLE r, w;
    char text[64];
    DWORD bytes, left;

    ok(CreatePipe(&r, &w, NULL, 0), "CreatePipe: %lu", GetLastError());
    ok(GetFileType(r) == FILE_TYPE_PIPE, "type %lu", GetFileType(r));
    ok(WriteFile(w, "hello", 5, &bytes, NULL) && bytes == 5, "write: %lu", GetLastError());
    ok(PeekNamedPipe(r, text, 2, &bytes, &left, NULL) && bytes == 2 && left == 5, "peek %lu of %lu", bytes, left);
    ok(ReadFile(r, text, sizeof(text), &bytes, NULL) && bytes == 5 && text[4] == 'o', "read %lu", bytes);
    ok(PeekNamedPipe(r, NULL, 0, NULL, &left, NULL) && !left, "left %lu", left);
    ok(WriteFile(w, "last", 4, &bytes, NULL), "write");
    CloseHandle(w);
    ok(ReadFile(r, text, sizeof(text), &bytes, NULL) && bytes == 4, "the rest is read: %lu", bytes);
    SetLastError(0);
    ok(!ReadFile(r, text, sizeof(text), &bytes, NULL) && GetLastError() == ERROR_BROKEN_PIPE, "end: %lu", GetLastError());
    ok(!PeekNamedPipe(r, NULL, 0, NULL, &left, NULL) && GetLastError() == ERROR_BROKEN_PIPE, "peek at the end: %lu",
       GetLastError());
    CloseHandle(r);
    CreatePipe(&r, &w, NULL, 0);
    ok(!ReadFile(w, text, 1, &bytes, NULL) && GetLastError() == ERROR_ACCESS_DENIED, "read at the write end: %lu",
       GetLastError());
    CloseHandle(r);
    ok(!WriteFile(w, "x", 1, &bytes, NULL) && GetLastError() == ERROR_NO_DATA, "nobody reads: %lu", GetLastError());
    CloseHandle(w);
}

static void test_states(void)
{
    HANDLE server, client, other;
    DWORD bytes, mode, state, instances;
    char text[64];

    SetLastError(0);
    client = CreateFileW(PIPE, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(client == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND, "no pipe yet: %lu", GetLastError());
    ok(!WaitNamedPipeW(PIPE, 10) && GetLastError() == ERROR_FILE_NOT_FOUND, "wait: %lu", GetLastError());
    server = CreateNamedPipeW(PIPE, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    ok(server != INVALID_HANDLE_VALUE, "CreateNamedPipe: %lu", GetLastError());
    other = CreateNamedPipeW(PIPE, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    ok(other == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY, "second instance: %lu", GetLastError());
    ok(!ReadFile(server, text, 1, &bytes, NULL) && GetLastError() == ERROR_PIPE_LISTENING, "listening: %lu",
       GetLastError());
    ok(WaitNamedPipeW(PIPE, 10), "wait: %lu", GetLastError());
    client = CreateFileW(L"\\\\.\\PIPE\\FERRY-test-pipe", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(client != INVALID_HANDLE_VALUE, "open: %lu", GetLastError());
    ok(!ConnectNamedPipe(server, NULL) && GetLastError() == ERROR_PIPE_CONNECTED, "connected before: %lu",
       GetLastError());
    other = CreateFileW(PIPE, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(other == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY, "busy: %lu", GetLastError());
    ok(!WaitNamedPipeW(PIPE, 10) && GetLastError() == ERROR_SEM_TIMEOUT, "wait for a busy one: %lu", GetLastError());
    ok(GetNamedPipeHandleStateW(server, &state, &instances, NULL, NULL, NULL, 0) && instances == 1, "instances %lu",
       instances);
    ok(WriteFile(client, "ping", 4, &bytes, NULL) && ReadFile(server, text, 64, &bytes, NULL) && bytes == 4, "ping");
    ok(WriteFile(server, "pong!", 5, &bytes, NULL) && ReadFile(client, text, 64, &bytes, NULL) && bytes == 5, "pong");
    mode = PIPE_READMODE_MESSAGE;
    ok(!SetNamedPipeHandleState(client, &mode, NULL, NULL) && GetLastError() == ERROR_INVALID_PARAMETER,
       "message mode on a byte pipe: %lu", GetLastError());
    mode = PIPE_NOWAIT;
    ok(SetNamedPipeHandleState(client, &mode, NULL, NULL), "no wait: %lu", GetLastError());
    ok(!ReadFile(client, text, 64, &bytes, NULL) && GetLastError() == ERROR_NO_DATA, "empty: %lu", GetLastError());
    ok(DisconnectNamedPipe(server), "disconnect: %lu", GetLastError());
    ok(!ReadFile(client, text, 64, &bytes, NULL) && GetLastError() == ERROR_PIPE_NOT_CONNECTED, "client: %lu",
       GetLastError());
    ok(!ReadFile(server, text, 64, &bytes, NULL) && GetLastError() == ERROR_PIPE_NOT_CONNECTED, "server: %lu",
       GetLastError());
    ok(!DisconnectNamedPipe(server) && GetLastError() == ERROR_PIPE_NOT_CONNECTED, "twice: %lu", GetLastError());
    other = CreateFileW(PIPE, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(other == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY, "disconnected: %lu", GetLastError());
    CloseHandle(client);
    CloseHandle(server);
}

static void test_messages(void)
{
    HANDLE server, client;
    OVERLAPPED overlapped;
    DWORD bytes, mode = PIPE_READMODE_MESSAGE, available, left;
    char text[64];

    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    server = CreateNamedPipeW(PIPE, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
                              4, 4096, 4096, 0, NULL);
    ok(server != INVALID_HANDLE_VALUE, "CreateNamedPipe: %lu", GetLastError());
    ok(!ConnectNamedPipe(server, &overlapped) && GetLastError() == ERROR_IO_PENDING, "connect: %lu", GetLastError());
    client = CreateFileW(PIPE, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(client != INVALID_HANDLE_VALUE, "open: %lu", GetLastError());
    ok(WaitForSingleObject(overlapped.hEvent, 2000) == WAIT_OBJECT_0, "connected");
    ok(SetNamedPipeHandleState(client, &mode, NULL, NULL), "message mode: %lu", GetLastError());

    WriteFile(client, "first", 5, &bytes, NULL);
    WriteFile(client, "", 0, &bytes, NULL);
    WriteFile(client, "third", 5, &bytes, NULL);
    ok(PeekNamedPipe(server, NULL, 0, NULL, &available, &left) && available == 10 && left == 5, "peek %lu %lu", available,
       left);
    ResetEvent(overlapped.hEvent);
    ok(!ReadFile(server, text, 3, NULL, &overlapped) && GetLastError() == ERROR_MORE_DATA, "part: %lu", GetLastError());
    ok(!GetOverlappedResult(server, &overlapped, &bytes, TRUE) && GetLastError() == ERROR_MORE_DATA && bytes == 3,
       "part: %lu", bytes);
    ok(ReadFile(server, text, 64, NULL, &overlapped) && GetOverlappedResult(server, &overlapped, &bytes, TRUE) &&
           bytes == 2 && text[0] == 's',
       "the rest: %lu", bytes);
    ok(ReadFile(server, text, 64, NULL, &overlapped) && GetOverlappedResult(server, &overlapped, &bytes, TRUE) && !bytes,
       "an empty message: %lu", bytes);
    ok(ReadFile(server, text, 64, NULL, &overlapped) && GetOverlappedResult(server, &overlapped, &bytes, TRUE) &&
           bytes == 5 && text[0] == 't',
       "third: %lu", bytes);

    /* pending, then there; pending, then cancelled */
    ok(!ReadFile(server, text, 64, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING, "pending: %lu",
       GetLastError());
    ok(WaitForSingleObject(overlapped.hEvent, 0) == WAIT_TIMEOUT, "event while pending");
    WriteFile(client, "late", 4, &bytes, NULL);
    ok(GetOverlappedResult(server, &overlapped, &bytes, TRUE) && bytes == 4, "late: %lu", bytes);
    ok(!ReadFile(server, text, 64, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING, "pending: %lu",
       GetLastError());
    ok(CancelIo(server), "CancelIo: %lu", GetLastError());
    ok(!GetOverlappedResult(server, &overlapped, &bytes, TRUE) && GetLastError() == ERROR_OPERATION_ABORTED,
       "cancelled: %lu", GetLastError());
    ok(!CancelIoEx(server, NULL) && GetLastError() == ERROR_NOT_FOUND, "nothing to cancel: %lu", GetLastError());

    /* the client goes */
    WriteFile(client, "bye", 3, &bytes, NULL);
    CloseHandle(client);
    ok(ReadFile(server, text, 64, NULL, &overlapped) && GetOverlappedResult(server, &overlapped, &bytes, TRUE) &&
           bytes == 3,
       "what was written is read: %lu", bytes);
    ok(!ReadFile(server, text, 64, NULL, &overlapped) && GetLastError() == ERROR_BROKEN_PIPE, "then broken: %lu",
       GetLastError());
    ok(!WriteFile(server, "x", 1, NULL, &overlapped) && GetLastError() == ERROR_NO_DATA, "closing: %lu", GetLastError());
    ok(!ConnectNamedPipe(server, &overlapped) && GetLastError() == ERROR_NO_DATA, "needs a disconnect: %lu",
       GetLastError());
    ok(DisconnectNamedPipe(server), "disconnect: %lu", GetLastError());
    CloseHandle(server);
    CloseHandle(overlapped.hEvent);
}

static DWORD WINAPI answer(void *argument)
{
    char text[64];
    DWORD bytes;
    HANDLE server = argument;

    if (!ConnectNamedPipe(server, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        return GetLastError();
    while (ReadFile(server, text, sizeof(text), &bytes, NULL)) {
        text[0]++;
        WriteFile(server, text, bytes, &bytes, NULL);
    }
    return 0;
}

static void test_transaction(void)
{
    HANDLE server, thread, client;
    char in[8] = "a", out[8];
    DWORD bytes, mode = PIPE_READMODE_MESSAGE;

    server = CreateNamedPipeW(PIPE, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 64, 64, 0, NULL);
    thread = CreateThread(NULL, 0, answer, server, 0, NULL);
    ok(CallNamedPipeW(PIPE, in, 3, out, sizeof(out), &bytes, 1000) && bytes == 3 && out[0] == 'b', "call: %lu, %lu bytes",
       GetLastError(), bytes);
    WaitForSingleObject(thread, 2000);
    CloseHandle(thread);
    DisconnectNamedPipe(server);
    thread = CreateThread(NULL, 0, answer, server, 0, NULL);
    WaitNamedPipeW(PIPE, 2000);
    client = CreateFileW(PIPE, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(client != INVALID_HANDLE_VALUE, "open: %lu", GetLastError());
    SetNamedPipeHandleState(client, &mode, NULL, NULL);
    ok(TransactNamedPipe(client, in, 2, out, sizeof(out), &bytes, NULL) && bytes == 2 && out[0] == 'b',
       "transact: %lu, %lu bytes", GetLastError(), bytes);
    CloseHandle(client);
    ok(WaitForSingleObject(thread, 2000) == WAIT_OBJECT_0, "the server hears of the end");
    CloseHandle(thread);
    CloseHandle(server);
}

/* A child writes to the pipe it was given as its output, and reads what it was given as its input. */
static void test_inheritance(void)
{
    SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
    WCHAR program[MAX_PATH], command[MAX_PATH + 16];
    PROCESS_INFORMATION process;
    STARTUPINFOW startup;
    HANDLE in_read, in_write, out_read, out_write;
    DWORD bytes, total = 0;
    char text[64];
    int i = 0, j;

    CreatePipe(&in_read, &in_write, &inherit, 0);
    CreatePipe(&out_read, &out_write, &inherit, 0);
    SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
    memset(&startup, 0, sizeof(startup));
    startup.cb = sizeof(startup);
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = in_read;
    startup.hStdOutput = startup.hStdError = out_write;
    GetModuleFileNameW(NULL, program, MAX_PATH);
    command[i++] = '"';
    for (j = 0; program[j]; j++)
        command[i++] = program[j];
    for (j = 0; j < 8; j++)
        command[i++] = "\" child"[j];
    command[i] = 0;
    ok(CreateProcessW(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process), "CreateProcess: %lu",
       GetLastError());
    CloseHandle(in_read);
    CloseHandle(out_write);
    ok(WriteFile(in_write, "abc", 3, &bytes, NULL), "write: %lu", GetLastError());
    CloseHandle(in_write);
    while (total < sizeof(text) && ReadFile(out_read, text + total, sizeof(text) - total, &bytes, NULL))
        total += bytes;
    ok(GetLastError() == ERROR_BROKEN_PIPE, "end: %lu", GetLastError());
    ok(total == 4 && text[0] == 'b' && text[2] == 'd' && text[3] == '.', "answer of %lu bytes", total);
    WaitForSingleObject(process.hProcess, 5000);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    CloseHandle(out_read);
}

static void child(void)
{
    char text[16];
    DWORD bytes, i;

    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), text, sizeof(text), &bytes, NULL) && bytes) {
        for (i = 0; i < bytes; i++)
            text[i]++;
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, bytes, &bytes, NULL);
    }
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), ".", 1, &bytes, NULL);
    ExitProcess(0);
}

START_TESTS
{
    if (tap_argc > 1)
        child();
    test_anonymous();
    test_states();
    test_messages();
    test_transaction();
    test_inheritance();
}
