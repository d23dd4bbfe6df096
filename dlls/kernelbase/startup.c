/* Start of the DLL, and what a program asks about how it was started. */
#include "kernelbase.h"

static SRWLOCK startup_lock = SRWLOCK_INIT;
static STARTUPINFOA *startup_ansi;

VOID WINAPI GetStartupInfoW(LPSTARTUPINFOW info)
{
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;

    *info = (STARTUPINFOW){
        .cb = sizeof(*info),
        .lpDesktop = parameters->DesktopInfo.Buffer,
        .lpTitle = parameters->WindowTitle.Buffer,
        .dwX = parameters->StartingX,
        .dwY = parameters->StartingY,
        .dwXSize = parameters->CountX,
        .dwYSize = parameters->CountY,
        .dwXCountChars = parameters->CountCharsX,
        .dwYCountChars = parameters->CountCharsY,
        .dwFillAttribute = parameters->FillAttribute,
        .dwFlags = parameters->WindowFlags,
        .wShowWindow = (WORD)parameters->ShowWindowFlags,
        .cbReserved2 = parameters->RuntimeData.Length,
        .lpReserved2 = (BYTE *)parameters->RuntimeData.Buffer,
        .lpReserved = parameters->ShellInfo.Buffer,
    };
    if (info->dwFlags & STARTF_USESTDHANDLES) {
        info->hStdInput = parameters->StandardInput;
        info->hStdOutput = parameters->StandardOutput;
        info->hStdError = parameters->StandardError;
    }
}

static char *ansi_copy(const WCHAR *text)
{
    if (!text) return NULL;
    DWORD length = wide_length(text), size = ansi_size(text, length);
    char *copy = mem_alloc(size + 1);
    if (copy) copy[ansi_from_wide(copy, size, text, length)] = 0;
    return copy;
}

/* The strings are made once and live as long as the process. */
VOID WINAPI GetStartupInfoA(LPSTARTUPINFOA info)
{
    RtlAcquireSRWLockExclusive((void *)&startup_lock);
    if (!startup_ansi && (startup_ansi = mem_alloc(sizeof(*startup_ansi)))) {
        STARTUPINFOW wide;
        GetStartupInfoW(&wide);
        memcpy(startup_ansi, &wide, sizeof(wide));
        startup_ansi->lpReserved = ansi_copy(wide.lpReserved);
        startup_ansi->lpDesktop = ansi_copy(wide.lpDesktop);
        startup_ansi->lpTitle = ansi_copy(wide.lpTitle);
    }
    if (startup_ansi) {
        *info = *startup_ansi;
    } else {
        GetStartupInfoW((STARTUPINFOW *)info);
        info->lpReserved = info->lpDesktop = info->lpTitle = NULL;
    }
    RtlReleaseSRWLockExclusive((void *)&startup_lock);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    if (reason == DLL_PROCESS_ATTACH) {
        LdrDisableThreadCalloutsForDll(instance);
        RtlSetUnhandledExceptionFilter((void *)UnhandledExceptionFilter);
    }
    return TRUE;
}
