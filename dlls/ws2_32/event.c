/* Event objects of sockets and the network events they tell of. */
#include "ws2_32.h"

WSAEVENT WINAPI WSACreateEvent(void)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
    HANDLE event = NULL;

    wsa_result(wsa_from_status(NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, 0 /* notification */, FALSE)));
    return event;
}

static BOOL result(NTSTATUS status)
{
    if (!status) return TRUE;
    RtlSetLastWin32Error(RtlNtStatusToDosError(status)); /* WSA_INVALID_HANDLE is ERROR_INVALID_HANDLE */
    return FALSE;
}

BOOL WINAPI WSACloseEvent(WSAEVENT event)
{
    return result(NtClose(event));
}

BOOL WINAPI WSASetEvent(WSAEVENT event)
{
    return result(NtSetEvent(event, NULL));
}

BOOL WINAPI WSAResetEvent(WSAEVENT event)
{
    return result(NtResetEvent(event, NULL));
}

DWORD WINAPI WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all, DWORD timeout, BOOL alertable)
{
    return WaitForMultipleObjectsEx(count, events, all, timeout, alertable);
}

int WINAPI WSAEventSelect(SOCKET s, WSAEVENT event, LONG events)
{
    struct afd_event_select in = {.event = (ULONG_PTR)event, .events = events};

    if (events & ~FD_ALL_EVENTS) return wsa_result(WSAEINVAL);
    return wsa_result(afd_control(s, FERRY_AFD_EVENT_SELECT, &in, sizeof(in), NULL, 0, NULL));
}

/* Takes what was recorded; resets `event` if it is not NULL. */
int WINAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT event, LPWSANETWORKEVENTS out)
{
    ULONG64 in = (ULONG_PTR)event;
    struct afd_events got;
    int i, error;

    if (!out) return wsa_result(WSAEFAULT);
    error = afd_control(s, FERRY_AFD_ENUM_EVENTS, &in, sizeof(in), &got, sizeof(got), NULL);
    if (error) return wsa_result(error);
    out->lNetworkEvents = got.events;
    for (i = 0; i < FD_MAX_EVENTS; i++) out->iErrorCode[i] = wsa_from_status(got.status[i]);
    return 0;
}
