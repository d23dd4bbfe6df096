/* terminate and unexpected. */
#include "crt.h"

typedef void(__cdecl *handler)(void);

CRTAPI handler set_terminate(handler replacement)
{
    struct thread_data *data = thread_data();
    handler old = data->terminate_handler ? data->terminate_handler : abort;

    data->terminate_handler = replacement;
    return old;
}

CRTAPI handler _get_terminate(void)
{
    struct thread_data *data = thread_data();

    return data->terminate_handler ? data->terminate_handler : abort;
}

CRTAPI handler set_unexpected(handler replacement)
{
    struct thread_data *data = thread_data();
    handler old = data->unexpected_handler ? data->unexpected_handler : (handler)crt_terminate;

    data->unexpected_handler = replacement;
    return old;
}

CRTAPI handler _get_unexpected(void)
{
    struct thread_data *data = thread_data();

    return data->unexpected_handler ? data->unexpected_handler : (handler)crt_terminate;
}

__declspec(noreturn) void crt_terminate(void)
{
    struct thread_data *data = thread_data_optional();

    if (data && data->terminate_handler) ((handler)data->terminate_handler)();
    abort();
}

CRTAPI __declspec(noreturn) void terminate(void)
{
    crt_terminate();
}

CRTAPI __declspec(noreturn) void unexpected(void)
{
    struct thread_data *data = thread_data_optional();

    if (data && data->unexpected_handler) ((handler)data->unexpected_handler)();
    crt_terminate();
}
