$(eval $(call pe_dll,gdi32,win32u kernel32 kernelbase ntdll))
