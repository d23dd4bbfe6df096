/* What of ntdll.so its sister libraries (win32u.so) may use. */
#ifndef HOST_API_H
#define HOST_API_H

#define HOST_API __attribute__((visibility("default")))

#endif
