/* What the loader asks of activation contexts. */
#include "ldr.h"

void *actctx_enter_module(struct module *module)
{
    return NULL;
}

void actctx_leave_module(void *cookie)
{
}

void actctx_forget_module(struct module *module)
{
}

ULONG actctx_init(void)
{
    return 0;
}

NTSTATUS actctx_redirect_dll(const UNICODE_STRING *name, UNICODE_STRING *path)
{
    return STATUS_SXS_KEY_NOT_FOUND;
}
