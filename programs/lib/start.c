/* The entry of the small tools: arguments, then the program's own run(). */
#include "tool.h"

int run(int argc, WCHAR **argv);

void mainCRTStartup(void)
{
    WCHAR **arguments;
    int count = split_arguments(GetCommandLineW(), &arguments), code = run(count, arguments);

    output_flush();
    ExitProcess(code);
}
