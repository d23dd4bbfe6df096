/* Activation contexts of winbase.h; ntdll does the work. */
#include "kernelbase.h"

HANDLE WINAPI CreateActCtxW(PCACTCTXW parameters)
{
    HANDLE handle;
    NTSTATUS status = FerryCreateActivationContext(parameters, &handle);

    if (status >= 0) return handle;
    set_status(status);
    return INVALID_HANDLE_VALUE;
}

HANDLE WINAPI CreateActCtxA(PCACTCTXA parameters)
{
    ACTCTXW wide = { .cbSize = sizeof(wide) };
    WIDE(source);
    WIDE(directory);
    WIDE(resource);

    if (!parameters || parameters->cbSize < offsetof(ACTCTXA, wProcessorArchitecture)) {
        set_error(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    wide.dwFlags = parameters->dwFlags & ~(DWORD)ACTCTX_FLAG_APPLICATION_NAME_VALID;
    if (parameters->lpSource) {
        if (!wide_from_file_name(&source, parameters->lpSource)) return INVALID_HANDLE_VALUE;
        wide.lpSource = source.text;
    }
    if (wide.dwFlags & ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID && parameters->lpAssemblyDirectory) {
        if (!wide_from_file_name(&directory, parameters->lpAssemblyDirectory)) return INVALID_HANDLE_VALUE;
        wide.lpAssemblyDirectory = directory.text;
    }
    if (wide.dwFlags & ACTCTX_FLAG_RESOURCE_NAME_VALID) {
        wide.lpResourceName = (const WCHAR *)parameters->lpResourceName;
        if ((ULONG_PTR)parameters->lpResourceName >> 16) {
            if (!wide_from_file_name(&resource, parameters->lpResourceName)) return INVALID_HANDLE_VALUE;
            wide.lpResourceName = resource.text;
        }
    }
    if (wide.dwFlags & ACTCTX_FLAG_HMODULE_VALID) {
        if (parameters->cbSize < sizeof(*parameters)) wide.cbSize = offsetof(ACTCTXW, hModule);
        else wide.hModule = parameters->hModule;
    }
    return CreateActCtxW(&wide);
}

VOID WINAPI AddRefActCtx(HANDLE handle)
{
    RtlAddRefActivationContext(handle);
}

VOID WINAPI ReleaseActCtx(HANDLE handle)
{
    RtlReleaseActivationContext(handle);
}

BOOL WINAPI ActivateActCtx(HANDLE handle, ULONG_PTR *cookie)
{
    return status_to_bool(RtlActivateActivationContext(0, handle, cookie));
}

BOOL WINAPI DeactivateActCtx(DWORD flags, ULONG_PTR cookie)
{
    return status_to_bool(RtlDeactivateActivationContext(flags, cookie));
}

BOOL WINAPI GetCurrentActCtx(HANDLE *handle)
{
    if (!handle) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(RtlGetActiveActivationContext(handle));
}

BOOL WINAPI QueryActCtxW(DWORD flags, HANDLE handle, PVOID instance, ULONG class, PVOID buffer, SIZE_T room, SIZE_T *written)
{
    return status_to_bool(RtlQueryInformationActivationContext(flags, handle, instance, class, buffer, room, written));
}

BOOL WINAPI QueryActCtxSettingsW(DWORD flags, HANDLE handle, PCWSTR space, PCWSTR name, PWSTR buffer, SIZE_T room, SIZE_T *written)
{
    return status_to_bool(RtlQueryActivationContextApplicationSettings(flags, handle, space, name, buffer, room, written));
}

BOOL WINAPI FindActCtxSectionStringW(DWORD flags, const GUID *extension, ULONG section, LPCWSTR wanted,
                                     PACTCTX_SECTION_KEYED_DATA data)
{
    UNICODE_STRING text = unicode_string(wanted);

    if (!wanted) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(RtlFindActivationContextSectionString(flags, extension, section, &text, data));
}

BOOL WINAPI FindActCtxSectionStringA(DWORD flags, const GUID *extension, ULONG section, LPCSTR wanted,
                                     PACTCTX_SECTION_KEYED_DATA data)
{
    WIDE(wide);

    if (!wanted) return set_error(ERROR_INVALID_PARAMETER);
    return wide_from_file_name(&wide, wanted) && FindActCtxSectionStringW(flags, extension, section, wide.text, data);
}
