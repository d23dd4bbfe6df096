/* DLLs that always come from the system directory, whatever lies beside a program (the registry's KnownDLLs of Windows 10),
 * sorted. */
#ifndef FERRY_KNOWN_DLLS_H
#define FERRY_KNOWN_DLLS_H

#define FERRY_KNOWN_DLLS(X) \
    X("advapi32.dll") X("bcrypt.dll") X("bcryptprimitives.dll") X("cfgmgr32.dll") X("clbcatq.dll") \
    X("combase.dll") X("comdlg32.dll") X("coml2.dll") X("crypt32.dll") X("difxapi.dll") X("gdi32.dll") \
    X("gdi32full.dll") X("gdiplus.dll") X("imagehlp.dll") X("imm32.dll") X("kernel32.dll") \
    X("kernelbase.dll") X("msctf.dll") X("msvcp_win.dll") X("msvcrt.dll") X("normaliz.dll") X("nsi.dll") \
    X("ntdll.dll") X("ole32.dll") X("oleaut32.dll") X("psapi.dll") X("rpcrt4.dll") X("sechost.dll") \
    X("setupapi.dll") X("shcore.dll") X("shell32.dll") X("shlwapi.dll") X("ucrtbase.dll") X("user32.dll") \
    X("win32u.dll") X("wldap32.dll") X("ws2_32.dll")

#endif
