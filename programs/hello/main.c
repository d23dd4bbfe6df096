/* The smallest console program: proof that the layers below it work. */
#include <windows.h>

void mainCRTStartup(void)
{
    static const char text[] = "Hello from a Windows program.\r\n";
    DWORD written;

    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, sizeof(text) - 1, &written, NULL);
    ExitProcess(0);
}
